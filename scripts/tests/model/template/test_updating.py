"""What becomes of a file that a template owns, from three states of it."""

from hypothesis import given
from hypothesis import strategies as st

from roadworthy.model.template.updating import TO_TAKE, Blob, State, TemplateFile, compared

A, B, C = (Blob("100644", letter * 40) for letter in "abc")
STATES = {
    (A, A, A): State.SAME,
    (A, A, B): State.YOURS,
    (A, A, None): State.YOURS,
    (A, B, A): State.BEHIND,
    (A, B, B): State.SAME,
    (A, B, C): State.BOTH,
    (A, B, None): State.YOURS,
    (A, None, A): State.GONE,
    (A, None, B): State.YOURS,
    (None, B, None): State.NEW,
    (None, B, B): State.SAME,
    (None, B, C): State.BOTH,
}


def files(blob: Blob | None, path: str = "x") -> dict[str, Blob]:
    return {path: blob} if blob else {}


def states(found: tuple[TemplateFile, ...]) -> dict[str, tuple[str, str]]:
    return {file.path: (file.state, file.was) for file in found}


def test_each_three_states_of_a_file_have_one_answer() -> None:
    answers = {}
    for base, target, here in STATES:
        (found,) = compared(files(base), files(target), files(here), {})
        answers[base, target, here] = found.state
    assert answers == STATES


def test_what_is_neither_here_nor_in_the_template_is_not_told() -> None:
    assert compared(files(A), {}, {}, {}) == ()


def test_a_renamed_file_takes_the_changes_of_the_project_along() -> None:
    base, target = files(A, "old"), files(A, "new")
    renames = {"old": "new"}
    cases = {
        "left alone": files(A, "old"),
        "changed": files(B, "old"),
        "removed": {},
        "renamed here, too": files(A, "new"),
        "both are here": {**files(A, "old"), **files(B, "new")},
    }
    found = {name: states(compared(base, target, here, renames)) for name, here in cases.items()}
    assert found == {
        "left alone": {"new": ("behind", "old")},
        "changed": {"new": ("both", "old")},
        "removed": {"new": ("yours", "")},
        "renamed here, too": {"new": ("same", "")},
        "both are here": {"new": ("yours", ""), "old": ("gone", "")},
    }


def test_a_new_file_does_not_bring_back_a_folder_that_the_project_removed() -> None:
    base = {".github/a.yml": A, "kept/a": A}
    target = {**base, ".github/b.yml": B, "kept/b": B, "other/c": B}
    found = states(compared(base, target, {"kept/a": A}, {}))
    assert found == {
        ".github/a.yml": ("yours", ""),
        ".github/b.yml": ("yours", ""),
        "kept/a": ("same", ""),
        "kept/b": ("new", ""),
        "other/c": ("new", ""),
    }


def test_a_new_file_leaves_what_the_project_has_at_its_place() -> None:
    target = {"docs": A, "tools/run": A}
    here = {"docs/index.md": B, "tools": B}
    assert states(compared({}, target, here, {})) == {
        "docs": ("yours", ""),
        "tools/run": ("yours", ""),
    }


blobs = st.sampled_from([A, B, C])
trees = st.dictionaries(st.sampled_from(["a", "b", "c/d", "c/e"]), blobs)


@given(trees, trees, trees)
def test_once_everything_is_taken_nothing_is_behind(
    base: dict[str, Blob], target: dict[str, Blob], here: dict[str, Blob]
) -> None:
    after = dict(here)
    for file in compared(base, target, here, {}):
        if file.state in TO_TAKE - {State.BOTH}:
            after.pop(file.path, None)
            after |= files(file.target, file.path)
    left = {file.path: file.state for file in compared(target, target, after, {})}
    assert {state for state in left.values() if state in TO_TAKE} == set()


@given(trees, trees)
def test_a_project_that_changed_nothing_becomes_the_template(
    base: dict[str, Blob], target: dict[str, Blob]
) -> None:
    found = compared(base, target, base, {})
    after = {file.path: file.target for file in found if file.state is not State.YOURS}
    refused = {file.path for file in found if file.state is State.YOURS}
    assert {path: blob for path, blob in after.items() if blob} == {
        path: blob for path, blob in target.items() if path not in refused
    }
    assert refused == set()
