"""A running server, as the designer knows it: its address, its answers, its live events."""
