"""Expressions of the flow language: tree, types, functions, compiler."""
