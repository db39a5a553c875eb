"""A run that is told to end says so in its own words, and leaves nothing behind."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.helpers import clones
from tests.helpers.cli import ROOT, Done, command
from tests.helpers.here import HANGUP

pytestmark = [pytest.mark.exhaustive, pytest.mark.promise(31), pytest.mark.needs("signals")]

REHEARSAL = ("release", "--installer", "uv")
INTERRUPTED = 130


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Return the folder for temporary files."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setenv("TMPDIR", str(folder))
    return folder


@pytest.fixture(autouse=True)
def heeded() -> Iterator[None]:
    """Let what is started heed SIGINT, though the tests may run where it is ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


def interrupted(words: Sequence[str], *signals: signal.Signals) -> Done:
    """Run a rehearsal, and send signals to it and its group once it has built."""
    with subprocess.Popen(
        words,
        cwd=ROOT,
        env=os.environ | {"NOX_SCRIPT_MODE": "none"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as process:
        assert process.stdout is not None
        lines = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("build "):
                for each in signals:
                    os.killpg(process.pid, each)
    return Done(process.returncode, "".join(lines), "")


def test_under_nox_the_tooling_says_its_own_words(temporary: Path, tmp_path: Path) -> None:
    checkout = clones.plain(tmp_path / "w")
    nox = (str(Path(sys.executable).with_name("nox")), "--envdir", str(tmp_path / "environments"))
    options = ("--", "--workspace", str(checkout.path), *REHEARSAL[1:])
    done = interrupted((*nox, "-s", "release", *options), signal.SIGINT)
    assert "error[interrupted]: interrupted\n\nhint: run the same command again" in done.stdout
    assert (done.code, list(temporary.glob("release-*"))) == (INTERRUPTED, [])


@pytest.mark.parametrize(
    "signals",
    [(signal.SIGINT, signal.SIGTERM), (signal.SIGTERM, signal.SIGINT), (HANGUP,)],
    ids=lambda signals: " ".join(each.name for each in signals),
)
def test_a_second_signal_does_not_break_off_the_tidying_up(
    signals: tuple[signal.Signals, ...], temporary: Path, tmp_path: Path
) -> None:
    checkout = clones.plain(tmp_path / "w")
    done = interrupted(command(checkout.path, *REHEARSAL), *signals)
    assert "error[interrupted]: interrupted" in done.stdout
    assert (done.code, list(temporary.iterdir())) == (INTERRUPTED, [])
