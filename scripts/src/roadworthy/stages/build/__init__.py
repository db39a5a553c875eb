"""Build distributions, and check what came out."""
