#!/usr/bin/env -S uv run --script
# /// script
# requires-python = ">=3.11"
# dependencies = ["nox[uv]>=2026.10"]
# ///
"""Every task of the workspace: `nox --list` names them, `nox -s release` is the main one.

A session is an environment and one command. Most of them run `roadworthy`, which has one
environment for all. Options go after two dashes: `nox -s release -- --execute`.
"""

import os
import sys
import tomllib
from pathlib import Path

import nox

nox.needs_version = ">=2026.10"
nox.options.default_venv_backend = "uv"
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = True

TOOLING = Path(".nox", "tooling").resolve()
ROADWORTHY = TOOLING / ("Scripts/roadworthy.exe" if os.name == "nt" else "bin/roadworthy")
# The uv that Nox brings; no session downloads an interpreter.
UV = nox.virtualenv.UV
OWN_UV = {"UV": UV, "UV_PYTHON_DOWNLOADS": "never"}
# After Ctrl-C the tooling removes what it made, and says how to go on.
TIDYING_SECONDS = 60.0
# 3 means that there was nothing to release: a session does not fail for that.
FINE = [0, 3]
# What git has or would take.
LIST_FILES = ("git", "ls-files", "--cached", "--others", "--exclude-standard", "--")
# The files of the forges, each with the schema that describes its form.
FORMS = {
    "dependabot": "**/.github/dependabot.yml",
    "github-issue-forms": "**/.github/ISSUE_TEMPLATE/*.yml",
    "github-workflows": "**/.github/workflows/*.yml",
    "gitlab-ci": "**/.gitlab-ci.yml",
}
# Those that start programs, with tokens.
UNSAFE_FORMS = {"dependabot", "github-workflows"}


def _sync(session: nox.Session, environment: str | Path, *options: str) -> None:
    """Install what `uv.lock` has, no more and no less, into an environment."""
    command = (UV, "sync", "--locked", "--quiet", "--no-default-groups", *options)
    # Without a choice of yours, the interpreter that runs Nox.
    interpreter = () if "UV_PYTHON" in os.environ else (f"--python={sys.executable}",)
    variables = {**OWN_UV, "UV_PROJECT_ENVIRONMENT": str(environment)}
    try:
        session.run_install(*command, *interpreter, env=variables, external=True)
    except nox.command.CommandFailed:
        if ROADWORTHY.exists():  # from another day: it says what is wrong
            session.run(str(ROADWORTHY), "doctor", env=OWN_UV, external=True)
        raise


def _roadworthy(session: nox.Session, command: str) -> None:
    """Run a command of the tooling, with all that was typed after the dashes."""
    _sync(session, TOOLING, "--only-group=tooling")
    session.run(
        str(ROADWORTHY),
        command,
        *session.posargs,
        env=OWN_UV,
        external=True,
        success_codes=FINE,
        interrupt_timeout=TIDYING_SECONDS,
        terminate_timeout=TIDYING_SECONDS,
    )


@nox.session(python=False, default=True, allow_parallel=True)
def tests(session: nox.Session) -> None:
    """Test all members side by side: `-- NAME...` tests some, options go on to pytest."""
    _roadworthy(session, "test")


@nox.session(default=True, allow_parallel=True)
def lint(session: nox.Session) -> None:
    """Check style and formatting, and the workflows for their form and for what is unsafe."""
    _sync(session, session.virtualenv.location, "--only-group=lint")
    session.run("ruff", "check", *_for_commands(session), *session.posargs)
    session.run("ruff", "format", "--check")
    for form, pattern in FORMS.items():
        files = _listed(session, *LIST_FILES, f":(glob){pattern}")
        if files:
            session.run("check-jsonschema", "--builtin-schema", f"vendor.{form}", *files)
            if form in UNSAFE_FORMS:
                session.run("zizmor", "--offline", "--quiet", "--strict-collection", *files)
    if "repo-review" in tomllib.loads(Path("pyproject.toml").read_text("utf-8"))["tool"]:
        session.run("repo-review", "--show=err", ".", silent=True)  # said where it fails


def _for_commands(session: nox.Session) -> list[str]:
    """Let a member that has a command print, unless it has rules of its own."""
    options = []
    for folder in _listed(session, UV, "workspace", "list", "--paths"):
        manifest = tomllib.loads(Path(folder, "pyproject.toml").read_text("utf-8"))
        if "scripts" in manifest.get("project", {}) and "ruff" not in manifest.get("tool", {}):
            code = Path(os.path.relpath(folder), "src", "**").as_posix()
            options.append(f"--extend-per-file-ignores={code}:T201")
    return options


@nox.session(default=True, allow_parallel=True)
def typecheck(session: nox.Session) -> None:
    """Check the types of all members, and of this file."""
    groups = ("--all-packages", "--group=test", "--group=typecheck")
    _sync(session, session.virtualenv.location, *groups)
    session.run("mypy")
    for folder in _listed(session, UV, "workspace", "list", "--paths"):
        places = [name for name in ("src", "tests") if Path(folder, name).is_dir()]
        if places:
            with session.chdir(folder):
                session.run("mypy", *places, env={"MYPYPATH": "src"})


@nox.session(name="check-imports", default=False, allow_parallel=True)
def check_imports(session: nox.Session) -> None:
    """Check that each member declares all that it imports."""
    _sync(session, session.virtualenv.location, "--all-packages", "--group=test", "--group=imports")
    for folder in _listed(session, UV, "workspace", "list", "--paths"):
        source = Path(folder, "src")
        if source.is_dir() or Path(folder) != Path.cwd():
            with session.chdir(folder):
                # What is declared and not imported may be a plugin, or a command.
                place = "src" if source.is_dir() else "."
                session.run("deptry", place, "--ignore=DEP002", *session.posargs)


@nox.session(python=False, default=False, allow_parallel=True)
def audit(session: nox.Session) -> None:
    """Look for known weaknesses of what `uv.lock` has, in the OSV database."""
    command = (UV, "audit", "--locked", "--preview-features=audit-command", *session.posargs)
    session.run(*command, env=OWN_UV, external=True)


def _listed(session: nox.Session, *command: str) -> list[str]:
    """Return the lines that a program prints."""
    printed = session.run(*command, external=True, silent=True, log=False)
    return str(printed).splitlines()


@nox.session(python=False, default=False, allow_parallel=True)
def status(session: nox.Session) -> None:
    """Show the three facts and the next step of each member."""
    _roadworthy(session, "status")


@nox.session(python=False, default=False, allow_parallel=True)
def plan(session: nox.Session) -> None:
    """Show what would be released, from what to what, and why."""
    _roadworthy(session, "plan")


@nox.session(python=False, default=False)
def init(session: nox.Session) -> None:
    """Make a project of a clone of the template: `-- --name NAME --repository URL`."""
    _roadworthy(session, "init")


@nox.session(python=False, name="update-template", default=False)
def update_template(session: nox.Session) -> None:
    """Take what the template changed since: `-- --check` only tells it."""
    _roadworthy(session, "update-template")


@nox.session(python=False, name="new-member", default=False)
def new_member(session: nox.Session) -> None:
    """Add a member: `-- NAME --kind library`, or application."""
    _roadworthy(session, "new-member")


@nox.session(python=False, name="rename-member", default=False)
def rename_member(session: nox.Session) -> None:
    """Rename a member, with everything that names it: `-- OLD NEW`."""
    _roadworthy(session, "rename-member")


@nox.session(python=False, name="remove-member", default=False)
def remove_member(session: nox.Session) -> None:
    """Remove a member that no sibling requires: `-- NAME`."""
    _roadworthy(session, "remove-member")


@nox.session(python=False, default=False, allow_parallel=True)
def affected(session: nox.Session) -> None:
    """Show the members that a change concerns: `-- --base REF`."""
    _roadworthy(session, "affected")


@nox.session(python=False, default=False)
def change(session: nox.Session) -> None:
    """Write a change note: `-- MEMBER... LEVEL "TEXT"`; asks for what is missing."""
    _roadworthy(session, "change")


@nox.session(python=False, name="add-index", default=False)
def add_index(session: nox.Session) -> None:
    """Add a package index to the root manifest: `-- NAME`, and what its URLs need."""
    _roadworthy(session, "add-index")


@nox.session(python=False, default=False)
def adopt(session: nox.Session) -> None:
    """Show the settings that fit the tags of a project with a past; `-- --write` writes them."""
    _roadworthy(session, "adopt")


@nox.session(python=False, default=False, allow_parallel=True)
def doctor(session: nox.Session) -> None:
    """Look at all that a release relies on: tools, remote, index, credentials, names."""
    _roadworthy(session, "doctor")


@nox.session(python=False, default=False, allow_parallel=True)
def graph(session: nox.Session) -> None:
    """Draw the members and what they require: Mermaid, DOT or SVG."""
    _roadworthy(session, "graph")


@nox.session(python=False, default=False)
def prepare(session: nox.Session) -> None:
    """Show the release commit; `-- --execute` pushes it."""
    _roadworthy(session, "prepare")


@nox.session(python=False, default=False, allow_parallel=True)
def build(session: nox.Session) -> None:
    """Build the distributions of all members, as committed, into dist/."""
    _roadworthy(session, "build")


@nox.session(python=False, default=False)
def tag(session: nox.Session) -> None:
    """Show the tags that are due; `-- --execute` pushes them."""
    _roadworthy(session, "tag")


@nox.session(python=False, default=False)
def publish(session: nox.Session) -> None:
    """Show the uploads that are due; `-- --execute` uploads."""
    _roadworthy(session, "publish")


@nox.session(python=False, name="verify-git-install", default=False, allow_parallel=True)
def verify_git_install(session: nox.Session) -> None:
    """Install every member from git, with uv and with pip, and prove that it works."""
    _roadworthy(session, "verify-git-install")


@nox.session(python=False, default=False, allow_parallel=True)
def snippet(session: nox.Session) -> None:
    """Write the lines that install members from git: `-- MEMBER...`."""
    _roadworthy(session, "snippet")


@nox.session(python=False, name="verify-index-install", default=False, allow_parallel=True)
def verify_index_install(session: nox.Session) -> None:
    """Install every member from an index and prove that it works."""
    _roadworthy(session, "verify-index-install")


@nox.session(python=False, default=False)
def release(session: nox.Session) -> None:
    """Rehearse a release from end to end; `-- --execute` does it for real."""
    _roadworthy(session, "release")


if __name__ == "__main__":
    nox.main()
