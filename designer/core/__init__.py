"""The designer without Qt: document, edits, layout, routing, and the picture that is painted."""
