"""Globs go folder by folder."""

import pytest

from roadworthy.model.workspace.glob import matches


@pytest.mark.parametrize(
    ("path", "pattern", "expected"),
    [
        ("packages/a", "packages/*", True),
        ("packages/a/b", "packages/*", False),
        ("packages/a/docs/x/y", "packages/*/docs/**", True),
        ("packages/docs/x", "packages/**/docs/**", True),
        ("tests/x.py", "**/tests/**", True),
        ("a/b/tests/x.py", "**/tests/**", True),
        ("a/latests/x.py", "**/tests/**", False),
        ("a/README.md", "*.md", False),
        ("a/README.md", "**/*.md", True),
    ],
)
def test_a_glob_matches_whole_paths(path: str, pattern: str, *, expected: bool) -> None:
    assert matches(path, pattern) is expected
