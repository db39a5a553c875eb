"""What an installation promises, and each way to break the promise."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import pytest
from packaging.utils import NormalizedName

from roadworthy.model.workspace.reading import read_workspace
from roadworthy.stages.verify.evidence import Evidence, Promise, judge

BASE, TOP = NormalizedName("zq-base"), NormalizedName("zq-top")
COMMIT, URL = "a" * 40, "https://forge.invalid/owner/a%20repo.git"
ROOT = '[tool.uv.workspace]\nmembers = ["packages/*"]\n'
BUILD = '[build-system]\nrequires = ["uv_build"]\nbuild-backend = "uv_build"\n'
MEMBER = '[project]\nname = "{name}"\nversion = "1.0"\ndependencies = {requires}\n{more}\n'
EXTRA = '[project.optional-dependencies]\nhot = ["chili>=2"]'


def manifest(name: str, *requires: str, more: str = "") -> str:
    """Return the manifest of a member."""
    return MEMBER.format(name=name, requires=list(requires), more=more) + BUILD


WORKSPACE = read_workspace(
    {
        "pyproject.toml": ROOT,
        "packages/zq-base/pyproject.toml": manifest("zq-base"),
        "packages/zq-top/pyproject.toml": manifest("zq-top", "zq-base>=1,<2", more=EXTRA),
    }
)
WITH_LOGIN = "https://u:p@forge.invalid/owner/a repo.git"
OTHER_REQUIREMENTS = (
    "it states the requirements chili>=2 ; extra == 'hot', zq-base; "
    "its manifest has chili>=2, zq-base>=1,<2"
)
FOLDERS: Mapping[str, str] = {BASE: "packages/zq-base", TOP: "packages/zq-top"}
CONTENTS: Mapping[str, Mapping[str, str]] = {TOP: {"zq_top/__init__.py": "sha256=x"}}
PROMISE = Promise(origin=COMMIT, url=URL, subdirectories=FOLDERS, contents=CONTENTS)


def recorded(folder: str, url: str = URL, commit: str = COMMIT) -> dict[str, object]:
    """Return what an installer writes down of an installation from git."""
    vcs_info = {"vcs": "git", "commit_id": commit}
    return {"url": url, "vcs_info": vcs_info, "subdirectory": folder}


SOUND = {
    BASE: Evidence(version="1.0", direct_url=recorded("packages/zq-base"), errors=()),
    TOP: Evidence(
        version="1.0",
        direct_url=recorded("packages/zq-top", "https://forge.invalid/owner/a repo.git"),
        errors=(),
        requires=("zq_base<2,>=1", "chili>=2 ; extra == 'hot'"),
        files={"zq_top/__init__.py": "sha256=x"},
    ),
}


def judged(name: NormalizedName = TOP, **changes: Any) -> str:  # noqa: ANN401 - fields of many types
    """Judge the upper member, with something changed in the evidence of one."""
    evidence: Mapping[NormalizedName, Evidence] = {
        **SOUND,
        name: replace(SOUND[name], **changes),
    }
    return judge(WORKSPACE.members[TOP], WORKSPACE, evidence, PROMISE)


def test_what_is_as_promised_has_nothing_wrong() -> None:
    assert judge(WORKSPACE.members[TOP], WORKSPACE, SOUND, PROMISE) == ""


def test_a_sibling_that_is_not_there() -> None:
    evidence = {TOP: SOUND[TOP]}
    assert judge(WORKSPACE.members[TOP], WORKSPACE, evidence, PROMISE) == (
        "zq-base is not installed"
    )


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        (BASE, {"direct_url": {}}, "zq-base came from index, not from commit aaaaaaaaaaaa"),
        (
            BASE,
            {"direct_url": {"url": "file:///x.whl"}},
            "zq-base came from file, not from commit aaaaaaaaaaaa",
        ),
        (
            TOP,
            {"direct_url": recorded("packages/zq-top", commit="b" * 40)},
            "zq-top came from commit bbbbbbbbbbbb, not from commit aaaaaaaaaaaa",
        ),
        (
            TOP,
            {"direct_url": recorded("packages/zq-top", WITH_LOGIN)},
            "zq-top is recorded with credentials in its URL",
        ),
        (
            TOP,
            {"direct_url": recorded("packages/zq-top", "https://u:p@forge.invalid/other.git")},
            f"zq-top is recorded as from https://forge.invalid/other.git, not from {URL}",
        ),
        (
            BASE,
            {"direct_url": recorded("zq-base")},
            "zq-base is recorded as from the folder `zq-base`, not from `packages/zq-base`",
        ),
        (BASE, {"version": "1.1"}, "zq-base is installed as 1.1, not as 1.0"),
        (
            TOP,
            {"errors": ("import zq_top: no", "command x: no")},
            "import zq_top: no; command x: no",
        ),
        (
            TOP,
            {"requires": ("zq-base", "chili>=2 ; extra == 'hot'")},
            OTHER_REQUIREMENTS,
        ),
        (
            TOP,
            {"files": {"tests/__init__.py": "sha256=x"}},
            "it has `tests` at its top level, in everybody's site-packages",
        ),
        (
            TOP,
            {"files": {"zq_top/__init__.py": "sha256=y"}},
            "the wheel of its sdist differs from what git installs: zq_top/__init__.py",
        ),
    ],
)
def test_a_broken_promise_is_said(
    name: NormalizedName, changes: Mapping[str, Any], said: str
) -> None:
    assert judged(name, **changes) == said


def test_a_range_that_a_sibling_leaves() -> None:
    moved = WORKSPACE.members[BASE]
    wanted = WORKSPACE.members[TOP].requirements[0]
    narrow = replace(WORKSPACE.members[TOP], requirements=(replace(wanted, text="zq-base>=2"),))
    assert moved.version
    assert judge(narrow, WORKSPACE, SOUND, PROMISE) == 'zq-base 1.0 is not in "zq-base>=2"'


def test_an_sdist_that_gives_no_wheel() -> None:
    promise = replace(PROMISE, contents={TOP: "no backend"})
    assert judge(WORKSPACE.members[TOP], WORKSPACE, SOUND, promise) == (
        "its sdist gives no wheel: no backend"
    )


def test_of_an_index_only_what_it_can_know_is_asked() -> None:
    from_index = {name: replace(told, direct_url={}, version="2.0") for name, told in SOUND.items()}
    from_index[BASE] = replace(from_index[BASE], version="1.5")
    promise = Promise(origin="index")
    assert judge(WORKSPACE.members[TOP], WORKSPACE, from_index, promise) == ""


@pytest.mark.parametrize(
    "told", ["ssh://forge.invalid/o/r.git", "ssh://deploy@forge.invalid/o/r.git"]
)
def test_the_user_of_ssh_may_be_left_out_of_what_is_recorded(told: str) -> None:
    url = "ssh://deploy@forge.invalid/o/r.git"
    evidence = {
        BASE: replace(SOUND[BASE], direct_url=recorded("packages/zq-base", told)),
        TOP: replace(SOUND[TOP], direct_url=recorded("packages/zq-top", told)),
    }
    assert judge(WORKSPACE.members[TOP], WORKSPACE, evidence, replace(PROMISE, url=url)) == ""
    elsewhere = replace(PROMISE, url="ssh://deploy@other.invalid/o/r.git")
    assert "is recorded as from" in judge(WORKSPACE.members[TOP], WORKSPACE, evidence, elsewhere)
