"""By which ways a repository is reached."""

import pytest

from roadworthy.model.transport import transport_problem


@pytest.mark.parametrize(
    "url",
    [
        *("https://example.invalid/a.git", "http://127.0.0.1:80/a", "git://example.invalid/a"),
        *("ssh://git@example.invalid:22/a", "git@example.invalid:a/b.git", "host:a::b"),
        *("file:///srv/a%20b.git", "/srv/a b.git", "../a.git", "./a::b", "é/ü.git", "mine:a"),
    ],
)
def test_what_git_reaches_by_itself_is_taken(url: str) -> None:
    assert transport_problem(url) is None


@pytest.mark.parametrize(
    ("url", "message"),
    [
        ("ext::sh -c id", "the URL begins with `ext::`, which would run a program"),
        ("a+b.c-d::x", "the URL begins with `a+b.c-d::`, which would run a program"),
        ("ftp://me:secret@example.invalid", "the URL begins with `ftp://`, which is not supported"),
        ("HTTPS://example.invalid", "the URL begins with `HTTPS://`, which is not supported"),
        ("--upload-pack=id", "the URL begins with a dash, as an option does"),
        ("", "the URL is empty"),
        ("https://example.invalid/\n", "the URL has a line break or a control character in it"),
    ],
)
def test_what_would_run_a_program_or_is_no_address_is_refused(url: str, message: str) -> None:
    problem = transport_problem(url)
    assert problem is not None
    assert problem.message == message
    assert "secret" not in problem.message + problem.hint
