"""Queues and agents of a running server: the switchboard, its store, and what tells of them."""
