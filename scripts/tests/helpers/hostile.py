"""Settings, variables, hooks and programs of a user that would change what git does or says.

The programs leave a mark where they run in a repository that a release made for itself,
and spoil it there. In a user's own repository they do nothing: they may run there.
"""

import os
from dataclasses import dataclass
from pathlib import Path

from .programs import shell_program

IDENTITY = {
    "GIT_AUTHOR_NAME": "Tester",
    "GIT_AUTHOR_EMAIL": "tester@localhost",
    "GIT_COMMITTER_NAME": "Tester",
    "GIT_COMMITTER_EMAIL": "tester@localhost",
}
HOOKS = (
    *("applypatch-msg", "pre-applypatch", "post-applypatch", "pre-commit", "pre-merge-commit"),
    *("prepare-commit-msg", "commit-msg", "post-commit", "pre-rebase", "post-checkout"),
    *("post-merge", "pre-push", "pre-receive", "update", "proc-receive", "post-receive"),
    *("post-update", "reference-transaction", "push-to-checkout", "pre-auto-gc"),
    *("post-rewrite", "post-index-change", "fsmonitor-watchman"),
)
SPOILS = """\
case "$PWD/" in
*/release-*)
    echo "$0 in $PWD" >> '{marks}'
    echo "spoilt by $0"
    exit 1 ;;
esac
{otherwise}
"""
# As a filter, and as what packs objects: `uploadpack.packObjectsHook`.
PASSES_ON = 'case "$1" in *git*) exec "$@" ;; esac\nexec cat'
ATTRIBUTES = "* filter=hostile diff=hostile merge=hostile\n"
IGNORED = "CHANGELOG.md\npyproject.toml\nuv.lock\n*.py\n"
# Where a file, a folder or a program of the user's is named.
ATTRIBUTES_FILE, IGNORED_FILE, MORE = "{home}/attributes", "{home}/ignored", "{home}/more"
HOOKS_FOLDER, TEMPLATE, PROGRAM = "{home}/hooks", "{home}/template", "{home}/program"
ORDER = "{home}/order"

SETTINGS: tuple[tuple[str, str], ...] = (
    ("apply.whitespace", "fix"),
    ("branch.autoSetupMerge", "false"),
    ("branch.main.mergeOptions", "--no-ff --squash"),
    ("branch.sort", "-committerdate"),
    ("checkout.defaultRemote", "elsewhere"),
    ("clone.defaultRemoteName", "elsewhere"),
    ("color.branch", "always"),
    ("color.diff", "always"),
    ("color.status", "always"),
    ("color.ui", "always"),
    ("column.ui", "always"),
    ("commit.cleanup", "scissors"),
    ("commit.status", "true"),
    ("commit.template", ORDER),
    ("commit.verbose", "true"),
    ("core.abbrev", "4"),
    ("core.alternateRefsCommand", PROGRAM),
    ("core.commentChar", "r"),
    ("core.editor", PROGRAM),
    ("core.fsmonitor", PROGRAM),
    ("core.gitProxy", PROGRAM),
    ("core.hooksPath", HOOKS_FOLDER),
    ("core.logAllRefUpdates", "always"),
    ("core.pager", PROGRAM),
    ("core.quotePath", "false"),
    ("core.splitIndex", "true"),
    ("core.untrackedCache", "true"),
    ("core.warnAmbiguousRefs", "true"),
    ("core.whitespace", "cr-at-eol"),
    ("core.worktree", "{home}"),
    ("diff.algorithm", "patience"),
    ("diff.external", PROGRAM),
    ("diff.hostile.command", PROGRAM),
    ("diff.hostile.textconv", PROGRAM),
    ("diff.ignoreSubmodules", "all"),
    ("diff.mnemonicPrefix", "true"),
    ("diff.noprefix", "true"),
    ("diff.orderFile", ORDER),
    ("diff.relative", "true"),
    ("diff.renameLimit", "1"),
    ("diff.renames", "false"),
    ("diff.submodule", "log"),
    ("feature.manyFiles", "true"),
    ("fetch.fsckObjects", "true"),
    ("fetch.prune", "true"),
    ("fetch.pruneTags", "true"),
    ("fetch.recurseSubmodules", "true"),
    ("fetch.writeCommitGraph", "true"),
    ("filter.hostile.clean", PROGRAM),
    ("filter.hostile.required", "true"),
    ("filter.hostile.smudge", PROGRAM),
    ("format.pretty", "fuller"),
    ("format.signOff", "true"),
    ("gc.auto", "1"),
    ("gc.autoDetach", "false"),
    ("grep.extendedRegexp", "true"),
    ("grep.fullName", "true"),
    ("grep.patternType", "fixed"),
    ("i18n.commitEncoding", "ISO-8859-1"),
    ("i18n.logOutputEncoding", "UTF-16"),
    ("include.path", MORE),
    ("index.version", "4"),
    ("init.defaultBranch", "trunk"),
    ("init.templateDir", TEMPLATE),
    ("interactive.diffFilter", PROGRAM),
    ("log.date", "human"),
    ("log.decorate", "full"),
    ("log.diffMerges", "separate"),
    ("log.follow", "true"),
    ("log.mailmap", "true"),
    ("log.showRoot", "false"),
    ("log.showSignature", "true"),
    ("merge.autoStash", "true"),
    ("merge.conflictStyle", "diff3"),
    ("merge.ff", "false"),
    ("merge.hostile.driver", PROGRAM),
    ("merge.log", "true"),
    ("merge.renames", "false"),
    ("merge.verifySignatures", "true"),
    ("notes.displayRef", "refs/notes/*"),
    ("pager.log", PROGRAM),
    ("pull.rebase", "true"),
    ("push.default", "nothing"),
    ("push.followTags", "true"),
    ("push.gpgSign", "true"),
    ("push.pushOption", "hostile"),
    ("push.recurseSubmodules", "check"),
    ("remote.origin.prune", "true"),
    ("remote.origin.tagOpt", "--no-tags"),
    ("remote.pushDefault", "elsewhere"),
    ("safe.bareRepository", "explicit"),
    ("status.branch", "true"),
    ("status.relativePaths", "false"),
    ("status.short", "true"),
    ("status.showStash", "true"),
    ("status.showUntrackedFiles", "no"),
    ("status.submoduleSummary", "true"),
    ("submodule.recurse", "true"),
    ("tag.forceSignAnnotated", "true"),
    ("tag.sort", "-version:refname"),
    ("transfer.fsckObjects", "true"),
    ("uploadpack.packObjectsHook", PROGRAM),
    ("user.useConfigOnly", "true"),
    ("versionsort.suffix", "v"),
)
# What makes other files of a commit. In a user's own checkout that is as the user wants it.
OF_FILES: tuple[tuple[str, str], ...] = (
    ("core.attributesFile", ATTRIBUTES_FILE),
    ("core.autocrlf", "true"),
    ("core.eol", "crlf"),
    ("core.excludesFile", IGNORED_FILE),
    ("core.fileMode", "false"),
    ("core.ignoreCase", "true"),
    ("core.sharedRepository", "0600"),
    ("core.symlinks", "false"),
)
# What git sets for a hook or an alias, or a user for debugging; none names what is meant.
VARIABLES = {
    "GIT_ATTR_SOURCE": "HEAD~1",
    "GIT_DEFAULT_HASH": "sha256",
    "GIT_DIFF_OPTS": "--unified=0",
    "GIT_EXTERNAL_DIFF": "false",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_NAMESPACE": "hostile",
    "GIT_PAGER": "false",
    "GIT_PREFIX": "packages/",
    "GIT_QUARANTINE_PATH": "nowhere",
    "GIT_REFLOG_ACTION": "hostile",
    "GIT_TRACE": "1",
}


@dataclass(frozen=True, slots=True)
class HostileGit:
    """A home with such settings, and the marks that its programs left."""

    home: Path

    @classmethod
    def in_folder(cls, home: Path) -> "HostileGit":
        """Write the settings, the hooks and the programs."""
        made = cls(home)
        hook = SPOILS.format(marks=made.marks, otherwise="exit 0")
        for folder in (home / "hooks", home / "template" / "hooks"):
            folder.mkdir(parents=True)
            for name in HOOKS:
                shell_program(folder / name, hook)
        shell_program(home / "program", SPOILS.format(marks=made.marks, otherwise=PASSES_ON))
        (home / "template" / "info").mkdir()
        (home / "template" / "info" / "exclude").write_text(IGNORED, "utf-8")
        (home / "template" / "info" / "attributes").write_text(f"{ATTRIBUTES}* eol=crlf\n", "utf-8")
        (home / "attributes").write_text(ATTRIBUTES, "utf-8")
        (home / "ignored").write_text(IGNORED, "utf-8")
        (home / "order").write_text("*.py\nuv.lock\n", "utf-8")
        (home / "more").write_text("[core]\n\tabbrev = 5\n", "utf-8")
        return made

    @property
    def marks(self) -> Path:
        """Return the file that programs leave their marks in."""
        return self.home / "marks"

    def left(self) -> list[str]:
        """Return the marks."""
        return self.marks.read_text("utf-8").splitlines() if self.marks.exists() else []

    def value(self, value: str) -> str:
        """Return a setting's value, with the home in it."""
        return value.replace("{home}", str(self.home))

    def written(self, *settings: tuple[str, str]) -> Path:
        """Write some settings as a user has them; return the file."""
        file = self.home / "gitconfig"
        file.write_text("".join(map(self._lines, settings)), "utf-8")
        return file

    def written_all(self) -> Path:
        """Write all settings, those of files for the repositories that a release makes itself."""
        inside = self.written(*OF_FILES).rename(self.home / "of-files")
        file = self.written(*SETTINGS)
        with file.open("a", encoding="utf-8") as more:
            more.write(f'[includeIf "gitdir:**/release-*/**"]\n\tpath = {inside}\n')
        return file

    def _lines(self, setting: tuple[str, str]) -> str:
        section, _, name = setting[0].rpartition(".")
        start, _, rest = section.partition(".")
        title = f'[{start} "{rest}"]' if rest else f"[{start}]"
        return f'{title}\n\t{name} = "{self.value(setting[1])}"\n'


def shielded() -> dict[str, str]:
    """Return the environment for git as a test itself runs it: without any of that."""
    ours = ("GIT_AUTHOR_", "GIT_COMMITTER_", "GIT_SSL_", "GIT_EXEC_")
    kept = {n: v for n, v in os.environ.items() if not n.startswith("GIT_") or n.startswith(ours)}
    return IDENTITY | kept | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
