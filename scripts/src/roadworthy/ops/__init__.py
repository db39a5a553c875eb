"""One door for each outside system: processes, git, uv, pip and indexes."""
