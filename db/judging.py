"""Verdicts for stored clips: after the last scorer, and again for the whole library when a threshold moves.

`pipelines.judge.judge` alone knows what rules mean. A library is judged by groups: SQL says for each clip how each score
stands to its rule, clips that stand alike are judged once, through one of them.
"""

from __future__ import annotations

import json
import math
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, and_, case, exists, func, select, type_coerce
from sqlalchemy.orm import Session, aliased

from db.models import Clip, Event, Run, Score
from pipelines import records
from pipelines.errors import Usage
from pipelines.judge import judge
from pipelines.records import Rule, State, Verdict

EVENT = "rules"
BELOW, WITHIN, ABOVE = "<", "=", ">"


@dataclass(frozen=True, slots=True)
class Preview:
    """What the library would look like under changed rules; clips that are superseded or not yet judged do not count."""

    kept: int
    dropped: int
    unscored: int
    against_now: int
    """Kept clips more than now."""
    reasons: tuple[tuple[str, int], ...]
    """Most frequent first; a clip with two reasons counts under both."""


@dataclass(frozen=True, slots=True)
class Applied:
    """Changed rules that are in force."""

    key: str
    """Of the event; `put_back` takes it."""
    preview: Preview


@dataclass(frozen=True, slots=True)
class InForce:
    """A score's rule in the latest run that has one."""

    rule: Rule
    differs: bool
    """Other runs judge by another rule for this score."""


def judge_clip(session: Session, clip_id: int) -> Verdict | None:
    """Judge one clip by the rules of its run and keep the verdict. None when the clip or its run is gone."""
    clip = session.get(Clip, clip_id)
    run = session.get(Run, clip.run_id) if clip and clip.run_id else None
    if clip is None or run is None:
        return None
    verdict = judge_by(session, clip_id, rules_of(run))
    clip.verdict, clip.reasons = verdict.state.value, list(verdict.reasons)
    return verdict


def judge_by(session: Session, clip_id: int, rules: Iterable[Rule]) -> Verdict:
    """What these rules say of a clip; nothing is stored."""
    rows = session.scalars(select(Score).where(Score.clip_id == clip_id))
    return judge({row.name: records.Score(row.name, row.value, row.missing) for row in rows}, rules)


def rules_of(run: Run) -> list[Rule]:
    return [Rule(**rule) for rule in run.rules]


def in_force(session: Session) -> list[InForce]:
    """The rules that judge now, one a score, in the order of their names."""
    found: dict[str, InForce] = {}
    for run in session.scalars(select(Run).order_by(Run.id.desc())):
        for rule in rules_of(run):
            known = found.get(rule.score)
            found[rule.score] = InForce(known.rule, known.differs or known.rule != rule) if known else InForce(rule, False)
    return [found[name] for name in sorted(found)]


def preview(session: Session, changes: Sequence[Rule] = ()) -> Preview:
    """What `apply` would lead to. Writes nothing."""
    counts: Counter[str] = Counter()
    reasons: Counter[str] = Counter()
    kept_now = 0
    for run_ids, rules in _groups(session, changes).items():
        for verdict, number, kept in _counted(session, run_ids, rules):
            counts[verdict.state] += number
            reasons.update(dict.fromkeys(verdict.reasons, number))
            kept_now += kept
    kept, dropped, unscored = (counts[state] for state in (State.KEPT, State.DROPPED, State.UNSCORED))
    ordered = sorted(reasons.items(), key=lambda row: (-row[1], row[0]))
    return Preview(kept, dropped, unscored, kept - kept_now, tuple(ordered))


def apply(session: Session, changes: Sequence[Rule], *, by: str, key: str) -> Applied:
    """Put changed rules in force for every run that measured their scores, and judge all clips anew.

    A rule open on both sides is taken away. What newly kept clips still lack is for the caller to queue.
    A repeated `key` changes nothing and gives the counts as they are now."""
    if _known(session, key):
        return Applied(key, preview(session))
    runs = {run.id: run for run in session.scalars(select(Run))}
    before = {str(run.id): run.rules for run in runs.values()}
    for run_ids, rules in _groups(session, changes).items():
        for run_id in run_ids:
            runs[run_id].rules = [asdict(rule) for rule in rules]
    changed = [asdict(rule) for rule in changes]
    return _judge_anew(session, by=by, key=key, detail={"changes": changed, "before": before})


def put_back(session: Session, of: str, *, by: str, key: str) -> Applied:
    """Bring back the rules that were in force before the change with key `of`; newer runs keep theirs."""
    if _known(session, key):
        return Applied(key, preview(session))
    event = session.scalar(select(Event).where(Event.key == of, Event.kind == EVENT))
    if event is None:
        raise Usage(f"there is no change of rules {of!r} to put back")
    runs = {str(run.id): run for run in session.scalars(select(Run))}
    before = {name: run.rules for name, run in runs.items()}
    for name, rules in event.detail["before"].items():
        if name in runs:
            runs[name].rules = rules
    return _judge_anew(session, by=by, key=key, detail={"undoes": of, "before": before})


def _known(session: Session, key: str) -> bool:
    kind = session.scalar(select(Event.kind).where(Event.key == key))
    if kind not in (None, EVENT):
        raise Usage(f"the key {key!r} was already used for another action")
    return kind is not None


def _judge_anew(session: Session, *, by: str, key: str, detail: dict[str, Any]) -> Applied:
    session.flush()
    found = preview(session)
    changed = [row for run_ids, rules in _groups(session, ()).items() for row in _changed(session, run_ids, rules)]
    if changed:
        session.connection().exec_driver_sql("UPDATE clips SET verdict = ?, reasons = ? WHERE id = ?", changed)
        session.expire_all()
    counts = {"kept": found.kept, "dropped": found.dropped, "unscored": found.unscored, "changed": len(changed)}
    session.add(Event(key=key, at=time.time(), actor=by, kind=EVENT, detail=detail | counts))
    session.flush()
    return Applied(key, found)


def _groups(session: Session, changes: Sequence[Rule]) -> Mapping[tuple[int, ...], tuple[Rule, ...]]:
    """Runs that judge alike once `changes` are in force, and how."""
    _check(changes)
    measured = {rule.score: _runs_that_measured(session, rule.score) for rule in changes}
    alike: defaultdict[tuple[Rule, ...], list[int]] = defaultdict(list)
    for run in session.scalars(select(Run).order_by(Run.id)):
        alike[_changed_rules(run, changes, measured)].append(run.id)
    return {tuple(run_ids): rules for rules, run_ids in alike.items()}


def _check(changes: Sequence[Rule]) -> None:
    for rule in changes:
        low, high = (-math.inf if rule.low is None else rule.low), (math.inf if rule.high is None else rule.high)
        if not low <= high:
            raise Usage(f"{rule.score}: no value lies between {rule.low} and {rule.high}")


def _changed_rules(run: Run, changes: Sequence[Rule], measured: Mapping[str, set[int]]) -> tuple[Rule, ...]:
    wanted = {rule.score: rule for rule in changes}
    rules = [wanted.get(rule.score, rule) for rule in rules_of(run)]
    rules += [rule for rule in changes if run.id in measured[rule.score]]
    removed = [rule for rule in changes if rule.low is None and rule.high is None]
    return tuple(rule for rule in dict.fromkeys(rules) if rule not in removed)


def _runs_that_measured(session: Session, score: str) -> set[int]:
    any_clip = exists().where(Clip.run_id == Run.id, Score.clip_id == Clip.id, Score.name == score)
    return set(session.scalars(select(Run.id).where(any_clip)))


def _counted(session: Session, run_ids: Sequence[int], rules: Sequence[Rule]) -> Iterator[tuple[Verdict, int, int]]:
    """For each way the scores stand to the rules: the verdict, how many clips get it, how many of them are kept now."""
    stands, base = _stands(run_ids, rules)
    kept = func.sum(case((Clip.verdict == State.KEPT, 1), else_=0))
    query = base.where(Clip.superseded == 0).with_only_columns(func.count(), kept, *stands, maintain_column_froms=True)
    rows: Iterable[Any] = session.execute(query.group_by(*stands) if stands else query)
    for number, kept_now, *stand in rows:
        if number:
            yield _verdict(rules, stand), number, kept_now


def _changed(session: Session, run_ids: Sequence[int], rules: Sequence[Rule]) -> Iterator[tuple[str, str, int]]:
    """New verdict and new reasons, as they are stored, of each clip whose present ones are others."""
    stands, base = _stands(run_ids, rules)
    columns = (Clip.id, Clip.verdict, type_coerce(Clip.reasons, Text), *stands)
    known: dict[tuple[str | None, ...], tuple[str, str]] = {}
    rows: Iterable[Any] = session.execute(base.with_only_columns(*columns, maintain_column_froms=True))
    for clip_id, verdict, reasons, *rest in rows:
        stand = tuple(rest)
        if stand not in known:
            found = _verdict(rules, stand)
            known[stand] = (found.state.value, json.dumps(found.reasons, ensure_ascii=False))
        if (verdict, reasons) != known[stand]:
            yield *known[stand], clip_id


def _stands(run_ids: Sequence[int], rules: Sequence[Rule]) -> tuple[list[ColumnElement[str]], Select[Any]]:
    """Judged clips of these runs, and how each rule's score stands: below, above, within, "?why", or None for no score."""
    query = select(Clip.id).where(Clip.run_id.in_(run_ids), Clip.verdict.is_not(None))
    stands: list[ColumnElement[str]] = []
    for rule in rules:
        score = aliased(Score)
        query = query.outerjoin(score, and_(score.clip_id == Clip.id, score.name == rule.score))
        low = [(score.value < rule.low, BELOW)] if rule.low is not None else []
        high = [(score.value > rule.high, ABOVE)] if rule.high is not None else []
        stands.append(case((score.value.is_(None), "?" + score.missing), *low, *high, else_=WITHIN))
    return stands, query


def _verdict(rules: Sequence[Rule], stand: Sequence[str | None]) -> Verdict:
    found = zip(rules, stand, strict=True)
    return judge({rule.score: _like(rule, how) for rule, how in found if how is not None}, rules)


def _like(rule: Rule, how: str) -> records.Score:
    """Some score that stands so to the rule."""
    if how == BELOW:
        return records.Score(rule.score, math.nextafter(rule.low or 0.0, -math.inf))
    if how == ABOVE:
        return records.Score(rule.score, math.nextafter(rule.high or 0.0, math.inf))
    if how == WITHIN:
        return records.Score(rule.score, rule.high if rule.low is None else rule.low)
    return records.Score(rule.score, None, how[1:])
