"""What many tests start from is made once, and copied for each of them.

Making a workspace with its remote takes a dozen processes, and releasing it a hundred;
copying either takes a few milliseconds.
"""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path


@dataclass
class Patterns:
    """The folder of what was made so far in this run of the tests; without one, none is kept."""

    folder: Path | None = None
    names: set[str] = field(default_factory=set)

    @contextmanager
    def kept_in(self, folder: Path) -> Iterator[None]:
        """Keep patterns in a folder, for as long as it is there."""
        self.folder = folder
        try:
            yield
        finally:
            self.folder = None
            self.names.clear()

    def put(self, name: str, place: Path, make: Callable[[Path], object]) -> None:
        """Put into a folder what `make` makes in one: it makes it but the first time.

        Remotes that lie in that folder, too, are found where the copy is.
        """
        if self.folder is None:
            place.mkdir(parents=True, exist_ok=True)
            make(place)
            return
        pattern = self.folder / sha256(name.encode()).hexdigest()[:16]
        if name not in self.names:
            pattern.mkdir()
            make(pattern)
            self.names.add(name)
        shutil.copytree(pattern, place, symlinks=True, dirs_exist_ok=True)
        for config in (place / ".git/config", *place.glob("*/.git/config")):
            if config.exists():
                text = config.read_text("utf-8")
                config.write_text(text.replace(str(pattern), str(place)), "utf-8")


PATTERNS = Patterns()
