"""Figures of queues and agents, from a stream of records."""
