"""Fetching the weights of a model: the `weights` stage. Asked for by a person; no run waits for it."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from db import errands
from db.errands import ErrandView
from db.queue import Lease
from pipelines import fetching
from pipelines.catalogue import find
from pipelines.errors import Cancelled
from work import errand
from work.bench import Bench

TELL_S = 1.0
"""How often it is written down how far it is."""


def weights(leases: Sequence[Lease], bench: Bench) -> None:
    """Bring one model here. A worker that is stopped or killed leaves what came, and the next goes on with it."""
    errand.run(leases, bench, _fetch)


def _fetch(lease: Lease, wish: ErrandView, bench: Bench) -> dict[str, Any]:
    told_at = 0.0

    def tell(here: int, total: int) -> None:
        nonlocal told_at
        if bench.gone(lease):
            raise Cancelled("nobody waits for it any more")
        if here == total or time.monotonic() - told_at >= TELL_S:
            told_at = time.monotonic()
            with bench.store.write() as session:
                errands.progress(session, wish.id, here, total)

    return {"place": str(fetching.fetch(find(wish.wish["name"]), told=tell))}
