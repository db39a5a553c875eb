"""A generated workspace with a long history: ten commits and three tags for each member."""

import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from .generate import BRANCH, ROOT, VERSION, Generated, generated, git
from .hostile import shielded

COMMITS = 10
# After which of its commits a member is released, and as what.
RELEASES = {0: "0.1.0", 3: "0.1.1", 6: "0.1.2"}
SETTLED = {0: "0.1.0", 3: "0.1.1", COMMITS - 1: "0.1.2"}
AUTHOR = "Bench <bench@localhost> 1700000000 +0000"


def generate_history(folder: Path, members: int, *, changed: int = 1) -> Path:
    """Make a workspace whose members have a history, in one go; return its root.

    One member of `changed` has commits since its last tag: 1 for all, 5 for a fifth.
    """
    folder.mkdir(parents=True)
    git(folder, "init", "--quiet", f"--initial-branch={BRANCH}")
    made = generated(members)
    stream = "".join(_stream(made, changed))
    command = ("git", "fast-import", "--quiet")
    subprocess.run(command, cwd=folder, input=stream, text=True, check=True, env=shielded())
    git(folder, "reset", "--quiet", "--hard", BRANCH)
    return folder


def _stream(members: Sequence[Generated], changed: int) -> Iterator[str]:
    yield _commit("Start", {"pyproject.toml": ROOT, **_all_files(members)})
    for number in range(COMMITS):
        for place, member in enumerate(members):
            releases = RELEASES if place % changed == 0 else SETTLED
            version = releases.get(number, "")
            yield _commit(f"fix: change {member.name}", _change(member, number, version))
            if version:
                yield _tag(f"{member.name}/v{version}")


def _all_files(members: Sequence[Generated]) -> dict[str, str]:
    return {
        f"packages/{member.name}/{path}": text
        for member in members
        for path, text in member.files().items()
    }


def _change(member: Generated, number: int, version: str) -> dict[str, str]:
    files = {f"packages/{member.name}/src/{member.module}/change.py": f"CHANGE = {number}\n"}
    if version:
        manifest = member.files()["pyproject.toml"]
        text = manifest.replace(f'version = "{VERSION}"', f'version = "{version}"', 1)
        files[f"packages/{member.name}/pyproject.toml"] = text
    return files


def _commit(message: str, files: dict[str, str]) -> str:
    head = f"commit refs/heads/{BRANCH}\ncommitter {AUTHOR}\n{_data(message)}"
    return head + "".join(f"M 644 inline {path}\n{_data(text)}" for path, text in files.items())


def _tag(name: str) -> str:
    return f"tag {name}\nfrom refs/heads/{BRANCH}\ntagger {AUTHOR}\n{_data(name)}"


def _data(text: str) -> str:
    return f"data {len(text.encode())}\n{text}\n"
