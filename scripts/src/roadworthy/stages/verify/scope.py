"""What is verified from git: members at refs, and by which routes they go together."""

import os
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field

from packaging.utils import NormalizedName

from ...model.consumer.route import DEFAULT_ROUTES, INSTALLERS
from ...model.plan.graph import shares
from ...model.workspace.workspace import Member, Workspace
from ...ops.git.refs import tags_and_branches
from ...ops.git.repository import Repository
from ..build.sdists import Contents
from .routes import Together, Way


@dataclass(frozen=True, kw_only=True, slots=True)
class Target:
    """A member to install, the ref that a consumer would name, and where that must lead.

    `workspace` is as it is at that commit, `contents` what the wheels of its sdists install.
    `also` are routes, each with an installer, that it takes over those of the scope.
    """

    member: Member
    ref: str
    commit: str
    workspace: Workspace
    contents: Contents = field(default_factory=dict)
    also: Collection[tuple[str, str]] = ()


@dataclass(frozen=True, kw_only=True, slots=True)
class Scope:
    """How much is verified, and by which routes and installers.

    With `alone`, pip too gets an environment for each member. With `direct`, installers
    fetch from the URL themselves, with the credentials of whoever runs this. What `is_own` may
    name indexes that are read with these credentials; another's repository may not. `again` is
    the command that repeats a check, without its members and routes.
    """

    installers: Sequence[str] = INSTALLERS
    routes: Sequence[str] = DEFAULT_ROUTES
    alone: bool = False
    run_commands: bool = False
    direct: bool = False
    is_own: bool = True
    again: str = "nox -s verify-git-install --"

    def has(self, way: Way, target: Target) -> bool:
        """Tell whether a member goes that way."""
        is_chosen = way.route in self.routes and way.installer in self.installers
        is_chosen = is_chosen or (way.route, way.installer) in target.also
        return is_chosen and way.takes(target.member)


def misled(mirror: Repository, targets: Sequence[Target]) -> dict[NormalizedName, str]:
    """Find the refs that lead elsewhere than they must: moved tags, branches of the same name."""
    tags, branches = tags_and_branches(mirror, "HEAD")
    at = {tag.name: tag.commit for tag in tags}
    found = {}
    for target in targets:
        if target.ref in branches and target.ref in at:
            found[target.member.name] = (
                f"a branch is named {target.ref}, as the tag is: it wins in every git URL"
            )
        elif at.get(target.ref, target.commit) != target.commit:
            found[target.member.name] = (
                f"the tag {target.ref} is at {at[target.ref][:12]}, not at {target.commit[:12]}"
            )
    return found


def groups(way: Way, targets: Sequence[Target], scope: Scope) -> Iterator[Sequence[Target]]:
    """Return the targets of each installation by a route."""
    taken = [target for target in targets if scope.has(way, target)]
    if way.together is Together.ALL:
        yield from [taken] if taken else []
    elif way.together is Together.ONE or scope.alone:
        yield from ([target] for target in taken)
    else:
        for commit in sorted({target.commit for target in taken}):
            own = [target for target in taken if target.commit == commit]
            # Who runs code could change what is installed beside it.
            yield from ([target] for target in own if runs_code(target))
            yield from _shared_out([target for target in own if not runs_code(target)])


def _shared_out(targets: Sequence[Target]) -> Iterator[Sequence[Target]]:
    """Give each core its share of members, each with all that it requires."""
    by_name = {target.member.name: target for target in targets}
    needs = {name: target.workspace.needed(name) for name, target in by_name.items()}
    for names in shares(needs, os.cpu_count() or 1):
        yield [by_name[name] for name in names]


def runs_code(target: Target) -> bool:
    """Tell whether its installation runs code of the workspace."""
    return target.workspace.runs_code(target.member.name)
