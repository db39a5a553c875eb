"""Flags: what each option of the command line is called, takes and means."""

from collections.abc import Mapping

from ..model.consumer.route import ROUTES
from ..model.workspace.setting_values import Proof
from .template_flags import TEMPLATE_FLAGS
from .values import filled, folder, proofs, seconds, shard, url

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
        "help": "the branch or commit to compare with (default: the remote's release branch)",
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
    "--prove": {
        "nargs": "?",
        "const": tuple(Proof),
        "type": proofs,
        "metavar": "WHAT,...",
        "help": "run members' own tests, too: against the wheel, its floor, and by dependents "
        "(default: all three)",
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
    "--resolution": {
        "choices": ("highest", "lowest-direct"),
        "help": "lowest-direct: test each member with the lowest versions that it admits",
    },
    "--built": {
        "action": "store_true",
        "help": "test the built wheels of members instead of their sources",
    },
    "--affected": {
        "action": "store_true",
        "help": "only the members that a change concerns; see --base",
    },
    "--shard": {
        "type": shard,
        "metavar": "I/N",
        "help": "only the I-th of N parts, for machines that share the work",
    },
    "--write": {"action": "store_true", "help": "write the settings into the root manifest"},
    **TEMPLATE_FLAGS,
}


def destination(flag: str) -> str:
    """Return the name of the value that a flag sets."""
    return str(FLAGS[flag].get("dest", flag.removeprefix("--").replace("-", "_")))


# The flag that sets each value.
BY_DESTINATION = {destination(flag): flag for flag in FLAGS}
