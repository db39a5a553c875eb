"""What an index says of a project: its own words count, and nothing else does."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from packaging.utils import NormalizedName

from roadworthy.model.index.listing import HTML, JSON, Answer, Doubt, File, files_listed, is_page_of

NAME = NormalizedName("zq-base")
URL = "https://index.invalid/simple/zq-base/"
WHEEL, SDIST = "zq_base-0.1.0-py3-none-any.whl", "zq_base-0.1.0.tar.gz"
OTHERS = "zq_other-0.1.0.tar.gz"
SHA256 = "0a" * 32
TITLED = "<html><head><title>{}</title></head><body></body></html>"
MARKED = '<html><head><meta name="pypi:repository-version" content="1.0"></head>{}</html>'


def html(body: str, kind: str = "text/html", url: str = URL, *, counted: bool = True) -> Answer:
    """Return an answer in HTML."""
    return Answer(url=url, content_type=kind, body=body.encode(), is_counted=counted)


def project(**changes: object) -> Answer:
    """Return an answer in JSON, the page of our project but for some changes."""
    told = {"meta": {"api-version": "1.1"}, "name": "zq-base", "files": []} | changes
    kept = {key: value for key, value in told.items() if value is not None}
    return Answer(url=URL, content_type=JSON, body=json.dumps(kept).encode())


def file(filename: str, **changes: object) -> dict[str, object]:
    """Return a file as JSON lists it."""
    return {"filename": filename, "url": f"/f/{filename}", "hashes": {"sha256": SHA256}} | changes


def raw(body: bytes, kind: str = JSON) -> Answer:
    """Return an answer of any bytes."""
    return Answer(url=URL, content_type=kind, body=body)


def link(filename: str) -> str:
    """Return a link to a file as HTML lists it."""
    return f'<a href="/f/{filename}#sha256={SHA256}">{filename}</a>'


NONE_OF_AN_INDEX = "it answers with something other than a project page, such as a sign-in page"
ANOTHER = "it answers with the page of another project, zq-other"
UNREAD = "its answer cannot be read: "
DOUBTS = {
    "an empty page": (html(""), NONE_OF_AN_INDEX),
    "white space": (html(" \n"), NONE_OF_AN_INDEX),
    "a form to log in": (html("<html><form>name?</form></html>"), NONE_OF_AN_INDEX),
    "a sign-in page without a form": (html(TITLED.format("Sign in")), NONE_OF_AN_INDEX),
    "a sign-in page that names us": (html(TITLED.format("zq-base - Sign in")), NONE_OF_AN_INDEX),
    "links that are no files": (html('<html><a href="/help">help</a></html>'), NONE_OF_AN_INDEX),
    "plain text as HTML": (html("zq-base 0.1.0 is not here"), NONE_OF_AN_INDEX),
    "the list of all projects": (
        html(MARKED.format('<a href="/simple/zq-base/">zq-base</a>')),
        NONE_OF_AN_INDEX,
    ),
    "a marked page at another path": (
        html(MARKED.format(""), url="https://index.invalid/simple/"),
        NONE_OF_AN_INDEX,
    ),
    "files of another project": (html(link(OTHERS)), ANOTHER),
    "our title, and another's files": (
        html(TITLED.format("Links for zq-base") + link(OTHERS)),
        ANOTHER,
    ),
    "the empty page of another project": (html(TITLED.format("Links for Zq_Other")), ANOTHER),
    "a name that begins with ours": (
        html(TITLED.format("Links for zq-base-more")),
        "it answers with the page of another project, zq-base-more",
    ),
    "a page that is cut short": (html(link(WHEEL), counted=False), "its answer is incomplete"),
    "HTML that no parser takes": (html(f"<![what[{link(WHEEL)}"), f"{UNREAD}it is no HTML"),
    "a version of tomorrow": (
        html(MARKED.replace("1.0", "2.0").format(link(WHEEL))),
        "it speaks version 2.0 of the Simple API, and 1 is known here",
    ),
    "JSON of tomorrow": (
        project(meta={"api-version": "2.0"}),
        "it speaks version 2.0 of the Simple API, and 1 is known here",
    ),
    "JSON of another project": (project(name="zq.OTHER"), ANOTHER),
    "JSON of a name that is none": (
        project(name="\x1b[31mzq"),
        "it answers with the page of another project",
    ),
    "JSON without files": (project(files=None), f"{UNREAD}it lacks `meta`, `name` or `files`"),
    "JSON without a name": (project(name=None), f"{UNREAD}it lacks `meta`, `name` or `files`"),
    "JSON without a version": (project(meta={}), f"{UNREAD}it lacks `meta`, `name` or `files`"),
    "JSON of an error": (raw(b'{"error": "busy"}'), f"{UNREAD}it lacks `meta`, `name` or `files`"),
    "a list": (raw(b"[]"), f"{UNREAD}it lacks `meta`, `name` or `files`"),
    "files that are none": (project(files=["x"]), f"{UNREAD}a file lacks a name, a URL or hashes"),
    "half a JSON": (raw(b'{"meta": {"api-ver'), f"{UNREAD}it is no JSON"),
    "no body": (raw(b""), f"{UNREAD}it is no JSON"),
    "JSON that is nested for ever": (raw(b"[" * 200_000), f"{UNREAD}it is no JSON"),
    "JSON that is not UTF-8": (raw(b'{"name": "\xff"}'), f"{UNREAD}it is no JSON"),
    "HTML called JSON": (raw(link(WHEEL).encode()), f"{UNREAD}it is no JSON"),
    "a URL that is none": (
        project(files=[file(WHEEL, url="https://[")]),
        f"{UNREAD}the URL of a file is none",
    ),
    "JSON called application/json": (
        raw(b"{}", "application/json; charset=utf-8"),
        f"{UNREAD}it is application/json",
    ),
    "a picture": (raw(b"x", "image/png"), f"{UNREAD}it is image/png"),
    "a type with an escape": (raw(b"x", "\x1b[2J"), f"{UNREAD}it is \\x1b[2j"),
    "no type": (raw(link(WHEEL).encode(), ""), f"{UNREAD}it has no Content-Type"),
}


@pytest.mark.promise(7)
@pytest.mark.parametrize("case", DOUBTS)
def test_what_is_no_page_of_the_project_says_nothing_of_it(case: str) -> None:
    answer, why = DOUBTS[case]
    with pytest.raises(Doubt) as doubt:
        files_listed(answer, NAME)
    assert str(doubt.value) == why


EMPTY = {
    "PyPI's": project(files=[]),
    "a name in another spelling": project(name="Zq_Base"),
    "pypiserver's": html(TITLED.format("Links for zq-base"), "text/html; charset=UTF-8"),
    "devpi's": html(TITLED.format("tester/releases: links for zq-base")),
    "another spelling in a title": html(TITLED.format("Links for Zq.Base")),
    "more words in a title": html(TITLED.format("Links for zq-base from our index")),
    "a heading without a title": html("<html><h1>Links for zq-base</h1></html>"),
    "a mark at its own URL": html(MARKED.format("")),
    "an old mark": html('<html><meta name="api-version" value="2"></html>'),
    "a type of its own": html("<html></html>", HTML),
    "files that are no distributions": html(
        TITLED.format("Links for zq-base") + link("zq_base.exe")
    ),
    "a length that is not known": html(TITLED.format("Links for zq-base"), counted=False),
}


@pytest.mark.promise(7)
@pytest.mark.parametrize("case", EMPTY)
def test_the_empty_page_of_the_project_says_that_it_has_no_files(case: str) -> None:
    assert files_listed(EMPTY[case], NAME) == ()


@pytest.mark.parametrize(
    "answer",
    [
        project(files=[file(WHEEL), file(SDIST)]),
        project(files=[file(WHEEL, yanked="broken"), file(SDIST, yanked=True)]),
        project(files=[file(WHEEL, hashes={"sha256": SHA256.upper(), "md5": "1"}), file(SDIST)]),
        project(files=[file(WHEEL), file(OTHERS), file("zq_base.exe"), file(SDIST)]),
        project(versions=["0.1.0", "0.2.0"], files=[file(WHEEL), file(SDIST)]),
        html(link(WHEEL) + link(SDIST)),
        html(link(WHEEL) + link(OTHERS) + link(SDIST)),
        html(link(WHEEL) + '<a href="/help">help</a>' + link(SDIST)),
        html(f'<base href="/f/">{link(WHEEL).replace("/f/", "")}{link(SDIST)}'),
        html(link(WHEEL) + link(SDIST).replace("<a ", '<a data-yanked="broken" ')),
        html(link(WHEEL) + link(SDIST).replace("#sha256", "#egg=zq&sha256")),
        html(f"{link(WHEEL)}{link(SDIST)}</body></html>", counted=False),
        html(link(WHEEL).removesuffix("</a>") + link(SDIST).removesuffix("</a>")),
    ],
)
def test_the_distributions_of_the_project_alone_are_listed(answer: Answer) -> None:
    url = "https://index.invalid/f/"
    found = [replace(each, is_yanked=False) for each in files_listed(answer, NAME)]
    assert found == [
        File(filename=WHEEL, url=f"{url}{WHEEL}", sha256=SHA256),
        File(filename=SDIST, url=f"{url}{SDIST}", sha256=SHA256),
    ]


@pytest.mark.parametrize(
    ("told", "is_yanked"),
    [(True, True), ("broken", True), (False, False), ("", False), (None, False), (1, False)],
)
def test_what_is_yanked_is_known(told: object, *, is_yanked: bool) -> None:
    (listed,) = files_listed(project(files=[file(WHEEL, yanked=told)]), NAME)
    assert listed.is_yanked is is_yanked


def test_in_html_a_mark_says_that_a_file_is_yanked() -> None:
    answer = html(link(WHEEL).replace("<a ", '<a data-yanked="" ') + link(SDIST))
    assert [found.is_yanked for found in files_listed(answer, NAME)] == [True, False]


def test_a_link_lists_the_name_in_its_url_and_the_one_in_its_text() -> None:
    """A web server that lists a folder may cut long names short."""
    cut = html(link(WHEEL).replace(f">{WHEEL}", ">zq_base-0.1.0-py3-..&gt;"))
    assert [found.filename for found in files_listed(cut, NAME)] == [WHEEL]
    both = html(f'<a href="/f/{SDIST}">{WHEEL}</a>')
    assert [found.filename for found in files_listed(both, NAME)] == [SDIST, WHEEL]
    quoted = html('<a href="/f/zq_base-0.1.0%2Bx.tar.gz?download=1">file</a>')
    assert [found.filename for found in files_listed(quoted, NAME)] == ["zq_base-0.1.0+x.tar.gz"]


@pytest.mark.parametrize("told", ["", "00", "z" * 64, None, 7, ["0" * 64]])
def test_a_hash_that_is_none_is_not_listed(told: object) -> None:
    listed = files_listed(project(files=[file(WHEEL, hashes={"sha256": told})]), NAME)
    assert [found.sha256 for found in listed] == [""]
    assert files_listed(html(f'<a href="/f/{WHEEL}#md5=00">{WHEEL}</a>'), NAME)[0].sha256 == ""


@pytest.mark.parametrize(
    ("told", "moment"),
    [
        ("2026-11-25T10:00:00.123456Z", datetime(2026, 11, 25, 10, 0, 0, 123456, UTC)),
        ("2026-11-25T10:00:00", datetime(2026, 11, 25, 10, tzinfo=UTC)),
        ("yesterday", None),
        (1, None),
        (None, None),
    ],
)
def test_the_time_of_an_upload_is_read_where_it_is_one(
    told: object, moment: datetime | None
) -> None:
    answer = project(files=[file(WHEEL, **{"upload-time": told})])
    assert files_listed(answer, NAME)[0].uploaded == moment


def test_a_page_is_read_in_the_encoding_that_it_says() -> None:
    body = f"<html>{link(WHEEL)}</html>".encode("utf-16")
    assert files_listed(raw(body, 'text/html; charset="utf-16"'), NAME)
    assert files_listed(raw(link(WHEEL).encode(), "text/html; charset=unheard-of"), NAME)
    with pytest.raises(Doubt, match="other than a project page"):
        files_listed(raw(body, "text/html"), NAME)


@pytest.mark.parametrize(
    ("url", "is_ours"),
    [
        (URL, True),
        (URL.rstrip("/"), True),
        ("https://index.invalid/simple/Zq_Base/?page=1", True),
        ("https://index.invalid/simple/zq%2Dbase", True),
        ("https://index.invalid/simple/", False),
        ("https://index.invalid/zq-base/login", False),
        ("https://index.invalid/login?next=/simple/zq-base/", False),
    ],
)
def test_a_url_is_of_a_project_by_its_last_part(url: str, *, is_ours: bool) -> None:
    assert is_page_of(url, NAME) is is_ours
