"""A member gets another name wherever it is named: text in, text out."""

import pytest

from roadworthy.model.template.renaming import Renaming, named_in, texts_after
from roadworthy.model.workspace.reading import read_workspace
from tests.model.builder import ROOT, manifest

NAME, FOLDER = "zq-base", "packages/zq-base"


def renaming(new: str, *files: str, name: str = NAME, folder: str = FOLDER) -> Renaming:
    texts = {"pyproject.toml": ROOT, f"{folder}/pyproject.toml": manifest(name, "1.0")}
    (member,) = read_workspace(texts).members.values()
    return Renaming.of(member, new, [f"{folder}/{file}" for file in files])


@pytest.mark.parametrize(
    ("new", "file", "module", "new_module", "new_file"),
    [
        ("zq-core", "src/zq_base/a.py", "zq_base", "zq_core", "src/zq_core/a.py"),
        ("zq-core", "zq_base/a.py", "zq_base", "zq_core", "zq_core/a.py"),
        ("zq-core", "zq_base.py", "zq_base", "zq_core", "zq_core.py"),
        ("zq-core", "src/zq/base/a.py", "zq.base", "zq.core", "src/zq/core/a.py"),
        ("zq-core", "src/zq/base.py", "zq.base", "zq.core", "src/zq/core.py"),
        ("other", "src/zq/base/a.py", "zq.base", "other", "src/other/a.py"),
        ("zq-core", "src/elsewhere/a.py", "", "", "src/elsewhere/a.py"),
        ("zq-core", "src/zq_base_more/a.py", "", "", "src/zq_base_more/a.py"),
    ],
)
def test_what_is_imported_by_the_name_moves_with_it(
    new: str, file: str, module: str, new_module: str, new_file: str
) -> None:
    found = renaming(new, file)
    assert (found.module, found.new_module) == (module, new_module)
    assert found.path(f"{FOLDER}/{file}") == f"packages/{new}/{new_file}"


@pytest.mark.parametrize(
    ("folder", "new_folder"),
    [
        (FOLDER, "packages/zq-core"),
        ("packages/zq_base", "packages/zq_core"),
        ("packages/ground", "packages/ground"),
    ],
)
def test_a_folder_that_has_the_name_gets_the_new_one(folder: str, new_folder: str) -> None:
    found = renaming("zq-core", folder=folder)
    assert found.path(f"{folder}/README.md") == f"{new_folder}/README.md"
    assert found.path(f"{folder}/tests/test_zq_base.py") == f"{new_folder}/tests/test_zq_core.py"
    assert found.path("packages/zq-base-more/a.py") == "packages/zq-base-more/a.py"


def test_a_name_is_replaced_where_it_stands_alone_and_the_past_keeps_it() -> None:
    found = renaming("zq-core", "src/zq_base/__init__.py")
    texts = {
        "README.md": "zq-base is imported as `zq_base`, unlike zq-base-more and my-zq-base\n",
        "uv.lock": 'name = "zq-base"\n',
        "docs/other.md": "nothing\n",
        f"{FOLDER}/CHANGELOG.md": "zq-base\n",
        f"{FOLDER}/src/zq_base/__init__.py": "import zq_base.a\n",
    }
    assert named_in(texts, NAME) == ["README.md", f"{FOLDER}/src/zq_base/__init__.py"]
    assert texts_after(texts, found) == {
        "README.md": "zq-core is imported as `zq_core`, unlike zq-base-more and my-zq-base\n",
        "packages/zq-core/CHANGELOG.md": "zq-base\n",
        "packages/zq-core/src/zq_core/__init__.py": "import zq_core.a\n",
    }


def test_a_name_of_one_word_is_a_word_in_any_text_but_code() -> None:
    found = renaming("stone", "base/__init__.py", name="base", folder="packages/base")
    texts = {"README.md": "the base is packages/base\n", "a.py": "import base\n", "b.toml": "base"}
    assert texts_after(texts, found) == {
        "README.md": "the base is packages/stone\n",
        "a.py": "import stone\n",
        "b.toml": "stone",
    }
