"""The release jobs of GitHub and GitLab, read from their files and run on this machine.

A job is run as its forge would: in a fresh clone, with its own variables, secrets and
artefacts, and with nothing else. What reaches a forge or the internet is stood in for.
"""

import os
import re
import shutil
import stat
import subprocess
import sys
from base64 import b64decode
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruamel.yaml import YAML

from roadworthy.ops import kept

from .cli import ROOT
from .forges import HttpForge
from .repository import Repo
from .trusting import REQUEST_TOKEN, TrustingIndex, identity

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

BRANCH = "main"
INDEX = "testpypi"
RELEASE_JOBS = (
    *("prepare", "build", "publish"),
    *("verify-published", "tag", "verify-tags", "finish"),
)
GITHUB = ROOT / ".github" / "workflows" / "release.yml"
GITLAB = ROOT / ".gitlab-ci.yml"

# With uv alone a release is verified in a fraction of the time.
SHORTENED = {
    "nox -s verify-git-install": "nox -s verify-git-install -- --installer uv",
    "nox -s verify-git-install -- --unfinished": (
        "nox -s verify-git-install -- --unfinished --installer uv"
    ),
}

STUBS = {
    # What CI installs is what the tests run with.
    "python": """\
[ "$*" = "-m pip install nox[uv]" ] && exit 0
exec {python} "$@"
""",
    "gh": """\
[ -n "$GH_TOKEN" ] || exit 4
case "$1 $2" in
"auth setup-git") git config --global credential.helper '!gh auth git-credential' ;;
"auth git-credential") echo username=x-access-token; echo "password=$GH_TOKEN" ;;
*) exit 1 ;;
esac
""",
    # Notes each call with its environment; signs nothing, and says of what.
    "uv": """\
note=$(mktemp {calls}/XXXXXX)
{{ printf '%s\\n' "$*"; env; }} > "$note"
case "$*" in
*"pypi_attestations sign "*)
  for file in "$@"; do
    if [ -f "$file" ]; then echo '{{"version": 1}}' > "$file.publish.attestation"; fi
  done ;;
*) exec {uv} "$@" ;;
esac
""",
}


@dataclass
class Doorkeeper(HttpForge):
    """A forge that knows what each token may: read alone, or push."""

    password: str = "one of those below"  # noqa: S105 - it says that there is a lock
    pushers: set[str] = field(default_factory=set)
    readers: set[str] = field(default_factory=set)
    pushed_by: set[str] = field(default_factory=set)
    is_push: bool = False

    def __call__(self, environ: "WSGIEnvironment", start: "StartResponse") -> Any:  # noqa: ANN401
        """Let in who may; the answer is the forge's own."""
        asked = environ["PATH_INFO"] + environ["QUERY_STRING"]
        self.is_push = asked.endswith("git-receive-pack")
        return super().__call__(environ, start)

    def _knows(self, authorization: str) -> bool:
        token = b64decode(authorization.removeprefix("Basic ")).decode().partition(":")[2]
        if self.is_push and token in self.pushers:
            self.pushed_by.add(token)
        return token in self.pushers or (token in self.readers and not self.is_push)


@dataclass(frozen=True, slots=True)
class Call:
    """A run of uv: what it was told to do, and all that it could see."""

    arguments: str
    environment: str


@dataclass
class Machine:
    """What both forges have: a place for clones and artefacts, a remote, an index."""

    folder: Path
    forge: Doorkeeper
    index: TrustingIndex
    certificates: Path
    remote: Repo
    is_short: bool = True
    artefacts: dict[str, Path] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict)
    calls: dict[str, list[Call]] = field(default_factory=dict)
    printed: str = ""
    runs: int = 0

    def secret(self, name: str) -> str:
        """Make a secret, and remember it: nobody may show it."""
        return self.secrets.setdefault(name, f"secret-{len(self.secrets)}-{name}-kept")

    @property
    def clone(self) -> Path:
        """Return the folder of the checkout, which is the same for every job."""
        return self.folder / "clone"

    def clear(self) -> None:
        """Remove what the job before left; its environment stays, as a forge's cache keeps it."""
        kept, environments = self.clone / ".nox", self.folder / "environments"
        if kept.exists() and self.is_short:
            kept.rename(environments)
        if self.clone.exists():
            shutil.rmtree(self.clone)
        if environments.exists():
            self.clone.mkdir()
            environments.rename(kept)

    def place(self, job: str) -> Path:
        """Return a new folder for a run of a job."""
        self.runs += 1
        place = self.folder / f"{self.runs}-{job}"
        (place / "home").mkdir(parents=True)
        return place

    def environment(self, place: Path) -> dict[str, str]:
        """Return what any job has, whatever its forge: programs, a HOME, whom to trust."""
        own = {name: os.environ[name] for name in kept.ALLOWED if name in os.environ}
        settings = os.environ.get("XDG_CONFIG_HOME", str(Path.home() / ".config"))
        cache = subprocess.run((_uv(), "cache", "dir"), capture_output=True, text=True, check=True)
        return own | {
            "PATH": os.pathsep.join([str(_programs(place)), os.environ["PATH"]]),
            "HOME": str(place / "home"),
            "XDG_CONFIG_HOME": settings,
            "UV_CACHE_DIR": cache.stdout.strip(),
            "SSL_CERT_FILE": str(self.certificates),
            "REQUESTS_CA_BUNDLE": str(self.certificates),
            "NOX_SCRIPT_MODE": "none",  # the Nox that runs has all that it needs
        }

    def run(self, job: str, place: Path, script: str, environment: Mapping[str, str]) -> None:
        """Run lines of a job as a shell does; fail as the job would."""
        if self.is_short:
            lines = (SHORTENED.get(line.strip(), line) for line in script.splitlines())
            script = "\n".join(lines)
        done = subprocess.run(
            ("bash", "-e", "-o", "pipefail", "-c", script),
            cwd=self.clone,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        self.printed += done.stdout + done.stderr
        notes = [path.read_text().partition("\n") for path in (place / "calls").iterdir()]
        self.calls.setdefault(job, []).extend(Call(note[0], note[2]) for note in notes)
        assert done.returncode == 0, f"{job}: {script}\n{done.stdout}{done.stderr}"


class GitHub:
    """Runs the jobs of the release workflow as a hosted runner would."""

    def __init__(self, machine: Machine) -> None:
        """Read the workflow."""
        self.machine = machine
        self.workflow = read(GITHUB)
        self.jobs: dict[str, Any] = self.workflow["jobs"]

    def start(self) -> Iterator[str]:
        """Run the workflow, job by job; give the name of each that is done."""
        for name in ordered(self.jobs):
            self.run(name)
            yield name

    def run(self, name: str) -> None:
        """Run one job."""
        job, place = self.jobs[name], self.machine.place(name)
        token = self._token(name, job["permissions"])
        known = {
            "github.token": token,
            "github.ref_name": BRANCH,
            "inputs.index": INDEX,
            "github.workflow": "Release",
        }
        environment = self.machine.environment(place) | {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            **_filled(self.workflow["env"], known),
            **self._identity(job["permissions"]),
        }
        for step in job["steps"]:
            if "uses" in step:
                action = ACTIONS[step["uses"].partition("@")[0]]
                action(self.machine, place, _filled(step.get("with", {}), known))
            else:
                own = environment | _filled(step.get("env", {}), known)
                self.machine.run(name, place, _fill(step["run"], known), own)

    def _token(self, name: str, permissions: Mapping[str, str]) -> str:
        """Make the token of a job, with the rights that it asks for and no others."""
        token, forge = self.machine.secret(f"token-of-{name}"), self.machine.forge
        right = permissions.get("contents")
        {"write": forge.pushers, "read": forge.readers, None: set()}[right].add(token)
        return token

    def _identity(self, permissions: Mapping[str, str]) -> dict[str, str]:
        if permissions.get("id-token") != "write":
            return {}
        self.machine.secrets["request"] = REQUEST_TOKEN
        return {
            "ACTIONS_ID_TOKEN_REQUEST_URL": self.machine.index.request_url,
            "ACTIONS_ID_TOKEN_REQUEST_TOKEN": REQUEST_TOKEN,
        }


class GitLab:
    """Runs the jobs of a pipeline that somebody started by hand for a release."""

    def __init__(self, machine: Machine) -> None:
        """Read the pipeline; GitLab keeps PUSH_TOKEN for one environment."""
        self.machine = machine
        self.pipeline = read(GITLAB)
        self.jobs = {name: self._whole(name) for name in RELEASE_JOBS}

    def _whole(self, name: str) -> dict[str, Any]:
        """Return a job with all that it takes from what it extends and from the defaults."""
        job: dict[str, Any] = self.pipeline[name]
        base = self._whole(job["extends"]) if "extends" in job else self.pipeline["default"]
        variables = {**base.get("variables", {}), **job.get("variables", {})}
        return {**base, **job, "variables": variables}

    def start(self) -> Iterator[str]:
        """Run the pipeline, job by job, from the commit that is the branch's now."""
        commit = self.machine.remote.head(BRANCH)
        for name in ordered(self.jobs):
            self.run(name, commit)
            yield name

    def run(self, name: str, commit: str) -> None:
        """Run one job."""
        job, place = self.jobs[name], self.machine.place(name)
        token = self.machine.secret(f"token-of-{name}")
        self.machine.forge.readers.add(token)
        url = f"{self.machine.forge.url}{self.machine.remote.path.name}"
        _clone(self.machine, commit)
        self._take_artefacts(job)
        environment = self.machine.environment(place) | {
            "CI": "true",
            "GITLAB_CI": "true",
            "CI_PIPELINE_SOURCE": "web",
            "CI_PROJECT_URL": url.removesuffix(".git"),
            "CI_SERVER_HOST": "localhost",
            "CI_COMMIT_BRANCH": BRANCH,
            "CI_DEFAULT_BRANCH": BRANCH,
            "CI_JOB_TOKEN": token,
            **{n: str(v) for n, v in self.pipeline["variables"].items() if n != "INDEX"},
            **job["variables"],
            "INDEX": INDEX,
            **self._secrets(job),
        }
        lines = [*job["before_script"], *job["script"]]
        self.machine.run(name, place, "\n".join(lines), environment)
        for path in job.get("artifacts", {}).get("paths", []):
            self._keep(name, self.machine.clone / path)

    def _secrets(self, job: Mapping[str, Any]) -> dict[str, str]:
        """Return what this job may see: a variable of its environment, its identities."""
        secrets = {}
        for name, told in job.get("id_tokens", {}).items():
            secrets[name] = self.machine.secrets[name] = identity(told["aud"])
        if job.get("environment") == "release":
            secrets["PUSH_TOKEN"] = self.machine.secret("push")
            self.machine.forge.pushers.add(secrets["PUSH_TOKEN"])
        return secrets

    def _keep(self, name: str, folder: Path) -> None:
        target = self.machine.folder / f"{self.machine.runs}-artefacts"
        self.machine.artefacts[name] = shutil.copytree(folder, target / folder.name)

    def _take_artefacts(self, job: Mapping[str, Any]) -> None:
        for name in job.get("needs", ()):
            kept = self.machine.artefacts.get(name)
            if kept:
                shutil.copytree(kept, self.machine.clone / kept.name, dirs_exist_ok=True)


def read(path: Path) -> Any:  # noqa: ANN401 - whatever the file has
    """Read a YAML file, with the words of YAML 1.2: `on` is no truth."""
    return YAML(typ="safe", pure=True).load(path.read_text("utf-8"))


def ordered(jobs: Mapping[str, Any]) -> list[str]:
    """Return the names of jobs, each after those that it needs."""
    done: list[str] = []
    while len(done) < len(jobs):
        ready = [n for n in jobs if n not in done and set(_needs(jobs[n])) <= set(done)]
        assert ready, "no job can start"
        done += ready
    return done


def _needs(job: Mapping[str, Any]) -> list[str]:
    needs = job.get("needs", [])
    return [needs] if isinstance(needs, str) else needs


def _uv() -> str:
    return shutil.which(os.environ.get("UV", "uv")) or "uv"


def _programs(place: Path) -> Path:
    """Make the programs that a job finds first: Nox, and what stands in for the rest."""
    folder, calls = place / "bin", place / "calls"
    if not folder.exists():
        folder.mkdir()
        calls.mkdir()
        (folder / "nox").symlink_to(Path(sys.executable).parent / "nox")
        for name, text in STUBS.items():
            script = folder / name
            filled = text.format(python=sys.executable, uv=_uv(), calls=calls)
            script.write_text(f"#!/bin/sh\n{filled}", "utf-8")
            script.chmod(script.stat().st_mode | stat.S_IXUSR)
    return folder


def _clone(machine: Machine, revision: str) -> None:
    """Check out as a runner does: everything, and no credentials left behind."""
    machine.clear()
    clone = Repo.init(machine.clone)
    clone.git(
        "fetch", "--quiet", "--tags", str(machine.remote.path), "refs/heads/*:refs/remotes/origin/*"
    )
    clone.git("remote", "add", "origin", machine.forge.url + machine.remote.path.name)
    clone.git("checkout", "--quiet", revision)


def _checkout(machine: Machine, _: Path, inputs: Mapping[str, str]) -> None:
    assert (inputs["fetch-depth"], inputs["persist-credentials"]) == ("0", "False")
    _clone(machine, inputs.get("ref", BRANCH))


def _upload(machine: Machine, _: Path, inputs: Mapping[str, str]) -> None:
    """Keep a folder, without hidden files, as the action does."""
    target = machine.folder / f"{machine.runs}-artefacts"
    hidden = shutil.ignore_patterns(".*")
    machine.artefacts[inputs["name"]] = shutil.copytree(
        machine.clone / inputs["path"], target, ignore=hidden
    )


def _download(machine: Machine, _: Path, inputs: Mapping[str, str]) -> None:
    kept = machine.artefacts[inputs["name"]]
    shutil.copytree(kept, machine.clone / inputs["path"], dirs_exist_ok=True)


def _attest(machine: Machine, _: Path, inputs: Mapping[str, str]) -> None:
    """Write what the action writes, unsigned, where it writes it."""
    for file in machine.clone.glob(inputs.get("paths", "dist/*")):
        if file.name.endswith((".whl", ".tar.gz")):
            file.with_name(f"{file.name}.publish.attestation").write_text('{"version": 1}\n')


def _nothing(_: Machine, __: Path, ___: Mapping[str, str]) -> None:
    """Do nothing: it is there already."""


ACTIONS: dict[str, Callable[[Machine, Path, Mapping[str, str]], None]] = {
    "actions/checkout": _checkout,
    "actions/setup-python": _nothing,
    "actions/upload-artifact": _upload,
    "actions/download-artifact": _download,
    "astral-sh/attest-action": _attest,
}


def _fill(text: str, known: Mapping[str, str]) -> str:
    """Fill the expressions of a workflow in; one that is not known here is an error."""
    return re.sub(r"\$\{\{ ([\w.]+) \}\}", lambda found: known[found[1]], text)


def _filled(values: Mapping[str, object], known: Mapping[str, str]) -> dict[str, str]:
    return {name: _fill(str(value), known) for name, value in values.items()}
