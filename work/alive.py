"""Whether a worker of this machine lives: `python -m work.alive` ends with 0 when one was heard of within the last lease.

What a container asks of itself. It reads the data folder that `CLAPPER_DATA` names, and changes nothing in it.
"""

from __future__ import annotations

import sys

from db import workers
from db.session import Store, make_engine
from settings import Settings, data_folder


def main() -> int:
    """0 when one lives, 1 when none does."""
    database = Settings(data=data_folder()).database
    if not database.exists():  # asking would make one
        return 1
    store = Store(make_engine(database))
    try:
        with store.read() as session:
            return 0 if workers.lives_here(session) else 1
    finally:
        store.close()


if __name__ == "__main__":
    sys.exit(main())
