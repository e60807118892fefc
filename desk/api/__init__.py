"""The server's API: what runs, what ran, and what is running now, for those with the token."""
