"""How long the figures of Insights and the steps of a spot check take: `python -m bench.insights [CLIPS] [--json]`.

The library is made: captions of five to sixty words by three models, three scores a clip, half of the clips decided by four
people over sixty days. Each figure is asked for three times; what is told is the median and the slowest, by the clock.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from functools import partial
from itertools import count
from pathlib import Path
from typing import Any

from sqlalchemy import insert
from sqlalchemy.orm import Session

from db import adjudication, clips, insights, sampling, spotchecks, verdicts
from db.models import Caption, Clip, Event, Run, Sample, Score, Video
from db.sampling import Wish
from db.session import Store, open_store

PORTION = 10_000
WORDS = (
    "coast",
    "lighthouse",
    "waves",
    "gulls",
    "red",
    "car",
    "drives",
    "along",
    "the",
    "rocks",
    "while",
    "dusk",
    "a",
    "over",
)
PEOPLE = ("ana", "ben", "lin", "zoe")
MODELS = ("cogvlm2-video", "measured", "qwen3-vl-8b")
RULES = [{"score": "motion", "low": 0.1, "high": None}]
DAY_S = 86_400


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds for one figure."""

    what: str
    median_s: float
    slowest_s: float


def fill(store: Store, number: int) -> None:
    """A library of so many clips."""
    chance = random.Random(1)
    with store.write() as session:
        session.add(Video(id=1, sha256="made", size_bytes=1, info={}, created_at=0.0))
        session.add_all(
            Run(id=at, recipe="quickstart", config={"name": "quickstart"}, rules=RULES, inputs=[], created_at=0.0)
            for at in (1, 2, 3)
        )
    for start in range(1, number + 1, PORTION):
        with store.write() as session:
            _fill(session, range(start, min(start + PORTION, number + 1)), chance)


def _fill(session: Session, numbers: range, chance: random.Random) -> None:
    now = time.time()
    reviews = {at: chance.choices(("waiting", "accepted", "rejected"), (5, 4, 1))[0] for at in numbers}
    rows = [_clip(at, reviews[at], chance) for at in numbers]
    session.execute(insert(Clip), [{**row, "caption_id": None} for row in rows])
    session.execute(insert(Caption), [_caption(at, now, chance) for at in numbers])
    session.connection().exec_driver_sql(
        f"UPDATE clips SET caption_id = id WHERE id BETWEEN {numbers.start} AND {numbers.stop - 1}"
    )
    for name in ("motion", "sharpness", "text"):
        session.execute(
            insert(Score), [{"clip_id": at, "name": name, "value": 0.1 + chance.betavariate(2, 6)} for at in numbers]
        )
    session.execute(insert(Event), [_event(row, now, chance) for row in rows if row["review"] != "waiting"])


def _clip(at: int, review: str, chance: random.Random) -> dict[str, Any]:
    decided = review != "waiting"
    return {
        "id": at, "key": f"{at:032x}", "video_id": 1, "run_id": at % 3 + 1, "start_pts": at, "end_pts": at + 1,
        "start_s": 5.0 * at, "end_s": 5.0 * at + chance.uniform(3, 10), "frames": 100, "sheet": {}, "verdict": "kept",
        "reasons": [], "review": review, "version": int(decided), "reviewed_by": chance.choice(PEOPLE) if decided else None,
        "reject_reason": "caption: invents something" if review == "rejected" else None,
    }  # fmt: skip


def _caption(at: int, now: float, chance: random.Random) -> dict[str, Any]:
    text = " ".join(chance.choices(WORDS, k=chance.randint(5, 60)))
    made = now - DAY_S * chance.random() * 60
    model = chance.choice(MODELS)
    return {"id": at, "clip_id": at, "text": text, "author": "machine", "model": model, "created_at": made}


def _event(row: dict[str, Any], now: float, chance: random.Random) -> dict[str, Any]:
    kind = {"accepted": "accept", "rejected": "reject"}[row["review"]]
    at = now - DAY_S * chance.random() * 60
    return {"key": row["key"], "at": at, "actor": row["reviewed_by"], "kind": kind, "clip_id": row["id"], "detail": {}}


def figures(store: Store) -> Iterator[Cost]:
    """What Insights asks for, then a spot check of everything that waits from the plan to taking it back."""
    asked: dict[str, Callable[[Session], object]] = {
        "decisions a day": insights.days,
        **{f"received, by {by}": partial(insights.received, by=by) for by in insights.KINDS},
        "reasons": insights.refusals,
        "lengths of captions": insights.lengths,
        "words": insights.words,
        "copies": insights.copies,
        "a score by run": lambda session: insights.by_run(session, "motion"),
        "a score's histogram": lambda session: clips.histogram(session, "motion"),
        "agreement": adjudication.agreements,
        "plan, at random": lambda session: sampling.outlook(session, Wish()),
        "plan, in steps": lambda session: sampling.outlook(session, Wish(sequential=True)),
        "plan, by risk": lambda session: sampling.outlook(session, Wish(design="risk", by="motion")),
    }
    for name, figure in asked.items():
        yield timed(name, store.read, figure)
    yield from steps(store)


def steps(store: Store) -> Iterator[Cost]:
    keys = (f"key-{number}" for number in count())
    yield timed(
        "draw", store.write, lambda session: spotchecks.draw(session, Wish(limit=0.9), by="b", key=next(keys)), times=1
    )
    with store.write() as session:
        for item in verdicts.items(session, 1):
            session.get_one(Clip, item.clip_id).review = "accepted"
    yield timed("card", store.read, lambda session: verdicts.card(session, session.get_one(Sample, 1)))
    yield timed(
        "accept the lot", store.write, lambda session: spotchecks.accept(session, 1, by="b", key=next(keys)), times=1
    )
    back = timed(
        "take it back", store.write, lambda session: spotchecks.take_back(session, 1, by="b", key=next(keys)), times=1
    )
    yield back


def timed(what: str, opened: Callable[[], Any], figure: Callable[[Session], object], *, times: int = 3) -> Cost:
    took = []
    for _ in range(times):
        began = time.perf_counter()
        with opened() as session:
            figure(session)
        took.append(time.perf_counter() - began)
    return Cost(what, round(statistics.median(took), 3), round(max(took), 3))


def main() -> None:
    parser = argparse.ArgumentParser(description="How long the figures of Insights and a spot check take.")
    parser.add_argument("clips", nargs="?", type=int, default=100_000)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "made.db")
        fill(store, given.clips)
        for cost in figures(store):
            print(
                json.dumps(asdict(cost)) if given.json else f"{cost.what:24} {cost.median_s:7.3f} {cost.slowest_s:7.3f}",
                flush=True,
            )
        store.close()


if __name__ == "__main__":
    main()
