"""The release tooling of this workspace, run as `python -m scripts COMMAND`."""
