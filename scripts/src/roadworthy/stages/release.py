"""Release: all steps in their order, from the facts to the release tag.

It can be broken off anywhere. Running it again reads the facts anew and does what is
missing; there is no state but the manifests, the index and the tags.
"""

import shutil
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

from packaging.utils import NormalizedName

from ..gather import gather
from ..model.history.tag import Tag, release_tag
from ..model.plan.graph import closure
from ..model.plan.intent import Intent
from ..model.plan.plan import Release, make_plan
from ..model.problem import Problem, stop_on
from ..ops import git
from .build.build import build
from .build.dist import replace_folder
from .build.sdists import Contents, contents_of
from .checkout import Tree
from .distribution import Distribution
from .outcome import Outcome
from .prepare.prepare import prepare, push
from .publish.publish import publish
from .publish.refusals import refusals
from .publish.uploads import plan_uploads
from .site import Site
from .steps import Steps
from .tag.tag import push_member_tags, push_release_tag, release_tag_at, tags_due
from .verify.environments import Result, failure_of, failures
from .verify.git_install import Place, Scope, Target, folder_of, verify_git_install
from .verify.index_install import verify_index_install
from .verify.routes import pylock_name
from .verify.wheels import verify_wheels
from .work import Terms, Work, begin

# The lock files of a release are written, and tried, by this route at the gate.
LOCKED = (("pylock", "uv"),)


def release(
    site: Site,
    steps: Steps,
    *,
    intent: Intent,
    terms: Terms,
    keep: Path | None = None,
) -> Outcome:
    """Release what is due at a site; return what was done.

    `keep` is where the distributions are put for people to find.
    Raises `Failure` at the first step that fails before anything has left the machine;
    from the uploads on, a member that fails stops only those that require it.
    """
    with steps("plan"):
        everywhere = not site.is_rehearsal
        facts = gather(site.scratch, site.prefix, index=site.index, all_pages=everywhere)
        republish = everywhere and site.index is not None
        plan = make_plan(facts, replace(intent, republish=republish))
        stop_on(plan.problems)
    outcome = Outcome(plan)
    if outcome.nothing_due:
        return outcome
    with steps("prepare"):
        outcome.commit = prepare(site, facts, plan)
    work = begin(site, facts, plan, outcome.commit, terms)
    with steps("build"):
        outcome.distributions, built = _build(work)
    with steps("gate"):
        outcome.results += _gate(work, built)
        stop_on(failures(outcome.results))
        outcome.locks = _locks(work)
        if site.index and site.destination:
            stop_on(refusals(site.destination, outcome.distributions))
            outcome.uploads = plan_uploads(site.index, outcome.distributions)
            stop_on(upload.problem for upload in outcome.uploads if upload.problem)
    with steps("push"):
        push(site, outcome.commit)
        if keep and outcome.distributions:
            replace_folder(_by_commit(work, outcome.distributions), keep, outcome.locks)
    _publish_and_tag(work, outcome, steps)
    return outcome


def close(site: Site, steps: Steps, terms: Terms, *, verified: bool = False) -> Outcome:
    """Verify the tags whose release is not finished yet, and push its release tag.

    It begins nothing: what is due beside them waits for a release. With `verified`,
    nothing is installed: somebody without the right to push has done that.
    """
    facts = gather(site.scratch, site.prefix)
    plan = replace(make_plan(facts), releases=())
    outcome = Outcome(plan, commit=plan.base)
    work = begin(site, facts, plan, plan.base, terms)
    if verified:
        with steps("release-tag"):
            outcome.tags += _close(work, plan.closing, {})
    else:
        _tag_and_verify(work, outcome, steps)
    return outcome


def _publish_and_tag(work: Work, outcome: Outcome, steps: Steps) -> None:
    site, plan = work.site, work.plan
    if site.index and plan.releases:
        with steps("publish"):
            _publish(work, outcome)
        with steps("verify-index-install"):
            _verify_index(work, outcome)
    _tag_and_verify(work, outcome, steps)


def _tag_and_verify(work: Work, outcome: Outcome, steps: Steps) -> None:
    plan = work.plan
    sound = [release for release in plan.releases if release.name not in outcome.failed]
    with steps("tag"):
        closing = _tag(work, sound)
    with steps("verify-git-install"):
        results = _verify_tags(work, closing)
        outcome.results += results
        outcome.failed |= _failed_members(results)
    with steps("release-tag"):
        outcome.tags += [tag.name for tag in closing]
        outcome.tags += _close(work, closing, outcome.failed)


def _build(work: Work) -> tuple[tuple[Distribution, ...], dict[str, tuple[Distribution, ...]]]:
    """Build what each commit releases and all that is needed to try it; return both."""
    built = {}
    due: list[Distribution] = []
    for commit, releases in work.by_commit().items():
        workspace = work.workspaces[commit]
        names = {n for name in work.involved(commit) for n in closure(workspace.graph, name)}
        members = [workspace.members[name] for name in sorted(names)]
        site, folder = work.site, work.site.folder / f"build-{commit}"
        released = {release.name for release in releases}
        tags = tags_due(releases, work.head)
        tree = Tree(repository=site.scratch, commit=commit, prefix=site.prefix)
        found = build(tree, workspace, members, folder, released=released, tags=tags)
        built[commit] = found
        due += [d for d in found if d.member in released]
        if site.stock:
            _stock(site.stock, [d for d in found if d.member not in released])
    return tuple(due), built


def _by_commit(work: Work, built: Sequence[Distribution]) -> dict[str, list[Distribution]]:
    return {
        commit: [d for d in built if d.member in {release.name for release in releases}]
        for commit, releases in work.by_commit().items()
    }


def _stock(folder: Path, distributions: Sequence[Distribution]) -> None:
    """Put on the index of a rehearsal what the real one has already."""
    for distribution in distributions:
        shutil.copy2(distribution.path, folder)


def _gate(work: Work, built: Mapping[str, tuple[Distribution, ...]]) -> list[Result]:
    """Install everything involved from the wheels and from git; nothing has left the machine.

    Both at once: pip builds one member after another, and leaves the other cores alone.
    """
    tags = {(work.commit_of(r), r.name): r.planned_tag for r in work.plan.releases}
    targets = [
        Target(
            member=work.workspaces[commit].members[name],
            ref=tags.get((commit, name), commit),
            commit=commit,
            also=LOCKED if (commit, name) in tags else (),
        )
        for commit in built
        for name in work.involved(commit)
    ]
    mirror = git.mirror(str(work.site.scratch.path), work.site.folder / "gate.git")
    mirror.create(tags_due(work.plan.releases, work.head))
    contents = {commit: contents_of(distributions) for commit, distributions in built.items()}
    with ThreadPoolExecutor(2) as pool:
        from_git = pool.submit(_verify_git, work, mirror, targets, "gate", contents)
        from_wheels = pool.submit(_verify_wheels, work, built)
        return [*from_wheels.result(), *from_git.result()]


def _locks(work: Work) -> tuple[Path, ...]:
    """Return the lock file of each member that is released, as it was tried at the gate."""
    ((route, installer),) = LOCKED
    gate = work.site.folder / "git-gate"
    return tuple(
        folder_of(gate, route, installer, work.commit_of(r)) / r.name / pylock_name(r.name)
        for r in work.plan.releases
    )


def _verify_wheels(work: Work, built: Mapping[str, tuple[Distribution, ...]]) -> list[Result]:
    results: list[Result] = []
    for commit, distributions in built.items():
        workspace = work.workspaces[commit]
        members = [workspace.members[name] for name in work.involved(commit)]
        results += verify_wheels(distributions, members, workspace, python=work.python)
    return results


def _publish(work: Work, outcome: Outcome) -> None:
    site = work.site
    assert site.index is not None  # noqa: S101 - the caller asked
    graph = work.workspaces[work.head].graph
    outcome.failed |= publish(
        site.index,
        outcome.uploads,
        work.plan.releases,
        graph,
        site.credentials,
        seconds=work.terms.seconds,
    )
    names = (release.name for release in work.plan.releases)
    outcome.published = tuple(name for name in names if name not in outcome.failed)


def _verify_index(work: Work, outcome: Outcome) -> None:
    site = work.site
    assert site.index is not None  # noqa: S101 - the caller asked
    # What is finished from an older commit need not go together with what is newer.
    for commit, releases in work.by_commit().items():
        sound = [release for release in releases if release.name not in outcome.failed]
        results = verify_index_install(
            site.index,
            work.workspaces[commit],
            {release.name: release.planned_version for release in sound},
            python=work.python,
            seconds=work.terms.seconds,
        )
        outcome.results += results
        outcome.failed |= _failed_members(results)


def _tag(work: Work, sound: Sequence[Release]) -> list[Tag]:
    """Tag what is published and verified; return all tags that a release tag is still due for."""
    closing = list(work.plan.closing)
    for commit, releases in work.by_commit().items():
        due = [release for release in releases if release in sound and not release.tagged]
        if due and (len(due) == len(releases) or not work.is_lockstep):
            name = release_tag_at(work.site, commit, work.facts, work.plan, closing)
            push_member_tags(work.site, due, work.head, name)
            closing += [
                Tag(name=release.planned_tag, commit=commit, released_with=name) for release in due
            ]
    return list(dict.fromkeys(closing))


def _verify_tags(work: Work, tags: Sequence[Tag]) -> list[Result]:
    """Install every new tag from what the remote has now."""
    targets = []
    for tag in tags:
        workspace = work.workspaces[tag.commit]
        parsed = workspace.settings.tag_format.parse(tag.name, workspace.members)
        members = [workspace.members[name] for name in parsed[0]] if parsed else []
        targets += [
            Target(member=member, ref=tag.name, commit=tag.commit)
            for member in members
            if not member.never_released
        ]
    if not targets:
        return []
    site = work.site
    mirror = git.mirror(site.remote, site.folder / "remote.mirror", site.scratch.environment)
    return _verify_git(work, mirror, targets, "tags")


def _verify_git(
    work: Work,
    mirror: git.Repository,
    targets: Sequence[Target],
    what: str,
    contents: Mapping[str, Contents] | None = None,
) -> list[Result]:
    place = Place(
        mirror=mirror,
        url=work.site.url,
        prefix=work.site.prefix,
        workspaces=work.workspaces,
        contents=contents or {},
    )
    scope = Scope(installers=work.terms.installers)
    folder = work.site.folder / f"git-{what}"
    found = verify_git_install(place, targets, scope=scope, folder=folder, python=work.python)
    return list(found)


def _close(
    work: Work, closing: Sequence[Tag], failed: Mapping[NormalizedName, Problem]
) -> list[str]:
    """Push the release tag of each commit of which nothing planned is left.

    It has the name that its members promise, or the next one, where that is taken by now.
    """
    unfinished = {work.commit_of(r) for r in work.plan.releases if r.name in failed}
    groups: dict[str, list[str]] = {}
    for tag in sorted(closing, key=lambda each: each.released_with):
        if tag.released_with and tag.commit not in unfinished:
            groups.setdefault(tag.commit, []).append(tag.name)
    done: list[Tag] = []
    for commit, members in groups.items():
        known = (*work.facts.tags, *closing, *done)
        name = release_tag(work.site.scratch.day_of(commit).date(), commit, known)
        push_release_tag(work.site, commit, name, members)
        done.append(Tag(name=name, commit=commit))
    return [tag.name for tag in done]


def _failed_members(results: Iterable[Result]) -> dict[NormalizedName, Problem]:
    return {result.member: failure_of(result) for result in results if not result.ok}
