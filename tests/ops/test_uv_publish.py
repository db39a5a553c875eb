"""What `uv publish` is given, and what it is not."""

import pytest

from scripts.model.workspace import Index
from scripts.ops import uv_publish

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
    assert uv_publish.has_identity(environment)
    assert uv_publish.can_publish(INDEX, environment)


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
    assert not uv_publish.has_identity(environment)
    assert not uv_publish.can_publish(INDEX, environment)
