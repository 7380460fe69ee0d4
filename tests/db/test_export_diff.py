"""What came, went and changed between two exports."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from sqlalchemy.orm import Session

from db import export_diff, exports, leaving
from db.exports import Request
from db.models import Caption
from db.session import Store
from pipelines.errors import Usage
from pipelines.exporters.easyanimate import EasyAnimate
from pipelines.selection import Selection
from tests.support.library import Made, add_clip

KEPT = Selection(which="kept")


@pytest.fixture
def session(store: Store) -> Iterator[Session]:
    with store.write() as session:
        yield session


def written(session: Session, name: str, wanted: Selection = KEPT) -> int:
    """An export that is done."""
    export_id = exports.create(session, Request(EasyAnimate(), f"/sets/{name}", wanted)).id
    for page in leaving.plan(session, wanted):
        exports.add_rows(session, export_id, page, start=0)
    exports.settle(session, export_id, total=1)
    exports.finish(session, export_id, written=1)
    session.expire_all()
    return export_id


def test_added_removed_changed_and_the_same(session: Session) -> None:
    stays, goes, changes = (add_clip(session, Made(text=text)) for text in ("stays", "goes", "before"))
    first = written(session, "one")
    goes.review = "rejected"
    caption = Caption(clip_id=changes.id, text="after", author="person", created_at=time.time())
    session.add(caption)
    session.flush()
    changes.caption_id = caption.id
    add_clip(session, Made(text="comes"))
    second = written(session, "two")
    found = export_diff.compare(session, first, second)
    assert (found.added, found.removed, found.changed, found.same) == (1, 1, 1, 1)
    said = {(one.before, one.after) for one in found.examples}
    assert said == {(None, "comes"), ("goes", None), ("before", "after")}
    assert all(one.label.startswith("ball.mp4 ") and one.clip_id != stays.id for one in found.examples)
    back = export_diff.compare(session, second, first)
    assert (back.added, back.removed, back.changed, back.same) == (1, 1, 1, 1)


def test_the_other_side_of_the_split_is_a_change_and_what_was_left_out_was_not_there(session: Session) -> None:
    clip = add_clip(session, Made(text="A bird."))
    first = written(session, "one")
    second = written(session, "two", Selection(which="kept", validation=0.5))
    assert export_diff.compare(session, first, second).changed == 1
    exports.leave_out(session, first, [(clip.key, 0)])
    found = export_diff.compare(session, first, second)
    assert (found.added, found.changed) == (1, 0)
    assert found.examples[0].after in ("[train] A bird.", "[validation] A bird.")


def test_a_clip_that_is_gone_still_counts(session: Session) -> None:
    clip = add_clip(session)
    first = written(session, "one")
    clip.caption_id = None
    session.flush()
    session.delete(clip)
    session.flush()
    second = written(session, "two")
    (one,) = export_diff.compare(session, first, second).examples
    assert (one.label, one.before, one.after) == (f"clip {one.clip_id}", "", None)


def test_what_cannot_be_compared_says_why(session: Session) -> None:
    first = written(session, "one")
    waiting = exports.create(session, Request(EasyAnimate(), "/sets/three")).id
    with pytest.raises(Usage, match=f"export {waiting} is not there or not complete"):
        export_diff.compare(session, first, waiting)
    exports.get(session, first).planned = 0
    session.flush()
    with pytest.raises(Usage, match="older Clapper"):
        export_diff.compare(session, first, first)
