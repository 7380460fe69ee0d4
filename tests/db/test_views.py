"""What is shown of a clip is what is known of it."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from db import views
from db.models import Caption, VideoPath
from db.session import Store
from tests.support.library import Made, add_clip, add_run


@pytest.fixture
def library(store: Store) -> Store:
    """Seven clips, the last of them superseded."""
    with store.write() as session:
        run = add_run(session)
        for motion in (0.0, 0.25, 0.5, 1.0, None):
            add_clip(session, Made(scores={"motion": motion, "text": 0.0}), run=run)
        add_clip(session, Made(verdict="dropped", reasons=("motion below 0.02", "text above 0.1"), scores={"light": 9.0}))
        add_clip(session, Made(superseded=1))
    return store


def test_a_clip_is_described_whole(library: Store) -> None:
    with library.write() as session:
        session.add(Caption(clip_id=5, parent_id=5, text="Better.", author="person", by="ann", created_at=1.0))
    with library.read() as session:
        clip = views.describe(session, [5])[0]
    assert (clip.video, clip.start_s, clip.end_s, clip.fps, clip.size) == ("films/ball.mp4", 13.0, 15.0, 12.0, (320, 180))
    assert clip.scores == {"motion": None, "text": 0.0}
    assert clip.missing == {"motion": "the detector gave up"}
    assert clip.facts == {"camera": "static"}
    assert [(c.text, c.author, c.by, c.parent) for c in clip.captions] == [
        ("A ball rolls over a table.", "machine", "", None),
        ("Better.", "person", "ann", 5),
    ]
    assert clip.caption == clip.captions[0]
    assert (clip.verdict, clip.review, clip.version, clip.superseded) == ("kept", "waiting", 0, False)


def test_the_first_name_of_a_video_is_shown_upright(library: Store) -> None:
    with library.write() as session:
        clip = add_clip(session)
        clip.video.info = clip.video.info | {"rotation": 90, "sample_aspect": "4/3", "width": 300, "height": 200}
        clip.video.paths.append(VideoPath(path=b"/2", given="later", size_bytes=1, mtime_ns=0, inode=0, seen_at=0.0))
        session.flush()
        seen = views.describe(session, [clip.id])[0]
    assert (seen.video, seen.size) == ("films/ball.mp4", (200, 400))


def test_many_clips_cost_as_many_queries_as_one(library: Store) -> None:
    asked: list[str] = []
    event.listen(library.engine, "before_cursor_execute", lambda c, cursor, statement, *rest: asked.append(statement))
    with library.read() as session:
        views.describe(session, [1])
        one = len(asked)
        asked.clear()
        assert [clip.id for clip in views.describe(session, [3, 99, 2, 1])] == [3, 2, 1]
    assert len(asked) == one - 1  # the first also began the transaction
