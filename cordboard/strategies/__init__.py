"""Routing strategies and the flow language: conditions on agents, and what checks say of them."""
