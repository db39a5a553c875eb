"""Install members as consumers do, and prove that they work."""
