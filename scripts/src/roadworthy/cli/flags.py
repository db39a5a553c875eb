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
        message = "it has no value"
        raise ArgumentTypeError(message)
    return text


def url(text: str) -> str:
    """Take a URL, or a path, that can be read as one."""
    if not is_url(filled(text)):
        message = f"`{without_credentials(text)}` is no URL"
        raise ArgumentTypeError(message)
    return text


def folder(text: str) -> Path:
    """Take a folder."""
    return Path(filled(text))


def seconds(text: str) -> float:
    """Take a time to wait: a finite one, and of one day at most."""
    try:
        told = float(text)
    except ValueError:
        told = -1.0
    if not 0 <= told <= DAY:  # nor is what is no number, which is unlike all numbers
        message = f"`{text}` is no number of seconds from 0 to {DAY:.0f}"
        raise ArgumentTypeError(message)
    return told


FLAGS: Mapping[str, Mapping[str, object]] = {
    "--only": {
        "action": "extend",
        "nargs": "+",
        "type": filled,
        "default": [],
        "metavar": "MEMBER",
        "help": "release these alone",
    },
    "--bump": {
        "action": "append",
        "type": filled,
        "default": [],
        "metavar": "MEMBER=LEVEL",
        "help": "patch, minor or major, over what notes and commits say",
    },
    "--version": {
        "action": "append",
        "type": filled,
        "default": [],
        "metavar": "MEMBER=VERSION",
        "help": "release a member at this very version",
    },
    "--pre": {
        "action": "append",
        "type": filled,
        "default": [],
        "metavar": "KIND[=MEMBER]",
        "help": "release pre-releases, of all that is due or of one: a, b, rc or dev",
    },
    "--promote": {
        "nargs": "*",
        "type": filled,
        "metavar": "MEMBER",
        "help": "make pre-releases final: those named, or all",
    },
    "--check": {
        "action": "store_true",
        "help": "for a pull request: ranges and intent alone, the index is not asked",
    },
    "--base": {
        "type": filled,
        "metavar": "REF",
        "help": "with --check: what the change is compared with",
    },
    "--fix": {"action": "store_true", "help": "with --check: write the ranges that it proposes"},
    "--markdown": {"action": "store_true", "help": "print Markdown with a picture, for a comment"},
    "--due": {
        "action": "store_true",
        "help": "what is due alone, each from the commit that it is released from",
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
        "help": "the tags of this clone whose release is not finished",
    },
    "--execute": {"action": "store_true", "help": "do it for real, at the remote and the index"},
    "--index": {
        "metavar": "NAME",
        "help": 'a [[tool.uv.index]] of the root manifest; "" is none, git alone',
    },
    "--from": {
        "metavar": "DIR",
        "dest": "source",
        "type": folder,
        "help": "upload the distributions that lie there instead of building them",
    },
    "--url": {
        "type": url,
        "help": "this repository, or index, instead of the one that is configured",
    },
    "--kind": {
        "type": filled,
        "metavar": "KIND",
        "help": "which known index it is (the one of that name)",
    },
    "--set": {
        "action": "append",
        "type": filled,
        "dest": "values",
        "default": [],
        "metavar": "KEY=VALUE",
        "help": "what its URLs need, such as HOST",
    },
    "--publish-url": {
        "type": url,
        "metavar": "URL",
        "help": "with --url: where it takes uploads",
    },
    "--public": {"action": "store_true", "help": "with --url: reading needs no credentials"},
    "--branch": {
        "type": filled,
        "metavar": "NAME",
        "help": "with --execute: push to this new branch, for a request to the release branch",
    },
    "--below": {
        "metavar": "FOLDER",
        "default": "",
        "help": "with --url: where the workspace lies in the repository (at its top)",
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
        "help": "use this one alone (both)",
    },
    "--route": {
        "action": "append",
        "dest": "routes",
        "choices": ROUTES,
        "help": "how a consumer reaches the member; may be repeated (direct)",
    },
    "--all": {
        "action": "store_true",
        "help": "every route; pip takes each member alone, and every command has to answer --help",
    },
    "--run-commands": {"action": "store_true", "help": "run each command with --help, too"},
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
        "help": "the interpreter to verify with (the one that runs this)",
    },
    "--wait": {
        "type": seconds,
        "metavar": "SECONDS",
        "help": "how long to wait for the index to show a file (300 after an upload, else 60)",
    },
}


def destination(flag: str) -> str:
    """Return the name of the value that a flag sets."""
    return str(FLAGS[flag].get("dest", flag.removeprefix("--").replace("-", "_")))


# The flag that sets each value.
BY_DESTINATION = {destination(flag): flag for flag in FLAGS}
