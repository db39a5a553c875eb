"""Find the newest release that has all of some members, as a consumer would name it."""

from collections.abc import Collection, Sequence

from packaging.utils import NormalizedName

from ..model.history.tag import Tag, is_release_tag
from ..model.plan.facts import Facts
from ..model.problem import Problem
from ..ops.git.repository import Repository
from ..ops.tree import HEAD


def newest_release(
    repository: Repository, facts: Facts, names: Collection[NormalizedName]
) -> tuple[str, list[Problem]]:
    """Return the name of the newest release of all of them; HEAD, and why, where there is none."""
    priors = facts.priors()
    missing = sorted(set(names) - priors.keys())
    if missing or not names:
        message = f"{', '.join(missing) or 'what is named'} was never released"
        return HEAD, [
            Problem("snippet-never-released", message, "the lines use the commit at HEAD instead")
        ]
    tags = {priors[name][1] for name in names}
    newest_commits = repository.git("merge-base", "--independent", *{tag.commit for tag in tags})
    if len(newest_commits.split()) > 1:
        message = "no release has all of these members as they were last released"
        return HEAD, [
            Problem("snippet-no-release", message, "the lines use the commit at HEAD instead")
        ]
    return _named(facts, newest_commits.strip(), sorted(tags, key=lambda tag: tag.name)), []


def _named(facts: Facts, commit: str, tags: Sequence[Tag]) -> str:
    """Prefer a member's own tag where it is alone, else the tag of the whole release."""
    own = [tag.name for tag in tags if tag.commit == commit]
    whole = sorted(t.name for t in facts.tags if t.commit == commit and is_release_tag(t.name))
    return own[0] if len(tags) == 1 else [*whole, *own][0]
