"""The simulator: a call to the drawn flow with the person as its caller."""
