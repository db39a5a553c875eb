"""No setting of a user's changes what is planned, nor what stands in the way of a release."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime

import pytest

from roadworthy.gather.facts import gather
from roadworthy.model.plan.plan import Plan, make_plan
from roadworthy.model.problem import Problem
from roadworthy.ops.git import settings as git_settings
from roadworthy.ops.tree import open_workspace
from roadworthy.stages import preflight
from tests.helpers.hostile import OF_FILES, SETTINGS, VARIABLES, HostileGit
from tests.helpers.repository import Repo
from tests.helpers.workspaces import make_workspace, trio

pytestmark = pytest.mark.promise(31)

LOG = "packages/zq-base/CHANGELOG.md"
RELEASED = "release: zq-base 0.2.0\n\n- zq-base 0.2.0: feat: more\n"


def told(repo: Repo) -> tuple[Plan, Sequence[Problem]]:
    """Return what is planned, and what stands in the way of releasing it."""
    tree = open_workspace(repo.path)
    facts = replace(gather(tree), day=datetime(2026, 1, 2, tzinfo=UTC).date())
    settings = facts.workspace.settings
    return make_plan(facts), tuple(preflight.checkout_problems(tree.repository, settings))


def _signed(repo: Repo, message: str) -> str:
    """Make a commit on HEAD with a signature, which is none of anybody's; return it."""
    commit = repo.git("cat-file", "commit", "HEAD").partition("\n\n")[0]
    lines = [
        f"parent {repo.head()}" if line.startswith("parent ") else line
        for line in commit.splitlines()
    ]
    signature = "gpgsig -----BEGIN PGP SIGNATURE-----\n \n iQ==\n -----END PGP SIGNATURE-----"
    file = repo.path / ".git" / "signed"
    file.write_text("\n".join([*lines, signature, "", message, ""]), "utf-8")
    return repo.git("hash-object", "-t", "commit", "-w", str(file))


@pytest.fixture(scope="module")
def eventful(tmp_path_factory: pytest.TempPathFactory) -> Repo:
    """Return a workspace whose history and files show what settings do to them."""
    folder = tmp_path_factory.mktemp("eventful")
    repo = make_workspace(folder / "checkout", trio())
    for name in ("zq-app", "zq-base", "zq-middle"):
        repo.git(
            "tag",
            "--annotate",
            "--message",
            "x\n\nReleased-With: release/2026.01.01",
            f"{name}/v0.1.0",
        )
    long = "".join(f"{number} = {number}\n" for number in range(50))
    files = {f"packages/zq-app/src/zq_app/n{n}.py": f"# {n}\n{long}" for n in range(3)}
    repo.commit("feat: nés", {"packages/zq-middle/src/zq_middle/é.py": "", **files})
    repo.git("mv", "packages/zq-app/src/zq_app/n1.py", "packages/zq-app/src/zq_app/m1.py")
    repo.git("mv", "packages/zq-app/src/zq_app/n2.py", "packages/zq-app/src/zq_app/m2.py")
    repo.commit("refactor: other names")
    repo.git("checkout", "--quiet", "-b", "side", "HEAD~1")
    repo.commit("fix(base)!: aside", {"packages/zq-base/src/zq_base/x.py": "1\n"})
    repo.git("checkout", "--quiet", "main")
    repo.git("merge", "--quiet", "--no-ff", "--message", "Merge (of) a side", "side")
    manifest = repo.path / "packages/zq-base/pyproject.toml"
    text = manifest.read_text("utf-8").replace('"0.1.0"', '"0.2.0"')
    files = {"packages/zq-base/pyproject.toml": text, LOG: "# Changelog\n\n## 0.2.0\n\n- x\n"}
    repo.commit(RELEASED, files)
    repo.git("reset", "--quiet", "--hard", _signed(repo, "chore: then"))
    repo.with_remote(folder / "remote.git")
    (repo.path / "untracked file é.txt").touch()
    return repo


@pytest.fixture(scope="module")
def expected(eventful: Repo) -> tuple[Plan, Sequence[Problem]]:
    """Return what is told where nobody has set anything."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
        patch.setenv("GIT_COMMITTER_NAME", "Tester")
        patch.setenv("GIT_COMMITTER_EMAIL", "tester@localhost")
        for name in VARIABLES:
            patch.delenv(name, raising=False)
        return told(eventful)


def test_what_is_told_without_settings_is_worth_comparing(
    expected: tuple[Plan, Sequence[Problem]],
) -> None:
    plan, problems = expected
    releases = [(r.name, str(r.planned_version), bool(r.finished_from)) for r in plan.releases]
    assert releases == [
        ("zq-base", "0.2.0", True),
        ("zq-middle", "0.1.1", False),
        ("zq-app", "0.1.1", False),
    ]
    assert [problem.message for problem in problems] == [
        "the working tree is not clean: 1 file, `?? untracked file é.txt` first"
    ]


@pytest.mark.needs("scripts")
@pytest.mark.parametrize("setting", [*SETTINGS, *OF_FILES], ids=lambda setting: setting[0])
def test_no_setting_changes_what_is_told(
    setting: tuple[str, str],
    eventful: Repo,
    expected: tuple[Plan, Sequence[Problem]],
    hostile_git: HostileGit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(hostile_git.written(setting)))
    assert told(eventful) == expected


@pytest.mark.needs("scripts")
def test_all_settings_and_variables_at_once_change_nothing(
    eventful: Repo,
    expected: tuple[Plan, Sequence[Problem]],
    hostile_git: HostileGit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(hostile_git.written_all()))
    for name, value in VARIABLES.items():
        monkeypatch.setenv(name, value)
    assert told(eventful) == expected


@pytest.mark.needs("scripts")
def test_a_setting_would_change_it_were_it_not_overruled(
    eventful: Repo,
    expected: tuple[Plan, Sequence[Problem]],
    hostile_git: HostileGit,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # It shows that the tests above could fail.
    monkeypatch.setattr(git_settings, "IN_THEIRS", ())
    setting = ("status.showUntrackedFiles", "no")
    assert setting in SETTINGS
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(hostile_git.written(setting)))
    assert told(eventful) != expected
