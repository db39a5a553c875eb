"""What a release relies on is looked at, and each fault is said with its way out."""

from pathlib import Path

from tests.helpers.cli import Done, run
from tests.helpers.repository import Repo
from tests.helpers.shelf import Shelf
from tests.helpers.template import clone, make_template
from tests.helpers.workspaces import make_workspace, trio

NAMES = ("zq-app", "zq-base", "zq-middle")
FREE = "free: the first release takes it"


def found(done: Done) -> dict[str, tuple[str, str]]:
    """Return the mark and the words of each finding; the tools' versions are left aside."""
    findings = {f["what"]: (f["mark"], f["found"]) for f in done.json["findings"]}
    return {k: v for k, v in findings.items() if k not in {"python", "git", "uv"}}


def test_all_is_well(checkout: Repo, shelf: Shelf) -> None:
    done = run(checkout.path, "doctor", "--json")
    assert done.code == 0, done.stderr
    assert found(done) == {
        "uv.lock": ("ok", "up to date"),
        "checkout": ("ok", "main, clean, as at the remote"),
        "push": ("ok", "origin takes a push to main"),
        "index": ("ok", f"shelf answers, {shelf.url}simple/"),
        "credentials": ("ok", "shelf accepts them"),
        **dict.fromkeys(NAMES, ("ok", FREE)),
    }
    assert (shelf.files(), shelf.tries) == ([], 1)


def test_credentials_that_are_refused(checkout: Repo, shelf: Shelf) -> None:
    shelf.refuse_uploads = "403 Forbidden"
    done = run(checkout.path, "doctor", "--json")
    assert (done.code, found(done)["credentials"]) == (1, ("wrong", "shelf refuses them (403)"))
    assert "UV_PUBLISH_TOKEN" in done.stderr


def test_no_credentials(checkout: Repo) -> None:
    nobody = {"UV_PUBLISH_USERNAME": "", "UV_PUBLISH_PASSWORD": ""}
    done = run(checkout.path, "doctor", "--json", **nobody)
    words = "there are no credentials to upload to shelf"
    assert (done.code, found(done)["credentials"]) == (1, ("wrong", words))


def test_an_index_that_wants_a_login_to_be_read(checkout: Repo, shelf: Shelf) -> None:
    shelf.refuse_reads = "401 Unauthorized"
    done = run(checkout.path, "doctor", "--json")
    mark, words = found(done)["index"]
    assert (done.code, mark, "it answers 401" in words) == (1, "wrong", True)
    assert "UV_INDEX_SHELF_USERNAME" in done.stderr


def test_names_that_are_ours_and_a_strangers(checkout: Repo, shelf: Shelf) -> None:
    for name in ("zq_base-0.1.0", "zq_app-9.0"):
        (shelf.folder / f"{name}-py3-none-any.whl").write_bytes(b"there")
    checkout.tag("zq-base/v0.1.0")
    done = run(checkout.path, "doctor", "--json")
    told = found(done)
    stranger = ("look", "shelf has versions of it, and none has a tag here")
    assert (done.code, told["zq-base"], told["zq-app"]) == (0, ("ok", "ours"), stranger)


def test_a_remote_that_takes_no_push(checkout: Repo, remote: Repo) -> None:
    checkout.git("remote", "set-url", "--push", "origin", str(remote.path) + "-elsewhere")
    done = run(checkout.path, "doctor", "--json")
    assert (done.code, found(done)["push"][0]) == (1, "wrong")
    assert "--branch NAME" in done.stderr


def test_git_alone_and_nothing_in_order(tmp_path: Path) -> None:
    repo = make_workspace(tmp_path / "workspace", trio())
    (repo.path / "stray").write_text("", "utf-8")
    done = run(repo.path, "doctor", "--json")
    told = found(done)
    assert (done.code, told["index"], "push" in told) == (1, ("ok", "none: git only"), False)
    assert "the working tree is not clean" in done.stderr
    assert done.stderr.count("there is no remote") == 1


def test_what_the_umbrella_lacks_is_said_as_it_lies_there_and_can_be_written(
    tmp_path: Path,
) -> None:
    repo = clone(make_template(tmp_path), tmp_path / "desk")
    new = repo.path / "packages" / "zq-new" / "pyproject.toml"
    new.parent.mkdir()
    new.write_text(
        (repo.path / "packages/zq-base/pyproject.toml").read_text().replace("zq-base", "zq-new")
    )
    done = run(repo.path, "doctor", "--index", "", "--json")
    told = [f["found"] for f in done.json["findings"] if f["what"] in {"umbrella", "uv.lock"}]
    assert (done.code, told) == (
        1,
        ["the umbrella in pyproject.toml does not require the member zq-new"],
    )
    repo.commit("feat: new")
    check = ("plan", "--check", "--json")
    (problem,) = run(repo.path, *check).json["problems"]
    assert problem["code"] == "umbrella-lacks"
    assert run(repo.path, *check, "--fix").json["written"] == ["pyproject.toml"]
    repo.commit("fix: the umbrella")
    assert run(repo.path, *check).json["problems"] == []
    done = run(repo.path, "doctor", "--index", "", "--json")
    told = [f["found"] for f in done.json["findings"] if f["what"] in {"umbrella", "uv.lock"}]
    assert [line for line in told if "needs to be updated" not in line] == []


def test_a_manifest_that_cannot_be_read_is_said_once(checkout: Repo) -> None:
    (checkout.path / "pyproject.toml").write_text("[project\n", "utf-8")
    checkout.commit("break")
    done = run(checkout.path, "doctor", "--json")
    (problem,) = done.json["problems"]
    assert (done.code, "pyproject.toml is not TOML" in problem["message"]) == (1, True)
