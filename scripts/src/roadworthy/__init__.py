"""The release tooling of this workspace, run as `roadworthy COMMAND`."""
