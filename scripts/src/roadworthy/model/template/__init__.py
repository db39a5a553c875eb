"""The template: what of it a project keeps, and what a new project and a new member say."""
