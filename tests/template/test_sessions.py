"""Sessions that run programs of others: what they find, each once on purpose."""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from threading import Thread

import pytest

from tests.template.desk import NOX, ROOT, Folder, clean_environment, copy_of_the_workspace

RECIPE = "packages/pantry-recipe/src/pantry_recipe/__init__.py"
WHEN = "2026-01-01T00:00:00Z"
NEWS = {"id": "GHSA-zq", "modified": WHEN, "published": WHEN, "summary": "it is weak"}


class Database(BaseHTTPRequestHandler):
    """A database of weaknesses that knows one, of pytest: https://google.github.io/osv.dev/api/."""

    def do_POST(self) -> None:
        """Answer which of many versions are weak."""
        wanted = json.loads(self.rfile.read(int(self.headers["Content-Length"])))["queries"]
        names = [query["package"]["name"] for query in wanted]
        known = {"vulns": [{"id": NEWS["id"], "modified": WHEN}]}
        self._answer({"results": [known if name == "pytest" else {} for name in names]})

    def do_GET(self) -> None:
        """Answer what is known of one weakness."""
        self._answer({**NEWS, "details": "", "affected": []})

    def _answer(self, value: object) -> None:
        body = json.dumps(value).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@contextmanager
def database() -> Iterator[str]:
    """Serve the database on loopback; return its URL."""
    with HTTPServer(("127.0.0.1", 0), Database) as server:
        thread = Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


def test_an_audit_fails_for_a_weakness_that_somebody_knows(
    tmp_path: Path, environments: Path
) -> None:
    copy = copy_of_the_workspace(tmp_path / "desk")
    run = (NOX, "--envdir", environments, "-s", "audit", "--")
    with database() as url:
        done = copy.run(*run, "--service-url", url)
        assert (done.returncode, "GHSA-zq: it is weak" in done.stdout) == (1, True), done.stderr
        ignored = copy.run(*run, "--service-url", url, "--ignore", "GHSA-zq")
    assert ignored.returncode == 0, ignored.stderr


@pytest.mark.exhaustive
def test_an_import_that_is_not_declared_is_found(tmp_path: Path, environments: Path) -> None:
    copy = copy_of_the_workspace(tmp_path / "desk")
    run = (NOX, "--envdir", environments, "-s", "check-imports")
    done = copy.run(*run)
    assert done.returncode == 0, done.stdout + done.stderr
    text = (copy.path / RECIPE).read_text("utf-8")
    (copy.path / RECIPE).write_text(f"{text}\nimport packaging\n", "utf-8")
    done = copy.run(*run)
    assert done.returncode == 1
    assert "'packaging' imported but" in done.stdout + done.stderr


@pytest.mark.exhaustive
def test_the_image_of_an_application_has_it_and_what_it_requires_alone(tmp_path: Path) -> None:
    lines = (ROOT / "Dockerfile").read_text("utf-8").splitlines()
    steps = [line.removeprefix("RUN ") for line in lines if line.startswith("RUN ")]
    copy = copy_of_the_workspace(tmp_path / "everything")
    place = Folder(tmp_path / "source", clean_environment())
    place.path.mkdir()
    application = str(tmp_path / "app")
    arguments = {"MEMBER": "pantry-cli", "COMMAND": "pantry", "UV_PYTHON": sys.executable}
    place.environment.update(arguments, UV_PROJECT_ENVIRONMENT=application)
    install, of_others, everything, link = steps
    assert install.startswith("python -m pip install")
    for name in ("pyproject.toml", "uv.lock"):
        shutil.copy2(ROOT / name, place.path)
    place.output("sh", "-c", of_others)
    shutil.copytree(copy.path, place.path, dirs_exist_ok=True)
    place.output("sh", "-c", everything)
    place.output("sh", "-c", link.replace("/app", application))
    uv = os.environ.get("UV", "uv")
    listed = place.output(uv, "pip", "freeze", "--python", f"{application}/bin/python")
    names = [line.partition(" @ ")[0] for line in listed.splitlines()]
    assert names == ["pantry-cli", "pantry-quantity", "pantry-recipe"]
    assert place.output(f"{application}/bin/start", "--help").startswith("usage: pantry")
