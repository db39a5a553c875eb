"""Git repositories for tests: real ones, in a folder of the test's own."""

import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from .hostile import shielded


@dataclass(frozen=True, slots=True)
class Repo:
    """A git repository with a work tree."""

    path: Path

    @classmethod
    def init(cls, path: Path, *options: str) -> "Repo":
        """Make an empty repository on the branch main."""
        path.mkdir(parents=True, exist_ok=True)
        repo = cls(path)
        repo.git("init", "--quiet", "--template=", "--initial-branch=main", *options)
        return repo

    def git(self, *arguments: str) -> str:
        """Run git there, and return what it prints."""
        command = ("git", "-C", str(self.path), *arguments)
        # Not as the user's git: what a test makes and looks at is not what it tries.
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=shielded())
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def fails(self, *arguments: str) -> str:
        """Run git there, which has to fail, and return all that it prints."""
        command = ("git", "-C", str(self.path), *arguments)
        done = subprocess.run(command, capture_output=True, text=True, check=False, env=shielded())
        assert done.returncode != 0, done.stdout
        return done.stdout + done.stderr

    def commit(self, message: str, files: Mapping[str, str | None] | None = None) -> str:
        """Write files, remove those without a text, commit everything, and return the commit."""
        for name, text in (files or {}).items():
            file = self.path / name
            if text is None:
                file.unlink()
                continue
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, "utf-8")
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", message)
        return self.head()

    def tag(self, *names: str, at: str = "HEAD") -> None:
        """Tag a commit, here and at the remote, if there is one."""
        self.tag_here(*names, at=at)
        for remote in self.git("remote").split():
            self.git("push", "--quiet", remote, *(f"refs/tags/{name}" for name in names))

    def tag_here(self, *names: str, at: str = "HEAD") -> None:
        """Tag a commit, and tell no remote."""
        for name in names:
            self.git("tag", name, at)

    def head(self, revision: str = "HEAD") -> str:
        """Return the commit of a revision."""
        return self.git("rev-parse", f"{revision}^{{commit}}")

    def refs(self) -> str:
        """Return every ref with what it points at."""
        return self.git("for-each-ref")

    def with_remote(self, path: Path, *options: str) -> "Repo":
        """Give it a bare remote that has all of it; return that."""
        shape = ("--template=", "--initial-branch=main")
        self.git("init", "--quiet", "--bare", *shape, *options, str(path))
        remote = Repo(path)
        (path / "hooks").mkdir()
        self.git("remote", "add", "origin", str(path))
        self.git("push", "--quiet", "--set-upstream", "origin", "main")
        return remote


def remote_of(checkout: Repo) -> Repo:
    """Return the bare remote that lies beside a checkout."""
    return Repo(checkout.path.with_name(f"{checkout.path.name}.git"))
