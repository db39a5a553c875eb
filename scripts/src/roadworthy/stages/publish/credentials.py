"""Credentials: whether there is something to upload with, before anything is uploaded."""

from collections.abc import Iterator

from ...model.index.catalogue import url_problems
from ...model.index.login import login_problems
from ...model.problem import Problem
from ...model.workspace.workspace import Index
from ...ops import uv_publish
from ...ops.known_indexes import catalogue, entry_of


def credential_problems(index: Index, *, keyring: bool = True) -> Iterator[Problem]:
    """Check that there is something to upload with; nothing is asked of the index.

    With `keyring`, the keyring is asked for a password.
    """
    yield from url_problems(index.url, index.publish_url)
    given = uv_publish.given_to(index)
    if not index.publish_url:
        message = f"the index {index.name} has no `publish-url`"
        yield Problem(
            "index-no-publish-url",
            message,
            "add one to its [[tool.uv.index]], or name another with --index",
        )
    elif not uv_publish.can_publish(index, given):
        message = f"there are no credentials to upload to {index.name}"
        hint = "set UV_PUBLISH_TOKEN, or UV_PUBLISH_USERNAME and UV_PUBLISH_PASSWORD"
        yield Problem("credentials-missing", message, f'{hint}; `--index ""` releases by git alone')
    else:
        yield from login_problems(given, entry_of(index), catalogue().values())
        yield from uv_publish.token_problems(index, given)
    if keyring and index.publish_url:
        yield from uv_publish.keyring_problems(index, given)
