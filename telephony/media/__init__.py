"""The media process and its client."""
