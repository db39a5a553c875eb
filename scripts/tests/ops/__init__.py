"""The doors to git, uv, pip and indexes."""
