"""The door to Graphviz, which draws pictures where it is installed.

https://graphviz.org/doc/info/command.html
"""

import os
import shutil

from ..model.problem import Failure, Problem
from . import process

SECONDS = 60


def svg(text: str) -> str:
    """Draw a picture that is written in DOT; raise `Failure` where Graphviz is not installed."""
    if shutil.which("dot") is None:
        hint = "install Graphviz, or leave out --format to get Mermaid"
        raise Failure(
            Problem("graphviz-missing", "`dot` draws the SVG, and it is not installed", hint)
        )
    return process.run(("dot", "-Tsvg"), environment=os.environ, stdin=text, seconds=SECONDS)
