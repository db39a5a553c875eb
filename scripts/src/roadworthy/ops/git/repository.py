"""A repository, asked for whole answers and never member by member."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from ...model.history.change import Commit
from ...model.problem import Failure
from .. import process
from .settings import Setting, effective, theirs
from .words import COMMITS, literally, read_commits

FILE, LINK, SUBMODULE = (
    "100644",
    "120000",
    "160000",
)  # https://git-scm.com/docs/git-fast-import#_filemodify
# A remote may take so long: for its data, and for a mere answer.
NETWORK_SECONDS, ANSWER_SECONDS = 600, 10.0
TAGS = "refs/tags/"
# https://git-scm.com/docs/gitcredentials and ssh(1): nothing asks on a screen, either.
NO_QUESTIONS = {
    "GIT_TERMINAL_PROMPT": "0",
    "GIT_ASKPASS": "",
    "SSH_ASKPASS_REQUIRE": "never",
    "GCM_INTERACTIVE": "never",
}
# Which objects are there, and their hashes: one a line, for as many names on stdin.
CHECK = ("cat-file", "--batch-check=%(objectname)", "--buffer")
NOTHING = "0" * 40  # no object has this hash
TRUE = frozenset({"true", "yes", "on", "1"})


@dataclass(frozen=True, kw_only=True)
class Repository:
    """A git repository and the whole environment in which git runs there: by default, the user's.

    One that we made has an environment of ours: `settings.ours`.
    """

    path: Path
    environment: Mapping[str, str] = field(default_factory=theirs, repr=False)

    def git(
        self,
        *arguments: str,
        stdin: str | None = None,
        hint: str = "",
        umask: int = process.OWN_UMASK,
    ) -> str:
        """Run git in the repository and return what it prints."""
        return process.run(
            ("git", "-C", str(self.path), *arguments),
            environment=self.environment,
            stdin=stdin,
            seconds=NETWORK_SECONDS,
            hint=hint,
            umask=umask,
        )

    def says(self, *arguments: str) -> str:
        """Run git and return all that it says, with what its hooks say."""
        command = ("git", "-C", str(self.path), *arguments)
        return process.run_with_all_output(command, self.environment, NETWORK_SECONDS)

    def asks(self, *arguments: str) -> str | None:
        """Run git for a question whose answer may be no; return None then."""
        try:
            return self.git(*arguments).strip()
        except process.CommandFailure:
            return None

    def recalls(self, *arguments: str) -> str | None:
        """Ask as `asks` does, but once: for answers that stay the same while we run."""
        if arguments not in self._recalled:
            self._recalled[arguments] = self.asks(*arguments)
        return self._recalled[arguments]

    @cached_property
    def _recalled(self) -> dict[tuple[str, ...], str | None]:
        return {}

    @cached_property
    def settings(self) -> tuple[Setting, ...]:
        """Return all settings that git obeys in the user's repository, with their secrets."""
        return effective(self.path)

    def setting(self, name: str) -> str:
        """Return the last value of a setting, which is the one that counts; empty for none."""
        return next((value for each, value in reversed(self.settings) if each == name), "")

    def commit_of(self, revision: str) -> str | None:
        """Return the full hash of the commit that a revision leads to, if it is there."""
        options = ("rev-parse", "--verify", "--quiet", "--end-of-options")
        return self.asks(*options, f"{revision}^{{commit}}")

    @property
    def promisor(self) -> str:
        """Return the remote that a partial clone leaves objects at; empty for a whole clone."""
        named = (name for name, value in self.settings if _is_promisor(name, value))
        return next(named, "").removeprefix("remote.").removesuffix(".promisor")

    def day_of(self, commit: str) -> datetime:
        """Return when a commit was made, in UTC."""
        seconds = self.git("rev-list", "--max-count=1", "--timestamp", commit).split()[0]
        return datetime.fromtimestamp(int(seconds), UTC)

    @property
    def has_work_tree(self) -> bool:
        """Tell whether there are files to be changed: a bare repository has none."""
        return self.recalls("rev-parse", "--is-inside-work-tree") == "true"

    def changed(self) -> list[str]:
        """Return what is changed in the working tree, each as `git status` writes it."""
        printed = self.git("status", "--porcelain", "-z", "--no-renames")
        return [entry for entry in printed.split("\0") if entry]

    def modes(self, commit: str, prefix: str = "") -> Mapping[str, str]:
        """Map the files of a commit below a folder, by their path from there, to their modes."""
        tree = f"{commit}:{prefix}" if prefix else commit
        listed = self.git("ls-tree", "-r", "-z", "--full-tree", tree)
        entries = (entry.partition("\t") for entry in listed.rstrip("\0").split("\0"))
        return {path: words.partition(" ")[0] for words, _, path in entries}

    def texts(self, names: Sequence[str]) -> dict[str, str]:
        """Read many blobs at once, each named `REVISION:PATH`; what is not there is left out."""
        lines = [self._on_a_line(name) for name in names]
        stdin = "".join(f"{line}\n" for line in lines)
        answer = self.git("cat-file", "--batch", "--buffer", stdin=stdin).encode(
            "utf-8", "surrogateescape"
        )
        texts, place = {}, 0
        for name in names:
            line_end = answer.index(b"\n", place)
            header = answer[place:line_end].split(b" ")
            place = line_end + 1
            if header[-1] == b"missing":
                continue
            size = int(header[-1])
            texts[name] = answer[place : place + size].decode("utf-8", "surrogateescape")
            place += size + 1
        return texts

    def objects(self, names: Sequence[str]) -> dict[str, str]:
        """Map names such as `COMMIT:FOLDER` to the hashes of what they name, if it is there."""
        if not names:
            return {}
        stdin = "".join(f"{self._on_a_line(name)}\n" for name in names)
        lines = self.git(*CHECK, stdin=stdin).splitlines()
        pairs = zip(names, lines, strict=True)
        return {name: line for name, line in pairs if not line.endswith(" missing")}

    def differing_files(
        self, pairs: Iterable[tuple[str, str]]
    ) -> dict[tuple[str, str], tuple[str, ...]]:
        """Return the files in which two trees differ, for each pair of them.

        https://git-scm.com/docs/git-diff-tree#Documentation/git-diff-tree.txt---stdin
        """
        found: dict[tuple[str, str], list[str]] = {pair: [] for pair in pairs}
        if not found:
            return {}
        stdin = "".join(f"{one} {other}\n" for one, other in found)
        options = ("-r", "-z", "--name-only", "--no-renames", "--stdin")
        printed = self.git("diff-tree", *options, stdin=stdin)
        current: list[str] = []
        for word in printed.split("\0"):
            head, _, first = word.partition("\n")  # a pair stands before its first file
            one, _, other = head.partition(" ")
            is_pair = (one, other) in found
            current = found[one, other] if is_pair else current
            current += filter(None, [first if is_pair else word])
        return {pair: tuple(files) for pair, files in found.items()}

    def _on_a_line(self, name: str) -> str:
        """Return a name that fits a line: for a path with a line break, the blob's own hash."""
        if name.isprintable():
            return name
        return self.asks("rev-parse", "--verify", "--quiet", "--end-of-options", name) or NOTHING

    def refs_at(self, remote: str, seconds: float = ANSWER_SECONDS) -> Mapping[str, str] | None:
        """Return the branches and tags of a remote, asked once; None where it does not answer.

        Nobody is asked for a password: a remote that wants one does not answer.
        """
        if remote not in self._refs:
            command = ("git", "-C", str(self.path), "ls-remote", "--heads", "--tags", "--", remote)
            environment = {**self.environment, **NO_QUESTIONS}
            try:
                listed = process.run(command, environment=environment, seconds=seconds)
            except Failure:
                self._refs[remote] = None
            else:
                pairs = (line.split("\t") for line in listed.splitlines())
                self._refs[remote] = {ref: target for target, ref in pairs}
        return self._refs[remote]

    @cached_property
    def _refs(self) -> dict[str, Mapping[str, str] | None]:
        return {}

    def history(self, head: str, after: Iterable[str], prefix: str = "") -> tuple[Commit, ...]:
        """Return the commits up to `head` that are not behind all of `after`, newest first."""
        ends = sorted(set(after))
        if not ends:
            return ()
        base = self.asks("merge-base", "--octopus", *ends) if len(ends) > 1 else ends[0]
        return self._log(prefix, head, *([f"^{base}"] if base else []), "--")

    def changes_of(self, head: str, paths: Iterable[str], prefix: str) -> tuple[Commit, ...]:
        """Return the commits up to `head` that touch any of the paths, newest first."""
        return self._log(prefix, "--full-history", head, "--", *map(literally, paths))

    def paths_ever(self, name: str, prefix: str) -> tuple[str, ...]:
        """Return the paths below a folder that files of a name had at any time, in any ref."""
        options = ("-z", "--all", "--format=", "--name-only", "--no-renames", "--diff-filter=A")
        listed = self.git("log", *options, "--", f":(top,glob)**/{name}")
        below = f"{prefix}/" if prefix else ""
        paths = dict.fromkeys(path.strip("\n") for path in listed.split("\0"))
        return tuple(p.removeprefix(below) for p in paths if p and p.startswith(below))

    def commits_named(self, head: str, starts: Iterable[str], prefix: str) -> tuple[Commit, ...]:
        """Return the commits up to `head` that have a line which starts so, newest first."""
        named = (f"--grep=^ *{start}" for start in starts)
        return self._log(prefix, "--basic-regexp", *named, head, "--")

    def changed_files(self, base: str, head: str, prefix: str) -> tuple[str, ...]:
        """Return the files below a folder that differ since two commits parted."""
        listed = self.git("diff", "--name-only", "-z", "--no-renames", f"{base}...{head}", "--")
        below = f"{prefix}/" if prefix else ""
        paths = (path for path in listed.split("\0") if path.startswith(below) and path)
        return tuple(path.removeprefix(below) for path in paths)

    def _log(self, prefix: str, *selection: str) -> tuple[Commit, ...]:
        """Read commits; options and our environment fix what settings could change."""
        options = ("-z", "--name-status", "--find-renames", "-l1000", "--topo-order")
        listed = self.git("log", *options, "--encoding=UTF-8", COMMITS, *selection)
        return tuple(read_commits(listed, prefix))


def is_true(value: str) -> bool:
    """Tell whether git takes the value of a setting for true."""
    return value.lower() in TRUE


def _is_promisor(name: str, value: str) -> bool:
    return name.startswith("remote.") and name.endswith(".promisor") and is_true(value)
