"""Flows: language, checks, interpreter and the driver that performs it on a call."""
