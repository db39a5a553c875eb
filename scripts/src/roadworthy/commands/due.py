"""What `build --due` and `publish` share: the distributions of what is due, commit by commit."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from ..gather import workspace_at
from ..model.plan.facts import Facts
from ..model.plan.plan import Release
from ..model.problem import stop_on
from ..stages.build.as_committed import committed_at
from ..stages.build.build import build, problems_of
from ..stages.build.dist import built_elsewhere, recorded
from ..stages.checkout import Tree
from ..stages.distribution import Distribution
from ..stages.site import Site
from ..stages.tag.tag import tags_due

Built = Mapping[str, Sequence[Distribution]]


def due_distributions(
    place: Site,
    facts: Facts,
    due: Sequence[Release],
    *,
    cache: Path | None = None,
    source: Path | None = None,
) -> Built:
    """Take what is due from a folder where it was built, or build it, each from its commit.

    Raises `Failure` where the folder `source` does not have it, or what is there is not
    sound; what a `cache` does not have as it is to be is built.
    """
    commits = sorted({each.finished_from or facts.base for each in due})
    built = {}
    for commit in commits:
        releases = [r for r in due if (r.finished_from or facts.base) == commit]
        versions = {release.name: release.planned_version for release in releases}
        found = recorded(cache, commit, versions) if cache and not source else ()
        workspace = workspace_at(place.scratch, commit, place.prefix).at_versions(versions)
        members = [workspace.members[name] for name in versions]
        if source:
            found = built_elsewhere(source, commit, versions)
        folder, tags = place.folder / f"build-{commit}", tags_due(releases, facts.base)
        tree = Tree(repository=place.scratch, commit=commit, prefix=place.prefix)
        if found:
            stop_on(problems_of(found, committed_at(tree, members, folder)))
        else:
            found = build(tree, workspace, members, folder, tags=tags)
        built[commit] = found
    return built


def all_of(built: Built) -> list[Distribution]:
    """Return the distributions of all commits."""
    return [distribution for found in built.values() for distribution in found]
