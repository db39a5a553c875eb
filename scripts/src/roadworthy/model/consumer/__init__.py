"""What a consumer writes to install members."""
