"""The panels for calls that are followed or replayed, and for the heat map."""
