"""A person's options, from the command line or a form, as the settings they are meant for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from pipelines.errors import Usage

Model = TypeVar("Model", bound=BaseModel)


def filled(cls: type[Model], values: Mapping[str, Any], *, name: str, typed: bool = False) -> Model:
    """`cls` with these values; `typed` when all of them are text that a person typed.

    Raises `Usage` naming the option that does not fit, as "name.field"."""
    try:
        return cls.model_validate_strings(values) if typed else cls.model_validate(values)
    except ValidationError as error:
        problem = error.errors()[0]
        known = f"; known: {', '.join(cls.model_fields)}" if problem["type"] == "extra_forbidden" else ""
        words = problem["msg"].removeprefix("Value error, ")
        raise Usage(f"{name}.{'.'.join(map(str, problem['loc']))}: {words}{known}") from None


def sorted_out(sets: Sequence[str], models: Mapping[str, type[BaseModel]]) -> dict[str, dict[str, str]]:
    """field=value for whichever of the models has the field, the first that does; "name.field" says which is meant.

    Raises `Usage` for what is no field of any."""
    found: dict[str, dict[str, str]] = {name: {} for name in models}
    for text in sets:
        field, equals, value = text.partition("=")
        if not equals or not field.strip():
            raise Usage(f"--set {text!r}: write field=value, for example crf=20; known: {_known(models)}")
        owner, dot, bare = field.strip().rpartition(".")
        name = (
            owner if dot and owner in models else next((n for n, m in models.items() if field.strip() in m.model_fields), "")
        )
        if not name:
            raise Usage(f"--set {text!r}: there is no such option; known: {_known(models)}")
        found[name][bare] = value.strip()
    return found


def _known(models: Mapping[str, type[BaseModel]]) -> str:
    return ", ".join(field for model in models.values() for field in model.model_fields)
