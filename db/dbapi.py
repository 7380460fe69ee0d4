"""The one SQLite library of the process.

Two SQLite libraries on one file in one process silently drop each other's locks, and SQLite before 3.51.3 can lose pages
of a WAL database when two connections checkpoint at the same instant. So everything, sqlite-utils included, uses the
module chosen here, and `doctor` refuses a version with that defect.
"""

from __future__ import annotations

import sqlite3
from types import ModuleType
from typing import Any

FIXED = ((3, 51, 3), (3, 50, 7), (3, 44, 6))
"""First good release of each line that got the fix."""


def choose() -> ModuleType:
    """`pysqlite3` where it is installed (sqlite-utils prefers it too), else the standard library's."""
    try:
        from pysqlite3 import dbapi2
    except ImportError:
        return sqlite3
    module: ModuleType = dbapi2
    return module


def is_safe(version: tuple[int, ...]) -> bool:
    """Whether this SQLite has the WAL-reset fix."""
    return any(version >= first and (version[:2] == first[:2] or first is FIXED[0]) for first in FIXED)


module: Any = choose()
version: tuple[int, ...] = tuple(module.sqlite_version_info)
