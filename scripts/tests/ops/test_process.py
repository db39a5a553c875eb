"""Programs are stopped at their limit, with all that they started, and their words are kept."""

import os
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Event

import pytest

from roadworthy.model.problem import Failure, Problem
from roadworthy.ops import kept, process, running

LEAVES_SOMETHING = """\
import subprocess, sys
left = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"], {how})
print(left.pid)
"""


def problem_of(*words: str, **options: float) -> Problem:
    """Return how a Python program fails."""
    with pytest.raises(Failure) as failure:
        process.run((sys.executable, "-c", *words), **options)  # type: ignore[arg-type]
    return failure.value.problems[0]


def is_there(pid: int) -> bool:
    """Tell whether a process runs; one that ended and that nobody asked about does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def is_gone(pid: int) -> bool:
    """Tell whether a process ends within five seconds."""
    deadline = time.monotonic() + 5
    while is_there(pid) and time.monotonic() < deadline:
        os.sched_yield()
    return not is_there(pid)


def test_a_program_that_goes_on_for_ever_is_stopped_and_named() -> None:
    code = "print('so far', flush=True)\nimport sys\nsys.stderr.write('words')\nwhile True: pass"
    found = problem_of(code, seconds=0.5)
    assert found.message.endswith("was stopped: it took longer than 0.5 seconds\nwords")


def test_a_program_that_ends_in_time_is_not_stopped() -> None:
    code = "import time; time.sleep(1.5); print('whole')"
    assert process.run((sys.executable, "-c", code), seconds=20) == "whole\n"


def test_an_exit_code_and_the_last_words_are_kept() -> None:
    found = problem_of("import sys; sys.exit('what is wrong')")
    assert found.message.endswith("ended with exit code 1\nwhat is wrong")


@pytest.mark.needs("signals")
@pytest.mark.parametrize("how", ["", "start_new_session=True"])
def test_the_output_of_a_program_is_whole_though_something_it_left_behind_holds_it(
    how: str,
) -> None:
    pid = int(process.run((sys.executable, "-c", LEAVES_SOMETHING.format(how=how)), seconds=50))
    if how:
        os.kill(pid, 9)  # a session of its own: out of our reach
    assert is_gone(pid)


@pytest.mark.needs("signals")
def test_what_others_code_left_running_is_stopped() -> None:
    code = LEAVES_SOMETHING.format(how="stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL")
    command = (sys.executable, "-c", code)
    assert is_gone(int(process.run(command, leaves_nothing=True)))
    left = int(process.run(command))
    assert is_there(left)  # an agent or a cache of git's own stays
    os.kill(left, 9)


def test_an_input_that_is_not_utf_8_arrives_as_it_is() -> None:
    code = "import sys; print(sys.stdin.buffer.read().hex())"
    assert process.run((sys.executable, "-c", code), stdin="a\udcff\n") == "61ff0a\n"


@pytest.mark.needs("signals")
def test_all_that_runs_is_stopped_at_once_and_workers_start_no_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(running, "_ended_early", Event())

    with ThreadPoolExecutor(2) as pool:
        code = "import sys\nsys.stderr.write('x')\nwhile True: pass"
        runs = [pool.submit(problem_of, code) for _ in range(2)]
        while len(running._running) < 2:  # noqa: SLF001 - what runs is known there alone
            os.sched_yield()
        running.stop_all()
        assert all("was ended by the signal SIGKILL" in run.result().message for run in runs)
        later = pool.submit(process.run, (sys.executable, "-c", ""))
        assert isinstance(later.exception(), KeyboardInterrupt)
    assert process.run((sys.executable, "-c", "print('tidied')")) == "tidied\n"


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.5, "0.5 seconds"), (90, "90 seconds"), (1800, "30 minutes")]
)
def test_a_limit_is_told_in_words(seconds: float, words: str) -> None:
    assert process.in_words(seconds) == words


def test_what_uploads_go_with_is_inherited_by_no_program(monkeypatch: pytest.MonkeyPatch) -> None:
    name = "UV_PUBLISH_TOKEN"
    monkeypatch.setenv(name, "a secret")
    shown = (sys.executable, "-c", "import os; print(sorted(os.environ))")
    assert name in process.run(shown)
    process.put_away_credentials()
    assert name not in process.run(shown)
    assert process.own_environment()[name] == "a secret"


@pytest.mark.parametrize(
    ("platform", "variables", "pip", "uv"),
    [
        ("linux", {}, (".config/pip/pip.conf", ".pip/pip.conf"), ".config/uv/uv.toml"),
        (
            "linux",
            {"XDG_CONFIG_HOME": "/home/me/own"},
            ("own/pip/pip.conf", ".pip/pip.conf"),
            "own/uv/uv.toml",
        ),
        (
            "darwin",
            {},
            ("Library/Application Support/pip/pip.conf", ".config/pip/pip.conf", ".pip/pip.conf"),
            ".config/uv/uv.toml",
        ),
        (
            "win32",
            {},
            ("AppData/Roaming/pip/pip.ini", "pip/pip.ini"),
            "AppData/Roaming/uv/uv.toml",
        ),
        (
            "win32",
            {"APPDATA": "/home/me/far"},
            ("far/pip/pip.ini", "pip/pip.ini"),
            "far/uv/uv.toml",
        ),
    ],
)
def test_the_settings_of_pip_and_uv_are_found_where_each_system_has_them(
    platform: str, variables: dict[str, str], pip: tuple[str, ...], uv: str
) -> None:
    home = Path("/home/me")
    assert kept.index_files(platform, home, variables) == {
        "PIP_CONFIG_FILE": tuple(home / file for file in pip),
        "UV_CONFIG_FILE": (home / uv,),
    }


def test_settings_of_an_old_place_are_taken_where_no_newer_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    monkeypatch.delenv("PIP_CONFIG_FILE", raising=False)
    old, new = tmp_path / ".pip/pip.conf", tmp_path / ".config/pip/pip.conf"
    found = []
    for file in (old, new):
        file.parent.mkdir(parents=True)
        file.write_text("[global]\n", "utf-8")
        found.append(kept.kept_for_others()["PIP_CONFIG_FILE"])
    assert found == [str(old), str(new)]


def test_on_windows_a_build_has_folders_of_its_own_where_programs_keep_things() -> None:
    home = Path("/home/job")
    assert {*process.own_folders(home, "linux")} == {"HOME", "USERPROFILE", "XDG_CACHE_HOME"}
    windows = process.own_folders(home, "win32")
    assert windows["APPDATA"] == str(home / "AppData/Roaming")
    assert windows["LOCALAPPDATA"] == str(home / "AppData/Local")


def test_compilers_are_found_where_the_user_has_them(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("RUSTUP_HOME", raising=False)
    monkeypatch.setenv("CARGO_HOME", "/opt/cargo")
    monkeypatch.setenv("PKG_CONFIG_PATH", "/opt/lib/pkgconfig")
    monkeypatch.setenv("CARGO_REGISTRY_TOKEN", "secret")
    bare = process.scrubbed(tmp_path / "one")
    (tmp_path / ".rustup").mkdir()
    found = process.scrubbed(tmp_path / "two")
    names = ("CARGO_HOME", "PKG_CONFIG_PATH", "CARGO_REGISTRY_TOKEN")
    assert [found.get(name) for name in names] == ["/opt/cargo", "/opt/lib/pkgconfig", None]
    assert (bare.get("RUSTUP_HOME"), found["RUSTUP_HOME"]) == (None, str(tmp_path / ".rustup"))
