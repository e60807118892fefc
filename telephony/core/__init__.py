"""The pure part of telephony: protocols as tables, time as an argument."""
