"""The plan goes by the tags that are there, in whatever shape, and by those of the remote."""

from pathlib import Path

import pytest

from tests.helpers.cli import Done, run
from tests.helpers.repository import Repo
from tests.helpers.workspaces import make_workspace, trio

MEMBERS = ("zq-app", "zq-base", "zq-middle")
CODE = "packages/zq-base/src/zq_base/more.py"


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Return a workspace without any tag."""
    return make_workspace(tmp_path / "workspace", trio())


def planned(repo: Repo) -> dict[str, tuple[str | None, str]]:
    """Return what would be released: the tag before and the tag to come."""
    members = run(repo.path, "plan", "--json").json["members"]
    return {m["name"]: (m["prior_tag"], m["planned_tag"]) for m in members}


def codes(done: Done) -> list[str]:
    """Return what a plan warns of and what it has for problems."""
    said = done.json
    return [p["code"] for p in (*said["warnings"], *said["problems"])]


def setting(repo: Repo, *lines: str) -> None:
    """Write settings into the root manifest."""
    text = (repo.path / "pyproject.toml").read_text("utf-8")
    joined = "\n".join(("[tool.release]", *lines))
    repo.commit("chore: settings", {"pyproject.toml": f"{text}\n{joined}\n"})


@pytest.mark.parametrize(
    ("shape", "line"),
    [
        ("{name}-v0.1.0", '"{name}-v{version}"'),
        ("{name}==0.1.0", '"{name}=={version}"'),
        ("py/{name}/0.1.0", '"py/{name}/{version}"'),
    ],
)
def test_a_shape_that_names_members_goes_on(repo: Repo, shape: str, line: str) -> None:
    repo.tag(*(shape.format(name=name) for name in MEMBERS))
    repo.commit("feat!: more", {CODE: "x = 1\n"})
    done = run(repo.path, "plan", "--json")
    planned_tag = shape.format(name="zq-base").replace("0.1.0", "0.2.0")
    assert planned(repo)["zq-base"] == (shape.format(name="zq-base"), planned_tag)
    assert codes(done) == ["tag-shape-inferred"]
    assert f"tag-format = {line}" in done.json["warnings"][0]["hint"]


def test_one_tag_for_all_goes_on_in_lockstep(repo: Repo) -> None:
    repo.tag("v0.1.0")
    repo.commit("feat!: more", {CODE: "x = 1\n"})
    assert planned(repo) == dict.fromkeys(MEMBERS, ("v0.1.0", "v0.2.0"))


def test_a_shape_that_no_url_can_name_is_read_and_not_written(repo: Repo) -> None:
    repo.tag(*(f"{name}@0.1.0" for name in MEMBERS))
    repo.commit("feat!: more", {CODE: "x = 1\n"})
    assert planned(repo)["zq-base"] == ("zq-base@0.1.0", "zq-base/v0.2.0")


def test_names_in_tags_may_be_others(repo: Repo) -> None:
    repo.tag("base-v0.1.0", "middle-v0.1.0", "app-v0.1.0")
    repo.commit("feat!: more", {CODE: "x = 1\n"})
    done = run(repo.path, "plan", "--json")
    assert planned(repo)["zq-base"] == ("base-v0.1.0", "base-v0.2.0")
    assert (
        'tag-names = { zq-app = "app", zq-base = "base", zq-middle = "middle" }'
        in (done.json["warnings"][0]["hint"])
    )


def test_the_written_settings_say_the_same_as_those_that_were_inferred(repo: Repo) -> None:
    repo.tag("base-v0.1.0", "middle-v0.1.0", "app-v0.1.0")
    repo.commit("feat!: more", {CODE: "x = 1\n"})
    inferred = planned(repo)
    setting(
        repo,
        'tag-format = "{name}-v{version}"',
        'tag-names = { zq-app = "app", zq-base = "base", zq-middle = "middle" }',
    )
    done = run(repo.path, "plan", "--json")
    assert (planned(repo), codes(done)) == (inferred, [])


def test_a_new_shape_goes_on_where_the_old_one_ended(repo: Repo) -> None:
    repo.tag(*(f"{name}-v0.1.0" for name in MEMBERS))
    setting(repo, 'tag-format = "{name}/v{version}"')
    repo.commit("feat!: more", {CODE: "x = 1\n"})
    assert planned(repo)["zq-base"] == ("zq-base-v0.1.0", "zq-base/v0.2.0")


def test_members_that_were_never_released_beside_some_that_were_are_asked_about(
    repo: Repo,
) -> None:
    manifest = repo.path / "packages/zq-app/pyproject.toml"
    text = manifest.read_text("utf-8").replace('"0.1.0"', '"0.0.1"', 1)
    repo.commit("chore: an application", {str(manifest): text})
    repo.tag("v0.1.0")
    done = run(repo.path, "plan", "--json")
    (problem,) = done.json["problems"]
    assert (done.code, problem["code"]) == (1, "tag-shapes-several")
    assert 'never = ["zq-app"]' in problem["hint"]


def test_two_shapes_for_the_newest_release_are_asked_about(repo: Repo) -> None:
    repo.tag("zq-base-v0.1.0", "zq-base@0.1.0")
    assert "tag-shapes-several" in codes(run(repo.path, "plan", "--json"))


def test_tags_that_no_manifest_shows_are_no_release_and_are_said(repo: Repo) -> None:
    repo.tag("v3", "20260101", *(f"{name}/v0.1.0" for name in MEMBERS))
    repo.commit("feat!: more", {CODE: "x = 1\n"})
    done = run(repo.path, "plan", "--json")
    assert planned(repo)["zq-base"] == ("zq-base/v0.1.0", "zq-base/v0.2.0")
    assert codes(done) == ["tags-stray"]


def test_nothing_is_called_never_released_while_tags_name_it(repo: Repo) -> None:
    repo.tag("zq-base-v7.0.0")
    done = run(repo.path, "plan", "--json")
    problems = [p["message"] for p in done.json["problems"]]
    assert problems == [
        "1 tag name zq-base, zq-base-v7.0.0 the highest, and no manifest at them has their version"
    ]
    setting(repo, 'read-tag-formats = ["{name}-v{version}"]')
    repo.commit("feat: more", {CODE: "x = 1\n"})
    done = run(repo.path, "plan", "--json")
    assert "version-below-tag" in codes(done)


def test_versions_that_only_a_tag_has_are_asked_about_where_nothing_else_is_known(
    repo: Repo,
) -> None:
    repo.tag("v7.0.0", "v7.1.0")
    assert codes(run(repo.path, "plan", "--json")) == ["tags-unconfirmed"]
    setting(repo, "read-tag-formats = []")
    assert codes(run(repo.path, "plan", "--json")) == []


def test_tags_that_are_only_on_another_branch_are_asked_about(repo: Repo) -> None:
    repo.git("switch", "--quiet", "--create", "side")
    manifest = repo.path / "packages/zq-base/pyproject.toml"
    text = manifest.read_text("utf-8").replace('"0.1.0"', '"0.3.0"', 1)
    repo.commit("chore: there", {str(manifest): text})
    repo.tag("zq-base/v0.3.0")
    repo.git("switch", "--quiet", "main")
    assert codes(run(repo.path, "plan", "--json")) == ["tags-elsewhere"]
    chosen = run(repo.path, "plan", "--version", "zq-base=0.4.0", "--json")
    assert "tags-elsewhere" not in codes(chosen)
    own = repo.path / "packages/zq-base/pyproject.toml"
    text = own.read_text("utf-8")
    for version, found in (("0.2.0", ["tags-elsewhere"]), ("0.3.1", [])):
        repo.commit("chore: on", {str(own): text.replace('"0.1.0"', f'"{version}"', 1)})
        assert codes(run(repo.path, "plan", "--json")) == found


def test_a_folder_that_was_elsewhere_then_is_found_by_its_name(repo: Repo) -> None:
    repo.tag(*(f"{name}-v0.1.0" for name in MEMBERS))
    repo.git("mv", "packages/zq-base", "packages/base")
    repo.commit("feat: move", {"packages/base/src/zq_base/more.py": "x = 1\n"})
    assert planned(repo)["zq-base"] == ("zq-base-v0.1.0", "zq-base-v0.1.1")


def test_a_manifest_below_its_highest_tag_is_a_problem(repo: Repo) -> None:
    manifest = repo.path / "packages/zq-base/pyproject.toml"
    text = manifest.read_text("utf-8")
    repo.commit("chore: up", {str(manifest): text.replace('"0.1.0"', '"0.16.0"', 1)})
    repo.tag("zq-base/v0.16.0")
    repo.commit("fix: down", {str(manifest): text, CODE: "x = 1\n"})
    done = run(repo.path, "plan", "--json")
    assert [p["code"] for p in done.json["problems"]][:1] == ["version-below-tag"]


def test_members_in_lockstep_begin_at_one_version(repo: Repo) -> None:
    manifest = repo.path / "packages/zq-base/pyproject.toml"
    text = manifest.read_text("utf-8").replace('"0.1.0"', '"3.9.0"', 1)
    repo.commit("chore: up", {str(manifest): text})
    setting(repo, 'versioning = "lockstep"')
    done = run(repo.path, "plan", "--json")
    assert "zq-base 3.9.0 and zq-app 0.1.0, zq-middle 0.1.0 are to share one version" in [
        p["message"] for p in done.json["problems"]
    ]
    chosen = run(repo.path, "plan", "--version", "zq-base=4.0.0", "--json")
    assert "versions-differ" not in codes(chosen)


def test_a_tag_that_would_be_a_folder_of_ours_is_a_problem(repo: Repo) -> None:
    repo.tag("zq-base")
    assert codes(run(repo.path, "plan", "--json")) == ["tag-in-the-way"]


def test_a_real_release_waits_until_the_shape_is_written(repo: Repo, tmp_path: Path) -> None:
    repo.with_remote(tmp_path / "remote.git")
    repo.tag("v0.1.0")
    repo.commit("feat!: more", {CODE: "x = 1\n"})
    repo.git("push", "--quiet", "origin", "main")
    done = run(repo.path, "prepare", "--execute", "--json")
    assert (done.code, [p["code"] for p in done.json["problems"]]) == (2, ["tag-shape-inferred"])


def test_the_tags_of_the_remote_are_those_that_count(repo: Repo, tmp_path: Path) -> None:
    repo.with_remote(tmp_path / "remote.git")
    repo.tag(*(f"{name}/v0.1.0" for name in MEMBERS))
    assert run(repo.path, "plan", "--json").code == 3
    repo.git("tag", "--delete", *(f"{name}/v0.1.0" for name in MEMBERS))
    assert run(repo.path, "plan", "--json").code == 3
    repo.git("push", "--quiet", "origin", "--delete", "refs/tags/zq-app/v0.1.0")
    repo.git("tag", "zq-app/v0.1.0")
    done = run(repo.path, "plan", "--json")
    assert ([m["name"] for m in done.json["members"]], codes(done)) == (
        ["zq-app"],
        ["tags-only-here"],
    )


def test_a_tag_whose_commit_is_only_at_the_remote_has_its_version(
    repo: Repo, tmp_path: Path
) -> None:
    repo.with_remote(tmp_path / "remote.git")
    there = tmp_path / "elsewhere"
    repo.git("clone", "--quiet", str(tmp_path / "remote.git"), str(there))
    other = Repo(there)
    other.commit("feat: there", {CODE: "x = 2\n"})
    other.git("tag", "zq-base/v0.1.0")
    other.git("push", "--quiet", "origin", "refs/tags/zq-base/v0.1.0")
    assert "tag-elsewhere" in codes(run(repo.path, "plan", "--json"))


def test_a_remote_that_does_not_answer_is_said(repo: Repo, tmp_path: Path) -> None:
    repo.git("remote", "add", "origin", str(tmp_path / "nowhere.git"))
    repo.tag_here(*(f"{name}/v0.1.0" for name in MEMBERS))
    done = run(repo.path, "plan", "--json")
    assert (done.code, codes(done)) == (3, ["remote-silent"])


def test_members_that_are_no_more_are_told(repo: Repo) -> None:
    repo.tag("zq-gone/v1.0.0", "zq-gone/v1.2.0", *(f"{name}/v0.1.0" for name in MEMBERS))
    assert run(repo.path, "plan", "--json").json["gone"] == [
        {"name": "zq-gone", "version": "1.2.0", "tag": "zq-gone/v1.2.0"}
    ]


def test_adopt_shows_and_writes_the_settings_that_fit(repo: Repo) -> None:
    repo.tag("base-v0.1.0", "middle-v0.1.0", "app-v0.1.0", "v9")
    repo.commit("feat!: more", {CODE: "x = 1\n"})
    shown = run(repo.path, "adopt", "--json").json
    assert shown["settings"] == {
        "tag-format": "{name}-v{version}",
        "tag-names": {"zq-app": "app", "zq-base": "base", "zq-middle": "middle"},
    }
    assert shown["members"][1] == {
        "name": "zq-base",
        "before": None,
        "prior_tag": "base-v0.1.0",
        "planned_version": "0.2.0",
    }
    assert (shown["unread"], shown["written"]) == (["v9"], False)
    assert repo.git("status", "--porcelain") == ""
    assert run(repo.path, "adopt", "--write").code == 0
    repo.commit("chore: adopt")
    assert codes(run(repo.path, "plan", "--json")) == ["tags-stray"]
    again = run(repo.path, "adopt", "--json").json
    assert (again["settings"], again["members"][1]["prior_tag"]) == ({}, "base-v0.1.0")


def test_adopt_names_the_branch_that_is_released_from(repo: Repo) -> None:
    repo.git("branch", "--move", "main", "trunk")
    assert run(repo.path, "adopt", "--json").json["settings"] == {"branch": "trunk"}


def test_adopt_writes_into_a_clean_tree_alone(repo: Repo) -> None:
    repo.tag("v0.1.0")
    (repo.path / "new.txt").write_text("x", "utf-8")
    done = run(repo.path, "adopt", "--write", "--json")
    assert (done.code, [p["code"] for p in done.json["problems"]]) == (2, ["tree-not-clean"])


def test_adopt_has_nothing_to_write_where_the_tags_are_ours(repo: Repo) -> None:
    repo.tag(*(f"{name}/v0.1.0" for name in MEMBERS))
    done = run(repo.path, "adopt")
    assert (done.code, "there is nothing to write" in done.stdout) == (0, True)
