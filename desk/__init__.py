"""Web desk and API (a later issue)."""
