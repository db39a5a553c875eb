"""Write change notes into the working tree."""

from pathlib import Path

from ...model.history.note import FOLDER, note_name
from ...model.problem import Problem, UsageFailure
from ...model.workspace.workspace import Member


def write_note(root: Path, member: Member, level: str, text: str) -> str:
    """Write a change note of a member; return its path below the workspace's root.

    Raises `UsageFailure` where the member's folder is not there.
    """
    folder = root / member.file(FOLDER)
    if not folder.parent.is_dir():
        hint = "it is committed but missing here: restore it, or leave out the member"
        raise UsageFailure(
            Problem("folder-missing", f"{folder.parent} is not a folder", hint, member.name)
        )
    folder.mkdir(exist_ok=True)
    name = note_name(text, level, {path.name for path in folder.iterdir()})
    (folder / name).write_text(f"{text}\n", "utf-8", newline="\n")
    return member.file(f"{FOLDER}/{name}")
