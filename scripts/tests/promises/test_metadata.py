"""What an index is known to refuse is found before anything leaves the machine: promise 22."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from packaging.utils import NormalizedName
from packaging.version import Version

from roadworthy.model.distribution import Distribution
from roadworthy.model.plan.facts import Page
from roadworthy.model.problem import Problem
from roadworthy.model.upload import Action, Upload
from roadworthy.model.workspace.workspace import Index, Member
from roadworthy.ops.index import read_pages
from roadworthy.ops.known_indexes import catalogue
from roadworthy.stages.build.as_committed import Committed
from roadworthy.stages.build.build import problems_of
from roadworthy.stages.distribution import described
from roadworthy.stages.publish.refusals import refusals
from roadworthy.stages.publish.uploads import compared
from tests.helpers.archives import INFO, METADATA, SDIST, WHEEL, write_sdist, write_wheel
from tests.helpers.cli import run
from tests.helpers.shelf import Shelf
from tests.helpers.workspaces import make_workspace, member

pytestmark = pytest.mark.promise(22)

KNOWN = catalogue()["pypi"]
PYPI = Index(name="pypi", url=KNOWN.url, publish_url=KNOWN.publish_url)
UNKNOWN = Index(name="ours", url="https://index.invalid/simple/")
NAME, VERSION = NormalizedName("zq-base"), Version("0.1.0")
MEMBER = Member(name=NAME, path="packages/zq-base", version=VERSION)
COMMITTED = Committed(member=MEMBER, files={})
NOON = datetime(2026, 3, 14, 12, tzinfo=UTC)


def built(path: Path, metadata: str = METADATA) -> list[Distribution]:
    """Write a wheel and an sdist that say the same of themselves; describe both."""
    wheel = write_wheel(path / WHEEL, changed={f"{INFO}/METADATA": metadata})
    sdist = write_sdist(path / SDIST, metadata=metadata)
    return [described(NAME, wheel), described(NAME, sdist)]


def test_a_sound_distribution_is_refused_by_nobody(tmp_path: Path) -> None:
    assert list(refusals(PYPI, built(tmp_path))) == []


@pytest.mark.parametrize(
    ("version", "refused"),
    [("2.4", ()), ("2.5", ()), ("2.6", (WHEEL, SDIST)), ("3.0", (WHEEL, SDIST))],
)
def test_metadata_of_a_version_that_is_too_new_is_refused(
    version: str, refused: tuple[str, ...], tmp_path: Path
) -> None:
    distributions = built(tmp_path, METADATA.replace("2.3", version, 1))
    hint = "it takes metadata up to 2.5: use an older build backend"
    expected = [
        Problem(
            "index-refuses",
            f"PyPI refuses {name}, whose metadata is of version {version}",
            hint,
            NAME,
        )
        for name in refused
    ]
    assert list(refusals(PYPI, distributions)) == expected
    assert list(refusals(UNKNOWN, distributions)) == []


def test_a_local_version_is_refused_once(tmp_path: Path) -> None:
    names = (WHEEL, WHEEL.replace("py3", "py2"))
    paths = (write_wheel(tmp_path / name.replace("0.1.0", "0.1.0+local")) for name in names)
    distributions = [described(NAME, path) for path in paths]
    hint = "release it without `+local`: such versions are for private use"
    problem = Problem(
        "index-refuses", "PyPI refuses the local version 0.1.0+local of zq-base", hint, NAME
    )
    assert list(refusals(PYPI, distributions)) == [problem]
    assert list(refusals(UNKNOWN, distributions)) == []


def test_a_requirement_by_a_url_is_refused_whatever_the_index(tmp_path: Path) -> None:
    required = "Requires-Dist: x @ https://example.invalid/x.whl\n"
    distributions = built(tmp_path, METADATA.replace("\n\n", f"\n{required}\n"))
    hint = 'require a version; or release by git alone: `index = ""`'
    message = "zq-base requires x by a URL, which no index accepts"
    problem = Problem("index-refuses", message, hint, NAME)
    assert list(problems_of(distributions, [COMMITTED])) == []
    assert [list(refusals(index, distributions)) for index in (PYPI, UNKNOWN)] == [[problem]] * 2


def with_description(content_type: str, text: str, version: str = "2.3") -> str:
    """Return metadata with a long description."""
    stated = f"Metadata-Version: {version}\nName: zq-base\nVersion: 0.1.0\n"
    return f"{stated}{content_type}\n{text}"


RST, MARKDOWN = (
    "Description-Content-Type: text/x-rst\n",
    "Description-Content-Type: text/markdown\n",
)
PLAIN, WRONG = "Description-Content-Type: text/plain\n", "Base\n====\n\n.. unheard-of:: x\n"


@pytest.mark.parametrize(
    ("content_type", "text"),
    [
        (RST, "Base\n====\n\n`link <https://example.invalid>`_\n"),
        (MARKDOWN, WRONG),
        (PLAIN, WRONG),
        ("Description-Content-Type: text/markdown; charset=UTF-8; variant=GFM\n", "# Base\n"),
        (RST, ""),
        ("", "Just words\n"),
        ("License-File: LICENSE\n", ""),  # older than its field: setuptools wrote it
    ],
)
def test_what_an_index_can_show_is_no_problem(content_type: str, text: str, tmp_path: Path) -> None:
    distributions = built(tmp_path, with_description(content_type, text, "2.1"))
    assert list(problems_of(distributions, [COMMITTED])) == []


@pytest.mark.parametrize(
    ("content_type", "text", "said"),
    [
        (RST, WRONG, 'line 4: error: Unknown directive type "unheard-of". .. unheard-of:: x'),
        ("", WRONG, 'line 4: error: Unknown directive type "unheard-of". .. unheard-of:: x'),
        (RST, ".. include:: x\n", 'line 1: warning: "include" directive disabled.'),
        (RST, ".. only a comment\n", "No content rendered from RST source."),
    ],
)
def test_a_description_that_no_index_can_show_is_a_problem(
    content_type: str, text: str, said: str, tmp_path: Path
) -> None:
    distributions = built(tmp_path, with_description(content_type, text))
    hint = "fix the readme of zq-base, or name its format in `readme` of the manifest"
    assert list(problems_of(distributions, [COMMITTED])) == [
        Problem(
            "description-not-shown",
            f"an index cannot show the long description of {name}: {said}",
            hint,
            NAME,
        )
        for name in (WHEEL, SDIST)
    ]


@pytest.mark.parametrize(
    ("field", "said"),
    [
        ("Nonsense: 1", "the field nonsense is unknown or malformed"),
        ("Requires-Python: three", "'three' is invalid for 'requires-python'"),
        (
            "License-Expression: MIT",
            "license-expression introduced in metadata version 2.4, not 2.3",
        ),
        (
            "Description-Content-Type: text/markdown; charset=latin-1",
            "'description-content-type' can only specify the UTF-8 charset, not 'latin-1'",
        ),
    ],
)
def test_a_field_that_no_index_takes_is_a_problem(field: str, said: str, tmp_path: Path) -> None:
    distributions = built(tmp_path, with_description(f"{field}\n", ""))
    hint = "fix these fields in the manifest of zq-base, or use a newer build backend"
    expected = [
        Problem("metadata-refused", f"the metadata of {name} is not valid: {said}", hint, NAME)
        for name in (WHEEL, SDIST)
    ]
    assert list(problems_of(distributions, [COMMITTED])) == expected


def test_a_rehearsal_tells_what_pypi_would_refuse_and_asks_nothing_of_it(tmp_path: Path) -> None:
    table = (
        f'[[tool.uv.index]]\nname = "pypi"\nurl = "{PYPI.url}"\n'
        f'publish-url = "{PYPI.publish_url}"\nexplicit = true\n\n[tool.release]\nindex = "pypi"\n'
    )
    repo = make_workspace(tmp_path / "w", member("zq-base", version="1.0+local"), table)
    repo.with_remote(tmp_path / "remote.git")
    # Without certificates, whatever we would ask by https is an error.
    nobody = str(tmp_path / "nothing.pem")
    done = run(repo.path, "release", "--installer", "uv", "--json", REQUESTS_CA_BUNDLE=nobody)
    said = "PyPI refuses the local version 1.0+local of zq-base"
    assert (done.code, done.problems) == (1, [said])


@pytest.mark.parametrize(
    ("begun", "asked", "days"),
    [
        (NOON, NOON + timedelta(days=15), 15.0),
        (NOON, NOON + timedelta(hours=12), 0.5),
        (NOON, NOON, 0.0),
        (NOON, NOON - timedelta(days=1), -1.0),  # two clocks of the index's own
        (None, NOON, 0.0),
        (NOON, None, 0.0),
    ],
)
def test_a_version_is_open_since_its_first_file_by_the_indexs_own_clock(
    begun: datetime | None, asked: datetime | None, days: float
) -> None:
    page = Page(begun={VERSION: begun} if begun else {}, asked=asked)
    assert page.days_open(VERSION) == days
    assert page.days_open(Version("0.2.0")) == 0.0


def half_published(index: Shelf, sdist: Distribution, days: float) -> None:
    """Let an index answer that it has the sdist alone, and since when."""
    begun = datetime.now(UTC) - timedelta(days=days)
    file = {
        "filename": sdist.filename,
        "url": sdist.filename,
        "hashes": {"sha256": sdist.sha256},
        "upload-time": begun.isoformat().replace("+00:00", "Z"),
    }
    page = {"meta": {"api-version": "1.1"}, "name": NAME, "versions": ["0.1.0"], "files": [file]}
    index.answer_reads = ("application/vnd.pypi.simple.v1+json", json.dumps(page))


@pytest.mark.parametrize("days", [13, 15])
def test_a_version_that_was_left_half_published_too_long_takes_no_more_files(
    days: int, tmp_path: Path, shelf: Shelf
) -> None:
    wheel, sdist = distributions = built(tmp_path)
    half_published(shelf, sdist, days)
    pages = read_pages(Index(name="shelf", url=f"{shelf.url}simple/"), [NAME])
    message = (
        "PyPI takes no more files of this version of zq-base: its first came 15 days ago, "
        "and it takes more for 14"
    )
    closed = Problem(
        "upload-too-late", message, "give it a higher one: `--version zq-base=...`", NAME
    )
    skipped = Upload(distribution=sdist, action=Action.SKIP)
    uploaded = Upload(distribution=wheel, action=Action.UPLOAD)
    refused = Upload(distribution=wheel, action=Action.CONFLICT, problem=closed)
    assert compared(PYPI, distributions, pages) == (uploaded if days < 14 else refused, skipped)
    assert compared(UNKNOWN, distributions, pages) == (uploaded, skipped)


def test_a_licence_file_that_a_sdist_lacks_is_refused_by_those_who_look(tmp_path: Path) -> None:
    named = "Metadata-Version: 2.4\nName: zq-base\nVersion: 0.1.0\nLicense-File: LICENSE\n\n"
    distributions = built(tmp_path, named)
    (problem,) = refusals(PYPI, distributions)
    assert "which does not have its licence file LICENSE" in problem.message
    assert list(refusals(UNKNOWN, distributions)) == []


def test_a_wheel_for_this_machine_alone_is_refused_by_those_who_look(tmp_path: Path) -> None:
    path = write_wheel(tmp_path / WHEEL.replace("py3-none-any", "cp311-cp311-linux_x86_64"))
    (problem,) = refusals(PYPI, [described(NAME, path)])
    assert "whose platform tag is for this machine alone" in problem.message
    assert list(refusals(UNKNOWN, [described(NAME, path)])) == []
