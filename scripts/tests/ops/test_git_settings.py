"""What git obeys: the caller's variables and settings, and where they end."""

import subprocess
from pathlib import Path

import pytest

from roadworthy.model.problem import UsageFailure
from roadworthy.model.transport import TRANSPORTS
from roadworthy.ops.git import making
from roadworthy.ops.git import settings as git_settings
from roadworthy.ops.git.repository import Repository
from roadworthy.ops.process import CommandFailure
from roadworthy.ops.tree import open_workspace
from tests.helpers.hostile import HostileGit, shielded
from tests.helpers.repository import Repo

SETTINGS_IN_VARIABLES = {"GIT_CONFIG_PARAMETERS", "GIT_CONFIG_COUNT"}


@pytest.fixture
def repo(tmp_path: Path) -> Repo:
    """Return a repository with one commit."""
    made = Repo.init(tmp_path / "repo")
    made.commit("feat: start", {"one.txt": "1\n"})
    return made


@pytest.fixture
def as_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the file with the settings of the user."""
    file = tmp_path / "gitconfig"
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(file))
    monkeypatch.setenv("GIT_CONFIG_NOSYSTEM", "1")
    return file


def ours(repo: Repo) -> Repository:
    """Return a repository that we made, with what is kept of the settings in a user's."""
    environment = git_settings.ours(Repository(path=repo.path).settings)
    return making.init(repo.path.with_name("ours.git"), environment)


def values(repository: Repository, name: str) -> list[str]:
    """Return all values of a setting, as git reads them there."""
    return repository.git("config", "--get-all", "-z", name).split("\0")[:-1]


def test_all_that_binds_git_to_a_repository_is_kept_out() -> None:
    asked = ("git", "rev-parse", "--local-env-vars")
    listed = subprocess.run(asked, capture_output=True, text=True, check=True, env=shielded())
    assert set(listed.stdout.split()) - SETTINGS_IN_VARIABLES <= git_settings.BINDING


@pytest.mark.parametrize("name", sorted(git_settings.BINDING | git_settings.STEERING))
def test_no_variable_leads_git_elsewhere(
    name: str, repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    decoy = Repo.init(tmp_path / "decoy")
    monkeypatch.setenv(name, str(decoy.path / ".git"))
    made = git_settings.unbound() | git_settings.theirs() | git_settings.ours()
    assert str(decoy.path) not in " ".join(made.values())
    assert open_workspace(repo.path).commit == repo.head()


def test_what_says_who_somebody_is_and_how_a_remote_is_reached_stays(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = {
        "GIT_AUTHOR_NAME": "Somebody",
        "GIT_SSH_COMMAND": "ssh -i key",
        "GIT_ASKPASS": "/bin/askpass",
        "GIT_SSL_CAINFO": "/certificates.pem",
        "GIT_PASSWORD": "what a helper of somebody's reads",
    }
    for name, value in kept.items():
        monkeypatch.setenv(name, value)
    assert kept.items() <= git_settings.unbound().items()
    assert kept.items() <= git_settings.ours().items()


def test_a_helper_list_that_is_begun_anew_keeps_its_order(repo: Repo, as_user: Path) -> None:
    as_user.write_text("[credential]\n\thelper = one\n\thelper =\n\thelper = \"!two 'a' b\"\n")
    repo.git("config", "--add", "credential.helper", "three\nlines\nof it")
    assert values(ours(repo), "credential.helper") == [
        "one",
        "",
        "!two 'a' b",
        "three\nlines\nof it",
    ]


def test_a_setting_without_a_value_is_true(repo: Repo, as_user: Path) -> None:
    as_user.write_text("[commit]\n\tgpgSign\n[credential]\n\tuseHttpPath\n")
    made = ours(repo)
    signs = made.git("config", "--type=bool", "commit.gpgSign").strip()
    assert (signs, values(made, "credential.usehttppath")) == ("true", ["true"])


def test_what_a_condition_includes_for_the_checkout_holds_for_what_is_made_of_it(
    repo: Repo, as_user: Path
) -> None:
    more = as_user.with_name("more")
    more.write_text("[user]\n\tname = At work\n[core]\n\tautocrlf = true\n")
    as_user.write_text(f'[includeIf "gitdir:{repo.path}/"]\n\tpath = {more}\n')
    made = ours(repo)
    assert (values(made, "user.name"), values(made, "core.autocrlf")) == (["At work"], ["false"])


def test_of_the_users_settings_only_those_that_are_kept_reach_what_is_ours(
    repo: Repo, as_user: Path
) -> None:
    kept = {
        "url.https://example.invalid/.pushinsteadof": "mine:",
        "http.https://example.invalid/.extraheader": "Authorization: canary",
        "core.sshcommand": "ssh -i key",
        "gpg.format": "ssh",
        "tag.gpgsign": "true",
        "safe.directory": "*",
    }
    dropped = {"alias.push": "!false", "push.gpgsign": "true", "core.hookspath": "/hooks"}
    for name, value in (kept | dropped).items():
        repo.git("config", "--file", str(as_user), name, value)
    environment = git_settings.ours(git_settings.elsewhere())
    count = int(environment["GIT_CONFIG_COUNT"])
    told = [
        (environment[f"GIT_CONFIG_KEY_{n}"], environment[f"GIT_CONFIG_VALUE_{n}"])
        for n in range(count)
    ]
    assert sorted(told[: len(kept)]) == sorted(kept.items())
    assert told[len(kept) + 6 :] == list(git_settings.OURS)
    assert "canary" not in repr(Repository(path=repo.path, environment=environment))


@pytest.mark.parametrize(
    ("given", "ways"),
    [
        ([], {}),
        ([("protocol.ext.allow", "always")], {}),
        ([("protocol.file.allow", "never")], {}),
        ([("protocol.ssh.allow", "never")], {"ssh": "never"}),
        ([("protocol.git.allow", "always"), ("protocol.git.allow", "user")], {"git": "user"}),
        ([("protocol.allow", "user")], dict.fromkeys(("https", "http", "ssh", "git"), "user")),
        (
            [("protocol.allow", "never"), ("protocol.https.allow", "always")],
            dict.fromkeys(("http", "ssh", "git"), "never"),
        ),
    ],
)
def test_only_the_ways_of_a_release_are_open_and_those_between_our_own_repositories(
    given: list[git_settings.Setting], ways: dict[str, str]
) -> None:
    made = git_settings.of_the_user([*given, ("alias.push", "!false")])
    expected = {f"protocol.{way}.allow": ways.get(way, "always") for way in TRANSPORTS}
    assert made == [("protocol.allow", "never"), *expected.items()]


@pytest.mark.usefixtures("as_user")
def test_what_was_typed_before_an_alias_is_a_setting_of_the_caller(
    repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_COUNT", "1")
    monkeypatch.setenv("GIT_CONFIG_KEY_0", "http.extraHeader")
    monkeypatch.setenv("GIT_CONFIG_VALUE_0", "first")
    monkeypatch.setenv("GIT_CONFIG_PARAMETERS", "'http.extraHeader'='it'\\''s' 'color.ui'='always'")
    made = git_settings.unbound()
    assert "GIT_CONFIG_PARAMETERS" not in made
    assert values(Repository(path=repo.path), "http.extraheader") == ["first", "it's"]
    assert values(Repository(path=repo.path), "color.ui") == ["always", "false"]
    assert values(ours(repo), "http.extraheader") == ["first", "it's"]


@pytest.mark.parametrize("variables", [{"GIT_CONFIG_COUNT": "many"}, {"GIT_CONFIG_COUNT": "1"}])
def test_variables_that_git_cannot_read_are_said(
    variables: dict[str, str], repo: Repo, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(UsageFailure, match="GIT_CONFIG_"):
        open_workspace(repo.path)


def test_a_settings_file_that_git_cannot_read_is_said(repo: Repo, as_user: Path) -> None:
    as_user.write_text("[broken\n", "utf-8")
    with pytest.raises(UsageFailure, match="bad config line 1"):
        open_workspace(repo.path)


@pytest.mark.needs("scripts")
def test_a_clone_of_ours_has_no_hooks_and_runs_no_program_of_the_users(
    repo: Repo, tmp_path: Path, hostile_git: HostileGit, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", str(hostile_git.written_all()))
    made = making.clone(str(repo.path), tmp_path / "release-clone" / "it")
    (made.path / "two.txt").write_bytes(b"two\r\n")
    made.git("add", "two.txt")
    made.git("commit", "--quiet", "--message", "two")
    assert not (made.path / ".git/hooks").exists()
    assert made.git("cat-file", "blob", "HEAD:two.txt") == "two\r\n"
    assert (made.path / "one.txt").read_bytes() == b"1\n"
    assert made.git("remote") == "origin\n"
    assert hostile_git.left() == []


def test_files_that_git_reads_without_a_setting_do_not_count_in_ours(
    repo: Repo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "configuration" / "git"
    folder.mkdir(parents=True)
    (folder / "ignore").write_text("*\n", "utf-8")
    (folder / "attributes").write_text("* text eol=crlf\n", "utf-8")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder.parent))
    made = making.clone(str(repo.path), tmp_path / "clone")
    assert (made.path / "one.txt").read_bytes() == b"1\n"
    (made.path / "two.txt").write_bytes(b"2\r\n")
    made.git("add", "two.txt")
    assert made.git("cat-file", "blob", ":two.txt") == "2\r\n"


@pytest.mark.needs("scripts")
def test_programs_of_a_hostile_user_leave_a_mark_where_they_can(
    repo: Repo, tmp_path: Path, hostile_git: HostileGit
) -> None:
    # It shows that these tests could fail: git as the user has it runs what ours does not.
    as_user = shielded() | {"GIT_CONFIG_GLOBAL": str(hostile_git.written_all())}
    command = ("git", "clone", "--quiet", str(repo.path), str(tmp_path / "release-mine"))
    done = subprocess.run(command, capture_output=True, check=False, env=as_user)
    assert done.returncode != 0
    assert hostile_git.left()
    hostile_git.marks.unlink()


@pytest.mark.parametrize(
    "url",
    [
        *("ext::sh -c 'touch {mark}'", "fd::17", "foo::bar", "--upload-pack=touch {mark}"),
        *("ftp://example.invalid/a", "HTTPS://example.invalid/a", "git+ssh://example.invalid/a"),
        *("", " ", "https://example.invalid/a\nb", "-oProxyCommand=touch {mark}:a"),
    ],
)
def test_a_url_that_could_run_something_is_refused_whatever_is_allowed(
    url: str, tmp_path: Path, as_user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    as_user.write_text('[protocol]\n\tallow = always\n[protocol "ext"]\n\tallow = always\n')
    monkeypatch.setenv("GIT_ALLOW_PROTOCOL", "ext:fd:foo:file")
    mark = tmp_path / "mark"
    with pytest.raises(UsageFailure) as failure:
        making.clone(url.format(mark=mark), tmp_path / "clone", environment=git_settings.ours())
    (problem,) = failure.value.problems
    assert (problem.message.startswith("the URL "), bool(problem.hint)) == (True, True)
    assert list(tmp_path.iterdir()) == [as_user]


@pytest.mark.parametrize("allowed", [None, "ext:file", "ext"])
def test_an_alias_for_such_a_url_does_not_help(
    allowed: str | None, tmp_path: Path, as_user: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark = tmp_path / "mark"
    url = f"ext::sh -c touch% {mark}"
    as_user.write_text(
        f'[url "{url}"]\n\tinsteadOf = https://example.invalid/a\n'
        '[protocol "ext"]\n\tallow = always\n'
    )
    if allowed:
        monkeypatch.setenv("GIT_ALLOW_PROTOCOL", allowed)
    environment = git_settings.ours(git_settings.elsewhere())
    with pytest.raises(CommandFailure, match="transport 'ext' not allowed"):
        making.clone("https://example.invalid/a", tmp_path / "clone", environment=environment)
    assert not mark.exists()


def test_a_way_that_the_user_has_closed_stays_closed(tmp_path: Path, as_user: Path) -> None:
    as_user.write_text('[protocol "http"]\n\tallow = never\n')
    environment = git_settings.ours(git_settings.elsewhere())
    with pytest.raises(CommandFailure, match="transport 'http' not allowed"):
        making.clone("http://127.0.0.1:9/a.git", tmp_path / "clone", environment=environment)


@pytest.mark.parametrize("language", [None, "fr_FR.UTF-8"])
def test_git_speaks_english_and_installers_the_language_of_the_user(
    language: str | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("LC_ALL", raising=False)
    if language:
        monkeypatch.setenv("LC_ALL", language)
    for git in (git_settings.ours(), git_settings.theirs()):
        assert git["LC_ALL"] == "C"
        assert git_settings.for_installers(git).get("LC_ALL") == language
    assert git_settings.unbound().get("LC_ALL") == language
