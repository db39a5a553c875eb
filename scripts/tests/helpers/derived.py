"""A machine that has this template's repository, and projects that are made from it."""

import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import tomlkit

from .cli import ROOT
from .hostile import shielded
from .repository import Repo
from .workspaces import member

UV = os.environ.get("UV", "uv")
NOX = Path(sys.executable).with_name("nox")
FROM_TEMPLATE = ("noxfile.py", "uv.lock", ".gitignore", "tests/__init__.py")
# What is expected of a repository: `nox -s lint` looks for it.
EXPECTED = (".github", ".pre-commit-config.yaml")
TAG = "roadworthy/v1.0.0"


@dataclass(frozen=True, slots=True)
class Machine:
    """A machine of somebody who has the template's repository at a URL."""

    template: Repo
    environment: dict[str, str]

    @property
    def url(self) -> str:
        """Return the URL of the template."""
        return self.template.path.as_uri()

    def run(self, folder: Path, *command: str, fine: tuple[int, ...] = (0,)) -> str:
        """Run a program in a folder; return what it prints."""
        done = subprocess.run(
            command, cwd=folder, env=self.environment, capture_output=True, text=True, check=False
        )
        assert done.returncode in fine, done.stdout + done.stderr
        return done.stdout + done.stderr


def machine_with_template(tmp_path: Path, *more: str) -> Machine:
    """Return a machine with a template that has the tooling as it is here, and its tag.

    `more` are files of the template beside those that each project needs.
    """
    template = Repo.init(tmp_path / "the template")
    for name in (
        Repo(ROOT).git("ls-files", "--", *FROM_TEMPLATE, *EXPECTED, *more, "scripts").splitlines()
    ):
        if (ROOT / name).is_file() and not name.startswith(("scripts/tests", "scripts/docs")):
            (template.path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, template.path / name)
    shutil.copy2(ROOT / "tests/test_workspace.py", template.path / "tests")
    template.commit("feat: the template")
    template.git("tag", "--annotate", "--message", "1.0.0", TAG)
    ours = ("UV_PROJECT_ENVIRONMENT", "VIRTUAL_ENV", "UV_PYTHON", "UV_NO_SYNC")
    environment = {name: v for name, v in shielded().items() if name not in ours}
    environment |= {"UV": UV, "UV_PYTHON_DOWNLOADS": "never", "NOX_SCRIPT_MODE": "none"}
    return Machine(template, environment)


def with_root(machine: Machine) -> Machine:
    """Give the template a root manifest, an example and what only it has: a clone can begin."""
    document = tomlkit.parse((ROOT / "pyproject.toml").read_text("utf-8")).unwrap()
    document["project"] |= {"name": "zq-workspace", "dependencies": ["zq-base"]}
    document["tool"]["uv"]["workspace"]["members"] = ["packages/*", "scripts"]
    here = {"workspace": True}
    document["tool"]["uv"]["sources"] = {"zq-base": here, "roadworthy": here}
    document["tool"]["template"] = {"examples": ["packages/*"], "only-here": ["tests/template"]}
    files = {
        **member("zq-base"),
        "pyproject.toml": tomlkit.dumps(document),
        "LICENSE": "Ours.\n",
        "tests/template/test_zq.py": "",
    }
    machine.template.commit("feat: a whole template", files)
    machine.run(machine.template.path, UV, "lock", "--quiet", "--python", sys.executable)
    machine.template.commit("build: lock")
    machine.template.git("tag", "--annotate", "--message", "1.0.1", "roadworthy/v1.0.1")
    return machine
