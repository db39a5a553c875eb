"""The door to git: one repository, asked for whole answers and never member by member.

https://git-scm.com/docs
"""

import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path
from urllib.parse import urlsplit

from ..model.history.change import Commit
from ..model.history.tag import RELEASE_TAG_TRAILER, Tag, is_release_tag
from ..model.problem import Failure, Problem, UsageFailure, stop_on
from ..model.transport import transport_problem
from . import git_settings, process
from .git_settings import Setting
from .git_words import COMMITS, literally, read_commits, read_records, readable

MINIMUM = (2, 32)  # it can be told to read no settings of a user: GIT_CONFIG_GLOBAL
LINK, SUBMODULE = "120000", "160000"  # https://git-scm.com/docs/git-fast-import#_filemodify
NETWORK_SECONDS = 600
# What a push says that was refused, and what else git says of it.
FROM_REMOTE, WORDS_KEPT = "remote:", 25
# A push of what is named and nothing more, without the user's hooks.
PLAIN_PUSH = (
    "--quiet",
    "--no-verify",
    "--no-signed",
    "--no-follow-tags",
    "--recurse-submodules=no",
)
# Where what a partial clone lacks is put, away from branches and tags.
PROMISED = "promised"
NOTHING = "0" * 40  # no object has this hash
TRUE = frozenset({"true", "yes", "on", "1"})


@dataclass(frozen=True, kw_only=True)
class Repository:
    """A git repository and the whole environment in which git runs there: by default, the user's.

    One that we made has an environment of ours: `git_settings.ours`.
    """

    path: Path
    environment: Mapping[str, str] = field(default_factory=git_settings.theirs, repr=False)

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
        return process.told(command, self.environment, NETWORK_SECONDS)

    def asks(self, *arguments: str) -> str | None:
        """Run git for a question whose answer may be no; return None then."""
        try:
            return self.git(*arguments).strip()
        except process.CommandFailure:
            return None

    @cached_property
    def settings(self) -> tuple[Setting, ...]:
        """Return all settings that git obeys in the user's repository, with their secrets."""
        return git_settings.effective(self.path)

    def setting(self, name: str) -> str:
        """Return the last value of a setting, which is the one that counts; empty for none."""
        return next((value for each, value in reversed(self.settings) if each == name), "")

    def commit_of(self, revision: str) -> str | None:
        """Return the full hash of the commit that a revision leads to, if it is there."""
        asked = ("rev-parse", "--verify", "--quiet", "--end-of-options")
        return self.asks(*asked, f"{revision}^{{commit}}")

    @property
    def promisor(self) -> str:
        """Return the remote that a partial clone leaves objects at; empty for a whole clone."""
        named = (name for name, value in self.settings if _is_promisor(name, value))
        return next(named, "").removeprefix("remote.").removesuffix(".promisor")

    def url_of(self, remote: str) -> str | None:
        """Return the URL of a remote, as settings rewrite it; a path is made absolute.

        Raises `UsageFailure` for one that no release uses.
        """
        url = self.asks("remote", "get-url", "--", remote)
        if url is None:
            return None
        require_transport(url, f"the URL of the remote `{remote}`")
        return self._absolute(url)

    def reached_by(self, remote: str) -> tuple[str, tuple[Setting, ...]]:
        """Return the URL that git reads a remote by, and settings for where it pushes to.

        They are as they stand in the settings: `insteadOf` and `pushInsteadOf` are for that.
        """
        url = str(self.url_of(remote))
        told = next((v for name, v in self.settings if name == f"remote.{remote}.url"), url)
        pushed = [value for name, value in self.settings if name == f"remote.{remote}.pushurl"]
        for each in pushed:
            require_transport(each, f"the push URL of the remote `{remote}`")
        settings = (("remote.origin.pushurl", self._absolute(each)) for each in pushed)
        return url if self._absolute(told) == url else told, tuple(settings)

    def _absolute(self, url: str) -> str:
        """Make a path absolute; it is meant from the top of the checkout."""
        if "://" in url or ":" in url.partition("/")[0]:
            return url
        top = self.asks("rev-parse", "--show-toplevel")
        return str((Path(top or self.path) / url).resolve())

    def day_of(self, commit: str) -> datetime:
        """Return when a commit was made, in UTC."""
        seconds = self.git("rev-list", "--max-count=1", "--timestamp", commit).split()[0]
        return datetime.fromtimestamp(int(seconds), UTC)

    @property
    def has_work_tree(self) -> bool:
        """Tell whether there are files to be changed: a bare repository has none."""
        return self.asks("rev-parse", "--is-inside-work-tree") == "true"

    def changed(self) -> list[str]:
        """Return what is changed in the working tree, each as `git status` writes it."""
        printed = self.git("status", "--porcelain", "-z", "--no-renames")
        return [entry for entry in printed.split("\0") if entry]

    def modes(self, revision: str, prefix: str = "") -> dict[str, str]:
        """Map the files of a commit below a folder, by their path from there, to their modes."""
        tree = f"{revision}:{prefix}" if prefix else revision
        listed = self.git("ls-tree", "-r", "-z", "--full-tree", tree)
        entries = (entry.partition("\t") for entry in listed.rstrip("\0").split("\0"))
        return {path: told.partition(" ")[0] for told, _, path in entries}

    def texts(self, names: Sequence[str]) -> dict[str, str]:
        """Read many blobs at once, each named `REVISION:PATH`; what is not there is left out."""
        asked = [self._on_a_line(name) for name in names]
        lines = "".join(f"{name}\n" for name in asked)
        answer = self.git("cat-file", "--batch", stdin=lines).encode("utf-8", "surrogateescape")
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

    def _on_a_line(self, name: str) -> str:
        """Return a name that fits a line: for a path with a line break, the blob's own hash."""
        if name.isprintable():
            return name
        return self.asks("rev-parse", "--verify", "--quiet", "--end-of-options", name) or NOTHING

    def tags_and_branches(self, head: str) -> tuple[tuple[Tag, ...], frozenset[str]]:
        """Read every tag with its commit, and the names of all branches, here and remote."""
        trailer = f"%(contents:trailers:key={RELEASE_TAG_TRAILER},valueonly,separator=%x0A)"
        shape = f"%(refname)%00%(*objectname)%00%(objectname)%00{trailer}%00"
        listed = self.git("for-each-ref", f"--format={shape}")
        merged = self.git("for-each-ref", f"--merged={head}", "--format=%(refname)", "refs/tags")
        reachable = frozenset(merged.splitlines())
        tags, branches = [], set()
        for ref, peeled, target, trailers in read_records(listed, 4):
            if ref.startswith("refs/tags/"):
                tags.append(
                    Tag(
                        name=ref.removeprefix("refs/tags/"),
                        commit=peeled or target,
                        reachable=ref in reachable,
                        released_with=next(filter(is_release_tag, trailers.split()), ""),
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
        return self._log(prefix, "--full-history", head, "--", *map(literally, paths))

    def commits_named(self, head: str, subject: str, prefix: str) -> tuple[Commit, ...]:
        """Return the commits up to `head` that have a line which starts so, newest first."""
        return self._log(prefix, "--basic-regexp", f"--grep=^{subject}", head, "--")

    def changed_files(self, base: str, head: str, prefix: str) -> tuple[str, ...]:
        """Return the files below a folder that differ since two commits parted."""
        listed = self.git("diff", "--name-only", "-z", "--no-renames", f"{base}...{head}", "--")
        below = f"{prefix}/" if prefix else ""
        paths = (path for path in listed.split("\0") if path.startswith(below) and path)
        return tuple(path.removeprefix(below) for path in paths)

    def _log(self, prefix: str, *selection: str) -> tuple[Commit, ...]:
        """Read commits; what settings could change of it is told, or is in our environment."""
        options = ("-z", "--name-status", "--find-renames", "-l1000", "--topo-order")
        listed = self.git("log", *options, "--encoding=UTF-8", COMMITS, *selection)
        return tuple(read_commits(listed, prefix))

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
            for tag, message in ((tag, readable(message)) for tag, message in messages.items())
        )
        self.git("fast-import", "--quiet", stdin="".join(stream))

    def push(self, *refspecs: str, hint: str = "") -> None:
        """Push refs to the origin in one atomic, plain push: what exists is never moved."""
        try:
            self.git("push", "--atomic", *PLAIN_PUSH, "--", "origin", *refspecs, hint=hint)
        except process.CommandFailure as failure:
            failure.problems = (_refused(failure, hint),)
            raise


def clone(
    url: str, path: Path, *options: str, environment: Mapping[str, str] | None = None
) -> Repository:
    """Clone a repository for our own use; the environment may hold the credentials for it.

    Credentials in the URL itself go the same way: never into arguments or files.
    """
    require_transport(url, "the URL")
    handed = dict(git_settings.ours() if environment is None else environment)
    named = url
    if urlsplit(url).password or (url.startswith("http") and urlsplit(url).username):
        named = public_url(url)
        handed = git_settings.with_settings(handed, (f"url.{url}.insteadOf", named))
    process.run(
        ("git", "clone", "--quiet", *options, "--", named, str(path)),
        environment=handed,
        seconds=NETWORK_SECONDS,
        hint=f"check that git can read it: `git ls-remote {named}`; a private one needs "
        "credentials: a key for SSH, else a token in a credential helper or ~/.netrc",
    )
    return Repository(path=path, environment=handed)


def snapshot(source: Repository, commit: str, path: Path) -> Repository:
    """Make a repository that has one commit of another, its files, and nothing else."""
    environment = git_settings.ours()
    process.run(("git", "init", "--quiet", "--", str(path)), environment=environment)
    made = Repository(path=path, environment=environment)
    common = source.git("rev-parse", "--path-format=absolute", "--git-common-dir")
    options = ("--quiet", "--depth=1", "--no-tags", "--")
    made.git("fetch", *options, Path(common.removesuffix("\n")).as_uri(), commit)
    return made


def mirror(url: str, path: Path, environment: Mapping[str, str] | None = None) -> Repository:
    """Make a mirror that installers can clone from as they would from a forge."""
    repository = clone(url, path, "--mirror", environment=environment)
    _serve(repository)
    return repository


def borrow(checkout: Repository, path: Path, branch: str) -> Repository:
    """Make a bare repository that has the user's commits, and HEAD on a branch of its own.

    Nothing is copied: it reads the objects where they lie. Git's own clone would have
    a process obey the settings of the user's repository, and could refuse a HEAD that
    is on no branch.
    """
    asked = ("--path-format=absolute", "--show-object-format", "--git-path", "objects")
    told = checkout.git("rev-parse", *asked).removesuffix("\n")
    kind, _, objects = told.partition("\n")
    options = (f"--initial-branch={branch}", f"--object-format={kind}")
    made = init(path, git_settings.ours(), *options)
    _complete(made, checkout)
    alternates = path / "objects" / "info" / "alternates"
    alternates.parent.mkdir(exist_ok=True)
    alternates.write_bytes(os.fsencode(objects) + b"\n")
    spaces = ("refs/heads", "refs/tags", "refs/remotes")
    listed = checkout.git("for-each-ref", "--format=%(refname) %(objectname)", *spaces)
    refs = dict(line.split(" ") for line in listed.splitlines() if _is_utf8(line))
    refs[f"refs/heads/{branch}"] = str(checkout.commit_of("HEAD"))
    lines = (f"create {ref} {target}\n" for ref, target in refs.items())
    made.git("update-ref", "--stdin", stdin="".join(lines))
    _serve(made)
    return made


def init(path: Path, environment: Mapping[str, str], *options: str) -> Repository:
    """Make an empty bare repository of ours."""
    process.run(
        ("git", "init", "--quiet", "--bare", *options, "--", str(path)), environment=environment
    )
    return Repository(path=path, environment=environment)


def require_transport(url: str, what: str) -> None:
    """Raise `UsageFailure` for a URL that would run a program, or be read as an option."""
    problem = transport_problem(url, what)
    stop_on([problem] if problem else [], UsageFailure)


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


def version() -> str:
    """Return git's version; raise `Failure` where there is none, or too old a one."""
    told = process.run(("git", "--version")).split()[2]
    if tuple(map(int, told.split(".")[:2])) < MINIMUM:
        wanted = ".".join(map(str, MINIMUM))
        raise Failure(
            Problem("git-too-old", f"git {told} is too old", f"install {wanted} or newer")
        )
    return told


def require_identity(checkout: Repository) -> None:
    """Raise `Failure` where git does not know who commits."""
    if checkout.asks("var", "GIT_COMMITTER_IDENT") is None:
        hint = 'run `git config user.name "NAME"` and `git config user.email MAIL`'
        raise Failure(Problem("git-identity", "git does not know who you are", hint))


def _complete(made: Repository, checkout: Repository) -> None:
    """Fetch all that a partial clone leaves at its remote: https://git-scm.com/docs/partial-clone.

    It is fetched before the objects of the clone are borrowed: git would think them whole.
    """
    remote = checkout.promisor
    if not remote:
        return
    url, _ = checkout.reached_by(remote)
    environment = git_settings.ours(checkout.settings)
    refs = [f"+refs/{kind}/*:refs/{PROMISED}/{kind}/*" for kind in ("heads", "tags")]
    reader = Repository(path=made.path, environment=environment)
    hint = "this partial clone lacks objects; `git fetch --refetch` completes it"
    reader.git("fetch", "--quiet", "--no-tags", "--", url, *refs, hint=hint)


def _serve(repository: Repository) -> None:
    """Let installers fetch any commit, as forges do.

    https://git-scm.com/docs/git-config#Documentation/git-config.txt-uploadpackallowFilter
    """
    with (repository.path / "config").open("a", encoding="utf-8") as file:
        file.write("[uploadpack]\n\tallowFilter = true\n\tallowAnySHA1InWant = true\n")


def _refused(failure: process.CommandFailure, hint: str) -> Problem:
    """Say why a push was refused, with all that the remote said of it, its hooks included."""
    lines = [line.rstrip() for line in failure.output.strip().splitlines()]
    last = len(lines) - WORDS_KEPT
    kept = (w for number, w in enumerate(lines) if number >= last or w.startswith(FROM_REMOTE))
    return Problem("push-refused", "\n".join([failure.ended, *kept]), hint)


def unreadable(folder: Path, said: str) -> Problem:
    """Say why git does not read a repository."""
    if "dubious ownership" in said:
        hint = "it belongs to somebody else; git's own `safe.directory` setting allows it"
        return Problem("git-ownership", f"git refuses to read {folder}", hint)
    if "safe.bareRepository" in said:
        hint = "name a clone that has a working tree, or set `safe.bareRepository` to `all`"
        return Problem("git-bare", f"git does not read this bare repository: {folder}", hint)
    if "not a git repository" in said:
        hint = "run `git init` and commit, or name another folder with --workspace"
        return Problem("git-no-repository", f"{folder} is not in a git repository", hint)
    hint = f"fix this; `git -C {folder} status` shows the same"
    return Problem("git-unreadable", f"git cannot read {folder}:\n{said.strip()}", hint)


def is_true(value: str) -> bool:
    """Tell whether git takes the value of a setting for true."""
    return value.lower() in TRUE


def _is_promisor(name: str, value: str) -> bool:
    return name.startswith("remote.") and name.endswith(".promisor") and is_true(value)


def _is_utf8(text: str) -> bool:
    return readable(text) == text
