"""Text to speech, prompt cache, spoken numbers."""
