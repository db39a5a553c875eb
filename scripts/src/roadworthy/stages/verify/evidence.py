"""What an environment says of installed members, and whether that is what was promised."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from packaging.utils import NormalizedName
from packaging.version import Version

from ...model.plan.graph import closure
from ...model.workspace.requirement import Kind, same_requirements
from ...model.workspace.workspace import Member, Workspace
from ...ops.git.remote import public_url
from ..build.contents import comparable, top_level_problems

FILE, INDEX = "file", "index"


@dataclass(frozen=True, kw_only=True, slots=True)
class Evidence:
    """What an environment says of one installed distribution; `files` have their hashes."""

    version: str
    direct_url: Mapping[str, object]
    errors: tuple[str, ...]
    requires: tuple[str, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)

    @property
    def commit(self) -> str:
        """Return the commit it was installed from; empty where it came from elsewhere."""
        found = self.direct_url.get("vcs_info")
        return str(found.get("commit_id", "")) if isinstance(found, dict) else ""

    @property
    def origin(self) -> str:
        """Say where it came from: a commit, a file, or an index."""
        return self.commit or (FILE if self.direct_url else INDEX)


@dataclass(frozen=True, kw_only=True, slots=True)
class Promise:
    """Where members must come from: a commit, `file` or `index`, each its own where they differ.

    `urls` are those that a member's own record must show, and `subdirectories` the
    folders in it; `contents` what the wheel of its sdist has.
    """

    origin: str
    origins: Mapping[str, str] = field(default_factory=dict)
    url: str = ""
    subdirectories: Mapping[str, str] = field(default_factory=dict)
    contents: Mapping[str, Mapping[str, str] | str] = field(default_factory=dict)

    def origin_of(self, name: str) -> str:
        """Return where a member must come from."""
        return self.origins.get(name, self.origin)


def judge(
    member: Member,
    workspace: Workspace,
    evidence: Mapping[NormalizedName, Evidence],
    promise: Promise,
) -> str:
    """Say what is wrong with an installed member; empty where nothing is.

    It and all siblings that it requires must be there, at the versions of the
    workspace, from where was promised, and be what their manifests say.
    """
    needed = closure(workspace.always, member.name)
    for name in sorted(needed | evidence.keys()):  # whoever else brought a sibling in
        found = evidence.get(name)
        if found is None:
            return f"{name} is not installed"
        wrong = _wrong_origin(workspace.members[name], found, promise)
        wrong = wrong or _wrong_version(workspace.members[name], found, promise)
        if wrong:
            return wrong
    return next(_own_problems(member, evidence, promise), "")


def _wrong_origin(member: Member, found: Evidence, promise: Promise) -> str:
    """Compare with PEP 610's record: https://packaging.python.org/specifications/direct-url/."""
    name, expected = member.name, promise.origin_of(member.name)
    if found.origin != expected:
        return f"{name} came from {_named(found.origin)}, not from {_named(expected)}"
    if promise.url:
        url = unquote(str(found.direct_url.get("url", "")))
        if _without_user(url) != _without_user(unquote(promise.url)):
            shown = public_url(url)
            if shown == unquote(promise.url):
                return f"{name} is recorded with credentials in its URL"
            return f"{name} is recorded as from {shown}, not from {promise.url}"
        folder = str(found.direct_url.get("subdirectory") or "")
        wanted = promise.subdirectories[name]
        if folder != wanted:
            return f"{name} is recorded as from the folder `{folder}`, not from `{wanted}`"
    return ""


def _wrong_version(member: Member, found: Evidence, promise: Promise) -> str:
    wanted = member.version
    if wanted and promise.origin != INDEX and Version(found.version) != wanted:
        return f"{member.name} is installed as {found.version}, not as {wanted}"
    return ""


def _own_problems(
    member: Member, evidence: Mapping[NormalizedName, Evidence], promise: Promise
) -> Iterator[str]:
    own = evidence[member.name]
    for requirement in member.requirements:
        found = evidence.get(requirement.sibling)
        is_met = not found or requirement.admits(Version(found.version))
        if found and requirement.kind is Kind.REQUIRED and not is_met:
            yield f'{requirement.sibling} {found.version} is not in "{requirement.text}"'
    yield from ("; ".join(own.errors),) if own.errors else ()
    if promise.origin == INDEX:  # the manifest here may be newer than what is there
        return
    if member.stated is not None and not same_requirements(member.stated, own.requires):
        yield (
            f"it states the requirements {', '.join(sorted(own.requires)) or 'none'}; "
            f"its manifest has {', '.join(sorted(member.stated)) or 'none'}"
        )
    for what, _ in top_level_problems(own.files):
        yield f"it {what}, in everybody's site-packages"
    yield from _unlike_sdist(own, promise.contents.get(member.name))


def _unlike_sdist(own: Evidence, contents: Mapping[str, str] | str | None) -> Iterator[str]:
    """Compare what was installed with the wheel of the sdist; a text is why there is none."""
    if isinstance(contents, str):
        yield f"its sdist gives no wheel: {contents}"
        return
    expected, found = comparable(contents or {}), comparable(own.files)
    if contents is not None and expected != found:
        both = sorted({*expected, *found})
        differing = [path for path in both if expected.get(path) != found.get(path)]
        yield f"the wheel of its sdist differs from what git installs: {', '.join(differing[:5])}"


def _without_user(url: str) -> str:
    """Return a URL without the user of ssh, which tools may leave out of what they record.

    https://packaging.python.org/en/latest/specifications/direct-url/
    """
    scheme, separator, rest = url.partition("://")
    host, slash, path = rest.partition("/")
    if scheme not in {"ssh", "git+ssh"}:
        return url
    return f"{scheme}{separator}{host.rpartition('@')[2]}{slash}{path}"


def _named(origin: str) -> str:
    return origin if origin in {FILE, INDEX} else f"commit {origin[:12]}"
