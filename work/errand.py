"""Single things that somebody waits for: done once, with what came of it, or why nothing did, left where they look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from db import errands, queue
from db.errands import ErrandView
from db.queue import Lease
from pipelines.errors import ClapperError
from work.bench import Bench


def run(leases: Sequence[Lease], bench: Bench, do: Callable[[Lease, ErrandView, Bench], dict[str, Any]]) -> None:
    """Do one errand outside any transaction, then store its answer, or the reason, together with the end of its job."""
    (lease,) = leases
    with bench.store.read() as session:
        wish = errands.view(session, int(lease.item))
    try:
        answer = do(lease, wish, bench)
    except ClapperError as error:
        if bench.gone(lease):
            raise
        with bench.store.write() as session:
            errands.fail(session, wish.id, str(error))
            queue.fail(session, lease, kind=getattr(error, "kind", lease.stage), reason=str(error))
        return
    with bench.store.write() as session:
        errands.finish(session, wish.id, answer)
        queue.finish(session, lease)
