"""The door to git: one repository, asked for whole answers and never member by member.

https://git-scm.com/docs
"""

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlsplit

from ..model.change import Commit
from ..model.problem import Failure, Problem, UsageFailure
from ..model.tag import RELEASE_TAG_TRAILER, Tag
from . import process

MINIMUM = (2, 31)
LINK, SUBMODULE = "120000", "160000"  # https://git-scm.com/docs/git-fast-import#_filemodify
NETWORK_SECONDS = 600
RECORD, FIELD = "\x1e", "\x1f"
# The settings of a checkout that reach its remote and sign its commits: a scratch
# clone is handed them, by environment and never by file or argument.
HANDED_DOWN = ("http.", "credential.", "url.", "core.sshcommand", "user.", "gpg.", "ssh.")


@dataclass(frozen=True, kw_only=True, slots=True)
class Repository:
    """A git repository and the environment in which git runs there."""

    path: Path
    environment: Mapping[str, str] = field(default_factory=dict, repr=False)

    def git(
        self,
        *arguments: str,
        stdin: str | None = None,
        hint: str = "",
        umask: int = process.OWN_UMASK,
    ) -> str:
        """Run git in the repository and return what it prints."""
        environment = {**os.environ, **quiet(), **self.environment}
        command = ("git", "-C", str(self.path), *arguments)
        return process.run(
            command,
            environment=environment,
            stdin=stdin,
            seconds=NETWORK_SECONDS,
            hint=hint,
            umask=umask,
        )

    def asks(self, *arguments: str) -> str | None:
        """Run git for a question whose answer may be no; return None then."""
        try:
            return self.git(*arguments).strip()
        except process.CommandFailure:
            return None

    def commit_of(self, revision: str) -> str | None:
        """Return the full hash of the commit that a revision leads to, if it is there."""
        return self.asks("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")

    def day_of(self, revision: str) -> datetime:
        """Return when a commit was made, in UTC."""
        seconds = self.git("show", "--no-patch", "--format=%ct", revision)
        return datetime.fromtimestamp(int(seconds), UTC)

    def modes(self, revision: str, prefix: str = "") -> dict[str, str]:
        """Map the files of a commit below a folder, by their path from there, to their modes."""
        tree = f"{revision}:{prefix}" if prefix else revision
        listed = self.git("ls-tree", "-r", "-z", "--full-tree", tree)
        entries = (entry.partition("\t") for entry in listed.rstrip("\0").split("\0"))
        return {path: told.partition(" ")[0] for told, _, path in entries}

    def texts(self, names: Sequence[str]) -> dict[str, str]:
        """Read many blobs at once, each named `REVISION:PATH`; what is not there is left out."""
        asked = "".join(f"{name}\n" for name in names)
        answer = self.git("cat-file", "--batch", stdin=asked).encode("utf-8", "surrogateescape")
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

    def tags_and_branches(self, head: str) -> tuple[tuple[Tag, ...], frozenset[str]]:
        """Read every tag with its commit, and the names of all branches, here and remote."""
        trailer = f"%(contents:trailers:key={RELEASE_TAG_TRAILER},valueonly,separator=)"
        shape = f"%(refname)%00%(*objectname)%00%(objectname)%00{trailer}%00%00"
        listed = self.git("for-each-ref", f"--format={shape}")
        merged = self.git("for-each-ref", f"--merged={head}", "--format=%(refname)", "refs/tags")
        reachable = frozenset(merged.splitlines())
        tags, branches = [], set()
        for line in listed.split("\0\0\n"):
            if not line:
                continue
            ref, peeled, target, released_with = line.split("\0")
            if ref.startswith("refs/tags/"):
                tags.append(
                    Tag(
                        name=ref.removeprefix("refs/tags/"),
                        commit=peeled or target,
                        reachable=ref in reachable,
                        released_with=released_with.strip(),
                    )
                )
            elif ref.startswith("refs/heads/"):
                branches.add(ref.removeprefix("refs/heads/"))
            elif ref.startswith("refs/remotes/"):
                branches.add(ref.removeprefix("refs/remotes/").partition("/")[2])
        return tuple(tags), frozenset(branches)

    def history(self, head: str, after: Iterable[str], prefix: str = "") -> tuple[Commit, ...]:
        """Return the commits up to `head` that are not behind all of `after`, newest first."""
        ends = sorted(set(after))
        if not ends:
            return ()
        base = self.asks("merge-base", "--octopus", *ends) if len(ends) > 1 else ends[0]
        return self._log(prefix, head, *([f"^{base}"] if base else []), "--")

    def changes_of(self, head: str, paths: Iterable[str], prefix: str) -> tuple[Commit, ...]:
        """Return the commits up to `head` that touch any of the paths, newest first."""
        return self._log(prefix, "--full-history", head, "--", *paths)

    def commits_named(self, head: str, subject: str, prefix: str) -> tuple[Commit, ...]:
        """Return the commits up to `head` that have a line which starts so, newest first."""
        return self._log(prefix, f"--grep=^{subject}", head, "--")

    def changed_files(self, base: str, head: str, prefix: str) -> tuple[str, ...]:
        """Return the files below a folder that differ since two commits parted."""
        listed = self.git("diff", "--name-only", "-z", "--no-renames", f"{base}...{head}")
        below = f"{prefix}/" if prefix else ""
        paths = (path for path in listed.split("\0") if path.startswith(below) and path)
        return tuple(path.removeprefix(below) for path in paths)

    def _log(self, prefix: str, *selection: str) -> tuple[Commit, ...]:
        shape = f"--format={RECORD}%H{FIELD}%P{FIELD}%B{FIELD}"
        options = ("-z", "--name-status", "--find-renames", "--topo-order")
        listed = self.git("log", *options, shape, *selection)
        return tuple(_commit(record, prefix) for record in listed.split(RECORD) if record)

    def create(self, tags: Iterable[Tag]) -> None:
        """Make light tags in a repository of our own: what a release will have."""
        told = (f"update refs/tags/{tag.name} {tag.commit}\n" for tag in tags)
        self.git("update-ref", "--stdin", stdin="".join(told))

    def annotate(self, messages: Mapping[Tag, str]) -> None:
        """Make annotated tags: all in one go, or one by one where they are to be signed.

        They must not exist yet: https://git-scm.com/docs/git-fast-import#_tag
        """
        if self.asks("config", "--type=bool", "tag.gpgSign") == "true":
            for tag, message in messages.items():
                options = ("--annotate", "--cleanup=verbatim", "--file=-")
                self.git("tag", *options, tag.name, tag.commit, stdin=message)
            return
        tagger = self.git("var", "GIT_COMMITTER_IDENT")
        stream = (
            f"tag {tag.name}\nfrom {tag.commit}\ntagger {tagger}"
            f"data {len(message.encode())}\n{message}\n"
            for tag, message in messages.items()
        )
        self.git("fast-import", "--quiet", stdin="".join(stream))

    def push(self, *refspecs: str, hint: str = "") -> None:
        """Push refs to the origin in one atomic, plain push: what exists is never moved."""
        self.git("push", "--quiet", "--atomic", "--no-verify", "origin", *refspecs, hint=hint)


def open_workspace(folder: Path) -> tuple[Repository, str]:
    """Return the repository that a workspace is in, and the workspace's path from its root.

    Raises `UsageFailure` where there is no repository or no commit in it.
    """
    if not folder.is_dir():
        raise UsageFailure(Problem(f"{folder} is not a folder", "name the workspace's root"))
    repository = Repository(path=folder)
    try:
        prefix = repository.git("rev-parse", "--show-prefix").strip().rstrip("/")
    except process.CommandFailure as failure:
        if "dubious ownership" in failure.output:
            hint = "it belongs to somebody else; git's own `safe.directory` setting allows it"
            raise UsageFailure(Problem(f"git refuses to read {folder}", hint)) from None
        hint = "run `git init` and commit, or name another folder with --workspace"
        raise UsageFailure(Problem(f"{folder} is not in a git repository", hint)) from None
    if repository.commit_of("HEAD") is None:
        raise UsageFailure(Problem(f"{folder} has no commit yet", "commit the workspace first"))
    if repository.git("rev-parse", "--is-shallow-repository").strip() == "true":
        hint = "run `git fetch --unshallow --tags`; in CI, fetch with depth 0"
        message = "the clone is shallow: its history and tags are not whole"
        raise UsageFailure(Problem(message, hint))
    return repository, prefix


def clone(
    url: str, path: Path, *options: str, environment: Mapping[str, str] | None = None
) -> Repository:
    """Clone a repository; the environment may hold the credentials for it.

    Credentials in the URL itself go the same way: never into arguments or files.
    """
    handed = dict(environment or {})
    named = url
    if urlsplit(url).password or (url.startswith("http") and urlsplit(url).username):
        named = public_url(url)
        handed |= with_settings({**os.environ, **handed}, (f"url.{url}.insteadOf", named))
    process.run(
        ("git", "clone", "--quiet", *options, named, str(path)),
        environment=os.environ | quiet() | handed,
        seconds=NETWORK_SECONDS,
        hint=f"see whether git can read it: `git ls-remote {named}`; a private one needs "
        "credentials: a key for SSH, else a token in a credential helper or ~/.netrc",
    )
    return Repository(path=path, environment=handed)


def snapshot(source: Repository, commit: str, path: Path) -> Repository:
    """Make a repository that has one commit of another, its files, and nothing else."""
    process.run(
        ("git", "init", "--quiet", "--template=", str(path)), environment=os.environ | quiet()
    )
    repository = Repository(path=path)
    common = source.git("rev-parse", "--path-format=absolute", "--git-common-dir").strip()
    options = ("--quiet", "--depth=1", "--no-tags")
    repository.git("fetch", *options, Path(common).as_uri(), commit)
    return repository


def mirror(url: str, path: Path, environment: Mapping[str, str] | None = None) -> Repository:
    """Make a mirror that installers can clone from as they would from a forge."""
    repository = clone(url, path, "--mirror", environment=environment)
    for setting in ("allowFilter", "allowAnySHA1InWant"):
        repository.git("config", f"uploadpack.{setting}", "true")
    return repository


def handed_down(checkout: Repository) -> dict[str, str]:
    """Return a checkout's own settings for remotes and signing, as an environment."""
    listed = checkout.git("config", "--list", "--show-scope", "-z").rstrip("\0").split("\0")
    pairs = zip(listed[::2], listed[1::2], strict=True)
    settings = [
        (name, value)
        for scope, setting in pairs
        for name, _, value in [setting.partition("\n")]
        if scope in {"local", "worktree"} and name.startswith(HANDED_DOWN)
    ]
    return own_settings(*settings)


def with_settings(environment: Mapping[str, str], *settings: tuple[str, str]) -> dict[str, str]:
    """Return git settings as variables, after those that an environment holds already."""
    first = int(environment.get("GIT_CONFIG_COUNT", "0"))
    result = {"GIT_CONFIG_COUNT": str(first + len(settings))}
    for number, (key, value) in enumerate(settings, first):
        result[f"GIT_CONFIG_KEY_{number}"] = key
        result[f"GIT_CONFIG_VALUE_{number}"] = value
    return result


def quiet() -> dict[str, str]:
    """Keep git from asking for a password, and its words in English."""
    return {"GIT_TERMINAL_PROMPT": "0", "LC_ALL": "C"}


def own_settings(*settings: tuple[str, str]) -> dict[str, str]:
    """Return git settings as variables, after those of our own environment."""
    return with_settings(os.environ, *settings)


def public_url(remote: str) -> str:
    """Return a remote's URL as a requirement can name it: a scheme, and no credentials."""
    if "://" not in remote:
        host, colon, path = remote.partition(":")
        if colon and "/" not in host:
            return f"ssh://{host}/{path.lstrip('/')}"
        return Path(remote).resolve().as_uri()
    parts = urlsplit(remote)
    user = f"{parts.username}@" if parts.scheme == "ssh" and parts.username else ""
    host = parts.netloc.rpartition("@")[2]
    return parts._replace(netloc=user + host).geturl()


def _commit(record: str, prefix: str) -> Commit:
    commit_hash, parents, message, told = record.split(FIELD)
    changes = list(_changes(told.strip("\n\0").split("\0")))
    below = f"{prefix}/" if prefix else ""
    paths = [path for pair in changes for path in pair if path.startswith(below)]
    moved = [pair for pair in changes if len(pair) == 2 and all(p.startswith(below) for p in pair)]
    return Commit(
        hash=commit_hash,
        parents=tuple(parents.split()),
        message=message.strip(),
        files=tuple(path.removeprefix(below) for path in paths),
        moves={new.removeprefix(below): old.removeprefix(below) for old, new in moved},
    )


def _changes(told: Iterable[str]) -> Iterator[tuple[str, ...]]:
    """Read what `--name-status -z` tells: a path, or an old and a new one for a file moved."""
    words = iter(told)
    for status in words:
        if status.startswith(("R", "C")):
            old, new = next(words), next(words)
            yield (old, new) if status.startswith("R") else (new,)
        elif status:
            yield (next(words),)


def version() -> str:
    """Return git's version; raise `Failure` where there is none, or too old a one."""
    told = process.run(("git", "--version")).split()[2]
    if tuple(map(int, told.split(".")[:2])) < MINIMUM:
        wanted = ".".join(map(str, MINIMUM))
        raise Failure(Problem(f"git {told} is too old", f"install {wanted} or newer"))
    return told


def require_identity(checkout: Repository) -> None:
    """Raise `Failure` where git does not know who commits."""
    if checkout.asks("var", "GIT_COMMITTER_IDENT") is None:
        hint = 'run `git config user.name "NAME"` and `git config user.email MAIL`'
        raise Failure(Problem("git does not know who you are", hint))
