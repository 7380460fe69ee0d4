"""What holds for the settings of every stage, whatever its kind."""

from __future__ import annotations

import pickle
from typing import Any

from pydantic import BaseModel

KINDS = {"boolean", "integer", "number", "string"}


def other_values(cls: type[BaseModel]) -> dict[str, Any]:
    """For each field, an allowed value that is not the default, made from its schema alone."""
    return {name: _other(field) for name, field in properties(cls).items()}


def properties(cls: type[BaseModel]) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = cls.model_json_schema().get("properties", {})
    return found


def plain(field: dict[str, Any]) -> dict[str, Any]:
    """The field with its one type that is not null, as a form takes it."""
    choices = [choice for choice in field.get("anyOf", [field]) if choice.get("type") != "null"]
    assert len(choices) == 1, f"a form cannot draw {field}"
    return {**field, **choices[0]}


def must_fit_a_form(cls: type[BaseModel]) -> None:
    """Every field is described, of a plain kind, and a number has limits on both sides around its default."""
    for name, field in properties(cls).items():
        shape = plain(field)
        assert len(field.get("description", "")) > 10, f"{cls.__name__}.{name} needs a description"
        assert shape["type"] in KINDS, f"{cls.__name__}.{name}: {shape['type']}"
        assert "default" in field, f"{cls.__name__}.{name} needs a default"
        if shape["type"] in ("integer", "number"):
            low, high = shape.get("minimum"), shape.get("maximum")
            assert low is not None and high is not None, f"{cls.__name__}.{name} needs ge and le"
            assert field["default"] is None or low <= field["default"] <= high


def same_after_a_journey(value: BaseModel) -> bool:
    """Whether it goes to another process and through JSON unchanged."""
    again = pickle.loads(pickle.dumps(value))
    return bool(again == value == type(value).model_validate_json(value.model_dump_json()))


def is_sentence(about: str) -> bool:
    return about.endswith(".") and len(about.split()) > 4


def _other(field: dict[str, Any]) -> Any:
    shape, default = plain(field), field["default"]
    if "enum" in shape:
        return next(value for value in shape["enum"] if value != default)
    match shape["type"]:
        case "boolean":
            return not default
        case "string":
            return f"{default} otherwise"
        case "integer":
            return shape["minimum"] if default != shape["minimum"] else default + 1
        case _:
            return shape["minimum"] if default != shape["minimum"] else (default + shape["maximum"]) / 2
