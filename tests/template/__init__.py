"""What this template says of itself; a project made from it has none of this."""
