"""The jobs of both forges beside a release, run as they are written, in a project of its own."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from shlex import quote
from typing import Any

import pytest

from tests.helpers.cli import ROOT
from tests.helpers.derived import NOX, Machine, machine_with_template, with_root
from tests.helpers.pipelines import GITLAB, read
from tests.helpers.programs import shell_program
from tests.helpers.repository import Repo

pytestmark = pytest.mark.needs("scripts")

WORKFLOWS = ROOT / ".github" / "workflows"
# What CI installs is what the tests run with; of GitHub's program the calls are noted.
PYTHON = '[ "$*" = "-m pip install nox[uv]" ] && exit 0\nexec {python} "$@"'
GH = 'echo "$*" >> {calls}'
NEW = "def more() -> int:\n    return 1\n"


@dataclass(frozen=True, kw_only=True)
class Runner:
    """A machine that runs jobs in a clone of a project, whose remote is on this machine."""

    machine: Machine
    folder: Path
    remote: Repo

    def run(self, lines: str, variables: Mapping[str, str]) -> str:
        """Run lines of a job in a new clone of the default branch; return what they print."""
        clone = self.folder / f"clone-{len(list(self.folder.glob('clone-*')))}"
        self.remote.git("clone", "--quiet", str(self.remote.path), str(clone))
        done = subprocess.run(
            ("bash", "-e", "-o", "pipefail", "-c", lines),
            cwd=clone,
            env={**self._environment(Repo(clone).head()), **variables},
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def _environment(self, commit: str) -> dict[str, str]:
        path = os.pathsep.join([str(self.folder / "bin"), str(NOX.parent), os.environ["PATH"]])
        url = self.remote.path.as_uri().removesuffix(".git")
        return {
            **self.machine.environment,
            "PATH": path,
            "HOME": str(self.folder),
            "GITHUB_SHA": commit,
            "CI_COMMIT_SHA": commit,
            "CI_PROJECT_URL": url,
            "CI_SERVER_HOST": "localhost",
            "CI_MERGE_REQUEST_TARGET_BRANCH_NAME": "main",
        }

    def calls(self) -> list[str]:
        """Return the calls of GitHub's program."""
        file = self.folder / "calls"
        return file.read_text("utf-8").splitlines() if file.exists() else []


@pytest.fixture
def runner(tmp_path: Path) -> Runner:
    """Return a runner with a project that was made from the template, and has two members."""
    machine = with_root(machine_with_template(tmp_path, ".gitlab-ci.yml"))
    project = Repo(tmp_path / "acme")
    machine.template.git("clone", "--quiet", ".", str(project.path))
    nox = (str(NOX), "-s")
    home = ("--name", "acme", "--repository", "https://example.com/acme", "--execute")
    machine.run(project.path, *nox, "init", "--", *home)
    machine.run(project.path, *nox, "new-member", "--", "acme-units")
    machine.run(project.path, *nox, "new-member", "--", "acme-other")
    project.commit("feat: members")
    project.git("remote", "remove", "origin")
    remote = project.with_remote(tmp_path / "forge.git")
    remote.git("config", "receive.advertisePushOptions", "true")
    folder = tmp_path / "runner"
    shell_program(folder / "bin/python", PYTHON.format(python=quote(sys.executable)))
    shell_program(folder / "bin/gh", GH.format(calls=quote(str(folder / "calls"))))
    return Runner(machine=machine, folder=folder, remote=remote)


def github(workflow: str, job: str) -> tuple[str, dict[str, Any]]:
    """Return the lines of a job of GitHub's, and the variables of its steps."""
    steps = [s for s in read(WORKFLOWS / workflow)["jobs"][job]["steps"] if "run" in s]
    variables = {name: value for step in steps for name, value in step.get("env", {}).items()}
    return "\n".join(step["run"] for step in steps), variables


def gitlab(job: str) -> str:
    """Return the lines of a job of GitLab's."""
    pipeline = read(GITLAB)
    return "\n".join([*pipeline["default"]["before_script"], *pipeline[job]["script"]])


def changed(runner: Runner) -> str:
    """Push a branch that changes one member; return lines that check it out."""
    desk = Repo(runner.folder.with_name("acme"))
    desk.git("switch", "--quiet", "--create", "change")
    desk.commit("feat: more", {"packages/acme-units/src/acme_units/more.py": NEW})
    desk.git("push", "--quiet", "origin", "change")
    return "git switch --quiet change\n"


@pytest.mark.exhaustive
def test_a_request_is_tested_where_it_changes_something_first(runner: Runner) -> None:
    branch, output = changed(runner), runner.folder / "output"
    lines, variables = github("ci.yml", "affected")
    assert set(variables) == {"BASE"}
    runner.run(branch + lines, {"BASE": "main", "GITHUB_OUTPUT": str(output)})
    (line,) = output.read_text("utf-8").splitlines()
    assert line.startswith("members=")
    members = json.loads(line.removeprefix("members="))
    assert members == ["acme-units", "acme-workspace"]
    lines, variables = github("ci.yml", "first")
    assert set(variables) == {"MEMBER"}
    assert "1 passed" in runner.run(branch + lines, {"MEMBER": members[0]})
    printed = "".join(
        runner.run(branch + gitlab("affected"), {"CI_NODE_INDEX": str(i), "CI_NODE_TOTAL": "3"})
        for i in (1, 2, 3)
    )
    assert printed.count("There is nothing to test.") == 1
    assert set(re.findall(r"^(acme-[a-z]+) +ok", printed, re.MULTILINE)) == {*members}


def updates(runner: Runner) -> Iterator[str]:
    """Run the scheduled job of each forge; give what it prints."""
    lines, variables = github("template.yml", "update")
    assert set(variables) == {"GH_TOKEN"}
    yield runner.run(lines, {"GH_TOKEN": "secret"})
    yield runner.run(gitlab("template"), {"PUSH_TOKEN": "secret"})


@pytest.mark.exhaustive
def test_a_scheduled_job_opens_a_request_with_what_the_template_changed(runner: Runner) -> None:
    assert all("Nothing is behind the template." in printed for printed in updates(runner))
    assert (runner.remote.git("branch").split(), runner.calls()) == (["*", "main"], [])
    runner.machine.template.commit("feat: rules", {".github/ISSUE_TEMPLATE/bug.md": "# Bug\n"})
    for printed in updates(runner):
        assert "new: added to the template\n  .github/ISSUE_TEMPLATE/bug.md\n" in printed
        branch = "main...update-template"
        changed = runner.remote.git("diff", "--name-only", branch).splitlines()
        assert changed == [".github/ISSUE_TEMPLATE/bug.md", "pyproject.toml"]
        runner.remote.git("branch", "--quiet", "--delete", "--force", "update-template")
    assert runner.calls() == [
        "auth setup-git",
        "pr list --head update-template --json number --jq .[].number",
        "pr create --head update-template --fill",
    ]
