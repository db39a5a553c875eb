"""The template at work: a clone becomes a project, and a project grows."""
