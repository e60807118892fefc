"""The embedded SIP endpoint: sockets around the pure core."""
