"""A day of a contact centre in virtual time, through the engine itself."""
