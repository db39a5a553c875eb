"""The promises of a release, each by its number in `docs/promises.md`, and what breaks them."""
