"""What git obeys: which of the caller's variables and settings, and which of our own.

In the user's repository git obeys the user, except for settings that change its answers.
In a repository that we made it takes from the user who they are and how they reach a
remote, and nothing else.
"""

import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from ...model.problem import Problem, UsageFailure
from ...model.transport import TRANSPORTS
from .. import process

Setting = tuple[str, str]

# What binds git to a repository: `git rev-parse --local-env-vars`, without those that hold
# settings. Git sets some of them for hooks, and for aliases in a linked worktree.
# https://git-scm.com/docs/git-rev-parse#Documentation/git-rev-parse.txt---local-env-vars
BINDING = frozenset(
    {
        *("GIT_DIR", "GIT_COMMON_DIR", "GIT_WORK_TREE", "GIT_IMPLICIT_WORK_TREE", "GIT_PREFIX"),
        *("GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES"),
        *("GIT_GRAFT_FILE", "GIT_SHALLOW_FILE", "GIT_NO_REPLACE_OBJECTS", "GIT_REPLACE_REF_BASE"),
        *("GIT_CONFIG", "GIT_INTERNAL_SUPER_PREFIX"),
    }
)
# What else changes which repository is found, what is read in it, or what is printed.
# Who somebody is and how they reach a remote stays: GIT_AUTHOR_NAME, GIT_SSH_COMMAND,
# GIT_ASKPASS, GIT_SSL_CAINFO, ... https://git-scm.com/docs/git#_environment_variables
STEERING = frozenset(
    {
        *("GIT_NAMESPACE", "GIT_QUARANTINE_PATH", "GIT_CEILING_DIRECTORIES", "GIT_REF_URI"),
        *("GIT_TEMPLATE_DIR", "GIT_DEFAULT_HASH", "GIT_DEFAULT_REF_FORMAT", "GIT_INDEX_VERSION"),
        *("GIT_ATTR_SOURCE", "GIT_ATTR_GLOBAL", "GIT_ATTR_SYSTEM", "GIT_ATTR_NOSYSTEM"),
        *("GIT_EXTERNAL_DIFF", "GIT_DIFF_OPTS", "GIT_NOTES_REF", "GIT_NOTES_DISPLAY_REF"),
        *("GIT_LITERAL_PATHSPECS", "GIT_GLOB_PATHSPECS", "GIT_NOGLOB_PATHSPECS"),
        *("GIT_ICASE_PATHSPECS", "GIT_PAGER", "GIT_PAGER_IN_USE", "GIT_EDITOR"),
        *("GIT_SEQUENCE_EDITOR", "GIT_MERGE_AUTOEDIT", "GIT_MERGE_VERBOSITY"),
        *("GIT_OPTIONAL_LOCKS", "GIT_REFLOG_ACTION", "GIT_REF_PARANOIA", "GIT_FLUSH"),
        *("GIT_REDIRECT_STDIN", "GIT_REDIRECT_STDOUT", "GIT_REDIRECT_STDERR"),
        *("GIT_CURL_VERBOSE", "GIT_PRINT_SHA1_ELLIPSIS", "GIT_ADVICE", "GIT_PROTOCOL"),
        *("GIT_PROTOCOL_FROM_USER", "GIT_FORCE_UNTRACKED_CACHE", "GIT_CONFIG_NOGLOBAL"),
    }
)
# GIT_TRACE and its kin would print headers and drown git's own words in a message.
PREFIXES = ("GIT_TRACE", "GIT_PUSH_OPTION_", "GIT_PUSH_CERT", "GIT_DIFF_PATH_", "GIT_INTERNAL_")
TYPED, COUNTED = (
    "GIT_CONFIG_PARAMETERS",
    ("GIT_CONFIG_COUNT", "GIT_CONFIG_KEY_", "GIT_CONFIG_VALUE_"),
)
ALLOWED = "GIT_ALLOW_PROTOCOL"
OF_A_REPOSITORY = frozenset({"local", "worktree"})

# Nobody is asked for a password.
QUIET = {"GIT_TERMINAL_PROMPT": "0"}
# What git prints comes in large pieces, and not one by one for each commit that it names.
BUFFERED = {"GIT_FLUSH": "0"}
# We read what git says. It is for git alone: with it, Python cannot read a path with an accent.
ENGLISH = {"LC_ALL": "C"}
# A consumer who clones has no replacement of a commit either, nor a graft: that file is none.
AS_COMMITTED = {"GIT_NO_REPLACE_OBJECTS": "1", "GIT_GRAFT_FILE": f"{os.devnull}/none"}
# Where git finds settings of a user and a machine: https://git-scm.com/docs/git-config#ENVIRONMENT
ALONE = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_ATTR_NOSYSTEM": "1",
}

# What a repository of ours takes from the user's settings.
KEPT_SECTIONS = frozenset(
    {"user", "author", "committer", "credential", "http", "url", "ssh", "gpg"}
)
KEPT_NAMES = frozenset(
    {"core.sshcommand", "core.askpass", "commit.gpgsign", "tag.gpgsign", "safe.directory"}
)
# What it has instead of the user's. Files of a user's are read even without settings
# that name them: https://git-scm.com/docs/gitignore, https://git-scm.com/docs/gitattributes
OURS: tuple[Setting, ...] = (
    ("core.hooksPath", os.devnull),
    ("core.attributesFile", os.devnull),
    ("core.excludesFile", os.devnull),
    ("core.fsmonitor", "false"),
    ("core.autocrlf", "false"),
    ("core.eol", "lf"),
    ("init.templateDir", ""),
    ("core.logAllRefUpdates", "false"),
    ("core.fsync", "none"),
    ("gc.auto", "0"),
    ("maintenance.auto", "false"),
)
# What would change the answers that we read in the user's repository.
# https://git-scm.com/docs/git-config
IN_THEIRS: tuple[Setting, ...] = (
    ("color.ui", "false"),
    ("core.fsmonitor", "false"),
    ("core.quotePath", "true"),
    ("diff.ignoreSubmodules", "none"),
    ("diff.orderFile", os.devnull),
    ("diff.relative", "false"),
    ("i18n.logOutputEncoding", "UTF-8"),
    ("log.follow", "false"),
    ("log.mailmap", "false"),
    ("log.showRoot", "true"),
    ("log.showSignature", "false"),
    ("push.pushOption", ""),
    ("status.showUntrackedFiles", "normal"),
)


def unbound() -> dict[str, str]:
    """Return our own environment, without what binds or steers git.

    It is for git, and for every program that runs git: uv, pip, a build. What was typed
    as `git -c NAME=VALUE` before an alias stays, since it may be how a remote is reached;
    git hands it on in a form of its own, which is turned into the documented one here.
    """
    kept = {name: value for name, value in os.environ.items() if not _is_dropped(name)}
    if ALLOWED in kept:
        kept[ALLOWED] = ":".join(_allowed(kept[ALLOWED]))
    if TYPED in os.environ:
        typed = [(name, value) for scope, name, value in _listed(Path.cwd()) if scope == "command"]
        kept = with_settings(process.without(kept, *COUNTED), *typed)
    return kept | QUIET | BUFFERED | AS_COMMITTED


def theirs() -> dict[str, str]:
    """Return the environment for git in the user's repository: it reads, and locks nothing."""
    return with_settings(unbound() | ENGLISH | {"GIT_OPTIONAL_LOCKS": "0"}, *IN_THEIRS)


def for_installers(environment: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a repository for uv and pip: in the language of the user."""
    own = {name: os.environ[name] for name in ENGLISH if name in os.environ}
    return {**process.without(environment, *ENGLISH), **own}


def ours(kept: Iterable[Setting] = ()) -> dict[str, str]:
    """Return the environment for git in a repository of ours, with what is kept of the user's.

    Settings go by the environment, since some are secrets: never into arguments or files.
    """
    alone = process.without(unbound(), "GIT_CONFIG_") | ALONE | ENGLISH
    if ALLOWED in alone:
        alone[ALLOWED] += ":file"  # from one of our own repositories to the next
    return with_settings(alone, *of_the_user(kept), *OURS)


def effective(folder: Path) -> tuple[Setting, ...]:
    """Return all settings that git would obey in a folder, whatever file they are in."""
    return tuple((name, value) for _, name, value in _listed(folder))


def elsewhere() -> tuple[Setting, ...]:
    """Return the settings that git obeys wherever it runs: the machine's and the user's."""
    listed = _listed(Path.cwd())
    return tuple((name, value) for scope, name, value in listed if scope not in OF_A_REPOSITORY)


def of_the_user(settings: Iterable[Setting]) -> list[Setting]:
    """Return what a repository of ours takes from settings, in their order, and by which ways.

    No way but those of a release is open: neither `ext::` nor a helper, whatever is set.
    """
    given = list(settings)
    ways = {name: value for name, value in given if name.startswith("protocol.")}
    usual = ways.get("protocol.allow", "always")
    allowed = ((f"protocol.{way}.allow", way) for way in TRANSPORTS)
    return [
        *((name, value) for name, value in given if _is_kept(name)),
        ("protocol.allow", "never"),
        *((name, "always" if way == "file" else ways.get(name, usual)) for name, way in allowed),
    ]


def with_settings(environment: Mapping[str, str], *settings: Setting) -> dict[str, str]:
    """Return an environment with git settings, after those that it holds already.

    https://git-scm.com/docs/git-config#Documentation/git-config.txt-GITCONFIGCOUNT
    """
    count = environment.get("GIT_CONFIG_COUNT") or "0"
    if not count.isdecimal():
        hint = "unset it, or set it to the number of GIT_CONFIG_KEY_N variables"
        raise UsageFailure(
            Problem("git-config-count", f"GIT_CONFIG_COUNT is not a number: {count}", hint)
        )
    first = int(count)
    result = {**environment, "GIT_CONFIG_COUNT": str(first + len(settings))}
    for number, (key, value) in enumerate(settings, first):
        result[f"GIT_CONFIG_KEY_{number}"] = key
        result[f"GIT_CONFIG_VALUE_{number}"] = value
    return result


def _is_dropped(name: str) -> bool:
    return name in BINDING or name in STEERING or name == TYPED or name.startswith(PREFIXES)


def _is_kept(name: str) -> bool:
    return name.partition(".")[0] in KEPT_SECTIONS or name in KEPT_NAMES


def _allowed(ways: str) -> list[str]:
    """Return which of the ways that the user allows are ways of a release."""
    return [way for way in ways.split(":") if way in TRANSPORTS]


def _listed(folder: Path) -> list[tuple[str, str, str]]:
    """List the settings in a folder: scope, name and value. A name alone means true."""
    environment = {name: value for name, value in os.environ.items() if name not in BINDING}
    command = ("git", "-C", str(folder), "config", "--list", "--show-scope", "-z")
    listed = process.run(command, environment=environment | QUIET | ENGLISH).split("\0")[:-1]
    pairs = zip(listed[::2], listed[1::2], strict=True)
    return [
        (scope, name, value if has_value else "true")
        for scope, setting in pairs
        for name, has_value, value in [setting.partition("\n")]
    ]
