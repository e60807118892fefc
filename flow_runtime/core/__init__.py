"""The pure part of the flow runtime: no clock, socket, thread or database."""
