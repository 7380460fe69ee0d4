"""Items that failed, by reason and one by one."""

from __future__ import annotations

import pytest

from db import failures, queue
from db.session import Store
from pipelines.errors import Usage
from tests.support.library import queue_run


def test_failures_are_counted_by_reason(store: Store) -> None:
    run_id = queue_run(store, "/a", "/b", "/c")
    with store.write() as session:
        for reason in ("it is damaged", "it is empty", "it is damaged"):
            queue.fail(session, queue.claim(session, "w")[0], kind="k", reason=reason)
        first, second = failures.reasons(session, run_id, examples=1)
        assert (first.reason, first.count, [label for _, label in first.items]) == ("it is damaged", 2, ["/a"])
        assert (second.reason, second.count) == ("it is empty", 1)
        item = failures.details(session, first.items[0][0])
        assert (item.label, item.attempts, item.reason, item.state) == ("/a", 1, "it is damaged", "failed")
        with pytest.raises(Usage, match="no item 99"):
            failures.details(session, 99)
