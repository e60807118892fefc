"""The pure part of the contact centre."""
