"""The stages of a release, each by itself."""
