"""A uv workspace: its manifests, and what they say of members, requirements and settings."""
