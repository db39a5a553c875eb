"""A maintenance branch has a line of versions of its own; what an index lacks is no surprise."""

import json

import pytest

from tests.helpers.cli import Done, run
from tests.helpers.repository import Repo, remote_of
from tests.helpers.shelf import Answer, Shelf

CODE = "packages/zq-base/src/zq_base/more.py"
BRANCH = "0.1.x"
HASHES = {"sha256": "0" * 64}
RELEASE = ("release", "--execute", "--installer", "uv")


@pytest.fixture
def repo(released: Repo, shelf: Shelf) -> Repo:
    """Return a released workspace whose main went on to 0.2.0, on its maintenance branch."""
    setting(released, f'branch = ["main", "{BRANCH}"]')
    released.git("switch", "--quiet", "--create", BRANCH)
    released.git("switch", "--quiet", "main")
    manifest = "packages/zq-base/pyproject.toml"
    text = (released.path / manifest).read_text("utf-8").replace('"0.1.0"', '"0.2.0"', 1)
    released.commit("release: zq-base 0.2.0", {manifest: text})
    released.tag("zq-base/v0.2.0")
    for end in ("-py3-none-any.whl", ".tar.gz"):
        (shelf.folder / f"zq_base-0.2.0{end}").write_bytes(b"there")
    released.git("switch", "--quiet", BRANCH)
    released.git("push", "--quiet", "origin", "main", BRANCH)
    return released


def setting(repo: Repo, *lines: str) -> None:
    """Write settings of releases into the root manifest."""
    path = repo.path / "pyproject.toml"
    text = path.read_text("utf-8")
    assert "[tool.release]\n" in text
    joined = "\n".join(lines)
    text = text.replace("[tool.release]\n", f"[tool.release]\n{joined}\n", 1)
    repo.commit("chore: settings", {"pyproject.toml": text})


def codes(done: Done) -> list[str]:
    return [problem["code"] for problem in done.json["problems"]]


def test_a_maintenance_branch_is_compared_with_its_own_line(repo: Repo) -> None:
    repo.commit("fix: it", {CODE: "x = 1\n"})
    done = run(repo.path, "plan", "--json")
    (base,) = done.json["members"]
    assert (done.code, base["prior_tag"], base["planned_version"]) == (
        0,
        "zq-base/v0.1.0",
        "0.1.1",
    )
    assert done.json["release_tag"].startswith(f"release/{BRANCH}/")


def test_a_version_that_main_has_is_refused_with_one_that_is_free(repo: Repo) -> None:
    repo.commit("feat!: it", {CODE: "x = 1\n"})
    (problem, *_) = run(repo.path, "plan", "--json").json["problems"]
    assert (problem["code"], "`--version zq-base=0.1.1`" in problem["hint"]) == (
        "tag-elsewhere",
        True,
    )


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (f'branch-lines = {{ "{BRANCH}" = "<0.2" }}', "version-outside-line"),
        (f'max-bump = {{ "{BRANCH}" = "patch" }}', "bump-too-far"),
    ],
)
def test_settings_say_what_a_branch_may_release(repo: Repo, line: str, code: str) -> None:
    setting(repo, line)
    repo.commit("feat!: it", {CODE: "x = 1\n"})
    assert code in codes(run(repo.path, "plan", "--bump", "zq-base=major", "--json"))
    assert codes(run(repo.path, "plan", "--bump", "zq-base=patch", "--json")) == []


def test_a_branch_that_is_not_released_from_has_no_line(repo: Repo) -> None:
    setting(repo, 'max-bump = { "2.x" = "patch" }')
    assert codes(run(repo.path, "plan", "--json")) == ["settings-branch"]


@pytest.mark.exhaustive
def test_the_release_of_a_maintenance_branch_is_no_newer_one(repo: Repo, shelf: Shelf) -> None:
    repo.commit("fix: it", {CODE: "x = 1\n"})
    repo.git("push", "--quiet", "origin", BRANCH)
    done = run(repo.path, *RELEASE)
    assert done.code == 0, done.stderr
    tags = remote_of(repo).git("tag", "--points-at", BRANCH).split()
    assert [tag.rpartition("/")[0] for tag in tags] == [f"release/{BRANCH}", "zq-base"]
    assert "zq_base-0.1.1.tar.gz" in shelf.files()


def test_what_an_index_lacks_is_planned_where_it_is_named_and_comes_back_nowhere_else(
    released: Repo, shelf: Shelf
) -> None:
    for name in shelf.files():
        if name.startswith("zq_base"):
            (shelf.folder / name).unlink()
    released.commit("fix: it", {"packages/zq-top/src/zq_top/more.py": "x = 1\n"})
    quiet = run(released.path, "plan", "--json").json["members"]
    named = run(released.path, "plan", "--index", "shelf", "--json").json["members"]
    assert [m["name"] for m in quiet] == ["zq-top"]
    assert [(m["name"], m["reasons"][0]) for m in named] == [
        ("zq-base", "0.1.0 is missing on shelf: it is uploaded from its tag"),
        ("zq-top", "fix: it"),
    ]
    released.git("push", "--quiet", "origin", "main")
    done = run(released.path, *RELEASE, "--json")
    assert (done.code, codes(done)) == (1, ["requires-absent"])
    setting(released, 'withdrawn = ["zq-base==0.1.0"]')
    withdrawn = run(released.path, "plan", "--index", "shelf", "--json").json["members"]
    assert [m["name"] for m in withdrawn] == ["zq-top"]
    states = {m["name"]: m["state"] for m in run(released.path, "status", "--json").json["members"]}
    assert states["zq-base"] == "withdrawn"


def test_a_sibling_that_is_only_yanked_stops_a_release_before_anything_is_pushed(
    released: Repo, shelf: Shelf
) -> None:
    released.commit("fix: it", {"packages/zq-top/src/zq_top/more.py": "x = 1\n"})
    released.git("push", "--quiet", "origin", "main")
    files = [
        {"filename": name, "url": f"../../files/{name}", "hashes": HASHES, "yanked": "broken"}
        for name in shelf.files()
        if name.startswith("zq_base")
    ]
    page = {"meta": {"api-version": "1.0"}, "name": "zq-base", "files": files}
    answer = Answer("200 OK", json.dumps(page).encode(), "application/vnd.pypi.simple.v1+json")
    shelf.script = lambda path: answer if path.rstrip("/").endswith("zq-base") else None
    before = remote_of(released).refs()
    done = run(released.path, *RELEASE, "--json")
    assert (done.code, codes(done)) == (1, ["requires-yanked"]), done.stderr
    assert remote_of(released).refs() == before
