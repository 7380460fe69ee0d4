"""A file in the folder is enough; misuse is answered with what is known."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from pipelines.errors import Usage
from pipelines.registry import Registry


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """A package of two modules, each with one class."""
    folder = tmp_path / "kinds_of_fruit"
    folder.mkdir()
    (folder / "__init__.py").write_text("from pipelines.registry import Registry\nFRUIT = Registry('kinds_of_fruit')\n")
    for name in ("pear", "apple"):
        code = f"from kinds_of_fruit import FRUIT\n@FRUIT.register\nclass Fruit:\n    name = '{name}'\n"
        (folder / f"{name}.py").write_text(code)
    monkeypatch.syspath_prepend(str(tmp_path))
    yield "kinds_of_fruit"
    for module in [name for name in sys.modules if name.startswith("kinds_of_fruit")]:
        del sys.modules[module]


def registry_of(package: str) -> Registry[Any]:
    found: Registry[Any] = __import__(package).FRUIT
    return found


def test_files_in_the_folder_are_found(package: str) -> None:
    fruit = registry_of(package)
    assert [name for name, _ in fruit] == ["apple", "pear"]
    assert fruit["pear"].name == "pear"
    assert "pear" in fruit
    assert "plum" not in fruit


def test_an_unknown_name_is_answered_with_the_known_ones(package: str) -> None:
    with pytest.raises(Usage, match=r"'plum' .* known: apple, pear"):
        registry_of(package)["plum"]


def test_two_classes_of_one_name_are_refused(package: str) -> None:
    fruit = registry_of(package)

    class Impostor:
        name = "pear"

    assert "pear" in fruit
    with pytest.raises(ValueError, match="two classes are named 'pear'"):
        fruit.register(Impostor)


def test_a_class_may_be_registered_twice(package: str) -> None:
    fruit = registry_of(package)
    assert fruit.register(fruit["pear"]) is fruit["pear"]


def test_a_broken_module_is_not_passed_over(package: str, tmp_path: Path) -> None:
    (tmp_path / package / "quince.py").write_text("import a_package_nobody_has\n")
    fruit = registry_of(package)
    for _ in range(2):  # nor at the second look
        with pytest.raises(ModuleNotFoundError, match="a_package_nobody_has"):
            fruit["apple"]
