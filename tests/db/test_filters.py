"""The grammar of conditions, and what each of them lets through."""

from __future__ import annotations

import pytest

from db import clips
from db.filters import ClipFilter, parse_where
from db.session import Store
from pipelines.errors import Usage
from tests.support.library import Made, add_clip, add_run


@pytest.fixture
def library(store: Store) -> Store:
    with store.write() as session:
        run = add_run(session)
        add_clip(session, Made("A grey rabbit stretches.", scores={"motion": 0.5, "text": None}), run=run)
        add_clip(session, Made("A fox, asleep.", verdict="dropped", reasons=("motion below 0.02",), scores={"motion": 0.01}))
        add_clip(session, Made(None, verdict=None, scores={}, facts={"camera": "pan left"}, video="b/other.mp4"))
        add_clip(session, Made("Cut short", outcome="truncated", review="skipped"))
        add_clip(session, Made("A rabbit of an older scan.", superseded=1))
        rejected = add_clip(session, Made("A red door.", review="rejected"))
        rejected.reject_reason = "clip: cut inside"
    return store


def found(store: Store, *texts: str) -> list[int]:
    with store.read() as session:
        names = {"scores": clips.score_names(session), "facts": clips.fact_names(session)}
        return clips.ids(session, parse_where(texts, **names))


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([], [1, 2, 3, 4, 6]),
        (["superseded=yes"], [1, 2, 3, 4, 5, 6]),
        (["verdict=kept"], [1, 4, 6]),
        (["verdict=dropped,pending"], [2, 3]),
        (["review=skipped,rejected"], [4, 6]),
        (["motion>0.1"], [1]),
        (["motion>=0.1"], [1, 4, 6]),
        (["motion<0.1"], [2]),
        ([" motion >= 0.01 ", "motion<=0.1"], [2, 4, 6]),
        (["missing=text"], [1]),
        (["reason=motion"], [2]),
        (["reason=motion below 0.02"], [2]),
        (["reason=motion below 0.0"], []),
        (["reason=clip"], [6]),
        (["reason=clip: cut inside"], [6]),
        (["run=1"], [1]),
        (["video=2"], [3]),
        (["video~OTHER"], [3]),
        (["video=films/ball.mp4"], [1, 2, 4, 6]),
        (["caption=none"], [3]),
        (["caption=ok,none"], [1, 2, 3, 6]),
        (["camera=Pan left"], [3]),
        (["text~rabb"], [1]),
        (["text~rabbit", "text~grey"], [1]),
        (["text~rabbit", "verdict=dropped"], []),
        (["text~--"], []),
    ],
)
def test_a_condition_lets_through_what_it_says(library: Store, texts: list[str], expected: list[int]) -> None:
    assert found(library, *texts) == expected


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nonsense", "is no condition"),
        ("motion>", "is no condition"),
        ("motiom>0.1", "caption, missing, text, note, superseded, sample, lot, camera, motion"),
        ("verdict=good", "none of kept, dropped, unscored, pending"),
        ("review=done", "none of waiting, accepted, rejected, skipped, accepted_lot"),
        ("motion>fast", "compared with a number"),
        ("motion>nan", "compared with a number"),
        ("note=praise", "none of flag, note, wrong, omitted"),
        ("run=latest", "takes the number of a run"),
        ("verdict~kept", "write verdict=kept"),
    ],
)
def test_a_condition_that_cannot_be_met_says_what_could(library: Store, text: str, told: str) -> None:
    with pytest.raises(Usage, match=told.replace("(", r"\(")):
        found(library, text)


def test_an_empty_library_knows_no_names_and_finds_nothing(store: Store) -> None:
    assert found(store, "motion>0.1", "camera=static") == []


def test_a_search_is_data_never_a_query(library: Store) -> None:
    for nasty in ('text~" OR 1', "text~NEAR(", "text~*", "video~%", "reason=%' OR 1=1 --", "camera=' OR ''='"):
        assert found(library, nasty) == []


def test_filters_join(library: Store) -> None:
    both = ClipFilter(verdict=("kept",)).joined(ClipFilter(review=("rejected",)))
    with library.read() as session:
        assert clips.ids(session, both) == [6]
