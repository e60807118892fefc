"""The canvas: the views that paint a picture of a flow and tell what the analyst does with it."""
