"""The command line: what can be typed, and the typed value that comes of it."""
