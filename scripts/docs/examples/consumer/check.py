"""Run what the consumer is there for, with each way of taking the members."""

import os
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
UV = os.environ.get("UV", "uv")

for project in ("by-tag", "by-branch", "at-head"):
    run = (UV, "run", "--quiet", "--locked", "--project", project, "python", "dinner.py")
    subprocess.run(run, cwd=HERE, check=True)
