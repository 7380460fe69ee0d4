"""What lots are divided by, and which clips are risky."""

from __future__ import annotations

from collections import Counter

import pytest

from db import strata
from db.models import Check
from db.session import Store
from pipelines.errors import Usage
from tests.support.library import Made, add_clip, add_run


def test_divisions(store: Store) -> None:
    with store.write() as session:
        run = add_run(session)
        for at in range(6):
            add_clip(session, Made(seconds=2 + at, scores={"motion": None if at == 5 else at / 10}), run=run if at else None)
        ids = list(range(1, 7))
        assert Counter(strata.strata(session, ids, "run").values()) == {"run 1": 5, "no run": 1}
        assert Counter(strata.strata(session, ids, "length").values()) == {
            "length low": 2,
            "length middle": 2,
            "length high": 2,
        }
        motion = strata.strata(session, ids, "motion")
        assert (motion[1], motion[5], motion[6]) == ("motion low", "motion high", "motion unknown")
        assert set(strata.strata(session, ids, "model").values()) == {"measured"}
        with pytest.raises(Usage, match="known are run, motion, length, model"):
            strata.strata(session, ids, "colour")


def test_low_scores_are_risky_and_missing_ones_most(store: Store) -> None:
    with store.write() as session:
        for value in (0.9, 0.1, None, 0.5):
            add_clip(session, Made(scores={"motion": value}))
        assert strata.risks(session, [1, 2, 3, 4], "motion") == {1: 0.0, 2: 1.0, 3: 1.0, 4: 0.5}


def test_the_worst_sentence_of_the_latest_check_counts(store: Store) -> None:
    with store.write() as session:
        clips = [add_clip(session) for _ in range(2)]
        for clip, low, stage in ((clips[0], 0.9, "a"), (clips[1], 0.8, "a"), (clips[1], 0.2, "b")):
            session.add(Check(caption_id=clip.caption_id, stage=stage, digest="", mean=0.9, low=low, created_at=0.0))
        assert strata.risks(session, [1, 2], strata.CHECKED) == {1: 0.0, 2: 1.0}
