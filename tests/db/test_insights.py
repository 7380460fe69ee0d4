"""Figures about the whole library."""

from __future__ import annotations

import time

import pytest

from db import insights
from db.models import Fingerprint, Prompt
from db.session import Store
from pipelines.errors import Usage
from tests.support.library import Made, add_clip, add_run
from tests.support.lots import add_lot, judge, say

TODAY = 1_800_057_600
"""Midnight in UTC. The clock stands at its noon, so that no test meets the end of a day."""


@pytest.fixture
def library(store: Store, monkeypatch: pytest.MonkeyPatch) -> Store:
    """Ten clips: 1 to 6 accepted, 7 edited, 8 rejected by ann; 9 accepted by bob; 10 waits. Even ones by another model."""
    monkeypatch.setattr(time, "time", lambda: TODAY + 43_200.0)
    with store.write() as session:
        run = add_run(session)
        session.add(Prompt(digest="asked", name="plain", version=2, text="Describe.", created_at=0.0))
        for number in range(1, 11):
            clip = add_clip(session, Made(f"A ball number {number} rolls.", scores={"motion": number / 10}), run=run)
            assert clip.caption is not None
            clip.caption.model = "one" if number % 2 else "two"
            clip.caption.prompt_digest = "asked" if number % 2 else ""
    judge(store, range(1, 7))
    judge(store, [8], bad=lambda _: True)
    judge(store, [9], who="bob")
    with store.write() as session:
        say(session, 7, "edit", text="Somebody else's words.")
    return store


def test_decisions_are_counted_by_day_and_person(library: Store) -> None:
    with library.read() as session:
        found = insights.days(session)
    assert [(one.day, one.person, one.accept, one.edit, one.reject) for one in found] == [
        (TODAY, "ann", 6, 1, 1),
        (TODAY, "bob", 1, 0, 0),
    ]


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        ("model", [("one", 4, 1, 0), ("two", 3, 0, 1)]),
        ("prompt", [("plain v2", 4, 1, 0), ("no prompt", 3, 0, 1)]),
        ("recipe", [("quickstart", 7, 1, 1)]),
        ("reviewer", [("ann", 6, 1, 1), ("bob", 1, 0, 0)]),
    ],
)
def test_how_captions_are_received(library: Store, by: str, expected: list[tuple[str, int, int, int]]) -> None:
    """An edit counts for the model whose words were edited, as not accepted as they were."""
    with library.read() as session:
        found = insights.received(session, by)
    assert [(one.name, one.accepted, one.edited, one.rejected) for one in found] == expected
    first = found[0]
    share = first.accepted / (first.accepted + first.edited + first.rejected)
    assert first.interval.low < share < first.interval.high


def test_nothing_else_is_counted_by(library: Store) -> None:
    with pytest.raises(Usage, match="model, prompt, recipe, reviewer"), library.read() as session:
        insights.received(session, "weather")


def test_why_clips_are_rejected(library: Store) -> None:
    with library.read() as session:
        assert insights.refusals(session) == [("caption: invents something", 1)]


def test_lengths_by_model_and_day(library: Store) -> None:
    with library.read() as session:
        found = insights.lengths(session)
    assert (found.counts, found.every) == ((10,), 1)
    assert found.mean == pytest.approx(4.8)  # nine of five words, one of three
    assert found.by_model == (("one", 4, 5.0), ("people", 1, 3.0), ("two", 5, 5.0))
    assert found.by_day == ((TODAY, pytest.approx(4.8), 10),)


def test_a_large_library_is_read_in_part(library: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(insights, "MOST_READ", 5)
    with library.read() as session:
        found = insights.lengths(session)
    assert (found.every, sum(found.counts)) == (2, 5)


def test_words_that_come_often_and_how_captions_begin(library: Store) -> None:
    with library.read() as session:
        found = insights.words(session)
    assert (found.captions, found.words) == (10, 49)  # "else's" is two
    assert found.frequent[:3] == (("ball", 9), ("number", 9), ("rolls", 9))
    assert found.openings[0] == ("a ball number", 9)


def test_copies_of_pictures_and_of_words(store: Store) -> None:
    add_lot(store, 3)
    add_lot(store, 1, made=Made("Only once."))
    with store.write() as session:
        session.add_all(Fingerprint(clip_id=clip, value=b"", group_id=group) for clip, group in ((1, 1), (2, 1), (4, None)))
        found = insights.copies(session)
    assert (found.groups, found.clips, found.captions) == (1, 2, 3)
    assert found.most == (("A ball rolls over a table.", 3),)


def test_a_score_run_by_run(store: Store) -> None:
    with store.write() as session:
        for values in ((0.1, 0.3), (0.5, 0.5, None)):
            run = add_run(session)
            for value in values:
                add_clip(session, Made(scores={"motion": value}), run=run)
        first, second = insights.by_run(session, "motion")
    assert (first.clips, first.mean, first.spread) == (2, pytest.approx(0.2), pytest.approx(0.1))
    assert (second.clips, second.mean, second.spread) == (2, pytest.approx(0.5), pytest.approx(0.0, abs=1e-6))


def test_an_empty_library_has_empty_figures(store: Store) -> None:
    with store.read() as session:
        assert insights.days(session) == [] and insights.refusals(session) == []
        assert insights.lengths(session).counts == () and insights.words(session).captions == 0
        assert insights.copies(session) == insights.Copies(0, 0, 0, ())
