"""What the door to uv decides before it runs it."""

import pytest

from scripts.model.workspace import Index
from scripts.ops import uv
from scripts.ops.process import CommandFailure

INDEX = Index(name="shelf", url="https://localhost/simple/", publish_url="https://localhost/")


@pytest.mark.parametrize(
    "environment",
    [
        {"GITHUB_ACTIONS": "true", "ACTIONS_ID_TOKEN_REQUEST_URL": "https://localhost/token"},
        {"GITLAB_CI": "true", "PYPI_ID_TOKEN": "a.b.c"},
        {"GITLAB_CI": "true", "TESTPYPI_ID_TOKEN": "a.b.c"},
        {"GITLAB_CI": "true", "COMPANY_ID_TOKEN": "a.b.c"},
    ],
)
def test_a_job_that_has_an_identity_can_publish(environment: dict[str, str]) -> None:
    assert uv.has_identity(environment)
    assert uv.can_publish(environment, INDEX)


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"GITHUB_ACTIONS": "true"},
        {"GITLAB_CI": "true", "CI_JOB_TOKEN": "job"},
        {"GITLAB_CI": "true", "PYPI_ID_TOKEN": ""},
        {"GITLAB_CI": "true", "SIGSTORE_ID_TOKEN": "a.b.c"},
    ],
)
def test_a_job_that_has_none_cannot(environment: dict[str, str]) -> None:
    assert not uv.has_identity(environment)
    assert not uv.can_publish(environment, INDEX)


def test_a_token_that_uv_tells_githubs_log_to_hide_is_in_no_message() -> None:
    failure = CommandFailure(
        ("uv", "publish"), "ended with exit code 2", "error: 403\n::add-mask::pypi-minted\n"
    )
    assert "pypi-minted" not in failure.problems[0].message
    assert failure.problems[0].message.endswith("error: 403")
