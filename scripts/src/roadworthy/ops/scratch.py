"""A folder for one run, which is gone afterwards, however the run ends.

One that was killed cannot tidy up: the next run does. A lock says whose folder is in
use; the system takes it back when a process ends, in whatever way.
"""

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir

if sys.platform != "win32":
    import fcntl

PREFIX = "release-"
LOCK = ".in-use"


@contextmanager
def scratch_folder() -> Iterator[Path]:
    """Make a folder that is gone afterwards, and remove those that killed runs have left."""
    remove_abandoned(Path(gettempdir()))
    with own_folder() as folder:
        yield folder


@contextmanager
def folder_beside(target: Path) -> Iterator[Path]:
    """Make a folder that is gone afterwards, in which something takes shape that `target` will be.

    It lies in the user's checkout: git does not see it, however the run ends.
    """
    prefix = f".{target.name}-"
    remove_abandoned(target.parent, prefix)
    with TemporaryDirectory(prefix=prefix, dir=target.parent, ignore_cleanup_errors=True) as folder:
        path = Path(folder)
        (path / ".gitignore").write_text("*\n", "utf-8")  # git shows no folder without a file
        with _in_use(path):
            yield path


@contextmanager
def own_folder() -> Iterator[Path]:
    """Make a folder that is gone afterwards, beside those that there are."""
    with TemporaryDirectory(prefix=PREFIX, ignore_cleanup_errors=True) as folder:
        path = Path(folder).resolve()
        with _in_use(path):
            yield path


def remove_abandoned(where: Path, prefix: str = PREFIX) -> None:
    """Remove the folders of runs of ours, on this machine, that are no more.

    Of another user, of another machine that shares the place, or without a lock of
    ours in it: none of those is touched.
    """
    for folder in where.glob(f"{prefix}*"):
        with suppress(OSError), _taken_over(folder) as is_ours:
            if is_ours:
                shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _in_use(folder: Path) -> Iterator[None]:
    """Hold a folder's lock; it has its name only once it is held.

    Windows has no such lock, and gives no name to a file that is open.
    """
    if sys.platform == "win32":
        yield
        return
    unnamed = folder / f"{LOCK}-soon"
    with unnamed.open("x", encoding="utf-8") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        lock.write(os.uname().nodename)
        lock.flush()
        unnamed.rename(folder / LOCK)
        yield


@contextmanager
def _taken_over(folder: Path) -> Iterator[bool]:
    """Take the lock of a folder whose run is no more; tell whether that is so.

    Raises `OSError` where the lock is held, or there is none that we may open.
    """
    if sys.platform == "win32":  # nothing is known of other runs there
        yield False
        return
    file = os.open(folder / LOCK, os.O_RDWR | os.O_NOFOLLOW)
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        is_mine = {folder.lstat().st_uid, os.fstat(file).st_uid} == {os.getuid()}
        is_here = os.read(file, 1024).decode("utf-8", "replace") == os.uname().nodename
        yield is_mine and is_here and not folder.is_symlink()
    finally:
        os.close(file)
