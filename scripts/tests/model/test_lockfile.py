"""What a lock file says of members, and which of its changes are not the release's."""

import tomllib

from roadworthy.model.workspace.lockfile import other_changes, outlined

LOCK = """\
version = 1
requires-python = ">=3.11"

[manifest]
members = ["zq-base", "zq-dynamic"]

[[package]]
name = "zq-base"
version = "0.1.0"
source = { editable = "packages/zq-base" }

[[package]]
name = "zq-dynamic"
version = "0.1.0"
source = { editable = "packages/zq-dynamic" }

[package.metadata]
requires-dist = [
    { name = "idna", extras = ["all"], marker = "python_full_version < '3.13'", specifier = ">=3" },
    { name = "zq-base", editable = "packages/zq-base" },
]
provides-extras = ["fast"]

[[package]]
name = "idna"
version = "3.10"
source = { registry = "https://index.invalid/simple" }
"""
DYNAMIC = frozenset({"zq-dynamic"})


def changes(old: str, new: str) -> list[str]:
    """Return what is changed beside the release where some text takes another's place."""
    assert old in LOCK
    return list(other_changes(LOCK.replace(old, new), [LOCK], DYNAMIC))


def test_the_versions_of_members_may_move() -> None:
    assert changes('name = "zq-base"\nversion = "0.1.0"', 'name = "zq-base"\nversion = "0.2"') == []


def test_what_is_built_may_require_something_else() -> None:
    assert changes('">=3" }', '">=3.1" }') == []


def test_another_version_of_a_third_party_is_no_part_of_a_release() -> None:
    assert changes('"3.10"', '"3.9"') == ["idna"]


def test_a_package_that_was_not_there_is_no_part_of_a_release() -> None:
    assert changes('name = "idna"', 'name = "idna-x"') == ["idna-x"]


def test_another_member_requires_what_it_did() -> None:
    added = 'source = { editable = "packages/zq-base" }\ndependencies = [{ name = "x" }]'
    assert changes('source = { editable = "packages/zq-base" }', added) == ["zq-base"]


def test_what_holds_for_all_packages_stays() -> None:
    assert changes(">=3.11", ">=3.12") == ["[requires-python]"]


def test_a_number_of_days_is_the_same_tomorrow() -> None:
    options = """\
[options]
exclude-newer = "2026-04-07T08:42:15Z"
exclude-newer-span = "P1W"

[options.exclude-newer-package]
x = { timestamp = "2026-04-07T08:42:15Z", span = "P1D" }
y = false
"""
    lock = f"{LOCK}\n{options}"
    tomorrow = lock.replace("04-07", "04-08")
    assert list(other_changes(tomorrow, [lock], DYNAMIC)) == []
    assert list(other_changes(lock.replace("P1D", "P2D"), [lock], DYNAMIC)) == ["[options]"]
    by_date = lock.replace('exclude-newer-span = "P1W"\n', "")
    other_date = by_date.replace("04-07", "04-08", 1)
    assert list(other_changes(other_date, [by_date], DYNAMIC)) == ["[options]"]


def test_a_change_that_is_known_is_fine() -> None:
    updated = LOCK.replace('"3.10"', '"3.11"')
    outline = updated.replace("[manifest]\n", "[manifest]\ndependency-metadata = [{ a = 1 }]\n")
    assert list(other_changes(updated, [LOCK, outline], DYNAMIC)) == []


def test_a_manifest_says_of_members_what_the_lock_file_had() -> None:
    root = "# mine\n[tool.uv]\ndependency-metadata = [{ name = 'x', version = '1' }]\n"
    found = tomllib.loads(outlined(root, LOCK, ["zq-dynamic", "zq-new"]))
    assert found["tool"]["uv"]["dependency-metadata"] == [
        {"name": "x", "version": "1"},
        {
            "name": "zq-dynamic",
            "version": "0.1.0",
            "requires-dist": ["idna[all]>=3 ; python_full_version < '3.13'", "zq-base"],
            "provides-extra": ["fast"],
        },
        {"name": "zq-new", "version": "0", "requires-dist": [], "provides-extra": []},
    ]
