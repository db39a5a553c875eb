"""Mark what is released."""
