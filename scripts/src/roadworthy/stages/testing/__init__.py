"""Test members, each in an environment that has what it requires and no more."""
