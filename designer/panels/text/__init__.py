"""The flow as text: an editor beside the canvas, each following the other."""
