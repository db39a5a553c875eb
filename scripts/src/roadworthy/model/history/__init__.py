"""What git has of a workspace: commits, notes and tags."""
