"""What the door to uv decides before it runs it."""

import os
import sys
from pathlib import Path

import pytest

from roadworthy.ops import uv
from roadworthy.ops.process import CommandFailure


def test_a_token_that_uv_tells_githubs_log_to_hide_is_in_no_message() -> None:
    failure = CommandFailure(
        ("uv", "publish"), "ended with exit code 2", "error: 403\n::add-mask::pypi-minted\n"
    )
    assert "pypi-minted" not in failure.problems[0].message
    assert failure.problems[0].message.endswith("error: 403")


def test_what_is_named_from_where_we_are_is_found_from_elsewhere_too(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.toml").touch()
    environment = {**os.environ, "UV_CONFIG_FILE": "own.toml"}
    python = uv.make_environment(tmp_path / "env", environment, sys.executable)
    assert python.is_file()
