"""The node library: one file a node type."""
