"""Copies across videos form groups, the best of each is kept, and people's decisions outrank measurement."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from db import clips, duplicates, judging, views
from db.filters import parse_where
from db.models import Clip, Fingerprint, FingerprintWord, Run, Score, Video
from db.session import Store
from pipelines.records import Rule
from tests.support.library import Made, add_clip, add_run
from tests.support.prints import made

RULES: list[dict[str, object]] = [
    {"score": "text", "low": None, "high": 0.15},
    {"score": "duplicate", "low": None, "high": 0.0},
]


@pytest.fixture
def run(store: Store) -> int:
    with store.write() as session:
        return add_run(session, rules=RULES).id


def add(
    session: Session, run: int, seed: int, disturbed: float = 0.0, *, video: str, width: int = 320, **more: float | str
) -> int:
    """A judged clip of a video of its own, with its fingerprint noted."""
    scores = {name: float(more.get(name, usual)) for name, usual in {"text": 0.0, "sharpness": 0.5}.items()}
    clip = Made(scores=scores, video=video, review=str(more.get("review", "waiting")), seconds=float(more.get("seconds", 4)))
    row = add_clip(session, clip, run=session.get_one(Run, run))
    info = session.get_one(Video, row.video_id).info
    session.execute(update(Video).where(Video.id == row.video_id).values(info={**info, "width": width}))
    duplicates.note(session, row.id, made(seed, disturbed=disturbed))
    judging.judge_clip(session, row.id)
    return row.id


def standing(session: Session) -> dict[int, tuple[float | None, str | None]]:
    session.flush()
    query = select(Clip.id, Score.value, Clip.verdict).join(Score, Score.clip_id == Clip.id)
    rows = session.execute(query.where(Score.name == "duplicate").order_by(Clip.id)).all()
    return {clip_id: (value, verdict) for clip_id, value, verdict in rows}


def groups(session: Session) -> list[set[int]]:
    shown = views.describe(session, list(session.scalars(select(Clip.id).where(Clip.superseded == 0))))
    found = {frozenset({view.id, *view.duplicates}) for view in shown if view.duplicates}
    return sorted((set(group) for group in found), key=min)


KEPT, DROPPED = (0.0, "kept"), (1.0, "dropped")


def test_a_clip_alone_is_kept_and_a_lesser_copy_dropped_with_the_reason(store: Store, run: int) -> None:
    with store.write() as session:
        first = add(session, run, 1, video="a.mp4")
        other = add(session, run, 2, video="b.mp4")
        assert standing(session) == {first: KEPT, other: KEPT}
        copy = add(session, run, 1, 0.08, video="c.mp4", width=160)
        assert standing(session) == {first: KEPT, other: KEPT, copy: DROPPED}
        assert session.get_one(Clip, copy).reasons == ["duplicate above 0"]
        assert groups(session) == [{first, copy}]
        found = clips.ids(session, parse_where(["duplicate=1"], scores=clips.score_names(session)))
        assert found == [copy]


@pytest.mark.parametrize(
    "better", [{"width": 640}, {"sharpness": 0.9}, {"seconds": 6.0}], ids=["larger", "sharper", "longer"]
)  # fmt: skip
def test_a_better_copy_takes_the_place_of_the_former_best(store: Store, run: int, better: dict[str, int]) -> None:
    with store.write() as session:
        first = add(session, run, 1, video="a.mp4")
        copy = add(session, run, 1, 0.05, video="b.mp4", **better)
        assert standing(session) == {first: DROPPED, copy: KEPT}


def test_equals_go_by_age(store: Store, run: int) -> None:
    with store.write() as session:
        first, second = add(session, run, 1, video="a.mp4"), add(session, run, 1, video="b.mp4")
        assert standing(session) == {first: KEPT, second: DROPPED}


def test_what_a_person_accepted_stays_whatever_comes(store: Store, run: int) -> None:
    with store.write() as session:
        first = add(session, run, 1, video="a.mp4", review="accepted")
        better = add(session, run, 1, 0.05, video="b.mp4", width=1280)
        assert standing(session) == {first: KEPT, better: DROPPED}
        again = add(session, run, 1, 0.06, video="c.mp4", width=1280, review="accepted")
        assert standing(session)[again] == KEPT
        assert standing(session)[first] == (1.0, "kept")  # decided: the verdict stays as it was


def test_what_a_person_rejected_makes_room_for_its_copy(store: Store, run: int) -> None:
    with store.write() as session:
        rejected = add(session, run, 1, video="a.mp4", width=1280, review="rejected")
        copy = add(session, run, 1, 0.05, video="b.mp4")
        assert standing(session)[copy] == KEPT
        assert standing(session)[rejected][0] == 1


def test_a_copy_that_another_rule_drops_is_not_the_best(store: Store, run: int) -> None:
    with store.write() as session:
        with_text = add(session, run, 1, video="a.mp4", width=1280, text=0.5)
        clean = add(session, run, 1, 0.05, video="b.mp4")
        assert standing(session) == {with_text: (1.0, "dropped"), clean: KEPT}
        session.execute(update(Score).where(Score.clip_id == clean, Score.name == "text").values(value=0.9))
        session.expire_all()
        judging.judge_clip(session, clean)
        session.flush()
        assert duplicates.settle(session, [clean]) == [with_text, clean]  # none is fit: the larger one again


def test_moved_rules_choose_anew_who_is_the_best(store: Store, run: int) -> None:
    with store.write() as session:
        with_text = add(session, run, 1, video="a.mp4", width=1280, text=0.1)
        clean = add(session, run, 1, 0.05, video="b.mp4")
        assert standing(session) == {with_text: KEPT, clean: DROPPED}
        for limit, expected in ((0.05, (clean, with_text)), (0.2, (with_text, clean))):
            judging.apply(session, [Rule("text", None, limit)], by="ann", key=str(limit))
            assert sorted(duplicates.settle_all(session)) == [with_text, clean]
            assert standing(session) == dict(zip(expected, (KEPT, DROPPED), strict=True))


def test_a_bridging_clip_joins_two_groups(store: Store, run: int) -> None:
    with store.write() as session:
        left = {add(session, run, 1, 0.125, video=f"left{n}.mp4") for n in range(2)}
        right = {add(session, run, 1, 0.133, video=f"right{n}.mp4", width=640) for n in range(2)}
        assert groups(session) == [left, right]
        bridge = add(session, run, 1, video="bridge.mp4")
        assert groups(session) == [left | right | {bridge}]
        assert [clip_id for clip_id, (value, _) in standing(session).items() if value == 0] == [min(right)]


def test_clips_of_one_video_are_no_copies_of_each_other(store: Store, run: int) -> None:
    with store.write() as session:
        same = [add(session, run, 1, share, video="camera.mp4") for share in (0.0, 0.01, 0.02)]
        assert standing(session) == dict.fromkeys(same, KEPT)
        copies = [add(session, run, 1, share, video="again.mp4", width=160) for share in (0.0, 0.01, 0.02)]
        assert standing(session) == {**dict.fromkeys(same, KEPT), **dict.fromkeys(copies, DROPPED)}
        assert groups(session) == [{one, other} for one, other in zip(same, copies, strict=True)]


def test_a_superseded_clip_leaves_and_may_come_back(store: Store, run: int) -> None:
    with store.write() as session:
        best = add(session, run, 1, video="a.mp4", width=640)
        copy = add(session, run, 1, 0.05, video="b.mp4")
        session.execute(update(Clip).where(Clip.id == best).values(superseded=1))
        assert duplicates.leave(session, [best]) == [copy]
        assert standing(session)[copy] == KEPT and groups(session) == []
        third = add(session, run, 1, 0.02, video="c.mp4", width=160)
        assert groups(session) == [{copy, third}]
        session.execute(update(Clip).where(Clip.id == best).values(superseded=0))
        assert duplicates.rejoin(session, [best]) == [copy]
        assert standing(session) == {best: KEPT, copy: DROPPED, third: DROPPED}


def test_noting_the_same_again_changes_nothing_and_another_print_moves_it(store: Store, run: int) -> None:
    with store.write() as session:
        first, copy = add(session, run, 1, video="a.mp4"), add(session, run, 1, 0.05, video="b.mp4")
        before = standing(session), groups(session), session.query(FingerprintWord).count()
        assert duplicates.note(session, first, made(1)) == []
        assert (standing(session), groups(session), session.query(FingerprintWord).count()) == before
        assert duplicates.note(session, first, made(7)) == [copy]
        assert groups(session) == [] and standing(session) == {first: KEPT, copy: KEPT}
        assert set(session.scalars(select(FingerprintWord.clip_id))) == {first, copy}


def test_a_clip_too_plain_to_tell_has_no_score(store: Store, run: int) -> None:
    with store.write() as session:
        first, copy = add(session, run, 1, video="a.mp4", width=640), add(session, run, 1, 0.05, video="b.mp4")
        assert duplicates.note(session, first, None) == [copy]
        judging.judge_clip(session, first)
        assert standing(session) == {first: (None, "unscored"), copy: KEPT}
        assert session.get_one(Clip, first).reasons == [f"duplicate missing: {duplicates.PLAIN}"]


def test_a_clip_that_is_not_judged_yet_is_not_judged_early(store: Store, run: int) -> None:
    with store.write() as session:
        first = add(session, run, 1, video="a.mp4")
        session.execute(update(Clip).where(Clip.id == first).values(verdict=None))
        session.expire_all()
        add(session, run, 1, 0.05, video="b.mp4", width=640)
        assert standing(session)[first] == (1.0, None)


def test_regrouping_a_library_gives_what_noting_gave(store: Store, run: int) -> None:
    with store.write() as session:
        for seed in range(1, 25):
            for video, share, width in (("a", 0.0, 320), ("b", 0.05, 640), ("c", 0.08, 160))[: 1 + seed % 3]:
                add(session, run, seed, share, video=f"{video}{seed % 5}.mp4", width=width)
        noted = standing(session), groups(session)
        session.execute(update(Fingerprint).values(group_id=None))
        session.execute(update(Score).where(Score.name == "duplicate").values(value=0.0))
        session.expire_all()
        done = duplicates.regroup(session)
        assert (standing(session), groups(session)) == noted
        assert (done.groups, done.clips) == (len(noted[1]), len(noted[0]))
        assert done.copies == len(done.changed) == sum(value == 1 for value, _ in noted[0].values())
        assert duplicates.regroup(session).changed == ()


def test_an_empty_library_is_regrouped_too(store: Store) -> None:
    with store.write() as session:
        assert duplicates.regroup(session) == duplicates.Regrouped(0, 0, 0, ())
