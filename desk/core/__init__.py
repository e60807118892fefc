"""What the API decides without I/O: who may what, what changed at the desk, what webhooks say."""
