"""The release jobs of both forges: each run as it is written, alone, on loopback."""

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import tomlkit

from roadworthy.ops import loopback
from tests.helpers import pipelines
from tests.helpers.cli import ROOT, run
from tests.helpers.pipelines import Doorkeeper, GitHub, GitLab, Machine
from tests.helpers.repository import Repo
from tests.helpers.trusting import REQUEST_TOKEN, TrustingIndex, identity, trusting_index
from tests.helpers.workspaces import make_workspace, member

# Each forge runs all its jobs once; what else may happen is in the commands, the same for both.
FORGES = [GitHub, GitLab]
Forge = type[GitHub | GitLab]
# The jobs are those of this repository, the members are the test's own.
MEMBERS = {**member("zq-base"), **member("zq-top", "zq-base>=0.1.0,<0.2")}
TAGS = ["zq-base/v0.1.0", "zq-top/v0.1.0"]


@pytest.fixture
def machine(tmp_path: Path) -> Iterator[Machine]:
    """Return a machine with the template, a forge that has it, and an index that trusts."""
    folder = tmp_path / "forge"
    folder.mkdir()
    with trusting_index(tmp_path, pipelines.INDEX) as (index, certificates):
        remote = template(tmp_path / "template", index.url).with_remote(folder / "template.git")
        remote.git("config", "http.receivepack", "true")
        forge = Doorkeeper(folder)
        with loopback.serve(forge) as forge.url:
            yield Machine(tmp_path / "runner", forge, index, certificates, remote)


def template(path: Path, url: str) -> Repo:
    """Return the template with members of its own, and an index on loopback by the same name."""
    places = ("noxfile.py", "uv.lock", ".github", ".gitlab-ci.yml", ".gitignore", "scripts")
    for name in Repo(ROOT).git("ls-files", "--", *places).splitlines():
        if (ROOT / name).is_file():
            (path / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, path / name)
    repo = Repo.init(path)
    repo.commit("feat: start", {**MEMBERS, "pyproject.toml": manifest(url)})
    run_uv(path, "lock", "--quiet")
    repo.commit("build: lock")
    return repo


def manifest(url: str) -> str:
    """Return the manifest of this repository for the members of the test."""
    document = tomlkit.parse((ROOT / "pyproject.toml").read_text("utf-8")).unwrap()
    names = ["zq-base", "zq-top"]
    document["project"]["dependencies"] = names
    document["project"] |= {"license-files": [], "name": "zq-workspace"}
    uv = document["tool"]["uv"]
    uv["sources"] = {name: {"workspace": True} for name in (*names, "roadworthy")}
    (entry,) = (e for e in uv["index"] if e["name"] == pipelines.INDEX)
    entry |= {"url": f"{url}simple/", "publish-url": url}
    return tomlkit.dumps(document)


def run_uv(folder: Path, *arguments: str) -> None:
    """Run uv in a folder."""
    command = (os.environ.get("UV", "uv"), *arguments, "--python", sys.executable)
    subprocess.run(command, cwd=folder, check=True)


def tags(machine: Machine) -> list[str]:
    return machine.remote.git("tag").splitlines()


@pytest.mark.needs("scripts")
@pytest.mark.exhaustive
@pytest.mark.parametrize("forge", FORGES)
def test_a_release_runs_job_by_job_as_its_file_says(
    machine: Machine, forge: Forge, tmp_path: Path
) -> None:
    started = machine.remote.head()
    jobs = forge(machine).start()
    assert (next(jobs), machine.remote.head() != started) == ("prepare", True)
    prepared = machine.remote.head()
    assert (next(jobs), machine.index.files()) == ("build", [])
    merged = merge(machine, tmp_path / "desk")  # while somebody approves the uploads
    assert (next(jobs), len(machine.index.files()), tags(machine)) == ("publish", 4, [])
    assert (next(jobs), tags(machine)) == ("verify-published", [])
    assert (next(jobs), tags(machine)) == ("tag", TAGS)
    assert (next(jobs), tags(machine)) == ("verify-tags", TAGS)
    assert next(jobs) == "finish"
    assert next(jobs, None) is None
    assert [machine.remote.head(name) for name in tags(machine)] == [prepared] * 3
    assert (machine.remote.head(), tags(machine)[0].partition("/")[0]) == (merged, "release")
    assert_that_each_job_did_its_own_work_alone(machine)
    assert_that_nobody_saw_a_secret(machine)


def merge(machine: Machine, folder: Path) -> str:
    """Change a member at the remote, as somebody does who waits for no release."""
    machine.remote.git("clone", "--quiet", ".", str(folder))
    desk = Repo(folder)
    desk.commit("fix: later", {"packages/zq-base/src/zq_base/later.py": "LATER = True\n"})
    desk.git("push", "--quiet", "origin", "main")
    return desk.head()


def assert_that_each_job_did_its_own_work_alone(machine: Machine) -> None:
    """Check that what builds neither pushes nor publishes, and what publishes builds nothing."""
    told = {job: [call.arguments for call in calls] for job, calls in machine.calls.items()}
    building = [job for job, lines in told.items() if any(x.startswith("build ") for x in lines)]
    publishing = [x for job in told for x in told[job] if x.startswith("publish ")]
    assert (building, len(publishing)) == (["build", "verify-tags"], 2)
    assert publishing == [line for line in told["publish"] if line.startswith("publish ")]
    assert len(machine.index.minted) == 2, "each member has a token of its own"
    assert all(b'name="attestations"' in body for body in machine.index.uploads)
    names = ("token-of-prepare", "token-of-tag", "token-of-finish", "push")
    pushing = {machine.secrets.get(name) for name in names}
    assert machine.forge.pushed_by == pushing & machine.forge.pushers


def assert_that_nobody_saw_a_secret(machine: Machine) -> None:
    """Check builds, the arguments of programs, and logs."""
    secrets = [*machine.secrets.values(), *machine.index.minted]
    seen_by_builds = [c.environment for c in machine.calls["build"] if c.arguments[:6] == "build "]
    others = [secret for secret in secrets if secret != machine.secrets["token-of-build"]]
    seen_by_job = [call.environment for call in machine.calls["build"]]
    arguments = [call.arguments for calls in machine.calls.values() for call in calls]
    assert seen_by_builds
    for secret in secrets:
        assert not [text for text in (*seen_by_builds, *arguments) if secret in text]
        assert secret not in machine.printed
    assert not [text for text in seen_by_job for secret in others if secret in text]


@pytest.mark.needs("scripts")
@pytest.mark.exhaustive
@pytest.mark.parametrize("forge", [GitLab])
def test_a_release_that_is_run_again_changes_nothing(machine: Machine, forge: Forge) -> None:
    machine.is_short = False
    assert list(forge(machine).start()) == list(pipelines.RELEASE_JOBS)
    machine.is_short = True
    before = machine.remote.refs(), machine.index.files(), len(machine.index.uploads)
    assert list(forge(machine).start()) == list(pipelines.RELEASE_JOBS)
    assert (machine.remote.refs(), machine.index.files(), len(machine.index.uploads)) == before


@pytest.mark.needs("scripts")
@pytest.mark.exhaustive
@pytest.mark.parametrize("forge", [GitHub])
def test_a_release_goes_on_from_the_job_that_failed(machine: Machine, forge: Forge) -> None:
    machine.index.is_full = True
    with pytest.raises(AssertionError, match="was not published"):
        list(forge(machine).start())
    assert (machine.index.files(), tags(machine)) == ([], [])
    prepared = machine.remote.head()
    machine.index.is_full = False
    list(forge(machine).start())
    assert [machine.remote.head(name) for name in ("main", *TAGS)] == [prepared] * 3
    assert_that_nobody_saw_a_secret(machine)


@pytest.mark.needs("scripts")
@pytest.mark.exhaustive
@pytest.mark.parametrize("forge", [GitLab])
def test_a_release_runs_where_nobody_may_push_to_the_branch(
    machine: Machine, forge: Forge, tmp_path: Path
) -> None:
    machine.remote.git("clone", "--quiet", ".", str(tmp_path / "desk"))
    trusted = {"REQUESTS_CA_BUNDLE": str(machine.certificates)}
    command = ("prepare", "--execute", "--branch", "release-next")
    proposed = run(tmp_path / "desk", *command, **trusted)
    assert proposed.code == 0, proposed.stderr
    machine.remote.git("update-ref", "refs/heads/main", "refs/heads/release-next")
    hook = machine.remote.path / "hooks" / "update"
    hook.write_text('#!/bin/sh\n[ "$1" != refs/heads/main ]\n', "utf-8")
    hook.chmod(0o755)
    merged = machine.remote.head()
    list(forge(machine).start())
    assert [machine.remote.head(name) for name in ("main", *TAGS)] == [merged] * 3
    assert "Everything that is due is already prepared." in machine.printed


def test_the_jobs_of_a_release_are_started_by_hand_and_never_broken_off() -> None:
    workflow, pipeline = pipelines.read(pipelines.GITHUB), pipelines.read(pipelines.GITLAB)
    assert list(workflow["on"]) == ["workflow_dispatch"]
    assert workflow["permissions"] == {}
    assert workflow["concurrency"] == {"group": "release", "cancel-in-progress": False}
    assert [n for n, j in workflow["jobs"].items() if "id-token" in j["permissions"]] == ["publish"]
    assert workflow["jobs"]["publish"]["environment"] == "${{ inputs.index }}"
    assert [name for name, job in pipeline.items() if "id_tokens" in job] == ["publish"]
    shared = pipeline[".release"]
    assert (shared["interruptible"], shared["resource_group"]) == (False, "release")
    assert {pipeline[name]["extends"] for name in pipelines.RELEASE_JOBS} == {".release"}
    for job in (shared, pipeline["publish"]):
        (rule,) = job["rules"]
        assert re.match(r'\$CI_PIPELINE_SOURCE == "web" && .* && \$INDEX$', rule["if"])
    assert pipeline["publish"]["rules"][0]["when"] == "manual"


@pytest.fixture
def trusting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[TrustingIndex]:
    """Return an index that takes an identity, and nothing else, from a job that has one."""
    for name in ("UV_PUBLISH_USERNAME", "UV_PUBLISH_PASSWORD"):
        monkeypatch.delenv(name)
    with trusting_index(tmp_path, "testpypi") as (index, certificates):
        for name in ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE"):
            monkeypatch.setenv(name, str(certificates))
        yield index


@pytest.fixture
def built(tmp_path: Path, trusting: TrustingIndex) -> Repo:
    """Return a workspace whose only member is prepared and built."""
    table = f'[[tool.uv.index]]\nname = "shelf"\nurl = "{trusting.url}simple/"\n'
    table += f'publish-url = "{trusting.url}"\nexplicit = true\n\n[tool.release]\nindex = "shelf"\n'
    repo = make_workspace(tmp_path / "one", member("zq-base"), table)
    repo.with_remote(tmp_path / "one.git")
    assert run(repo.path, "prepare", "--execute").code == 0
    assert run(repo.path, "build").code == 0
    return repo


def publish(repo: Repo, **environment: str) -> tuple[int, str]:
    source = str(repo.path / "dist")
    done = run(repo.path, "publish", "--execute", "--from", source, **environment)
    return done.code, done.stdout + done.stderr


def gitlab(audience: str) -> dict[str, str]:
    return {"GITLAB_CI": "true", f"{audience.upper()}_ID_TOKEN": identity(audience)}


def github(index: TrustingIndex) -> dict[str, str]:
    return {
        "GITHUB_ACTIONS": "true",
        "ACTIONS_ID_TOKEN_REQUEST_URL": index.request_url,
        "ACTIONS_ID_TOKEN_REQUEST_TOKEN": REQUEST_TOKEN,
    }


def test_an_attestation_is_uploaded_with_the_file_that_it_lies_beside_and_with_no_other(
    built: Repo, trusting: TrustingIndex
) -> None:
    (wheel,) = (built.path / "dist").glob("*.whl")
    beside = wheel.with_name(f"{wheel.name}.publish.attestation")
    beside.write_text('{"of": "the wheel"}', "utf-8")
    assert publish(built, **gitlab("testpypi"))[0] == 0
    sent = {b".whl" in body: body for body in trusting.uploads}
    assert b'name="attestations"' in sent[True]
    assert b'[{"of":"the wheel"}]' in sent[True]
    assert b"attestation" not in sent[False]


def test_a_job_that_is_refused_uploads_nothing_and_shows_no_token(
    built: Repo, trusting: TrustingIndex
) -> None:
    code, said = publish(built, **gitlab("pypi"))
    assert (code, trusting.minted, trusting.uploads) == (1, [], [])
    assert "TESTPYPI_ID_TOKEN" in said
    trusting.is_full = True
    code, said = publish(built, **github(trusting))
    assert (code, len(trusting.minted), trusting.uploads) == (1, 1, [])
    assert trusting.minted[0] not in said
