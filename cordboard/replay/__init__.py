"""A day of calls played through a strategy: where it comes from, and what is told of it."""
