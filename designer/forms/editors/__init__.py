"""Editors of single values, by what the value is."""
