"""The optional backend on pyVoIP 1.6.8: one extension on a small PBX, with stated limits."""
