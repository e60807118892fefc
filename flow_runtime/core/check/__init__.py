"""The checks of a flow, one file a group."""
