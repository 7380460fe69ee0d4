"""What a lot is divided by, and which of its clips are more likely to be bad."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session, aliased

from db.models import Caption, Check, Clip, Score
from pipelines.errors import Usage

CHECKED = "check"
"""Instead of a score: the worst sentence of the caption in force, as its latest check has it."""
THIRDS = ("low", "middle", "high")
IN_ONE_QUERY = 900
MANY = 5000
"""Clips beyond which reading everything is faster than asking for each."""

Values = dict[int, Any]


def strata(session: Session, clip_ids: Sequence[int], by: str) -> dict[int, str]:
    """The stratum of each clip. Raises `Usage` for a division that is unknown."""
    if by not in DIVISIONS:
        raise Usage(f"a lot is not divided by {by!r}; known are {', '.join(DIVISIONS)}")
    return DIVISIONS[by](session, clip_ids)


def risks(session: Session, clip_ids: Sequence[int], score: str) -> dict[int, float]:
    """From 0 to 1 for each clip, by its rank: the lower the score, the riskier, and riskiest without any."""
    query = _checks() if score == CHECKED else _scores(score)
    found = {clip_id: value for clip_id, value in _read(session, query, clip_ids).items() if value is not None}
    place = _ranks(found)
    return {clip_id: 1 - place[clip_id] if clip_id in place else 1.0 for clip_id in clip_ids}


def _by_run(session: Session, clip_ids: Sequence[int]) -> dict[int, str]:
    found = _read(session, select(Clip.id, Clip.run_id), clip_ids)
    return {clip_id: f"run {found[clip_id]}" if found.get(clip_id) else "no run" for clip_id in clip_ids}


def _by_model(session: Session, clip_ids: Sequence[int]) -> dict[int, str]:
    query = select(Clip.id, Caption.model).join(Caption, Caption.id == Clip.caption_id)
    found = _read(session, query, clip_ids)
    return {clip_id: found.get(clip_id) or "no model" for clip_id in clip_ids}


def _by_motion(session: Session, clip_ids: Sequence[int]) -> dict[int, str]:
    return _thirds(_read(session, _scores("motion"), clip_ids), clip_ids, "motion")


def _by_length(session: Session, clip_ids: Sequence[int]) -> dict[int, str]:
    return _thirds(_read(session, select(Clip.id, Clip.end_s - Clip.start_s), clip_ids), clip_ids, "length")


DIVISIONS: dict[str, Callable[[Session, Sequence[int]], dict[int, str]]] = {
    "run": _by_run,
    "motion": _by_motion,
    "length": _by_length,
    "model": _by_model,
}


def _scores(name: str) -> Select[int, Any]:
    return select(Score.clip_id, Score.value).where(Score.name == name)


def _checks() -> Select[int, Any]:
    check = aliased(Check)
    latest = select(func.max(check.id)).where(check.caption_id == Clip.caption_id).correlate(Clip).scalar_subquery()
    return select(Clip.id, Check.low).join(Check, Check.id == latest)


def _read(session: Session, query: Select[int, Any], clip_ids: Sequence[int]) -> Values:
    """What the query gives for these clips; its first column names them."""
    found: Values = {}
    if len(clip_ids) > MANY:
        wanted = set(clip_ids)
        return {row[0]: row[1] for row in session.execute(query) if row[0] in wanted}
    for start in range(0, len(clip_ids), IN_ONE_QUERY):
        rows = session.execute(query.where(query.selected_columns[0].in_(clip_ids[start : start + IN_ONE_QUERY])))
        found.update((row[0], row[1]) for row in rows)
    return found


def _thirds(values: Values, clip_ids: Sequence[int], name: str) -> dict[int, str]:
    place = _ranks({clip_id: value for clip_id, value in values.items() if value is not None})
    named = {clip_id: f"{name} {THIRDS[min(2, int(3 * rank))]}" for clip_id, rank in place.items()}
    return {clip_id: named.get(clip_id, f"{name} unknown") for clip_id in clip_ids}


def _ranks(values: Mapping[int, float]) -> dict[int, float]:
    """From 0 for the lowest to 1 for the highest; equal values have equal ranks."""
    order = sorted(set(values.values()))
    place = {value: at / max(1, len(order) - 1) for at, value in enumerate(order)}
    return {item: place[value] for item, value in values.items()}
