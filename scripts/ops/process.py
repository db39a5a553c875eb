"""The door to other programs: run one, without a shell, and fail with its own words."""

import os
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path

from ..model.problem import Failure, Problem

WORDS_KEPT = 25
# What goes out to everybody is for everybody to read, whatever the user's own files are.
OWN_UMASK, FOR_EVERYBODY = -1, 0o022
# uv tells GitHub so, on a line of its own, which token to hide: nobody else may read it.
MASK = "::add-mask::"

# What a build or an installer may see. Everything else, every secret among it, is
# kept from the code that they run; HOME is a folder of their own.
ALLOWED = frozenset(
    {
        *("PATH", "LANG", "LC_ALL", "LC_CTYPE"),
        *("SYSTEMROOT", "COMSPEC", "PATHEXT", "WINDIR"),
        *("HTTP_PROXY", "HTTPS_PROXY", "NO_PROXY", "ALL_PROXY"),
        *("http_proxy", "https_proxy", "no_proxy", "all_proxy"),
        *(
            "SSL_CERT_FILE",
            "SSL_CERT_DIR",
            "REQUESTS_CA_BUNDLE",
            "CURL_CA_BUNDLE",
            "GIT_SSL_CAINFO",
        ),
        *("PIP_CERT", "PIP_INDEX_URL", "PIP_DEFAULT_TIMEOUT", "PIP_CONFIG_FILE"),
        *("UV_DEFAULT_INDEX", "UV_INDEX_URL", "UV_NATIVE_TLS", "UV_HTTP_TIMEOUT", "UV_CONFIG_FILE"),
        *("CC", "CXX", "CFLAGS", "LDFLAGS", "MACOSX_DEPLOYMENT_TARGET"),
    }
)


class CommandFailure(Failure):
    """A program ended with an error."""

    def __init__(self, command: Sequence[str], code: int, output: str, hint: str = "") -> None:
        """Say which command, and show the end of what it printed."""
        self.output = output
        self.hint = hint
        shown = " ".join([Path(command[0]).name, *command[1:]])
        self.ended = f"`{shown}` ended with exit code {code}"
        super().__init__(self.said(output))

    def said(self, output: str) -> Problem:
        """Return the failure as a problem, with the end of what the program said."""
        lines = [line for line in output.strip().splitlines() if not line.startswith(MASK)]
        tail = "\n".join(lines[-WORDS_KEPT:])
        return Problem(f"{self.ended}\n{tail}" if tail else self.ended, self.hint)


def run(
    command: Sequence[str],
    *,
    cwd: Path | None = None,
    environment: Mapping[str, str] | None = None,
    stdin: str | None = None,
    seconds: float | None = None,
    hint: str = "",
    umask: int = OWN_UMASK,
) -> str:
    """Run a program and return what it printed on stdout.

    Raises `CommandFailure` where it ends with an error or takes longer than `seconds`,
    and `Failure` where it is not there.
    """
    try:
        done = subprocess.run(  # noqa: S603 - arguments are a list, and no shell reads them
            [*command],
            cwd=cwd,
            env=None if environment is None else dict(environment),
            input=None if stdin is None else stdin.encode("utf-8", "surrogateescape"),
            stdin=subprocess.DEVNULL if stdin is None else None,
            capture_output=True,
            timeout=seconds,
            check=False,
            umask=umask,
            start_new_session=True,  # without a terminal, nothing can wait at a prompt
        )
    except FileNotFoundError:
        raise Failure(_missing(command[0])) from None
    except subprocess.TimeoutExpired:
        raise CommandFailure(command, 1, f"no answer in {seconds:.0f} s", hint) from None
    stdout = done.stdout.decode("utf-8", "surrogateescape")
    if done.returncode:
        output = done.stderr.decode("utf-8", "replace") + stdout
        raise CommandFailure(command, done.returncode, output, hint)
    return stdout


def scrubbed(home: Path) -> dict[str, str]:
    """Make an empty HOME, and return an environment that lives there, without secrets."""
    temporary = home / "tmp"
    temporary.mkdir(parents=True)
    kept = {name: value for name, value in os.environ.items() if name in ALLOWED}
    return {
        **_index_configuration(),
        **kept,
        "HOME": str(home),
        "USERPROFILE": str(home),
        "XDG_CACHE_HOME": str(home / ".cache"),
        **dict.fromkeys(("TMPDIR", "TEMP", "TMP"), str(temporary)),
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_CONFIG_NOSYSTEM": "1",
        "PYTHONDONTWRITEBYTECODE": "1",
        "PIP_NO_INPUT": "1",
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "UV_PYTHON_DOWNLOADS": "never",
        "UV_NO_PROGRESS": "1",
    }


def own_environment() -> dict[str, str]:
    """Return a copy of the environment that we run in, secrets and all."""
    return dict(os.environ)


def without(environment: Mapping[str, str], *prefixes: str) -> dict[str, str]:
    """Return an environment without the variables that start with one of the prefixes."""
    return {name: value for name, value in environment.items() if not name.startswith(prefixes)}


def _index_configuration() -> dict[str, str]:
    """Name the user's own index settings, which a HOME of its own would hide."""
    configuration = Path(os.environ.get("XDG_CONFIG_HOME", Path.home() / ".config"))
    files = {
        "PIP_CONFIG_FILE": configuration / "pip" / "pip.conf",
        "UV_CONFIG_FILE": configuration / "uv" / "uv.toml",
    }
    return {name: str(file) for name, file in files.items() if file.is_file()}


def _missing(program: str) -> Problem:
    name = Path(program).name
    ways = {
        "git": "install git 2.31 or newer",
        "uv": 'run `python -m pip install "nox[uv]"`',
    }
    return Problem(f"{name} is not installed, or not on PATH", ways.get(name, f"install {name}"))
