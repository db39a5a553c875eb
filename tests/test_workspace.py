"""What holds for the workspace as a whole: here, and in every project made from it."""

import tomllib
from importlib.metadata import distributions
from pathlib import Path

ROOT = Path(__file__).parents[1]
MANIFEST = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
WORKSPACE = MANIFEST["tool"]["uv"]["workspace"]
# What plans and releases the members is none of what the umbrella gives.
TOOLING = "roadworthy"


def members() -> dict[str, Path]:
    """Return the folders of all members that can be installed, by their names."""
    left_out = {path for glob in WORKSPACE.get("exclude", ()) for path in ROOT.glob(glob)}
    found = {}
    for glob in WORKSPACE["members"]:
        for manifest in ROOT.glob(f"{glob}/pyproject.toml"):
            table = tomllib.loads(manifest.read_text("utf-8"))
            is_package = table.get("tool", {}).get("uv", {}).get("package", "build-system" in table)
            if is_package and manifest.parent not in left_out:
                found[table["project"]["name"]] = manifest.parent
    return {name: path for name, path in found.items() if name != TOOLING}


def test_all_members_install_together() -> None:
    installed = {each.metadata["Name"] for each in distributions()}
    assert [name for name in members() if name not in installed] == []


def test_the_umbrella_requires_every_member() -> None:
    assert sorted(MANIFEST["project"]["dependencies"]) == sorted(members())
    sources = MANIFEST["tool"]["uv"]["sources"]
    assert [sources[name] for name in members()] == [{"workspace": True} for _ in members()]
