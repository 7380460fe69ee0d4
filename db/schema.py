"""The revision of a database's tables, and how it comes to the newest.

Alembic takes longer to load than most commands to run, so it is loaded only where something has to be done: the revisions
are told from the names of their files.
"""

from __future__ import annotations

import fcntl
from pathlib import Path

from sqlalchemy import Engine, inspect

from db import search
from pipelines.errors import Usage

MIGRATIONS = Path(__file__).parent / "migrations"
TABLE = "alembic_version"
REVISIONS = tuple(sorted(file.name.partition("_")[0] for file in (MIGRATIONS / "versions").glob("[0-9]*_*.py")))
"""The oldest first."""


def bring_up_to_date(engine: Engine, path: Path) -> None:
    """Make the tables, or change them to what they are now. Raises `Usage` for a newer database, which stays untouched."""
    if _is_newest(engine, path):
        return
    with path.with_suffix(".lock").open("w") as lock:  # two processes may start at once; one of them migrates
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not _is_newest(engine, path):
            _upgrade(engine)
            search.ensure_index(engine)


def _is_newest(engine: Engine, path: Path) -> bool:
    with engine.connect().execution_options(begin="BEGIN") as connection:
        if not inspect(connection).has_table(TABLE):
            return False
        revision = connection.exec_driver_sql(f"SELECT version_num FROM {TABLE}").scalar()
    if revision and revision not in REVISIONS:
        raise Usage(f"{path} was made by a newer Clapper (schema {revision}); install that version or use another --data")
    return revision == REVISIONS[-1]


def _upgrade(engine: Engine) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
