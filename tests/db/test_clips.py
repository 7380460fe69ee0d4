"""Pages, counts and descriptions of clips."""

from __future__ import annotations

import pytest
from sqlalchemy import event

from db import clips
from db.filters import ClipFilter
from db.models import Caption
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


@pytest.mark.parametrize(("newest", "expected"), [(True, [[6, 5], [4, 3], [2, 1]]), (False, [[1, 2], [3, 4], [5, 6]])])
def test_pages_follow_each_other_without_gap_or_repeat(library: Store, newest: bool, expected: list[list[int]]) -> None:
    seen, after = [], None
    with library.read() as session:
        for _ in expected:
            page = clips.page(session, after=after, limit=2, newest=newest)
            seen.append([clip.id for clip in page.clips])
            after = page.after
    assert (seen, after) == (expected, None)


def test_counts(library: Store) -> None:
    with library.read() as session:
        assert clips.count(session) == 6
        assert clips.count(session, ClipFilter(superseded=True)) == 7
        assert clips.count(session, ClipFilter(verdict=("dropped",))) == 1
        assert clips.reasons(session) == [("motion below 0.02", 1), ("text above 0.1", 1)]
        assert clips.tallies(session) == {"verdict": {"kept": 5, "dropped": 1}, "review": {"waiting": 6}}


def test_a_clip_is_described_whole(library: Store) -> None:
    with library.write() as session:
        session.add(Caption(clip_id=5, parent_id=5, text="Better.", author="person", by="ann", created_at=1.0))
    with library.read() as session:
        clip = clips.describe(session, [5])[0]
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
        clip.video.paths.append(
            type(clip.video.paths[0])(path=b"/2", given="later", size_bytes=1, mtime_ns=0, inode=0, seen_at=0.0)
        )
        session.flush()
        seen = clips.describe(session, [clip.id])[0]
    assert (seen.video, seen.size) == ("films/ball.mp4", (200, 400))


def test_many_clips_cost_as_many_queries_as_one(library: Store) -> None:
    asked: list[str] = []
    event.listen(library.engine, "before_cursor_execute", lambda c, cursor, statement, *rest: asked.append(statement))
    with library.read() as session:
        clips.describe(session, [1])
        one = len(asked)
        asked.clear()
        assert [clip.id for clip in clips.describe(session, [3, 99, 2, 1])] == [3, 2, 1]
    assert len(asked) == one - 1  # the first also began the transaction


def test_a_clip_is_found_by_number_key_or_the_start_of_its_key(library: Store) -> None:
    with library.read() as session:
        clip = clips.describe(session, [3])[0]
        assert clips.find(session, "3") == clip
        assert clips.find(session, clip.key) == clip
        assert clips.find(session, clip.key[:12]) == clip
        assert clips.find(session, "") is None
        assert clips.find(session, "%") is None
        assert clips.find(session, "9" * 40) is None


def test_names_and_histogram(library: Store) -> None:
    with library.read() as session:
        assert clips.score_names(session) == ["light", "motion", "text"]
        assert clips.fact_names(session) == ["camera"]
        assert clips.histogram(session, "motion", bins=4) == clips.Histogram("motion", 0.0, 1.0, (1, 1, 1, 1), 1)
        assert clips.histogram(session, "light", bins=4) == clips.Histogram("light", 9.0, 9.0, (1, 0, 0, 0), 0)
        assert clips.histogram(session, "never", bins=4) == clips.Histogram("never", 0.0, 0.0, (), 0)
