"""The command `add-index`."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from ..cli.options import Common
from ..model.index.catalogue import Entry, Rule, choose, credential_problems, url_problems
from ..model.problem import Problem, UsageFailure, stop_on
from ..model.url import is_url, without_credentials
from ..model.workspace import manifest
from ..model.workspace.workspace import MANIFEST, Index
from ..ops.known_indexes import catalogue
from ..report import terminal
from ..stages.steps import Steps
from .answer import Answer

# https://docs.astral.sh/uv/concepts/indexes/#defining-an-index
NAME = re.compile(r"[A-Za-z0-9._-]+")


@dataclass(frozen=True, kw_only=True)
class Options(Common):
    """What `add-index` takes."""

    kind: str | None = None
    values: Sequence[str] = ()
    url: str | None = None
    publish_url: str | None = None
    public: bool = False


def run(options: Options, _: Steps) -> Answer:
    """Write the `[[tool.uv.index]]` of an index that is known, or of any by its URLs."""
    if len(options.members) != 1:
        hint = (
            f"known indexes: {', '.join(catalogue())}; for any other, use --url and --publish-url"
        )
        raise UsageFailure(Problem("add-index-name", "name one index to add", hint))
    (name,) = options.members
    if not NAME.fullmatch(name):
        hint = "use ASCII letters, digits, `-`, `_` and `.`"
        raise UsageFailure(
            Problem("add-index-name", f"`{name}` is not a valid name of an index", hint)
        )
    entry = _entry(options, name)
    urls = entry.url, entry.publish_url
    stop_on([*url_problems(*urls), *credential_problems(*urls)], UsageFailure)
    path = options.workspace / MANIFEST
    try:
        text = path.read_bytes().decode("utf-8")
        changed = manifest.with_index(text, _table(name, entry))
    except (OSError, ValueError) as error:  # TOML's errors are ValueErrors, too
        message = f"{path} cannot be edited: {error}"
        raise UsageFailure(
            Problem("manifest-not-editable", message, "name the workspace's root")
        ) from None
    if changed != text:
        path.write_bytes(changed.encode("utf-8"))
    words = [] if changed != text else ["It is already there."]
    lines = "\n".join([*words, *_words(name, entry)])
    return Answer({"index": _table(name, entry)}, lambda: terminal.say(lines))


def _entry(options: Options, name: str) -> Entry:
    if options.url:
        return Entry(
            title=name,
            url=options.url,
            publish_url=options.publish_url or "",
            private=not options.public,
        )
    filled = choose(catalogue(), options.kind or name).filled(_told(options.values))
    wrong = [u for u in (filled.url, filled.publish_url) if u and not is_url(u)]
    hint = "check the values of --set"
    stop_on(
        (Problem("index-url", f"`{without_credentials(u)}` is not a URL", hint) for u in wrong),
        UsageFailure,
    )
    return filled


def _told(values: Sequence[str]) -> dict[str, str]:
    pairs = [value.partition("=") for value in values]
    wrong = [key for key, equals, _ in pairs if not equals]
    hint = "write --set KEY=VALUE"
    stop_on((Problem("index-value", f"`{key}` has no value", hint) for key in wrong), UsageFailure)
    return {key.upper(): value for key, _, value in pairs}


def _table(name: str, entry: Entry) -> dict[str, object]:
    """Return the entry of uv's: explicit, so that nothing comes from it unasked.

    https://docs.astral.sh/uv/concepts/indexes/
    """
    table: dict[str, object] = {"name": name, "url": entry.url}
    table |= {"publish-url": entry.publish_url} if entry.publish_url else {}
    return table | {"explicit": True} | ({"authenticate": "always"} if entry.private else {})


def _words(name: str, entry: Entry) -> Iterator[str]:
    yield f"{entry.title} is `{name}` in {MANIFEST}. What to do next:"
    yield from (f"{number}. {step}" for number, step in enumerate(_steps(name, entry), start=1))
    known = list(_known(entry))
    yield from ["", f"Known of {entry.title}:", *known] if known else []


def _steps(name: str, entry: Entry) -> Iterator[str]:
    """Say what is to be done, in its order, until a release goes there."""
    yield f"run `uv lock`, and commit {MANIFEST} and uv.lock"
    if entry.private:
        variables = " and ".join(Index(name=name, url=entry.url).variables)
        yield f"to read, set {variables}"
    if entry.publish_url:
        # uv sends a token with the user `__token__`, which others than PyPI do not know.
        token = ", or UV_PUBLISH_TOKEN" if _takes_token(entry) else ""
        yield f"to upload, set UV_PUBLISH_USERNAME and UV_PUBLISH_PASSWORD{token}"
        yield f"rehearse: nox -s release -- --index {name}"
        yield f'to release there by default, write `index = "{name}"` in [tool.release]'
        yield (
            f"in CI, add `{name}` to the `options` of the `index` input in "
            f".github/workflows/release.yml: `options: [testpypi, pypi, {name}]`; on GitLab, "
            f"set INDEX to {name}"
        )


def _known(entry: Entry) -> Iterator[str]:
    if entry.user:
        yield f"- user: {entry.user}; password: {entry.password}; sent as {entry.login}"
    if entry.token:
        yield f"- a password is printed by: {entry.token}{_good_for(entry.token_seconds)}"
    if entry.keyring:
        yield f"- or by a keyring: {entry.keyring}, with UV_KEYRING_PROVIDER=subprocess"
    if entry.same_bytes is not Rule.UNKNOWN:
        yield f"- the same file again: {entry.same_bytes}; other content: {entry.other_bytes}"
    if entry.duplicates:
        yield f"- of files that are there: {entry.duplicates}"
    if entry.unverified:
        yield f"- not verified: {entry.unverified}"


def _good_for(seconds: int) -> str:
    return f" (good for {seconds // 60} minutes)" if seconds else ""


def _takes_token(entry: Entry) -> bool:
    return not entry.login or entry.login.startswith("__token__:")
