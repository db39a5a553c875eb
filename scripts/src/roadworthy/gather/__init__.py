"""Reads the three facts of every member, and the history, from git and an index."""
