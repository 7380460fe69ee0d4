"""What all tables share: names of constraints, column types, strictness."""

from __future__ import annotations

import json
from typing import Any, ClassVar

from sqlalchemy import REAL, Integer, LargeBinary, MetaData, Text, TypeDecorator
from sqlalchemy.orm import DeclarativeBase

NAMES = {
    "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_name)s",
    "pk": "pk_%(table_name)s",
}
STRICT = {"sqlite_strict": True}


class Json(TypeDecorator[Any]):
    """A JSON document in a text column (SQLite's strict tables have no JSON type)."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: Any, dialect: Any) -> str | None:
        return None if value is None else json.dumps(value)

    def process_result_value(self, value: Any, dialect: Any) -> Any:
        return None if value is None else json.loads(value)


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map: ClassVar = {
        str: Text,
        float: REAL,
        int: Integer,
        bytes: LargeBinary,
        dict[str, Any]: Json,
        list[Any]: Json,
    }
