"""Package indexes: what is known of them, and what their pages say."""
