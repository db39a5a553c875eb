"""What a consumer is told to type: every line of it is run here, word for word."""

import os
import re
import shlex
import subprocess
import sys
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.helpers.cli import run
from tests.helpers.hostile import shielded
from tests.helpers.programs import shell_program
from tests.helpers.repository import Repo
from tests.helpers.workspaces import make_workspace, trio

PYTHON = shlex.quote(sys.executable)
URL = "https://forge.invalid/owner/repo.git"
RELEASE = "release/2026.03.14"
ALL = ["zq-app==0.1.0", "zq-base==0.1.0", "zq-middle==0.1.0"]


@dataclass(frozen=True, kw_only=True, slots=True)
class Consumer:
    """Somebody with an empty folder, uv and pip, who copies lines."""

    folder: Path
    environment: Mapping[str, str]

    def types(self, line: str) -> str:
        """Type a line into a shell, and return what it prints."""
        done = subprocess.run(
            ("bash", "-euc", line),
            cwd=self.folder,
            env=dict(self.environment),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{line}\n{done.stderr}"
        return done.stdout

    def writes(self, snippet: Mapping[str, str]) -> None:
        """Put a snippet into the file that it is for."""
        (self.folder / snippet["file"]).write_text(snippet["text"], "utf-8")

    def has(self, environment: str = ".venv") -> list[str]:
        """List what is installed."""
        return self.types(f"uv pip freeze --python {environment} | sed 's/ @ .*//'").split()

    def renewed(self) -> "Consumer":
        """Start again with an empty environment that has pip."""
        self.types(f"uv venv --quiet --clear --seed --python {PYTHON}")
        return self


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Return a workspace whose members were released at one commit, and one that moved on."""
    settings = f'[tool.release]\nrepository = "{URL}"\n'
    made = make_workspace(tmp_path / "workspace", trio(), settings)
    for name in ("zq-app", "zq-base", "zq-middle"):
        made.git("tag", "--annotate", "--message", name, f"{name}/v0.1.0")
    made.git("tag", "--annotate", "--message", "all", RELEASE)
    made.commit("feat: later", {"packages/zq-base/src/zq_base/later.py": ""})
    return made


@pytest.fixture
def consumer(tmp_path: Path, repo: Repo) -> Consumer:
    """Return a consumer to whom the forge answers from the repository on disk."""
    folder = tmp_path / "consumer"
    folder.mkdir()
    uv = Path(os.environ.get("UV", "uv"))
    places = [str(uv.parent)] if uv.is_absolute() else []
    places.append(str(Path(sys.base_prefix, "bin")))  # else uv may ask a stand-in for another
    path = os.pathsep.join([str(folder / ".venv/bin"), *places, os.environ["PATH"]])
    return Consumer(
        folder=folder,
        environment={
            **shielded(),
            "PATH": path,
            "VIRTUAL_ENV": str(folder / ".venv"),
            "UV_CACHE_DIR": str(tmp_path / "cache"),
            "UV_NO_GITHUB_FAST_PATH": "1",
            "GIT_CONFIG_COUNT": "1",
            "GIT_CONFIG_KEY_0": f"url.{repo.path.as_uri()}.insteadOf",
            "GIT_CONFIG_VALUE_0": URL,
        },
    )


def told(repo: Repo, *arguments: str) -> dict[str, Any]:
    """Ask for the lines."""
    done = run(repo.path, "snippet", "--json", *arguments)
    assert done.code == 0, done.stderr
    return done.json


def lines(answer: Mapping[str, Any], start: str) -> Iterator[str]:
    """Return the shell lines that begin like this."""
    for snippet in answer["snippets"]:
        if not snippet["file"] and snippet["text"].startswith(start):
            yield snippet["text"]


def files(answer: Mapping[str, Any]) -> dict[str, Mapping[str, str]]:
    """Return what is to be put into files."""
    return {snippet["file"]: snippet for snippet in answer["snippets"] if snippet["file"]}


@pytest.mark.needs("scripts")
def test_the_lines_for_uv_install_a_member_and_its_siblings(repo: Repo, consumer: Consumer) -> None:
    answer = told(repo, "zq-app")
    assert (answer["revision"], answer["commit"]) == ("zq-app/v0.1.0", repo.head("zq-app/v0.1.0"))
    (line,) = lines(answer, "uv pip install ")
    consumer.renewed().types(line)
    assert [name for name in consumer.has() if name.startswith("zq-")] == [
        "zq-app",
        "zq-base",
        "zq-middle",
    ]
    (line,) = lines(answer, "uvx ")
    assert consumer.types(line) == "hello\n"


@pytest.mark.needs("scripts")
def test_the_lines_for_a_uv_project_lock_the_release(repo: Repo, consumer: Consumer) -> None:
    answer = told(repo, "zq-app")
    consumer.types(f"uv init --quiet --bare --no-workspace --python {PYTHON}")
    (line,) = lines(answer, "uv add ")
    consumer.types(line)
    source = {
        "git": URL,
        "subdirectory": "packages/zq-app",
        "tag": "zq-app/v0.1.0",
    }
    manifest = tomllib.loads((consumer.folder / "pyproject.toml").read_text("utf-8"))
    assert manifest["tool"]["uv"]["sources"] == {"zq-app": source}
    consumer.writes(files(answer)["pyproject.toml"])
    manifest = tomllib.loads((consumer.folder / "pyproject.toml").read_text("utf-8"))
    assert manifest["tool"]["uv"]["sources"] == {"zq-app": source}
    consumer.types("uv sync --quiet")
    commit = repo.head("zq-app/v0.1.0")
    lock = (consumer.folder / "uv.lock").read_text("utf-8")
    assert lock.count(f"#{commit}") == len(ALL)


@pytest.mark.needs("scripts")
@pytest.mark.exhaustive
def test_a_branch_that_has_moved_is_taken_by_an_upgrade_of_all_that_come_from_it(
    repo: Repo, consumer: Consumer
) -> None:
    answer = told(repo, "--ref", "main", "zq-middle")
    consumer.writes(files(answer)["pyproject.toml"])
    consumer.types("uv lock --quiet")
    first = repo.head()
    moved = repo.commit("feat: more", {"packages/zq-base/src/zq_base/more.py": ""})
    consumer.types("uv sync --quiet --locked")
    lock = consumer.folder / "uv.lock"
    assert lock.read_text("utf-8").count(f"#{first}") == 2
    consumer.types("uv lock --quiet --upgrade-package zq-middle")
    assert lock.read_text("utf-8").count(f"#{first}") == 2  # its sibling holds it there
    (line,) = lines(answer, "uv lock ")
    assert line == "uv lock --upgrade-package zq-base --upgrade-package zq-middle"
    consumer.types(f"{line} && uv sync --quiet --locked")
    assert lock.read_text("utf-8").count(f"#{moved}") == 2
    consumer.types(".venv/bin/python -c 'import zq_base.more'")


@pytest.mark.needs("scripts")
@pytest.mark.parametrize(
    "start",
    ["uv pip sync ", pytest.param("python -m pip install -r ", marks=pytest.mark.exhaustive)],
)
def test_a_lock_file_installs_with_either(repo: Repo, consumer: Consumer, start: str) -> None:
    answer = told(repo, "zq-app")
    consumer.writes(files(answer)["pyproject.toml"])
    (line,) = lines(answer, "uv export ")
    consumer.types(line)
    (line,) = lines(answer, start)
    consumer.renewed().types(line)
    assert [n for n in consumer.has() if n.startswith("zq-")] == ["zq-app", "zq-base", "zq-middle"]


@pytest.mark.needs("scripts")
@pytest.mark.exhaustive
@pytest.mark.parametrize("way", ["urls", "requirements", "constraints"])
def test_the_lines_for_pip_name_every_sibling(repo: Repo, consumer: Consumer, way: str) -> None:
    answer = told(repo, "zq-middle")
    consumer.renewed()
    for name in ("requirements.txt", "constraints.txt"):
        consumer.writes(files(answer)[name])
    found: Sequence[str] = [*lines(answer, "python -m pip install")]
    by_url, by_constraints, _ = found
    chosen = {
        "urls": by_url,
        "requirements": "python -m pip install -r requirements.txt",
        "constraints": by_constraints,
    }
    consumer.types(chosen[way])
    assert [n for n in consumer.has() if n.startswith("zq-")] == ["zq-base", "zq-middle"]


@pytest.mark.needs("scripts")
def test_several_members_are_named_at_the_release_that_has_them_all(
    repo: Repo, consumer: Consumer
) -> None:
    answer = told(repo, "zq-app", "zq-base")
    assert (answer["revision"], answer["commit"]) == (RELEASE, repo.head(RELEASE))
    later = repo.head()
    repo.git("tag", "zq-base/v0.2.0", later)
    answer = told(repo, "zq-app", "zq-base")
    assert (answer["revision"], answer["commit"]) == ("zq-base/v0.2.0", later)
    (line,) = lines(answer, "uv pip install")
    consumer.renewed().types(line)


def test_a_revision_may_be_named(repo: Repo) -> None:
    head = repo.head()
    expected = {"main": "--branch main", "HEAD": f"--rev {head}", RELEASE: f"--tag {RELEASE}"}
    for ref, option in expected.items():
        (line,) = lines(told(repo, "--ref", ref, "zq-base"), "uv add ")
        assert line == f'uv add "zq-base @ git+{URL}#subdirectory=packages/zq-base" {option}'
    (line,) = lines(told(repo, "--ref", "", "zq-base"), "uv add ")
    assert line == f'uv add "zq-base @ git+{URL}#subdirectory=packages/zq-base"'


def test_a_member_that_was_never_released_is_named_by_its_commit_and_said_so(
    repo: Repo,
) -> None:
    repo.git("tag", "--delete", "zq-base/v0.1.0")
    done = run(repo.path, "snippet", "--json", "zq-base")
    assert done.json["revision"] == repo.head()
    assert "zq-base was never released" in done.stderr


def test_one_revision_is_enough_for_one_consumer(repo: Repo) -> None:
    done = run(repo.path, "snippet", "--ref", "main", "--ref", RELEASE)
    assert (done.code, "at one revision" in done.stderr) == (2, True)


def test_a_container_gets_credentials_that_no_layer_keeps(repo: Repo) -> None:
    lines_of = files(told(repo, "zq-base"))["Dockerfile"]["text"].splitlines()
    assert "RUN --mount=type=secret,id=git,target=/root/.git-credentials \\" in lines_of
    manifest = repo.path / "pyproject.toml"
    text = manifest.read_text("utf-8").replace(URL, "ssh://git@forge.invalid/owner/repo.git")
    repo.commit("chore: move", {"pyproject.toml": text})
    lines_of = files(told(repo, "zq-base"))["Dockerfile"]["text"].splitlines()
    assert "RUN --mount=type=ssh \\" in lines_of
    assert "  uv pip install --system" in "\n".join(lines_of)


def test_what_settings_of_the_user_make_of_a_url_is_told_to_nobody(tmp_path: Path) -> None:
    repo = make_workspace(tmp_path / "workspace", trio())
    repo.git("remote", "add", "origin", URL)
    repo.git("config", "url.ssh://me@own.invalid/.insteadOf", "https://forge.invalid/")
    done = run(repo.path, "snippet", "zq-base", "--json")
    texts = "".join(each["text"] for each in done.json["snippets"])
    assert (URL in texts, "own.invalid" in texts) == (True, False), done.stderr


def test_a_short_url_of_a_server_that_is_silent_is_printed_with_a_doubt(tmp_path: Path) -> None:
    repo = make_workspace(tmp_path / "workspace", trio())
    repo.git("remote", "add", "origin", "git@127.0.0.1:repo.git")
    silent = {"GIT_SSH_COMMAND": "false", "GIT_SSH_VARIANT": "ssh"}
    doubted = run(repo.path, "snippet", "zq-base", **silent)
    root = (repo.path / "pyproject.toml").read_text("utf-8")
    written = '[tool.release]\nrepository = "ssh://git@127.0.0.1/repo.git"\n'
    repo.commit("chore: settings", {"pyproject.toml": f"{root}\n{written}"})
    sure = run(repo.path, "snippet", "zq-base", **silent)
    codes = [re.findall(r"warning\[(.+)\]", done.stderr) for done in (doubted, sure)]
    assert codes == [["snippet-never-released", "url-unasked"], ["snippet-never-released"]]


def test_a_short_form_of_the_user_is_written_out_for_others(tmp_path: Path) -> None:
    repo = make_workspace(tmp_path / "workspace", trio())
    repo.git("remote", "add", "origin", "forge:owner/repo.git")
    repo.git("config", "url.https://forge.invalid/.insteadOf", "forge:")
    done = run(repo.path, "snippet", "zq-base", "--json")
    assert URL in "".join(each["text"] for each in done.json["snippets"]), done.stderr


@pytest.mark.needs("scripts")
@pytest.mark.parametrize(("place", "url"), [("home", "/~/repo.git"), ("root", "/repo.git")])
def test_a_short_url_is_printed_as_the_one_that_git_can_read(
    place: str, url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A plain server takes `host:path` from the home of whoever logs in, a forge from its root."""
    repo = make_workspace(tmp_path / "workspace", trio())
    folder = tmp_path / place
    repo.git("clone", "--quiet", "--bare", str(repo.path), str(folder / "repo.git"))
    repo.git("remote", "add", "origin", "git@server.invalid:repo.git")
    ssh = shell_program(
        tmp_path / "ssh",
        "for last; do :; done\n"
        f"last=$(printf '%s' \"$last\" | sed \"s|'/repo|'{tmp_path}/root/repo|\")\n"
        f'cd "{tmp_path}/home" 2>/dev/null || cd "{tmp_path}/root"\n'
        f'HOME="{tmp_path}/home" exec sh -c "$last"',
    )
    monkeypatch.setenv("GIT_SSH_COMMAND", str(ssh))
    monkeypatch.setenv("GIT_SSH_VARIANT", "ssh")
    done = run(repo.path, "snippet", "zq-base", "--json")
    texts = "".join(each["text"] for each in done.json["snippets"])
    assert f"ssh://git@server.invalid{url}" in texts, done.stderr
