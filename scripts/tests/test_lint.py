"""The lint session: what it refuses, each broken once on purpose."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.helpers.cli import ROOT
from tests.helpers.repository import Repo

RELEASE = ".github/workflows/release.yml"
PINNED = "actions/checkout@de0fac2e4500dabe0009e67214ff5f5447ce83dd"


@pytest.mark.parametrize(
    ("file", "right", "wrong", "said"),
    [
        (RELEASE, PINNED, "actions/checkout@v6", "unpinned-uses"),
        (RELEASE, "timeout-minutes", "timeout-minuts", "vendor.github-workflows"),
        (".gitlab-ci.yml", "aud: pypi", "audience: pypi", "vendor.gitlab-ci"),
        (".github/dependabot.yml", "interval: weekly", "interval: often", "vendor.dependabot"),
    ],
)
def test_lint_refuses_a_workflow_that_is_broken(
    tmp_path: Path, file: str, right: str, wrong: str, said: str
) -> None:
    copy_of_the_template(tmp_path)
    text = (tmp_path / file).read_text("utf-8")
    assert right in text
    (tmp_path / file).write_text(text.replace(right, wrong), "utf-8")
    nox = (str(Path(sys.executable).with_name("nox")), "-s", "lint")
    environment = os.environ | {"NOX_SCRIPT_MODE": "none"}
    done = subprocess.run(
        nox, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 1
    assert said in done.stdout + done.stderr


def copy_of_the_template(folder: Path) -> None:
    for name in Repo(ROOT).git("ls-files").splitlines():
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
