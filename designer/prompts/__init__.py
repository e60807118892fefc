"""Prompts: their texts per language, their recordings, and how both are made."""
