"""The commands that look and write nothing: status, plan, prepare and build."""

import hashlib
import json

import pytest

from tests.helpers.cli import run
from tests.helpers.repository import Repo
from tests.helpers.shelf import Shelf


def test_status_has_the_three_facts_and_the_next_step(checkout: Repo, shelf: Shelf) -> None:
    checkout.tag("zq-base/v0.1.0")
    (shelf.folder / "zq_base-0.1.0-py3-none-any.whl").write_bytes(b"there")
    assert run(checkout.path, "status", "--json").json == {
        "schema": 1,
        "command": "status",
        "ok": True,
        "problems": [],
        "members": [
            {
                "name": name,
                "path": f"packages/{name}",
                "version": "0.1.0",
                "tag": tag,
                "index": index,
                "state": state,
                "next": following,
            }
            for name, tag, index, state, following in (
                ("zq-app", None, "absent", "never released", "release 0.1.0: `nox -s release`"),
                (
                    "zq-base",
                    "zq-base/v0.1.0",
                    "partial",
                    "tagged",
                    "publish it from its tag: `nox -s release -- --execute --index NAME`",
                ),
                ("zq-middle", None, "absent", "never released", "release 0.1.0: `nox -s release`"),
            )
        ],
    }


def test_plan_is_the_contract_as_json(checkout: Repo) -> None:
    checkout.tag("zq-app/v0.1.0", "zq-base/v0.1.0", "zq-middle/v0.1.0")
    base = checkout.commit("feat!: anew", {"packages/zq-middle/src/zq_middle/x.py": ""})
    answer = run(checkout.path, "plan", "--json").json
    assert answer.pop("release_tag").startswith("release/")
    assert answer == {
        "schema": 1,
        "command": "plan",
        "ok": True,
        "problems": [],
        "warnings": [],
        "left_out": [],
        "gone": [],
        "base": base,
        "members": [
            {
                "name": "zq-middle",
                "path": "packages/zq-middle",
                "initial_version": "0.1.0",
                "planned_version": "0.2.0",
                "prior_tag": "zq-middle/v0.1.0",
                "planned_tag": "zq-middle/v0.2.0",
                "bump": "major",
                "reasons": ["feat!: anew"],
                "wave": 1,
                "requirements": {"zq-base": ">=0.1.0,<0.2"},
            },
            {
                "name": "zq-app",
                "path": "packages/zq-app",
                "initial_version": "0.1.0",
                "planned_version": "0.1.1",
                "prior_tag": "zq-app/v0.1.0",
                "planned_tag": "zq-app/v0.1.1",
                "bump": "patch",
                "reasons": ["zq-middle 0.2.0 is outside of its range >=0.1.0,<0.2"],
                "wave": 2,
                "requirements": {"zq-base": ">=0.1.0,<0.2", "zq-middle": ">=0.2.0,<0.3"},
            },
        ],
        "unchanged": [
            {
                "name": "zq-base",
                "version": "0.1.0",
                "why": "unchanged since zq-base/v0.1.0",
                "changed": False,
            }
        ],
    }


def test_prepare_shows_the_release_commit_and_makes_none(checkout: Repo, remote: Repo) -> None:
    before = checkout.refs(), remote.refs()
    done = run(checkout.path, "prepare", "zq-base", "--json")
    assert (done.code, done.json["commit"]) == (0, None)
    assert "+++ b/packages/zq-base/CHANGELOG.md" in done.json["patch"]
    assert "release: zq-base 0.1.0" in done.json["patch"]
    assert (checkout.refs(), remote.refs()) == before


def test_prepare_names_the_line_that_pushes_the_commit_while_there_is_one(single: Repo) -> None:
    typed = f"--workspace {single.path}"
    line = f"Nothing was changed. `nox -s prepare -- --execute {typed}` pushes this commit.\n"
    shown = run(single.path, "prepare")
    assert shown.stdout.endswith(line), shown
    pushed = run(single.path, "prepare", "--execute")
    assert (pushed.code, "Nothing was changed" in pushed.stdout) == (0, False)
    again = run(single.path, "prepare").stdout
    assert again == "Everything that is due is already prepared.\n"


def test_prepare_pushes_one_commit_with_versions_ranges_changelogs_and_lock(
    checkout: Repo, remote: Repo
) -> None:
    checkout.tag("zq-app/v0.1.0", "zq-base/v0.1.0", "zq-middle/v0.1.0")
    base = checkout.commit("feat!: anew", {"packages/zq-base/src/zq_base/x.py": ""})
    checkout.git("push", "--quiet", "--tags", "origin", "main")
    assert run(checkout.path, "prepare", "--execute").code == 0
    assert remote.head("main~1") == base
    assert checkout.head() == remote.head("main")
    assert remote.git("diff", "--name-only", base, "main").splitlines() == [
        "packages/zq-app/CHANGELOG.md",
        "packages/zq-app/pyproject.toml",
        "packages/zq-base/CHANGELOG.md",
        "packages/zq-base/pyproject.toml",
        "packages/zq-middle/CHANGELOG.md",
        "packages/zq-middle/pyproject.toml",
        "uv.lock",
    ]
    assert remote.git("show", "main:packages/zq-base/CHANGELOG.md").splitlines()[4:] == [
        "### Changed",
        "",
        f"- **Breaking:** anew ({base[:7]})",
    ]
    again = run(checkout.path, "prepare")
    assert (again.code, "already prepared" in again.stdout) == (0, True)


def test_build_makes_what_is_committed_and_lists_it(checkout: Repo) -> None:
    (checkout.path / "packages/zq-base/src/zq_base/uncommitted.py").write_text("", "utf-8")
    (checkout.path / "dist").mkdir()
    (checkout.path / "dist" / "stale-1.whl").write_bytes(b"")
    done = run(checkout.path, "build", "--json")
    assert done.code == 0, done.stderr
    dist = checkout.path / "dist"
    listed = done.json["distributions"]
    assert {d["filename"]: d["sha256"] for d in listed} == {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in dist.iterdir()
        if path.suffix in {".whl", ".gz"}
    }
    assert len(listed) == 6
    record = json.loads((dist / "release.json").read_text("utf-8"))
    assert record == {
        "schema": 2,
        "distributions": [each | {"commit": checkout.head()} for each in listed],
        "missing": [],
    }
    wheel = (dist / "zq_base-0.1.0-py3-none-any.whl").read_bytes()
    assert b"uncommitted" not in wheel
    assert checkout.git("status", "--porcelain", "--", "dist") == ""


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        pytest.param(
            "tests/__init__.py",
            "",
            "has `tests` at its top level",
            marks=pytest.mark.exhaustive,
        ),
        ("__init__.py", "", "has `__init__.py` at its top level"),
    ],
)
def test_build_refuses_what_would_land_beside_the_member(
    file: str, text: str, message: str, checkout: Repo
) -> None:
    manifest = (checkout.path / "packages/zq-base/pyproject.toml").read_text("utf-8")
    hatch = manifest.replace("uv_build>=0.9,<1", "hatchling").replace("uv_build", "hatchling.build")
    hatch += '\n[tool.hatch.build.targets.wheel]\nonly-include = ["src/zq_base", "extra"]\n'
    hatch += 'sources = ["src", "extra"]\n'
    files = {"packages/zq-base/pyproject.toml": hatch, f"packages/zq-base/extra/{file}": text}
    checkout.commit("break", files)
    done = run(checkout.path, "build", "zq-base")
    assert (done.code, message in done.stderr) == (1, True), done.stderr
    assert not (checkout.path / "dist").exists()


def test_build_refuses_what_an_index_would_misprint(checkout: Repo) -> None:
    path = "packages/zq-base/pyproject.toml"
    manifest = (checkout.path / path).read_text("utf-8").replace("README.md", "README.rst")
    readme = {"packages/zq-base/README.rst": "Base\n====\n\n.. unheard-of:: of\n"}
    checkout.commit("break", {path: manifest, **readme})
    done = run(checkout.path, "build", "zq-base")
    assert done.code == 1
    said = "an index cannot show the long description of zq_base-0.1.0.tar.gz: line 4: error: "
    assert f'{said}Unknown directive type "unheard-of".' in done.stderr


def test_a_description_may_be_missing(checkout: Repo) -> None:
    checkout.commit("fix: say less", {"packages/zq-base/README.md": ""})
    done = run(checkout.path, "build", "zq-base")
    assert done.code == 0, done.stderr


def test_a_member_that_does_not_build_leaves_the_others_in_dist(checkout: Repo) -> None:
    checkout.git("rm", "-r", "--quiet", "packages/zq-base/src")
    checkout.commit("break")
    done = run(checkout.path, "build")
    assert (done.code, "zq-base does not build" in done.stderr) == (1, True)
    record = json.loads((checkout.path / "dist/release.json").read_text("utf-8"))
    assert (record["missing"], {each["member"] for each in record["distributions"]}) == (
        ["zq-base"],
        {"zq-app", "zq-middle"},
    )
    assert run(checkout.path, "build", "zq-middle").code == 0


def test_build_names_the_members_that_it_leaves_out(checkout: Repo) -> None:
    text = (checkout.path / "pyproject.toml").read_text("utf-8")
    never = text.replace("[tool.release]\n", '[tool.release]\nnever = ["zq-app"]\n')
    checkout.commit("chore: never", {"pyproject.toml": never})
    done = run(checkout.path, "build")
    assert "zq-app was left out: `never` in [tool.release] names it" in done.stdout, done.stderr
