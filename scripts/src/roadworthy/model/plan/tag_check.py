"""Checks of a plan against the tags: a version is used once, and no version jumps in silence."""

from collections.abc import Iterator, Mapping, Sequence

from packaging.utils import NormalizedName
from packaging.version import Version

from ..history.inferred import NAMED_AT_MOST
from ..history.tag import Tag
from ..problem import Problem
from .draft import Draft
from .facts import Facts
from .line_check import next_free

READ_NONE = "`read-tag-formats = []` reads none of them"


def tag_problems(draft: Draft, facts: Facts) -> Iterator[Problem]:
    """Find what stands in the way of the tag of one member."""
    tags = facts.member_tags.get(draft.member.name, {})
    yield from _name_problems(draft, facts)
    existing = tags.get(draft.version)
    if existing and not existing.reachable:
        yield _elsewhere(draft, existing, facts)
    elif not draft.prior and tags and not draft.is_fixed and not _is_chosen(draft, tags):
        yield _all_elsewhere(draft, tags)
    yield from _stray_problems(draft, facts)
    yield from _below_problems(draft)


def group_problems(drafts: Mapping[NormalizedName, Draft]) -> Iterator[Problem]:
    """Find members that share one version, and whose manifests do not say which."""
    seen: set[int] = set()
    for draft in drafts.values():
        mates = draft.mates
        if len(mates) < 2 or id(mates) in seen or not any(mate.is_due for mate in mates):
            continue
        seen.add(id(mates))
        is_chosen = any(mate.cause.version or mate.is_fixed for mate in mates)
        if not is_chosen and not _agree(mates):
            yield _versions_differ(mates)


def shape_problems(facts: Facts) -> Iterator[Problem]:
    """Ask what tags of several shapes, or of none that is known, were meant to say."""
    if facts.inferred and facts.inferred.asks:
        yield facts.inferred.problem
    bare = _bare_strays(facts)
    if len(bare) > 1 and not facts.priors():
        message = f"{_counted(bare)}, and no manifest at them has such a version"
        hint = (
            f'`versioning = "lockstep"`, `tag-format = "{_shape(facts)}"` in [tool.release] takes '
            f"them for releases of all members; {READ_NONE}"
        )
        yield Problem("tags-unconfirmed", message, hint)


def shape_warnings(facts: Facts) -> Iterator[Problem]:
    """Say which settings were taken from the tags, and which tags are no release."""
    if facts.inferred and not facts.inferred.asks:
        yield facts.inferred.problem
    settings = facts.workspace.settings
    ours = [tag for tag in facts.only_here if settings.parse_tag(tag, facts.workspace.members)]
    if ours:
        message = f"{_few(ours)} {'are' if len(ours) > 1 else 'is'} here, and not at the remote"
        hint = f"such a tag counts for nothing: push it, `git push {settings.remote} {ours[0]}`"
        yield Problem("tags-only-here", message, hint)
    bare = _bare_strays(facts)
    if bare and (len(bare) == 1 or facts.priors()):
        message = f"{_counted(bare)}, and no member: no manifest at them has such a version"
        yield Problem("tags-stray", message, f"they count for nothing; {READ_NONE}")


def _is_chosen(draft: Draft, tags: Mapping[Version, Tag]) -> bool:
    """Tell whether somebody chose the version, though all tags are elsewhere: or a higher one."""
    return bool(draft.cause.version) or draft.version > max(tags)


def _name_problems(draft: Draft, facts: Facts) -> Iterator[Problem]:
    """Find a branch or a tag whose name stands in the way of the planned tag's."""
    name = draft.member.name
    planned = facts.workspace.settings.tag_for(name, draft.version)
    if planned in facts.branches:
        message = f"a branch is named {planned}: it wins over the tag in every git URL"
        hint = "rename or delete the branch, here and at the remote"
        yield Problem("branch-named-as-tag", message, hint, name)
    around = _in_the_way(planned, facts) if draft.is_due else ""
    if around:
        message = f"there is a tag {around}, and so git can have no tag {planned}"
        hint = "choose another `tag-format` in [tool.release], such as `{name}-v{version}`"
        yield Problem("tag-in-the-way", message, hint, name)


def _in_the_way(planned: str, facts: Facts) -> str:
    """Return a tag that is a folder of another, or lies in it: git cannot have both."""
    folder = planned.rpartition("/")[0]
    while folder:
        if folder in facts.tag_names:
            return folder
        folder = folder.rpartition("/")[0]
    return facts.tag_folders.get(planned, "")


def _elsewhere(draft: Draft, existing: Tag, facts: Facts) -> Problem:
    name = draft.member.name
    message = f"the tag {existing.name} is at {existing.commit[:12]}, which is not in the history"
    free = next_free(draft, facts)
    hint = f"tags are never moved; the next version that is free: `--version {name}={free}`"
    return Problem("tag-elsewhere", message, hint, name)


def _all_elsewhere(draft: Draft, tags: Mapping[Version, Tag]) -> Problem:
    name, highest = draft.member.name, max(tags)
    message = (
        f"{name} has {len(tags)} tag{'s' * (len(tags) > 1)}, {tags[highest].name} the highest, "
        "and none is in the history of this commit"
    )
    hint = (
        "plan from the branch that has them, or merge that one; to go on above them, set a higher "
        f"version; a new line of versions begins with `--version {name}=...`"
    )
    return Problem("tags-elsewhere", message, hint, name)


def _stray_problems(draft: Draft, facts: Facts) -> Iterator[Problem]:
    """Find a version that a tag names which is no release that we know of."""
    name, strays = draft.member.name, facts.tagged.strays if facts.tagged else ()
    if not strays:
        return
    own = [stray for stray in strays if stray.member == name]
    known = {name, None} if facts.priors() else {name}
    taken = [s for s in strays if s.version == draft.version and s.member in known]
    if taken and draft.is_due and not draft.is_fixed:
        message = (
            f"{name} would be {draft.version}, which the tag {taken[0].tag.name} names already"
        )
        hint = f"give it another: `--version {name}=...`; {READ_NONE}"
        yield Problem("version-taken", message, hint, name)
    elif own and not draft.prior and not draft.cause.version:
        highest = max(own, key=lambda stray: stray.version)
        message = (
            f"{len(own)} tag{'s' * (len(own) > 1)} name {name}, {highest.tag.name} the highest, "
            "and no manifest at them has their version"
        )
        hint = (
            f'`read-tag-formats = ["SHAPE"]` in [tool.release] takes them as they are; {READ_NONE}'
        )
        yield Problem("tags-unconfirmed", message, hint, name)


def _below_problems(draft: Draft) -> Iterator[Problem]:
    """Find a manifest whose version is below what was released."""
    name, manifest, prior = draft.member.name, draft.member.version, draft.prior
    if not (manifest and prior and draft.is_due) or draft.is_fixed or len(draft.mates) > 1:
        return
    if manifest < prior[0] and not draft.cause.version:
        message = f"{name} is {manifest} in its manifest, below its tag {prior[1].name}"
        hint = f"write {prior[0]} into the manifest, or choose: `--version {name}=...`"
        yield Problem("version-below-tag", message, hint, name)


def _agree(mates: tuple[Draft, ...]) -> bool:
    """Tell whether all are at what was released last, but for one higher version at most."""
    prior = max((mate.prior[0] for mate in mates if mate.prior), default=None)
    found = {mate.member.version for mate in mates if mate.member.version}
    higher = {version for version in found if prior is None or version > prior}
    return len(higher) <= 1 and found - higher <= {prior}


def _versions_differ(mates: tuple[Draft, ...]) -> Problem:
    versions = {mate.member.name: mate.member.version for mate in mates if mate.member.version}
    highest = max(versions.values())
    lower = [f"{name} {version}" for name, version in versions.items() if version < highest]
    top = next(name for name, version in versions.items() if version == highest)
    message = f"{top} {highest} and {', '.join(lower[:NAMED_AT_MOST])} are to share one version"
    hint = f"write one into each manifest, or choose: `--version {top}=...`"
    return Problem("versions-differ", message, hint, top)


def _bare_strays(facts: Facts) -> list[Tag]:
    strays = facts.tagged.strays if facts.tagged else ()
    found = sorted(strays, key=lambda stray: stray.version, reverse=True)
    return [stray.tag for stray in found if stray.member is None]


def _shape(facts: Facts) -> str:
    """Return the shape of the highest tag that names no member."""
    strays = (s for s in (facts.tagged.strays if facts.tagged else ()) if s.member is None)
    return max(strays, key=lambda stray: stray.version).shape


def _few(names: Sequence[str]) -> str:
    more = len(names) - NAMED_AT_MOST
    shown = ", ".join(names[:NAMED_AT_MOST]) + (f" and {more} more" if more > 0 else "")
    return f"the tag{'s' * (len(names) > 1)} {shown}"


def _counted(tags: list[Tag]) -> str:
    if len(tags) == 1:
        return f"the tag {tags[0].name} names a version"
    return f"{len(tags)} tags name a version, {tags[0].name} the highest"
