"""Our own pip starts as fast as it can, whoever installed it."""

import os
import subprocess
import sys
from pathlib import Path

from roadworthy.ops.pip import is_compiled

CHECK = """
import sys
from pathlib import Path
from roadworthy.ops import pip
pip.check(Path(sys.executable), {"PYTHONPATH": sys.path[1], "PYTHONDONTWRITEBYTECODE": "1"})
"""


def as_uv_leaves_it(folder: Path) -> Path:
    """Lay out a `pip` that nobody has compiled."""
    package = folder / "pip"
    (package / "within").mkdir(parents=True)
    for name in ("__init__.py", "__main__.py", "within/__init__.py"):
        (package / name).touch()
    return package


def checked(package: Path) -> int:
    """Run a check by that `pip`; return how it ended."""
    environment = os.environ | {"PYTHONPATH": str(package.parent)}
    return subprocess.run((sys.executable, "-c", CHECK), env=environment, check=False).returncode


def test_pip_is_compiled_before_it_runs_where_it_may_not_do_so_itself(tmp_path: Path) -> None:
    package = as_uv_leaves_it(tmp_path)
    assert not is_compiled(package)
    assert (checked(package), is_compiled(package)) == (0, True)


def test_a_module_that_does_not_compile_is_left_to_pip(tmp_path: Path) -> None:
    package = as_uv_leaves_it(tmp_path)
    (package / "broken.py").write_text("def\n", "utf-8")
    assert (checked(package), is_compiled(package)) == (0, False)
