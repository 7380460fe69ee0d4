"""Records as JSON and back: between a worker and its decoding child, and in the database's JSON columns."""

from __future__ import annotations

from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter

T = TypeVar("T")


@cache
def _adapter(cls: Any) -> TypeAdapter[Any]:
    return TypeAdapter(cls)


def dump(record: Any) -> Any:
    """The record as plain JSON values; fractions become text such as "1/24"."""
    return _adapter(type(record)).dump_python(record, mode="json")  # type: ignore[arg-type]  # classes are hashable


def load(cls: type[T], value: Any) -> T:
    """The record that `dump` wrote."""
    record: T = _adapter(cls).validate_python(value)  # type: ignore[arg-type]
    return record
