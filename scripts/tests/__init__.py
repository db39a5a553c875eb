"""What the tooling does, as sentences: real git, real servers, real installers."""
