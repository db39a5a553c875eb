"""Upload distributions, and compare what an index has."""
