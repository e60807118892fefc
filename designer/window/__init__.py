"""The designer's window: files, actions, and the panels around the canvas."""
