"""Changes on their way to a release: reviews, change notes, and ranges to write."""
