"""Pages, counts and descriptions of clips."""

from __future__ import annotations

import pytest

from db import clips, views
from db.filters import ClipFilter
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
            page = clips.page(session, after=after, limit=2, sort="newest" if newest else "oldest")
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


def test_a_clip_is_found_by_number_key_or_the_start_of_its_key(library: Store) -> None:
    with library.read() as session:
        clip = views.describe(session, [3])[0]
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
