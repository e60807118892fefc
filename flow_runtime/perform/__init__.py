"""How the commands of nodes are performed on a call, one file a theme."""
