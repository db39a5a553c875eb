"""The door to the texts that new projects and new members start from."""

from importlib.resources import files
from string import Template

FOLDER = "skeletons"
LICENCES = ("MIT", "Apache-2.0", "BSD-3-Clause")


def text_of(path: str, **values: str) -> str:
    """Return a text of ours with its `$$names` filled in."""
    place = files(__package__.rpartition(".")[0]).joinpath(FOLDER, *path.split("/"))
    return Template(place.read_text("utf-8")).substitute(values)
