"""Take what is new: the newest release, the newest commit of the branch, and HEAD."""

import os
import re
import subprocess
from pathlib import Path

HERE = Path(__file__).parent
UV = os.environ.get("UV", "uv")
REPOSITORY = "https://github.com/OWNER/REPO"
MEMBERS = ("pantry-cli", "pantry-recipe")

listing = ("git", "ls-remote", "--refs", "--tags", "--sort=version:refname", REPOSITORY)
tags = subprocess.run(listing, capture_output=True, text=True, check=True).stdout
# Releases of maintenance branches, release/BRANCH/DATE, are no newer ones.
newest = re.findall(r"refs/tags/(release/[0-9.]+)$", tags, re.MULTILINE)[-1]
# The lock comes last: to add one after another would name two commits in between, which uv
# refuses.
add = (UV, "add", "--quiet", "--frozen", "--project", "by-tag", "--tag", newest)
wanted = [f"{name} @ git+{REPOSITORY}#subdirectory=packages/{name}" for name in MEMBERS]
subprocess.run((*add, *wanted), cwd=HERE, check=True)
for project in ("by-tag", "by-branch", "at-head"):
    lock = (UV, "lock", "--quiet", "--upgrade", "--project", project)
    subprocess.run(lock, cwd=HERE, check=True)
