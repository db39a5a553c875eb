"""Make the release commit, and bring the lock file up to date."""
