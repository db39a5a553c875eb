"""The names of the routes by which a consumer reaches a member in git.

direct: by URL, each installer with what it needs; umbrella: the repository without a
subdirectory; requirements, constraints: from a file; tool: `uvx`; sources: a uv project
with `[tool.uv.sources]`; project: direct references in `[project] dependencies`;
together: several members in one environment; pylock: a `pylock.toml`.
"""

ROUTES = (
    *("direct", "umbrella", "requirements", "constraints", "tool"),
    *("sources", "project", "together", "pylock"),
)
DEFAULT_ROUTES = ("direct",)
INSTALLERS = ("uv", "pip")
