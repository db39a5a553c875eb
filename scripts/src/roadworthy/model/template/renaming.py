"""Another name for a member, wherever it is named: its folder, its import package, its siblings.

What was released keeps its name: changelogs stay, and the lock file is made anew.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import PurePosixPath

from ..plan.changelog import STEMS
from ..workspace.workspace import LOCK, Member
from .naming import module_of

IN_CODE = (".py", ".pyi", ".toml")


@dataclass(frozen=True, kw_only=True, slots=True)
class Renaming:
    """A member's old and new names: of the distribution, of the folder, and of what is imported.

    The import names are empty where the member is not imported by its name: they stay.
    """

    old: str
    new: str
    folder: str
    new_folder: str
    module: str = ""
    new_module: str = ""

    @classmethod
    def of(cls, member: Member, new: str, files: Collection[str]) -> "Renaming":
        """Find out what a new name changes."""
        old, path = str(member.name), PurePosixPath(member.path)
        is_named = path.name in {old, old.replace("-", "_")}
        own = new if path.name == old else new.replace("-", "_")
        module, new_module = _modules(member, new, files)
        return cls(
            old=old,
            new=new,
            folder=member.path,
            new_folder=str(path.with_name(own)) if is_named else member.path,
            module=module,
            new_module=new_module,
        )

    def path(self, path: str) -> str:
        """Return where a file lies afterwards."""
        if not path.startswith(f"{self.folder}/"):
            return path
        rest = self._test(path.removeprefix(f"{self.folder}/"))
        before, after = (name.replace(".", "/") for name in (self.module, self.new_module))
        for start in ("src/", "") if before else ():
            for end in ("/", ".py"):
                if rest.startswith(f"{start}{before}{end}"):
                    rest = f"{start}{after}{rest.removeprefix(start + before)}"
                    return f"{self.new_folder}/{rest}"
        return f"{self.new_folder}/{rest}"

    def _test(self, path: str) -> str:
        """Name a file of tests anew, where it is named by the member."""
        old, new = (name.replace("-", "_") for name in (self.old, self.new))
        folders, slash, name = path.rpartition("/")
        return f"{folders}{slash}test_{new}.py" if name == f"test_{old}.py" else path

    def text(self, path: str, text: str) -> str:
        """Return a text that names the member anew.

        A name of one word may be a word of any text: it is changed in code and manifests alone.
        """
        if "-" not in self.old and not path.endswith(IN_CODE):
            return _named(text, self.folder, self.new_folder)
        found = _named(text, self.folder, self.new_folder)
        found = _named(found, self.old, self.new)
        return _named(found, self.module, self.new_module) if self.module else found


def texts_after(texts: Mapping[str, str], renaming: Renaming) -> dict[str, str]:
    """Return the files that change, at their new places."""
    found = {}
    for path, text in texts.items():
        after = text if _tells_of_the_past(path) else renaming.text(path, text)
        if after != text or renaming.path(path) != path:
            found[renaming.path(path)] = after
    return found


def named_in(texts: Mapping[str, str], name: str) -> list[str]:
    """Return the files that name a distribution or its import package, but for the past."""
    names = {name, name.replace("-", "_")}
    return sorted(
        path
        for path, text in texts.items()
        if not _tells_of_the_past(path) and any(_named(text, each, "") != text for each in names)
    )


def _modules(member: Member, new: str, files: Collection[str]) -> tuple[str, str]:
    """Return what a member is imported as, and will be; nothing where its name does not tell."""
    first = member.name.partition("-")[0]
    for namespace in ("", first):
        module = module_of(member.name, namespace)
        place = module.replace(".", "/")
        places = [f"{start}{place}{end}" for start in ("src/", "") for end in ("/", ".py")]
        starts = tuple(map(member.file, places))
        if any(file.startswith(starts) for file in files):
            is_kept = not namespace or new.startswith(f"{namespace}-")
            return module, module_of(new, namespace if is_kept else "")
    return "", ""


def _named(text: str, old: str, new: str) -> str:
    """Replace a name where it stands alone, and is no part of a longer one."""
    if old not in text:
        return text
    return re.sub(rf"(?<![\w-]){re.escape(old)}(?![\w-])", lambda _: new, text)


def _tells_of_the_past(path: str) -> bool:
    name = path.rpartition("/")[2]
    return name == LOCK or name.partition(".")[0].lower() in STEMS
