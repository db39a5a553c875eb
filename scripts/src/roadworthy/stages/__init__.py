"""The steps of a release, one module each, named as its command."""
