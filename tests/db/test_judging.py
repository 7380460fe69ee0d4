"""Verdicts follow the rules, for one clip and for a library, and changes of rules can be taken back."""

from __future__ import annotations

import random
import time

import pytest
from sqlalchemy import select

from db import judging, views
from db.models import Clip, Event, Run, Score
from db.session import Store
from pipelines import records
from pipelines.errors import Usage
from pipelines.judge import judge
from pipelines.records import Rule, State
from tests.support.library import Made, add_clip, add_run

MOTIONS = (0.01, 0.05, 0.1, 0.2, 0.5, None)


@pytest.fixture
def library(store: Store) -> Store:
    """Six clips of one run, judged by motion >= 0.02: one dropped, four kept, one without the score."""
    with store.write() as session:
        run = add_run(session)
        made = [add_clip(session, Made(scores={"motion": motion, "text": 0.0}), run=run) for motion in MOTIONS]
        for clip in made:
            judging.judge_clip(session, clip.id)
    return store


def verdicts(store: Store) -> list[str | None]:
    with store.read() as session:
        return list(session.scalars(select(Clip.verdict).order_by(Clip.id)))


def test_a_clip_is_judged_by_the_rules_of_its_run(library: Store) -> None:
    assert verdicts(library) == ["dropped", "kept", "kept", "kept", "kept", "unscored"]
    with library.read() as session:
        assert [clip.reasons for clip in views.describe(session, [1, 2, 6])] == [
            ("motion below 0.02",),
            (),
            ("motion missing: the detector gave up",),
        ]


def test_a_clip_without_a_run_keeps_its_verdict(store: Store) -> None:
    with store.write() as session:
        clip = add_clip(session, Made(verdict="dropped"))
        assert judging.judge_clip(session, clip.id) is None
        assert judging.judge_clip(session, 999) is None
    assert verdicts(store) == ["dropped"]


def test_a_preview_counts_and_changes_nothing(library: Store) -> None:
    with library.read() as session:
        seen = judging.preview(session, [Rule("motion", 0.1, 0.3)])
    assert (seen.kept, seen.dropped, seen.unscored, seen.against_now) == (2, 3, 1, -2)
    assert seen.reasons == (("motion below 0.1", 2), ("motion above 0.3", 1), ("motion missing: the detector gave up", 1))
    assert verdicts(library) == ["dropped", "kept", "kept", "kept", "kept", "unscored"]


def test_applying_does_what_the_preview_said(library: Store) -> None:
    change = [Rule("motion", 0.1, 0.3)]
    with library.write() as session:
        seen = judging.preview(session, change)
        assert judging.apply(session, change, by="ann", key="k1").preview == seen
    assert verdicts(library) == ["dropped", "dropped", "kept", "kept", "dropped", "unscored"]
    with library.read() as session:
        assert session.scalars(select(Run.rules)).one() == [{"score": "motion", "low": 0.1, "high": 0.3}]
        assert [known.rule for known in judging.in_force(session)] == change


def test_applying_again_with_the_same_key_changes_nothing(library: Store) -> None:
    for change in (Rule("motion", 0.1), Rule("motion", 0.4)):
        with library.write() as session:
            judging.apply(session, [change], by="ann", key="same")
    with library.read() as session:
        assert session.scalars(select(Event.kind)).all() == ["rules"]
        assert judging.in_force(session)[0].rule == Rule("motion", 0.1)


def test_an_open_rule_is_taken_away_and_a_new_one_goes_where_the_score_was_measured(library: Store) -> None:
    with library.write() as session:
        other = add_run(session, rules=[])
        add_clip(session, Made(scores={"motion": 0.3}), run=other)
        judging.apply(session, [Rule("motion"), Rule("text", None, 0.1)], by="ann", key="k1")
        rules = session.scalars(select(Run.rules).order_by(Run.id)).all()
    assert rules == [[{"score": "text", "low": None, "high": 0.1}], []]
    assert verdicts(library) == ["kept"] * 7


def test_a_change_is_put_back_to_every_run_as_it_was(library: Store) -> None:
    with library.write() as session:
        other = add_run(session, rules=[{"score": "motion", "low": None, "high": 0.4}])
        judging.judge_clip(session, add_clip(session, Made(scores={"motion": 0.3}), run=other).id)
        before = session.scalars(select(Run.rules).order_by(Run.id)).all()
        assert [known.differs for known in judging.in_force(session)] == [True]
    was = verdicts(library)
    with library.write() as session:
        judging.apply(session, [Rule("motion", 0.4)], by="ann", key="k1")
        assert [known.differs for known in judging.in_force(session)] == [False]
    assert verdicts(library) == ["dropped"] * 4 + ["kept", "unscored", "dropped"]
    with library.write() as session:
        judging.put_back(session, "k1", by="bob", key="k2")
        assert session.scalars(select(Run.rules).order_by(Run.id)).all() == before
    assert verdicts(library) == was


def test_clips_not_yet_judged_stay_so(library: Store) -> None:
    with library.write() as session:
        add_clip(session, Made(verdict=None), run=session.get(Run, 1))
        assert judging.preview(session).kept == 4
        judging.apply(session, [Rule("motion", 0.05)], by="ann", key="k1")
    assert verdicts(library)[-1] is None


def test_impossible_wishes_are_refused(library: Store) -> None:
    with library.write() as session:
        with pytest.raises(Usage, match="no value lies between"):
            judging.preview(session, [Rule("motion", 0.5, 0.1)])
        with pytest.raises(Usage, match="between nan"):
            judging.preview(session, [Rule("motion", float("nan"))])
        with pytest.raises(Usage, match="no change of rules 'k9'"):
            judging.put_back(session, "k9", by="ann", key="k1")


def test_judging_by_groups_agrees_with_judging_one_by_one(store: Store) -> None:
    chance = random.Random(7)
    rules = [Rule("motion", 0.2, 0.8), Rule("text", None, 0.5), Rule("light", 0.3), Rule("blur", 0.5, 0.5)]
    with store.write() as session:
        run = add_run(session, rules=[])
        for _ in range(200):
            scores = {name: chance.choice((None, 0.1, 0.2, 0.5, 0.8, 0.9)) for name in ("motion", "text", "light", "blur")}
            for absent in chance.sample(sorted(scores), chance.choice((0, 0, 1))):
                del scores[absent]
            add_clip(session, Made(scores=scores, verdict="unscored"), run=run)
        judging.apply(session, rules, by="ann", key="k1")
        for clip in session.scalars(select(Clip)):
            found = session.scalars(select(Score).where(Score.clip_id == clip.id))
            alone = judge({row.name: records.Score(row.name, row.value, row.missing) for row in found}, rules)
            assert (clip.verdict, tuple(clip.reasons)) == (alone.state, alone.reasons)
        seen = judging.preview(session)
        counted = {state: sum(clip.verdict == state for clip in session.scalars(select(Clip))) for state in State}
        assert counted == {State.KEPT: seen.kept, State.DROPPED: seen.dropped, State.UNSCORED: seen.unscored}


def test_a_large_library_is_judged_anew_in_seconds(store: Store) -> None:
    number = 20_000
    with store.write() as session:
        run = add_run(session)
        first = add_clip(session, run=run)
        columns = {column.name: getattr(first, column.name) for column in Clip.__table__.columns}
        rows = [columns | {"id": i, "key": f"{i:032x}", "start_pts": i, "caption_id": None} for i in range(2, number + 1)]
        session.connection().execute(Clip.__table__.insert(), rows)
        names = ("motion", "text")
        scores = [{"clip_id": i, "name": name, "value": i / number} for i in range(2, number + 1) for name in names]
        session.connection().execute(Score.__table__.insert(), scores)
    began = time.perf_counter()
    with store.write() as session:
        judging.preview(session, [Rule("motion", 0.5), Rule("text", None, 0.9)])
        seen = time.perf_counter()
        judging.apply(session, [Rule("motion", 0.5), Rule("text", None, 0.9)], by="ann", key="k1")
    ended = time.perf_counter()
    print(f"{number} clips: preview {seen - began:.2f} s, apply {ended - seen:.2f} s")
    assert ended - began < 5
