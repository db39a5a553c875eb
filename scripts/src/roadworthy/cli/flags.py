"""Flags: what each option of the command line is called, takes and means."""

from argparse import ArgumentTypeError
from collections.abc import Mapping
from pathlib import Path

from ..model.consumer.route import ROUTES
from ..model.url import is_url, without_credentials

DAY = 86_400.0


def filled(text: str) -> str:
    """Take any text but an empty one, which a variable that is not set would give."""
    if not text.strip():
        message = "the value is empty"
        raise ArgumentTypeError(message)
    return text


def url(text: str) -> str:
    """Take a URL, or a path, that can be read as one."""
    if not is_url(filled(text)):
        message = f"`{without_credentials(text)}` is not a URL"
        raise ArgumentTypeError(message)
    return text


def folder(text: str) -> Path:
    """Take a folder."""
    return Path(filled(text))


def seconds(text: str) -> float:
    """Take a time to wait: a finite one, and of one day at most."""
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if not 0 <= value <= DAY:  # nor is what is no number, which is unlike all numbers
        message = f"`{text}` is not a number of seconds from 0 to {DAY:.0f}"
        raise ArgumentTypeError(message)
    return value


FLAGS: Mapping[str, Mapping[str, object]] = {
    "--only": {
        "action": "extend",
        "nargs": "+",
        "type": filled,
        "default": [],
        "metavar": "MEMBER",
        "help": "release only these members",
    },
    "--bump": {
        "action": "append",
        "type": filled,
        "default": [],
        "metavar": "MEMBER=LEVEL",
        "help": "raise by patch, minor or major, whatever notes and commits say",
    },
    "--version": {
        "action": "append",
        "type": filled,
        "default": [],
        "metavar": "MEMBER=VERSION",
        "help": "release a member at exactly this version",
    },
    "--pre": {
        "action": "append",
        "type": filled,
        "default": [],
        "metavar": "KIND[=MEMBER]",
        "help": "make pre-releases (a, b, rc or dev) of all due members, or of one",
    },
    "--promote": {
        "nargs": "*",
        "type": filled,
        "metavar": "MEMBER",
        "help": "turn pre-releases into final releases: those named, or all",
    },
    "--check": {
        "action": "store_true",
        "help": "for a pull request: check ranges and notes only, without the index",
    },
    "--base": {
        "type": filled,
        "metavar": "REF",
        "help": "with --check: the branch or commit to compare with",
    },
    "--fix": {
        "action": "store_true",
        "help": "with --check: write the proposed ranges into the manifests",
    },
    "--markdown": {"action": "store_true", "help": "print Markdown with a diagram, for a comment"},
    "--due": {
        "action": "store_true",
        "help": "build only what is due, each member from the commit of its release",
    },
    "--close": {
        "action": "store_true",
        "help": "with --execute: verify the tags at the remote, and push the release tag",
    },
    "--verified": {
        "action": "store_true",
        "help": "with --close: another job has verified the tags; install nothing here",
    },
    "--unfinished": {
        "action": "store_true",
        "help": "verify the tags of this clone whose release is not finished",
    },
    "--execute": {
        "action": "store_true",
        "help": "do it for real: write to the remote and the index",
    },
    "--index": {
        "metavar": "NAME",
        "help": 'the [[tool.uv.index]] to use; "" means none: git only',
    },
    "--from": {
        "metavar": "DIR",
        "dest": "source",
        "type": folder,
        "help": "upload the distributions in this folder instead of building them",
    },
    "--url": {
        "type": url,
        "help": "use this repository (or index) instead of the configured one",
    },
    "--kind": {
        "type": filled,
        "metavar": "KIND",
        "help": "the kind of a known index (default: its name)",
    },
    "--set": {
        "action": "append",
        "type": filled,
        "dest": "values",
        "default": [],
        "metavar": "KEY=VALUE",
        "help": "a value for its URLs, such as HOST",
    },
    "--publish-url": {
        "type": url,
        "metavar": "URL",
        "help": "with --url: the URL for uploads",
    },
    "--public": {"action": "store_true", "help": "with --url: reading needs no credentials"},
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
    "--branch": {
        "type": filled,
        "metavar": "NAME",
        "help": "with --execute: push to this new branch, to open a pull request from it",
    },
    "--below": {
        "metavar": "FOLDER",
        "default": "",
        "help": "with --url: the folder of the workspace in the repository (default: its root)",
    },
    "--ref": {
        "action": "append",
        "dest": "refs",
        "default": [],
        "help": 'a tag, a branch or a commit (HEAD); "" is the default branch; several are '
        "tags of several members",
    },
    "--installer": {
        "action": "append",
        "dest": "installers",
        "choices": ("uv", "pip"),
        "help": "use only this installer (default: both)",
    },
    "--route": {
        "action": "append",
        "dest": "routes",
        "choices": ROUTES,
        "help": "how a consumer installs the member; may be repeated (default: direct)",
    },
    "--all": {
        "action": "store_true",
        "help": "try every route, each member alone also with pip, and run every command",
    },
    "--run-commands": {"action": "store_true", "help": "also run each command with --help"},
    "--format": {
        "choices": ("mermaid", "dot", "svg"),
        "default": "mermaid",
        "help": "Mermaid for Markdown (default), DOT, or an SVG that Graphviz draws",
    },
    "--direct": {
        "action": "store_true",
        "help": "let the installers fetch from the URL, with your credentials",
    },
    "--python": {
        "type": filled,
        "help": "the Python to verify with (default: the one that runs this)",
    },
    "--wait": {
        "type": seconds,
        "metavar": "SECONDS",
        "help": "how long to wait for the index to list a file (default: 300 after an upload, "
        "else 60)",
    },
}


def destination(flag: str) -> str:
    """Return the name of the value that a flag sets."""
    return str(FLAGS[flag].get("dest", flag.removeprefix("--").replace("-", "_")))


# The flag that sets each value.
BY_DESTINATION = {destination(flag): flag for flag in FLAGS}
