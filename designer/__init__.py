"""The Qt designer (a later issue)."""
