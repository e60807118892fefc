"""Queues, agents, customers (a later issue)."""
