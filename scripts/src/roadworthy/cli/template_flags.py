"""Flags of the commands that make projects and members."""

from collections.abc import Mapping

from .values import filled, folder, url

TEMPLATE_FLAGS: Mapping[str, Mapping[str, object]] = {
    "--name": {"type": filled, "help": "the name of the project, such as acme"},
    "--repository": {"type": url, "metavar": "URL", "help": "where the project will live"},
    "--author": {"type": filled, "help": "`NAME` or `NAME <MAIL>` (default: the user of git)"},
    "--license": {
        "type": filled,
        "metavar": "SPDX",
        "help": "MIT (default), Apache-2.0 or BSD-3-Clause; for others, see --license-file",
    },
    "--license-file": {"type": folder, "metavar": "FILE", "help": "the text of another licence"},
    "--examples": {
        "choices": ("remove", "keep"),
        "default": "remove",
        "help": "keep the example members, renamed (default: remove them)",
    },
    "--tooling": {
        "choices": ("git", "keep"),
        "default": "git",
        "help": "take the tooling by git (default), or keep its folder",
    },
    "--history": {
        "choices": ("keep", "new"),
        "default": "keep",
        "help": "keep the history of the template (default), or start a new one",
    },
    "--template": {"type": url, "metavar": "URL", "help": "the template (default: `origin`)"},
    "--into": {
        "type": folder,
        "metavar": "DIR",
        "help": "with --template: clone it into this new folder first",
    },
    "--to": {
        "type": filled,
        "metavar": "REF",
        "help": "the tag, branch or commit of the template to come to (default: its newest)",
    },
    "--since": {
        "type": filled,
        "metavar": "REVISION",
        "help": "the commit of the template that this project has, where it is not recorded",
    },
    "--namespace": {
        "type": filled,
        "help": "the import package that members share: acme-units is imported as acme.units",
    },
    "--in": {
        "type": filled,
        "dest": "below_folder",
        "metavar": "FOLDER",
        "help": "the folder for it; a glob of the workspace must have it (default: the first)",
    },
    "--backend": {
        "type": filled,
        "default": "uv",
        "help": "what builds it: uv (default), hatch, setuptools, flit, pdm or poetry",
    },
    "--requires": {
        "action": "extend",
        "nargs": "+",
        "type": filled,
        "default": [],
        "metavar": "MEMBER",
        "help": "members that it requires",
    },
    "--add": {
        "action": "extend",
        "nargs": "+",
        "type": filled,
        "dest": "additions",
        "default": [],
        "metavar": "REQUIREMENT",
        "help": "what else it requires, added with `uv add`",
    },
}
