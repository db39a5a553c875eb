"""What a member can be called, and where it can lie: promise 20."""

from pathlib import Path

import pytest
from packaging.utils import NormalizedName

from roadworthy.model.problem import Problem
from roadworthy.model.workspace.workspace import Index
from roadworthy.ops.known_indexes import catalogue
from roadworthy.stages.distribution import described
from roadworthy.stages.publish.refusals import refusals
from tests.helpers.archives import WHEEL, write_wheel
from tests.helpers.cli import Done, run
from tests.helpers.repository import Repo
from tests.helpers.workspaces import ROOT, make_workspace, member

pytestmark = pytest.mark.promise(20)

MANIFEST = "packages/zq-base/pyproject.toml"
KNOWN = catalogue()["pypi"]
PYPI = Index(name="pypi", url=KNOWN.url, publish_url=KNOWN.publish_url)
UNKNOWN = Index(name="ours", url="https://index.invalid/simple/")


def planned(path: Path, files: dict[str, str], links: dict[str, Path] | None = None) -> Done:
    """Plan a workspace that uv itself would not lock."""
    repo = Repo.init(path)
    repo.commit("feat: start", {"pyproject.toml": ROOT.format(more=""), **files})
    for name, target in (links or {}).items():
        (repo.path / name).symlink_to(target)
    repo.commit("feat: link")
    return run(repo.path, "plan", "--json")


@pytest.mark.needs("links")
@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("../evil", "'../evil'"),
        ("-rf", "'-rf'"),
        ("a b", "'a b'"),
        ("", "''"),
        ("zq-b\u0430se", "'zq-b\\u0430se'"),  # a Cyrillic letter, which looks like an a
        ("\u212aelvin", "'\\u212aelvin'"),  # a sign that is a k when it is written small
    ],
)
def test_what_is_no_name_is_refused(name: str, shown: str, tmp_path: Path) -> None:
    files = member("zq-base")
    files[MANIFEST] = files[MANIFEST].replace('name = "zq-base"', f'name = "{name}"')
    done = planned(tmp_path / "w", files)
    said = f"{shown} is no name" if name else "has no project name"
    assert (done.code, len(done.problems), said in done.problems[0]) == (2, 1, True), done
    assert MANIFEST in done.problems[0]


@pytest.mark.needs("links")
def test_two_members_with_one_normalised_name_are_refused(tmp_path: Path) -> None:
    done = planned(tmp_path / "w", {**member("zq-base"), **member("ZQ_Base")})
    places = "packages/ZQ_Base/pyproject.toml and packages/zq-base/pyproject.toml"
    assert (done.code, done.problems) == (2, [f"two members are both named `zq-base`: {places}"])


@pytest.mark.needs("links")
def test_a_pattern_that_leads_out_of_the_workspace_is_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    patterns = f'members = ["packages/*", "../outside", "{outside.as_posix()}"]'
    root = ROOT.format(more="").replace('members = ["packages/*"]', patterns)
    done = planned(tmp_path / "w", {**member("zq-base"), "pyproject.toml": root})
    assert (done.code, done.problems) == (
        2,
        [
            f"`members` has `{pattern}`, which is outside of the workspace"
            for pattern in ("../outside", outside.as_posix())
        ],
    )


@pytest.mark.needs("links")
def test_a_member_that_is_a_link_to_outside_of_the_repository_is_refused(tmp_path: Path) -> None:
    outside = make_workspace(tmp_path / "outside", member("zq-evil"))
    links = {"packages/zq-evil": outside.path / "packages" / "zq-evil"}
    done = planned(tmp_path / "w", member("zq-base"), links)
    said = "workspace member `packages/zq-evil` is a link or a submodule, not a folder here"
    assert (done.code, done.problems) == (2, [said])


def test_a_name_of_pythons_own_is_refused_for_an_index_that_is_known_to_refuse_it(
    tmp_path: Path,
) -> None:
    wheel = write_wheel(tmp_path / WHEEL)
    built = [described(NormalizedName(name), wheel) for name in ("json", "zq-base")]
    message = "PyPI refuses the name json, which is a module of Python's own"
    assert list(refusals(PYPI, built)) == [
        Problem("index-refuses", message, "rename the member", "json")
    ]
    assert list(refusals(UNKNOWN, built)) == []


def test_names_that_look_alike_are_refused_where_they_are_known_to_be(tmp_path: Path) -> None:
    wheel = write_wheel(tmp_path / WHEEL)
    built = [described(NormalizedName(name), wheel) for name in ("zq-tool", "zqt-001", "zq-base")]
    message = "PyPI refuses the name zqt-001, which is too like zq-tool"
    assert list(refusals(PYPI, built)) == [
        Problem("index-refuses", message, "rename one of them", "zqt-001")
    ]
    assert list(refusals(UNKNOWN, built)) == []
