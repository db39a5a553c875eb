"""The lint session: what it refuses, each broken once on purpose."""

from pathlib import Path

import pytest

from tests.template.desk import NOX, copy_of_the_workspace

# What the session needs, and little to look at besides.
LINTED = (
    *("noxfile.py", "pyproject.toml", "uv.lock", ".github", ".gitlab-ci.yml"),
    *("scripts/pyproject.toml", "scripts/docs/examples", "packages/*/pyproject.toml"),
)
RELEASE, DEPENDABOT = ".github/workflows/release.yml", ".github/dependabot.yml"
SLOW = pytest.mark.exhaustive
PINNED = "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd"


@pytest.mark.parametrize(
    ("file", "right", "wrong", "said"),
    [
        (RELEASE, PINNED, "actions/checkout@v6", "unpinned-uses"),
        (".gitlab-ci.yml", "aud: pypi", "audience: pypi", "vendor.gitlab-ci"),
        pytest.param(RELEASE, "timeout-minutes", "minutes", "vendor.github", marks=SLOW),
        pytest.param(DEPENDABOT, "interval: weekly", "interval: often", "vendor.dep", marks=SLOW),
    ],
)
def test_lint_refuses_a_workflow_that_is_broken(
    tmp_path: Path, environments: Path, file: str, right: str, wrong: str, said: str
) -> None:
    copy = copy_of_the_workspace(tmp_path, *LINTED)
    text = (tmp_path / file).read_text("utf-8")
    assert right in text
    (tmp_path / file).write_text(text.replace(right, wrong), "utf-8")
    done = copy.run(NOX, "--envdir", environments, "-s", "lint")
    assert done.returncode == 1
    assert said in done.stdout + done.stderr
