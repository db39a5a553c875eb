"""Verification from git: what works is said to work, and nothing that does not."""

from pathlib import Path

import pytest

from roadworthy.ops import process, uv
from tests.helpers.cli import Done, run
from tests.helpers.repository import Repo
from tests.helpers.shelf import Shelf
from tests.helpers.workspaces import ROOT, lock, make_workspace, member, trio

UV = ("--installer", "uv")


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Return a workspace of three members without remote or index."""
    return make_workspace(tmp_path / "a workspace", trio())


def failures(done: Done) -> dict[str, str]:
    """Return what was wrong, by member."""
    assert done.code == 1, done.stderr
    return {r["member"]: r["problem"] for r in done.json["results"] if not r["ok"]}


@pytest.mark.promise(14)
def test_every_member_installs_with_uv_and_with_pip_from_the_commit_at_head(repo: Repo) -> None:
    done = run(repo.path, "verify-git-install", "--json")
    assert done.code == 0, done.stderr
    head = repo.head()
    url = "https://repository.invalid/workspace.git"
    siblings = {"zq-app": ["zq-base", "zq-middle"], "zq-base": [], "zq-middle": ["zq-base"]}
    assert [{**result, "seconds": 0} for result in done.json["results"]] == [
        {
            "member": name,
            "route": "direct",
            "installer": installer,
            "requirement": f"{name} @ git+{url}@{head}#subdirectory=packages/{name}",
            "commit": head,
            "siblings": dict.fromkeys(required, head),
            "ok": True,
            "problem": None,
            "note": None,
            "tried": True,
            "seconds": 0,
        }
        for name, required in siblings.items()
        for installer in ("pip", "uv")
    ]


def test_machines_share_the_members_and_each_is_installed_once(repo: Repo) -> None:
    parts = [
        run(repo.path, "verify-git-install", "--shard", f"{n}/4", "--json", *UV)
        for n in range(1, 5)
    ]
    found = [[result["member"] for result in part.json["results"]] for part in parts]
    assert ([part.code for part in parts], found) == (
        [0, 0, 0, 0],
        [["zq-app"], ["zq-base"], ["zq-middle"], []],
    )


def test_a_tag_leads_to_the_commit_that_it_marks(repo: Repo) -> None:
    marked = repo.head()
    repo.git("tag", "--annotate", "--message", "marked", "zq-base/v0.1.0")
    repo.commit("feat: later", {"packages/zq-base/src/zq_base/later.py": ""})
    done = run(repo.path, "verify-git-install", "--json", "--ref", "zq-base/v0.1.0", *UV, "zq-base")
    assert {r["commit"] for r in done.json["results"] if r["ok"]} == {marked}


def test_a_repository_is_verified_by_its_url_alone(repo: Repo, tmp_path: Path) -> None:
    done = run(tmp_path, "verify-git-install", "--json", "--url", repo.path.as_uri(), *UV)
    assert [(r["member"], r["ok"]) for r in done.json["results"]] == [
        ("zq-app", True),
        ("zq-base", True),
        ("zq-middle", True),
    ]


def test_installers_fetch_for_themselves_when_told_to(repo: Repo) -> None:
    arguments = ("--url", repo.path.as_uri(), "--ref", "main", "--direct", *UV)
    done = run(repo.path, "verify-git-install", "--json", *arguments, "zq-middle")
    assert [(r["member"], r["ok"]) for r in done.json["results"]] == [("zq-middle", True)]


def test_a_member_that_installs_and_does_not_import_is_a_failure(repo: Repo) -> None:
    repo.commit("break", {"packages/zq-base/src/zq_base/__init__.py": "import nowhere\n"})
    members = ("zq-base", "zq-middle")
    found = failures(run(repo.path, "verify-git-install", "--json", *UV, *members))
    assert set(found) == set(members)
    assert found["zq-base"] == "import zq_base: ModuleNotFoundError: No module named 'nowhere'"


def test_a_command_that_does_not_load_is_a_failure(repo: Repo) -> None:
    repo.commit("break", {"packages/zq-app/src/zq_app/__init__.py": ""})
    members = ("zq-app", "zq-base")
    found = failures(run(repo.path, "verify-git-install", "--json", *UV, *members))
    assert set(found) == {"zq-app"}
    assert found["zq-app"].startswith("command zq-app: AttributeError")


def test_a_member_that_imports_a_sibling_it_does_not_require_is_a_failure(repo: Repo) -> None:
    repo.commit("break", {"packages/zq-base/src/zq_base/__init__.py": "import zq_middle\n"})
    found = failures(run(repo.path, "verify-git-install", "--json", *UV, "zq-base"))
    assert found == {"zq-base": "import zq_base: ModuleNotFoundError: No module named 'zq_middle'"}


@pytest.mark.exhaustive
def test_a_layout_that_installs_nothing_importable_is_a_failure(tmp_path: Path) -> None:
    manifest = (
        '[project]\nname = "zq-flat"\nversion = "0.1.0"\nrequires-python = ">=3.11"\n\n'
        '[build-system]\nrequires = ["hatchling"]\nbuild-backend = "hatchling.build"\n\n'
        '[tool.hatch.build.targets.wheel]\npackages = ["."]\n'
    )
    files = {"packages/zq-flat/pyproject.toml": manifest, "packages/zq-flat/__init__.py": ""}
    repo = make_workspace(tmp_path, files)
    found = failures(run(repo.path, "verify-git-install", "--json", *UV))
    assert found == {"zq-flat": "it installs files, and none that can be imported"}


def test_a_member_that_holds_data_alone_has_nothing_to_import(tmp_path: Path) -> None:
    files = member("zq-data")
    files["packages/zq-data/src/zq_data/table.csv"] = files.pop(
        "packages/zq-data/src/zq_data/__init__.py"
    )
    manifest = "packages/zq-data/pyproject.toml"
    files[manifest] += "\n[tool.uv.build-backend]\nnamespace = true\n"
    done = run(make_workspace(tmp_path, files).path, "verify-git-install", "--json", *UV)
    assert [(r["member"], r["problem"]) for r in done.json["results"]] == [("zq-data", None)]


def test_a_range_that_leaves_its_sibling_out_is_a_failure_though_uv_installs_it(
    repo: Repo,
) -> None:
    files = member("zq-middle", "zq-base>=9")
    repo.commit("break", files)
    lock(repo)
    repo.commit("lock")
    found = failures(run(repo.path, "verify-git-install", "--json", *UV, "zq-middle"))
    assert set(found) == {"zq-middle"}
    assert "zq-base>=9" in found["zq-middle"]


def test_a_branch_named_as_the_tag_is_a_failure(repo: Repo) -> None:
    repo.git("tag", "zq-base/v0.1.0")
    repo.git("branch", "zq-base/v0.1.0")
    arguments = ("--json", "--ref", "zq-base/v0.1.0", "--installer", "uv", "zq-base")
    found = failures(run(repo.path, "verify-git-install", *arguments))
    assert found == {
        "zq-base": "a branch is named zq-base/v0.1.0, as the tag is: it wins in every git URL"
    }


def test_a_ref_that_is_not_there_is_said_to_be_missing(repo: Repo) -> None:
    done = run(repo.path, "verify-git-install", "--ref", "v9")
    assert (done.code, "there is no commit `v9`" in done.stderr) == (2, True)


def test_the_umbrella_installs_every_member(tmp_path: Path) -> None:
    root = (
        '[project]\nname = "zq-all"\nversion = "0"\nrequires-python = ">=3.11"\n'
        'classifiers = ["Private :: Do Not Upload"]\ndependencies = ["zq-base"]\n\n'
        '[build-system]\nrequires = ["uv_build>=0.9,<1"]\nbuild-backend = "uv_build"\n\n'
        "[tool.uv.build-backend]\nmodule-name = []\n\n"
        "[tool.uv.sources]\nzq-base = { workspace = true }\n"
    )
    repo = make_workspace(tmp_path, member("zq-base"), root)
    done = run(repo.path, "verify-git-install", "--json", *UV, "zq-all")
    assert done.code == 0, done.stderr
    (result,) = done.json["results"]
    assert result["siblings"] == {"zq-base": repo.head()}
    assert result["requirement"].endswith(f"@{repo.head()}")


def test_a_command_that_refuses_to_help_is_a_failure_where_commands_are_run(repo: Repo) -> None:
    broken = "import sys\n\n\ndef main() -> None:\n    sys.exit('no database')\n"
    repo.commit("break", {"packages/zq-app/src/zq_app/__init__.py": broken})
    assert run(repo.path, "verify-git-install", *UV, "zq-app").code == 0
    found = failures(
        run(repo.path, "verify-git-install", "--json", *UV, "--run-commands", "zq-app")
    )
    assert found == {"zq-app": "command `zq-app --help` ended with exit code 1\nno database"}


def test_what_lands_beside_the_member_is_a_failure(tmp_path: Path) -> None:
    files = member("zq-loud")
    files["packages/zq-loud/src/tests/__init__.py"] = ""
    manifest = "packages/zq-loud/pyproject.toml"
    files[manifest] += '\n[tool.uv.build-backend]\nmodule-name = ["zq_loud", "tests"]\n'
    found = failures(run(make_workspace(tmp_path, files).path, "verify-git-install", "--json", *UV))
    assert found == {"zq-loud": "it has `tests` at its top level, in everybody's site-packages"}


HATCHLING = """\
[project]
name = "zq-hatched"
version = "0.1.0"
requires-python = ">=3.11"

[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
"""


@pytest.mark.exhaustive
def test_a_file_that_its_sdist_leaves_out_is_a_failure(tmp_path: Path) -> None:
    manifest = (
        HATCHLING + '\n[tool.hatch.build.targets.sdist]\nexclude = ["/zq_hatched/table.csv"]\n'
    )
    folder = "packages/zq-hatched"
    files = {
        f"{folder}/pyproject.toml": manifest,
        f"{folder}/zq_hatched/__init__.py": "",
        f"{folder}/zq_hatched/table.csv": "1,2\n",
    }
    found = failures(run(make_workspace(tmp_path, files).path, "verify-git-install", "--json", *UV))
    assert found == {
        "zq-hatched": "the wheel of its sdist differs from what git installs: zq_hatched/table.csv"
    }


@pytest.mark.promise(14)
def test_a_sibling_that_an_index_gives_is_a_failure_that_names_it(
    tmp_path: Path, shelf: Shelf, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = {**member("zq-base", version="9.0"), **member("zq-stranger", "zq-base>=9")}
    strangers = make_workspace(tmp_path / "strangers", files)
    uv.build(strangers.path, None, shelf.folder, process.scrubbed(tmp_path / "home"))
    files = {**member("zq-base"), **member("zq-middle")}
    path = "packages/zq-middle/pyproject.toml"
    files[path] = files[path].replace("dependencies = []", 'dependencies = ["zq-stranger"]')
    repo = Repo.init(tmp_path / "workspace")
    repo.commit("feat: start", {"pyproject.toml": ROOT.format(more=""), **files})
    monkeypatch.setenv("UV_DEFAULT_INDEX", f"{shelf.url}simple/")
    found = failures(run(repo.path, "verify-git-install", "--json", *UV, "zq-middle"))
    assert found == {"zq-middle": f"zq-base came from index, not from commit {repo.head()[:12]}"}


def test_an_import_that_ends_the_interpreter_is_a_failure(repo: Repo) -> None:
    code = "import os\n\nos._exit(0)\n"
    repo.commit("break", {"packages/zq-base/src/zq_base/__init__.py": code})
    found = failures(run(repo.path, "verify-git-install", "--json", *UV, "zq-base"))
    assert found == {"zq-base": "its import ends the interpreter"}


HOOK = """\
from hatchling.metadata.plugin.interface import MetadataHookInterface


class Hook(MetadataHookInterface):
    def update(self, metadata):
        metadata["dependencies"] = ["zq-base>=0.1"]
"""


@pytest.mark.exhaustive
def test_a_sibling_that_the_build_backend_adds_is_looked_at_as_well(tmp_path: Path) -> None:
    manifest = HATCHLING.replace('requires-python = ">=3.11"', 'dynamic = ["dependencies"]')
    sources = "[tool.uv.sources]\nzq-base = { workspace = true }\n"
    tables = ("[tool.hatch.metadata.hooks.custom]\n", ROOT.format(more=""), sources)
    files = {
        **member("zq-base"),
        "pyproject.toml": "\n".join([manifest, *tables]),
        "hatch_build.py": HOOK,
        "zq_hatched/__init__.py": "import zq_base\n",
    }
    repo = Repo.init(tmp_path)
    repo.commit("feat: start", files)
    done = run(repo.path, "verify-git-install", "--json", *UV, "zq-hatched")
    assert [(r["member"], r["problem"]) for r in done.json["results"]] == [("zq-hatched", None)]
