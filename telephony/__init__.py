"""Lines: calls, signalling and media, and nothing of what is above them."""
