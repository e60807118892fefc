"""The Qt designer: draw, check, try and watch a flow."""
