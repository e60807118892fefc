"""The web desk: the server's API, and later the pages of agents, supervisors and administrators."""
