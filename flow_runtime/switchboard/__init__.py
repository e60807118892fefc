"""The shell between the contact centre's engine, the line and the flows' calls."""
