"""The panels around the canvas: each knows one session, and no other panel."""
