"""The command `update-template`: a project takes what its template changed since, by content."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.helpers.cli import Done, run
from tests.helpers.repository import Repo
from tests.helpers.template import TAG, clone, make_template

HOME = "https://github.com/acme/acme"
INIT = ("init", "--name", "acme", "--repository", HOME, "--author", "Acme <dev@acme.example>")
NOXFILE = "".join(f"line {number}\n" for number in range(1, 21))
SECOND = "roadworthy/v1.1.0"


@dataclass(frozen=True)
class World:
    """A template that goes on, and a project that was made from its first version."""

    template: Repo
    project: Repo

    def publish(self, message: str, files: Mapping[str, str | None], tag: str = "") -> str:
        """Commit to the template's main branch; return the commit."""
        desk = Repo(self.template.path.with_name("template"))
        desk.commit(message, files)
        desk.git("push", "--quiet", "origin", "main")
        if tag:
            desk.git("tag", "--annotate", "--message", tag, tag)
            desk.git("push", "--quiet", "origin", tag)
        return desk.head()

    def update(self, *options: str) -> Done:
        """Run the command in the project."""
        return run(self.project.path, "update-template", *options)

    def states(self, *options: str) -> dict[str, str]:
        """Return the states of all files that are not the same."""
        files = self.update("--check", "--json", *options).json["files"]
        return {f["path"]: f["state"] for f in files if f["state"] != "same"}

    def text(self, path: str) -> str:
        """Return a file of the project."""
        return (self.project.path / path).read_text("utf-8")

    def recorded(self) -> dict[str, str]:
        """Return what the project says of where it comes from."""
        table: dict[str, str] = tomllib.loads(self.text("pyproject.toml"))["tool"]["template"]
        return table

    def source(self) -> dict[str, str]:
        """Return where the project takes the tooling from."""
        sources = tomllib.loads(self.text("pyproject.toml"))["tool"]["uv"]["sources"]
        found: dict[str, str] = sources["roadworthy"]
        return found


FIRST = {
    "noxfile.py": NOXFILE,
    ".gitignore": "*.pyc\n",
    ".gitlab-ci.yml": "".join(f"job {number}\n" for number in range(1, 21)),
    ".github/workflows/ci.yml": "first\n",
    "AGENTS.md": "agents\n",
}


@pytest.fixture
def world(tmp_path: Path) -> World:
    """Return a project that `init` made of the template at its first tag."""
    template = make_template(tmp_path)
    made = World(template, template)
    made.publish("feat: what a template has", FIRST, TAG)
    project = clone(template, tmp_path / "acme")
    done = run(project.path, *INIT, "--execute")
    assert done.code == 0, done.stderr
    return World(template, project)


def refused(done: Done, code: str) -> None:
    """Check that there was one problem, with a way out."""
    (problem,) = done.json["problems"]
    assert (done.code, problem["code"], bool(problem["hint"])) == (2, code, True), problem


def test_a_new_project_has_nothing_to_take(world: World) -> None:
    before = world.project.head()
    done = world.update("--check")
    url, head = world.template.path.as_uri(), world.recorded()["revision"][:12]
    assert (done.code, done.stdout) == (
        0,
        f"{url}: {head}\n\nNothing is behind the template.\n",
    )
    assert world.update().code == 0
    assert world.project.head() == before


def test_it_takes_in_one_commit_what_changed_in_the_template_alone(world: World) -> None:
    start = world.recorded()["revision"]
    new = world.publish(
        "feat: more",
        {"AGENTS.md": None, ".gitignore": "*.pyc\n*.so\n", ".editorconfig": "root\n"},
        SECOND,
    )
    check = world.update("--check", "--json")
    assert (check.code, check.json["from"], check.json["to"]) == (1, start, new)
    assert [(p["code"], p["message"]) for p in check.json["problems"]] == [
        ("template-behind", "4 files are behind the template")
    ]
    before = world.project.head()
    done = world.update()
    assert done.code == 0, done.stderr
    url = world.template.path.as_uri()
    commit = world.project.head()
    assert done.stdout == (
        f"{url}: {start[:12]} to {new[:12]}\n\n"
        "behind: changed in the template\n  .gitignore\n  pyproject.toml\n\n"
        "new: added to the template\n  .editorconfig\n\n"
        "gone: no longer in the template\n  AGENTS.md\n\n"
        f"Committed as {commit[:12]}: look at it with `git show`.\n"
    )
    assert world.project.head("HEAD~1") == before
    changed = world.project.git("diff", "--name-status", "HEAD~1", "HEAD").splitlines()
    assert [line.split("\t") for line in changed] == [
        ["A", ".editorconfig"],
        ["M", ".gitignore"],
        ["D", "AGENTS.md"],
        ["M", "pyproject.toml"],
        ["M", "uv.lock"],
    ]
    assert world.recorded() == {"source": url, "revision": new}
    assert world.source() == {"git": url, "tag": SECOND, "subdirectory": "scripts"}
    assert f"?subdirectory=scripts&tag={SECOND.replace('/', '%2F')}" in world.text("uv.lock")
    assert world.project.git("status", "--porcelain") == ""
    assert world.project.git("show", "--no-patch", "--format=%B").strip() == (
        f"chore: bring the project up to date with its template\n\nTemplate: {url}\nRevision: {new}"
    )
    assert world.states() == {}


def test_a_project_goes_along_with_three_versions_of_its_template(world: World) -> None:
    project, workflow = world.project, ".github/workflows/ci.yml"
    project.commit(
        "feat: ours",
        {
            "noxfile.py": NOXFILE.replace("line 2\n", "line 2, ours\n"),
            ".gitlab-ci.yml": FIRST[".gitlab-ci.yml"].replace("job 3\n", "job 3, ours\n"),
            "AGENTS.md": None,
            "README.md": "# Ours\n",
        },
    )
    world.publish(
        "feat: second",
        {
            "noxfile.py": NOXFILE.replace("line 18\n", "line 18, second\n"),
            ".gitlab-ci.yml": None,
            "ci/gitlab.yml": FIRST[".gitlab-ci.yml"],
            "AGENTS.md": "agents, second\n",
            "README.md": "# The template, second\n",
            "packages/zq-app/README.md": "# An example, second\n",
            "tests/template/test_more.py": "",
        },
        SECOND,
    )
    assert world.states() == {
        "noxfile.py": "both",
        "AGENTS.md": "yours",
        "ci/gitlab.yml": "both",
        "pyproject.toml": "behind",
    }
    done = world.update()
    assert (done.code, done.stderr.count("error")) == (0, 0), done.stderr
    assert world.text("noxfile.py") == NOXFILE.replace("line 2\n", "line 2, ours\n").replace(
        "line 18\n", "line 18, second\n"
    )
    assert "job 3, ours\n" in world.text("ci/gitlab.yml")
    assert sorted(project.git("ls-files").splitlines()) == [
        ".github/CODEOWNERS",
        workflow,
        ".gitignore",
        "CONTRIBUTING.md",
        "LICENSE",
        "README.md",
        "SECURITY.md",
        "ci/gitlab.yml",
        "noxfile.py",
        "pyproject.toml",
        "tests/test_workspace.py",
        "uv.lock",
    ]
    assert world.text("README.md") == "# Ours\n"

    third = world.publish(
        "feat: third",
        {
            "noxfile.py": NOXFILE.replace("line 2\n", "line 2, third\n"),
            workflow: "third\n",
        },
    )
    before = project.head()
    done = world.update()
    assert (done.code, project.head()) == (1, before)
    (error,) = [line for line in done.stderr.splitlines() if line.startswith("error")]
    assert error == (
        "error[template-conflict]: you and the template changed the same lines of noxfile.py"
    )
    assert "<<<<<<< yours\nline 2, ours\n=======\nline 2, third\n>>>>>>> the template's\n" in (
        world.text("noxfile.py")
    )
    assert "line 18\n" in world.text("noxfile.py")
    assert project.git("status", "--porcelain").splitlines() == [
        f"M  {workflow}",
        "UU noxfile.py",
        "M  pyproject.toml",
    ]
    assert world.recorded()["revision"] == third
    assert "unmerged" in project.fails("commit", "--message", "too early")
    resolved = NOXFILE.replace("line 2\n", "line 2, third and ours\n")
    (project.path / "noxfile.py").write_text(resolved, "utf-8")
    project.git("add", "noxfile.py")
    project.git("commit", "--quiet", "--message", "chore: third")
    assert world.states() == {"noxfile.py": "yours", "AGENTS.md": "yours", "ci/gitlab.yml": "yours"}
    assert world.update("--check").code == 0


def test_a_project_that_was_made_by_hand_names_the_template_and_the_commit(
    world: World, tmp_path: Path
) -> None:
    first = world.recorded()["revision"]
    url = world.template.path.as_uri()
    hand = clone(world.template, tmp_path / "by hand")
    text = (hand.path / "pyproject.toml").read_text("utf-8")
    table, _, rest = text.partition("[tool.template]")
    left = table + rest[rest.index("[dependency-groups]") :]
    hand.commit("feat: ours", {"pyproject.toml": left, "README.md": "# Ours\n"})
    hand.git("tag", "--delete", TAG)
    made = World(world.template, hand)
    second = made.publish("feat: second", {".gitignore": "second\n"})
    refused(made.update("--json"), "template-unknown")
    refused(made.update("--template", url, "--json"), "template-unknown")
    refused(made.update("--template", url, "--since", "v9", "--json"), "template-revision")
    assert made.states("--template", url, "--since", first) == {".gitignore": "behind"}
    done = made.update("--template", url, "--since", TAG)
    assert done.code == 0, done.stderr
    assert "scripts/ has the tooling. `nox -s update-template -- --tooling git`" in done.stdout
    assert made.recorded() == {"source": url, "revision": second}
    assert made.text(".gitignore") == "second\n"
    assert made.states() == {}


def test_the_base_of_a_project_that_is_up_to_date_is_recorded(world: World, tmp_path: Path) -> None:
    hand = clone(world.template, tmp_path / "by hand")
    text = (hand.path / "pyproject.toml").read_text("utf-8")
    hand.commit("feat: ours", {"pyproject.toml": text.replace("only-here", "elsewhere")})
    made = World(world.template, hand)
    url = world.template.path.as_uri()
    done = made.update("--template", url, "--since", TAG)
    assert done.code == 0, done.stderr
    assert made.recorded()["revision"] == world.recorded()["revision"]


def test_the_folder_of_the_tooling_is_updated_or_given_up_for_a_tag(
    world: World, tmp_path: Path
) -> None:
    keeper = clone(world.template, tmp_path / "keeper")
    done = run(keeper.path, *INIT, "--tooling", "keep", "--execute")
    assert done.code == 0, done.stderr
    made = World(world.template, keeper)
    new = "scripts/src/roadworthy/__init__.py"
    made.publish("feat: better tooling", {new: "BETTER = True\n"}, SECOND)
    assert made.states() == {new: "behind"}
    assert made.update().code == 0
    assert made.text(new) == "BETTER = True\n"
    keeper.commit("fix: our own", {new: "OURS = True\n"})
    refused(made.update("--tooling", "git", "--json"), "template-tooling")
    keeper.commit("revert: our own", {new: "BETTER = True\n"})
    done = made.update("--tooling", "git")
    assert done.code == 0, done.stderr
    assert f"removed: the tooling comes by git, at {SECOND}\n  scripts/\n" in done.stdout
    assert not (keeper.path / "scripts").exists()
    url = world.template.path.as_uri()
    assert made.source() == {"git": url, "tag": SECOND, "subdirectory": "scripts"}
    assert made.states() == {}


def test_a_conflict_in_the_root_manifest_leaves_both_values(world: World) -> None:
    manifest = world.text("pyproject.toml")
    world.project.commit("feat: ours", {"pyproject.toml": f"{manifest}\n[tool.x]\nkey = 1\n"})
    template = Repo(world.template.path.with_name("template"))
    text = (template.path / "pyproject.toml").read_text("utf-8")
    world.publish("feat: theirs", {"pyproject.toml": f"{text}\n[tool.x]\nkey = 2\n"})
    assert world.states() == {"pyproject.toml": "conflict"}
    done = world.update()
    assert done.code == 1
    assert "<<<<<<< yours\nkey = 1\n=======\nkey = 2\n>>>>>>> the template's\n" in (
        world.text("pyproject.toml")
    )
    assert "run `uv lock`" in done.stderr


def test_files_that_are_no_text_conflict_and_stay(world: World) -> None:
    world.project.commit("feat: ours", {"AGENTS.md": "a\0ours"})
    world.publish("feat: theirs", {"AGENTS.md": "a\0theirs"})
    done = world.update()
    assert (done.code, world.text("AGENTS.md")) == (1, "a\0ours")
    assert world.project.git("status", "--porcelain").splitlines()[0] == "UU AGENTS.md"


def test_nothing_is_lost_where_the_tree_has_changes_or_a_file_is_in_the_way(world: World) -> None:
    world.publish("feat: new", {"notes.txt": "theirs\n"})
    (world.project.path / "README.md").write_text("unsaved\n", "utf-8")
    refused(world.update("--json"), "tree-not-clean")
    assert world.update("--check").code == 1
    world.project.git("checkout", "--quiet", "README.md")
    (world.project.path / ".git/info/exclude").write_text("notes.txt\n", "utf-8")
    (world.project.path / "notes.txt").write_text("mine\n", "utf-8")
    before = world.project.head()
    refused(world.update("--json"), "folder-not-empty")
    assert (world.text("notes.txt"), world.project.head()) == ("mine\n", before)


def test_what_uv_cannot_lock_changes_nothing(world: World) -> None:
    template = Repo(world.template.path.with_name("template"))
    text = (template.path / "pyproject.toml").read_text("utf-8")
    impossible = text.replace('tooling = ["roadworthy"]', 'tooling = ["roadworthy", "zq-none>=9"]')
    world.publish("feat: impossible", {"pyproject.toml": impossible})
    before = world.project.head()
    done = world.update("--json")
    (problem,) = done.json["problems"]
    assert (done.code, problem["code"]) == (1, "template-lock")
    assert (world.project.head(), world.project.git("status", "--porcelain")) == (before, "")


def test_it_comes_to_the_revision_that_is_named(world: World) -> None:
    second = world.publish("feat: second", {".gitignore": "second\n"}, SECOND)
    world.publish("feat: third", {".gitignore": "third\n"})
    assert world.update("--to", SECOND).code == 0
    assert (world.text(".gitignore"), world.recorded()["revision"]) == ("second\n", second)
    world.project.tag_here("ours")
    for name in ("nowhere", "ours", "0" * 40):
        refused(world.update("--to", name, "--json"), "template-revision")


def test_a_commit_that_is_no_workspace_is_refused(world: World) -> None:
    desk = Repo(world.template.path.with_name("template"))
    desk.git("switch", "--quiet", "--orphan", "pages")
    desk.commit("docs: pages", {"index.html": "Hello\n"})
    desk.git("push", "--quiet", "origin", "pages")
    for option in ("--since", "--to"):
        refused(world.update(option, "pages", "--json"), "template-revision")


def test_the_template_itself_has_nothing_to_take(world: World, tmp_path: Path) -> None:
    desk = clone(world.template, tmp_path / "desk")
    done = run(desk.path, "update-template", "--check")
    assert (done.code, done.stdout) == (0, "This is the template itself: it has nothing to take.\n")


def test_a_member_is_no_word_that_it_takes(world: World) -> None:
    refused(world.update("acme-units", "--json"), "usage")


def test_a_project_that_has_no_lock_file_gets_none(world: World) -> None:
    world.project.commit("chore: no lock", {"uv.lock": None})
    world.publish("feat: new", {"notes.txt": "theirs\n"})
    assert world.update().code == 0
    assert "uv.lock" not in world.project.git("ls-files")
