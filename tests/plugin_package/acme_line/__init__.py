"""Three plug-ins for Cordboard: a node, a data source, a voice."""
