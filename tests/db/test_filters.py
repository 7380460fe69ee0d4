"""The grammar of conditions, and what each of them lets through."""

from __future__ import annotations

import pytest

from db import clips, tags
from db.filters import ClipFilter, parse_where, quoted
from db.models import Caption, Prompt
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
        rejected.reject_reason, rejected.reviewed_by = "clip: cut inside", "ana"
        tags.add(session, [2], "night", by="ana")
        session.add(Prompt(digest="d1", name="short", version=1, text="Say it.", created_at=0.0))
        session.get_one(Caption, 1).prompt_digest = "d1"
        session.get_one(Caption, 2).flags = ["too long"]
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
    ("text", "expected"),
    [
        ("verdict=kept and review=waiting", [1]),
        ("verdict=dropped or review=rejected", [2, 6]),
        ("not verdict=kept", [2, 3]),
        ("verdict!=kept", [2, 3]),
        ("motion>0.1 or camera=pan left and verdict=dropped", [1]),
        ("(motion>0.1 or camera=pan left) and not verdict=dropped", [1, 3]),
        ("not (verdict=kept or verdict=dropped)", [3]),
        ("not not run=1", [1]),
        ("text~rabbit or text~fox", [1, 2]),
        ("text~rabbit and text~fox", []),
        ("verdict=kept and verdict=dropped", []),
        ("NOT text~rabbit AND (review=waiting)", [2, 3]),
        ("not missing=text", [2, 3, 4, 6]),
        ("not motion>=0", [3]),
        ('text~"fox" and not text~"cats and dogs"', [2]),
        ("superseded=yes and text~rabbit", [1, 5]),
        ("clip=1,6 and not reason=clip", [1]),
        ("tag=night", [2]),
        ("not tag=night,other", [1, 3, 4, 6]),
        ("model=measured and outcome=truncated", [4]),
        ("prompt=short", [1]),
        ("prompt=short@1 or flag=too long", [1, 2]),
        ("prompt=short@2", []),
        ("reviewer=ana", [6]),
    ],
)
def test_conditions_are_joined_as_they_read(library: Store, text: str, expected: list[int]) -> None:
    assert found(library, text) == expected
    with library.read() as session:
        names = {"scores": clips.score_names(session), "facts": clips.fact_names(session)}
        page = clips.page(session, parse_where([text], **names), sort="oldest")
        assert ([clip.id for clip in page.clips], page.after) == (expected, None)
        assert clips.count(session, parse_where([text], **names)) == len(expected)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("verdict=kept and motiom>3", "at character 18, 'motiom>3': 'motiom' is unknown"),
        ("verdict=kept and", "at character 17, the end: this is no condition"),
        ("(verdict=kept or run=1", "at character 1, .*this \\( is never closed"),
        ("verdict=kept) or run=1", "at character 13, .*this \\) closes nothing"),
        ('text~"a" verdict=kept', "at character 10, 'verdict=kept': 'and' or 'or' is missing"),
        ("verdict=kept or motion>fast", "at character 17, 'motion>fast': motion is compared with a number"),
        ("(" * 60 + "run=1" + ")" * 60, "more than 50 parentheses"),
    ],
)
def test_a_mistake_is_pointed_at(library: Store, text: str, told: str) -> None:
    with pytest.raises(Usage, match=told):
        found(library, text)


@pytest.mark.parametrize("value", ["rabbit", "cats and dogs", 'say "no"', "a (b", "back\\slash", "红色", "or"])
def test_a_quoted_value_comes_back_whole(value: str) -> None:
    assert parse_where([f"text~{quoted(value)} and run=1"]).either[0][0].text == (value,)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("nonsense", "is no condition"),
        ("motion>", "is no condition"),
        ("motiom>0.1", "at character 1, .*known are verdict, review, reason, run, .* superseded, camera, motion"),
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
    for nasty in ('text~"\\" OR 1"', "text~NEAR(", "text~*", "video~%", 'reason="%\' OR 1=1 --"', "camera=\"' OR ''='\""):
        assert found(library, nasty) == []


def test_filters_join(library: Store) -> None:
    both = ClipFilter(verdict=("kept",)).joined(ClipFilter(review=("rejected",)))
    with library.read() as session:
        assert clips.ids(session, both) == [6]
