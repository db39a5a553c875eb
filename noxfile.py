#!/usr/bin/env -S uv run --script
# /// script
# requires-python = ">=3.11"
# dependencies = ["nox[uv]>=2025.5"]
# ///
"""Every task of the workspace: `nox --list` names them, `nox -s release` is the main one.

A session is an environment and one command.
Options go after two dashes: `nox -s release -- --execute`.
"""

from pathlib import Path

import nox

nox.needs_version = ">=2025.5"
nox.options.default_venv_backend = "uv"
nox.options.reuse_existing_virtualenvs = True
nox.options.error_on_missing_interpreters = True

TOOLING = "roadworthy"
MEMBERS = Path("packages")
# After Ctrl-C the tooling removes what it made, and says how it goes on.
TIDYING_SECONDS = 60.0
# 3 says that there was nothing to release, which is no failure of a session.
FINE = [0, 3]
# The files of the forges, by the schema that says their form.
FORMS = {
    "dependabot": (".github/dependabot.yml",),
    "github-workflows": (
        ".github/workflows/*.yml",
        "scripts/docs/examples/*/.github/workflows/*.yml",
    ),
    "gitlab-ci": (".gitlab-ci.yml", "scripts/docs/examples/*/.gitlab-ci.yml"),
}


def _sync(session: nox.Session, *options: str) -> None:
    """Install what `uv.lock` has, no more and no less, into the session's environment."""
    environment = {"UV_PROJECT_ENVIRONMENT": session.virtualenv.location}
    command = ("uv", "sync", "--locked", "--quiet", "--no-default-groups")
    interpreter = f"--python={session.virtualenv.location}"
    session.run_install(*command, interpreter, *options, env=environment)


def _tooling(session: nox.Session, command: str) -> None:
    """Run a command of the release tooling, with all that was typed after the dashes."""
    _sync(session, "--only-group=tooling")
    program = (TOOLING, command)
    session.run(
        *program,
        *session.posargs,
        env=_own_uv(),
        success_codes=FINE,
        interrupt_timeout=TIDYING_SECONDS,
        terminate_timeout=TIDYING_SECONDS,
    )


def _own_uv() -> dict[str, str]:
    """Name the uv that Nox runs, which need not be on PATH; it never fetches an interpreter."""
    return {"UV": nox.virtualenv.UV, "UV_PYTHON_DOWNLOADS": "never"}


@nox.session(default=True)
def tests(session: nox.Session) -> None:
    """Test the members and the tooling; members named after `--` alone; --exhaustive for all."""
    named = [argument for argument in session.posargs if not argument.startswith("-")]
    options = [argument for argument in session.posargs if argument.startswith("-")]
    for member in named or sorted(path.parent.name for path in MEMBERS.glob("*/pyproject.toml")):
        # Each in an environment that has what it requires, and nothing of its siblings' own.
        _sync(session, f"--package={member}", "--group=test")
        session.run("python", "-m", "pytest", f"{MEMBERS / member}")
    if not named:
        _sync(session, f"--package={TOOLING}", "--group=test")
        workers = ("--numprocesses=auto", "--dist=worksteal")
        with session.chdir("scripts"):
            session.run("python", "-m", "pytest", *workers, *options, env=_own_uv())


@nox.session(default=True)
def lint(session: nox.Session) -> None:
    """Check style and formatting, and the workflows for their form and for what is unsafe."""
    _sync(session, "--only-group=lint")
    session.run("ruff", "check", *session.posargs)
    session.run("ruff", "format", "--check")
    for form, patterns in FORMS.items():
        files = sorted(str(file) for pattern in patterns for file in Path().glob(pattern))
        session.run("check-jsonschema", "--builtin-schema", f"vendor.{form}", *files)
    session.run(
        "zizmor", "--offline", "--quiet", "--strict-collection", ".github", "scripts/docs/examples"
    )


@nox.session(default=True)
def typecheck(session: nox.Session) -> None:
    """Check the types of everything."""
    _sync(session, "--all-packages", "--all-groups", "--no-group=servers")
    session.run("mypy", *session.posargs)
    with session.chdir("scripts"):
        session.run("mypy", *session.posargs)


@nox.session(default=False)
def status(session: nox.Session) -> None:
    """Show the three facts and the next step of each member."""
    _tooling(session, "status")


@nox.session(default=False)
def plan(session: nox.Session) -> None:
    """Show what would be released, from what to what, and why."""
    _tooling(session, "plan")


@nox.session(default=False)
def change(session: nox.Session) -> None:
    """Write a change note: `-- MEMBER... LEVEL "TEXT"`; asks for what is missing."""
    _tooling(session, "change")


@nox.session(name="add-index", default=False)
def add_index(session: nox.Session) -> None:
    """Add a package index to the root manifest: `-- NAME`, and what its URLs need."""
    _tooling(session, "add-index")


@nox.session(default=False)
def doctor(session: nox.Session) -> None:
    """Look at all that a release relies on: tools, remote, index, credentials, names."""
    _tooling(session, "doctor")


@nox.session(default=False)
def graph(session: nox.Session) -> None:
    """Draw the members and what they require: Mermaid, DOT or SVG."""
    _tooling(session, "graph")


@nox.session(default=False)
def prepare(session: nox.Session) -> None:
    """Show the release commit; `-- --execute` pushes it."""
    _tooling(session, "prepare")


@nox.session(default=False)
def build(session: nox.Session) -> None:
    """Build the distributions of all members, as committed, into dist/."""
    _tooling(session, "build")


@nox.session(default=False)
def tag(session: nox.Session) -> None:
    """Show the tags that are due; `-- --execute` pushes them."""
    _tooling(session, "tag")


@nox.session(default=False)
def publish(session: nox.Session) -> None:
    """Show the uploads that are due; `-- --execute` uploads."""
    _tooling(session, "publish")


@nox.session(name="verify-git-install", default=False)
def verify_git_install(session: nox.Session) -> None:
    """Install every member from git, with uv and with pip, and prove that it works."""
    _tooling(session, "verify-git-install")


@nox.session(default=False)
def snippet(session: nox.Session) -> None:
    """Write the lines that install members from git: `-- MEMBER...`."""
    _tooling(session, "snippet")


@nox.session(name="verify-index-install", default=False)
def verify_index_install(session: nox.Session) -> None:
    """Install every member from an index and prove that it works."""
    _tooling(session, "verify-index-install")


@nox.session(default=False)
def release(session: nox.Session) -> None:
    """Rehearse a release from end to end; `-- --execute` does it for real."""
    _tooling(session, "release")


@nox.session(default=False)
def benchmark(session: nox.Session) -> None:
    """Measure plan, build, publish and verification on a generated workspace."""
    _sync(session, f"--package={TOOLING}", "--group=test")
    with session.chdir("scripts"):
        session.run("python", "-m", "tests.benchmark", *session.posargs, env=_own_uv())


@nox.session(name="benchmark-plan", default=False)
def benchmark_plan(session: nox.Session) -> None:
    """Measure planning with 50, 200 and 1,000 members, and a release commit with its tags."""
    _sync(session, f"--package={TOOLING}", "--group=test")
    with session.chdir("scripts"):
        session.run("python", "-m", "tests.benchmark_plan", *session.posargs, env=_own_uv())


if __name__ == "__main__":
    nox.main()
