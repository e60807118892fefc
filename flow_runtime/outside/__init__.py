"""What flows reach beyond the call: web services, mail, text messages, and the store of PINs."""
