"""Routing strategies: how a waiting contact finds its agent."""
