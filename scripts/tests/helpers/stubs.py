"""Commands that stand for those of a vendor, put on PATH: they note what they were asked."""

import json
import os
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import pytest

from .programs import python_program

PROGRAM = """\
import json, os, sys
folder = {folder!r}
with open(os.path.join(folder, "{name}.asked"), "a", encoding="utf-8") as asked:
    print(" ".join(sys.argv[1:]), file=asked)
with open(os.path.join(folder, "{name}.json"), encoding="utf-8") as answers:
    answer = json.load(answers).get(" ".join(sys.argv[1:]))
print(answer or "no such thing", file=sys.stdout if answer else sys.stderr)
sys.exit(answer is None)
"""


@dataclass(frozen=True, slots=True)
class Stub:
    """A command that has an answer to some arguments, and fails at any other."""

    folder: Path
    name: str

    @classmethod
    def put_on_path(cls, folder: Path, monkeypatch: pytest.MonkeyPatch, name: str) -> Self:
        """Put a command on PATH, before all others; it has no answers yet."""
        commands = folder / "commands"
        python_program(commands / name, PROGRAM.format(folder=str(commands), name=name))
        (commands / f"{name}.json").write_text("{}", "utf-8")
        monkeypatch.setenv("PATH", str(commands), prepend=os.pathsep)
        return cls(commands, name)

    def answers(self, arguments: str, answer: str) -> None:
        """Give it an answer to some arguments."""
        file = self.folder / f"{self.name}.json"
        known: dict[str, str] = json.loads(file.read_text("utf-8"))
        file.write_text(json.dumps({**known, arguments: answer}), "utf-8")

    def asked(self) -> list[str]:
        """Return the arguments of each call, in order."""
        file = self.folder / f"{self.name}.asked"
        return file.read_text("utf-8").splitlines() if file.exists() else []
