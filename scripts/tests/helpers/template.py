"""A template for tests: like this one in small, with nothing to fetch."""

from pathlib import Path

from .patterns import PATTERNS
from .repository import Repo
from .workspaces import lock, member

ROOT = """\
[project]
name = "zq-workspace"
version = "0"
description = "Every member of the zq workspace"
license = "MIT"
license-files = ["LICENSE"]
requires-python = ">=3.11"
classifiers = ["Private :: Do Not Upload"]
dependencies = ["zq-app", "zq-base"]

[build-system]
requires = ["uv_build>=0.9,<1"]
build-backend = "uv_build"

[tool.uv.build-backend]
module-name = []

[tool.uv.workspace]
members = ["packages/*", "scripts"]

[tool.uv.sources]
zq-app = { workspace = true }
zq-base = { workspace = true }
roadworthy = { workspace = true }

[[tool.uv.index]]
name = "shelf"
url = "http://127.0.0.1:9/simple/"
explicit = true

[tool.release]
index = "shelf"

[tool.template] # for `init`
examples = ["packages/*"]
only-here = [".ci", "tests/conftest.py", "tests/template"]

[dependency-groups]
tooling = ["roadworthy"]
"""
TAG = "roadworthy/v1.0.0"


def files() -> dict[str, str]:
    """Return the files of the template; its tooling is a member with nothing in it."""
    tooling = member("roadworthy", version="1.0.0")
    moved = {path.replace("packages/roadworthy", "scripts"): text for path, text in tooling.items()}
    licence = {"LICENSE": "MIT License\n", "packages/zq-app/LICENSE": "MIT License\n"}
    return {
        **member("zq-base"),
        **member("zq-app", "zq-base>=0.1.0,<0.2", more='license = "MIT"\n'),
        **moved,
        **licence,
        "pyproject.toml": ROOT,
        "README.md": "# The zq template\n",
        "noxfile.py": "# the same in every project\n",
        "tests/test_workspace.py": "# in every project\n",
        "tests/conftest.py": "# for zq alone\n",
        "tests/template/test_template.py": "# for zq alone\n",
        ".ci/run": "# for zq alone\n",
    }


def make_template(path: Path) -> Repo:
    """Make the template as a forge has it: a bare repository."""
    PATTERNS.put("template", path, _make)
    return Repo(path / "template.git")


def _make(path: Path) -> None:
    repo = Repo.init(path / "template")
    repo.commit("feat: start", files())
    lock(repo)
    repo.commit("build: lock")
    repo.with_remote(path / "template.git")


def clone(template: Repo, path: Path) -> Repo:
    """Clone it, as somebody does who starts a project."""
    template.git("clone", "--quiet", str(template.path), str(path))
    return Repo(path)
