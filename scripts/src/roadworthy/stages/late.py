"""What is imported only by the steps that need it.

To build, to upload and to install takes modules whose import costs a tenth of a second;
`prepare` and `tag` do none of it.
"""
# ruff: noqa: PLC0415 - that is what this module is for

from pathlib import Path

from .work import Work


def build_to_try(work: Work) -> Work:
    """Build what is due, and all that must go on working with it."""
    from .build.due import build_to_try

    return build_to_try(work)


def build_due(work: Work, *, source: Path | None, cache: Path | None) -> Work:
    """Build what is due, or take it from where it was built."""
    from .build.due import build_due

    return build_due(work, source=source, cache=cache)


def keep(work: Work, folder: Path) -> None:
    """Put the distributions into a folder."""
    from .build.due import keep

    keep(work, folder)


def gate(work: Work) -> Work:
    """Verify what was built before anything leaves the machine."""
    from .verify.release import gate

    return gate(work)


def compare(work: Work) -> Work:
    """Compare what was built with the index."""
    from .publish.publish import compare

    return compare(work)


def publish(work: Work) -> Work:
    """Upload what is due."""
    from .publish.publish import publish

    return publish(work)


def require_published(work: Work) -> Work:
    """Go on with what the index has."""
    if work.site.index is None:
        return work
    from .publish.published import require_published

    return require_published(work, work.site.index)


def verify_index(work: Work) -> Work:
    """Verify what was published, from the index."""
    from .verify.release import verify_index

    return verify_index(work)


def verify_tags(work: Work) -> Work:
    """Verify what was tagged, from the remote."""
    from .verify.release import verify_tags

    return verify_tags(work)
