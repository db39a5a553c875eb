"""Reads whether members differ from what was released of them: a comparison of trees.

Commits tell what was done; only the content tells what came of it. A merge may change a
file by itself, or change nothing, and what was taken back leaves no trace in the files.
Two processes serve all members.
"""

from collections.abc import Iterable, Mapping

from packaging.utils import NormalizedName

from ..model.history.history import is_ignored
from ..model.plan.facts import Facts
from ..model.workspace.workspace import Member
from ..ops.tree import Tree


def differing(tree: Tree, facts: Facts) -> Mapping[NormalizedName, bool]:
    """Tell of members whether anything that counts differs between their prior tag and HEAD.

    Left out are those of which folders say nothing: that were never released, that lie at the
    root, around another member, or elsewhere when they were tagged.
    """
    priors = facts.priors()
    members = [m for m in facts.workspace.members.values() if m.name in priors]
    alone = [member for member in members if _is_alone(member, facts)]
    ends = {m.name: (priors[m.name][1].commit, m.path) for m in alone}
    known = _trees(tree, [*ends.values(), *((tree.commit, m.path) for m in alone)])
    pairs = {
        member.name: (known[ends[member.name]], known[tree.commit, member.path])
        for member in alone
        if ends[member.name] in known
    }
    files = tree.repository.differing_files(pair for pair in pairs.values() if pair[0] != pair[1])
    return {
        member.name: any(_counts(member, file, facts) for file in files.get(pairs[member.name], ()))
        for member in alone
        if member.name in pairs
    }


def _is_alone(member: Member, facts: Facts) -> bool:
    others = (other.path for other in facts.workspace.members.values())
    return member.path != "." and not any(path.startswith(f"{member.path}/") for path in others)


def _trees(tree: Tree, places: Iterable[tuple[str, str]]) -> dict[tuple[str, str], str]:
    """Map folders of commits to the trees that they are; what is not there is left out."""
    names = {place: f"{place[0]}:{tree.path(place[1])}" for place in places}
    found = tree.repository.objects(list(names.values()))
    return {place: found[name] for place, name in names.items() if name in found}


def _counts(member: Member, file: str, facts: Facts) -> bool:
    return not is_ignored(member.file(file), facts.workspace.settings.ignore)
