"""Projects that were made from the template, and workspaces that know nothing of it."""
