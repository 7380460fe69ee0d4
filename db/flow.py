"""The way of a video through a run: which job follows which. Called in the transaction that stores a result.

    find ─▶ (fetch) ─▶ probe ─▶ scan ─▶ scorer ─▶ … ─▶ judge ─▶ captioner ─▶ rewriter ─▶ aligner ─▶ judge ─▶ proxy
                      (per video)  (per clip)     (kept clips only)             (rules on what aligners measure)

A run of kind "clips" begins at its captioners, for clips that are there, and judges nothing.

What was already computed with the same settings is skipped, stage by stage.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Sequence
from pathlib import PurePosixPath

from sqlalchemy import ColumnElement, Select, and_, delete, exists, func, select, update
from sqlalchemy.dialects.sqlite import insert as insert_or
from sqlalchemy.orm import Session

from db import duplicates, imports, judging, queue
from db.models import Clip, Job, Result, Run, Scan, Video, VideoPath
from db.queue import Item
from pipelines.recipe import Recipe, from_config
from pipelines.records import State, Verdict

PROXY = "proxy"
CLIPS = "clips"
"""Kind of a run that writes further captions for clips that are there."""
PROXY_DIGEST = "1"
OF_VIDEOS = ("find", "fetch", "probe", "scan")
"""Stages whose items are no clips."""
IN_ONE_QUERY = 500
BAD = "clip:%"
"""How the reason begins when a person rejected the clip and not its caption."""


def priority(recipe: Recipe, stage: str) -> int:
    """Later stages come first, so that finished clips appear while videos are still being read; proxies come last."""
    order = ["find", "fetch", "probe", *(one.name for one in recipe.stages())]
    return order.index(stage) if stage in order else -1


def video_ready(session: Session, run: Run, recipe: Recipe, video: Video, *, label: str) -> None:
    """A file was probed: scan it, unless it was scanned before with the same settings."""
    wanted = imports.scan_digest(session, run, video.id, recipe.scan.digest())
    scan = session.scalar(select(Scan).where(Scan.video_id == video.id, Scan.digest == wanted))
    item = [Item(str(video.id), label)]
    queue.add(session, run, "scan", item, priority=priority(recipe, "scan"), done=scan is not None)
    if scan is not None:
        adopt(session, run, video, scan.clip_ids)
        imports.attach(session, run.id, scan.clip_ids)
        advance(session, run, recipe, scan.clip_ids)


def scan_ended(
    session: Session, run: Run, recipe: Recipe, video: Video, *, clip_ids: Sequence[int], note: str | None
) -> None:
    """A video was read to its end; these are its clips."""
    wanted = imports.scan_digest(session, run, video.id, recipe.scan.digest())
    row = insert_or(Scan).values(video_id=video.id, digest=wanted, clip_ids=list(clip_ids), note=note)
    session.execute(row.values(created_at=time.time()).on_conflict_do_nothing())
    adopt(session, run, video, clip_ids)


def scan_failed(session: Session, run: Run, clip_ids: Sequence[int]) -> None:
    """A video turned out to be unusable after some clips had come out of it: they step back, and nobody works on them."""
    items = [str(clip_id) for clip_id in clip_ids]
    open_jobs = (Job.run_id == run.id, Job.item.in_(items), Job.state.in_(("ready", "paused")), _is_of_clips())
    session.execute(delete(Job).where(*open_jobs))
    _step_back(session, Clip.id.in_(clip_ids))


def adopt(session: Session, run: Run, video: Video, clip_ids: Sequence[int]) -> None:
    """Make these the clips of the video; others of our runs that nobody has decided on step back."""
    back = session.scalars(select(Clip.id).where(Clip.id.in_(clip_ids), Clip.superseded == 1)).all()
    session.execute(update(Clip).where(Clip.id.in_(clip_ids)).values(superseded=0, run_id=run.id))
    _step_back(session, and_(Clip.video_id == video.id, Clip.id.not_in(clip_ids), Clip.run_id.is_not(None)))
    _go_on(session, duplicates.rejoin(session, back))


def _step_back(session: Session, which: ColumnElement[bool]) -> None:
    """Supersede clips that nobody has decided on. They leave their copies, of which another may now be the best."""
    undecided = Clip.review.in_(("waiting", "skipped"))
    gone = session.scalars(select(Clip.id).where(which, undecided, Clip.superseded == 0)).all()
    session.execute(update(Clip).where(Clip.id.in_(gone)).values(superseded=1))
    _go_on(session, duplicates.leave(session, gone))


def advance(session: Session, run: Run, recipe: Recipe, clip_ids: Sequence[int]) -> None:
    """Queue the next stage of each clip: the first whose result is not there yet."""
    digests = recipe.digests()
    for clip_id in clip_ids:
        stage = _next_stage(session, run, recipe, clip_id, digests)
        if stage is not None:
            label = _label(session, clip_id)
            queue.add(session, run, stage, [Item(str(clip_id), label)], priority=priority(recipe, stage))
    _go_on(session, duplicates.settle(session, clip_ids))


def _go_on(session: Session, clip_ids: Sequence[int]) -> None:
    """Queue what clips still lack that are kept now that they are the best of their copies."""
    kept = Clip.id.in_(clip_ids), Clip.verdict == State.KEPT, Clip.superseded == 0
    runs: defaultdict[int, list[int]] = defaultdict(list)
    for clip in session.scalars(select(Clip).where(*kept, Clip.run_id.is_not(None))):
        runs[clip.run_id or 0].append(clip.id)
    for run_id, of_run in runs.items():
        run = session.get_one(Run, run_id)
        if run.state != "cancelled":
            advance(session, run, from_config(run.config), of_run)
            if session.scalar(select(Job.id).where(Job.run_id == run_id, Job.state.in_(("ready", "paused"))).limit(1)):
                _awake(run)


def _next_stage(session: Session, run: Run, recipe: Recipe, clip_id: int, digests: dict[str, str]) -> str | None:
    scorer = _first_open(session, run, clip_id, [stage.name for stage in recipe.scorers], digests)
    if scorer is not None:
        return scorer
    if run.kind == CLIPS:
        return _first_open(session, run, clip_id, [stage.name for stage in recipe.after_rules()], digests)
    verdict = judging.judge_clip(session, clip_id)
    if verdict is None or not _goes_on(session, run, recipe, clip_id, verdict):
        return None
    names = [*(stage.name for stage in recipe.after_rules()), PROXY]
    return _first_open(session, run, clip_id, names, {**digests, PROXY: PROXY_DIGEST})


def _goes_on(session: Session, run: Run, recipe: Recipe, clip_id: int, verdict: Verdict) -> bool:
    """Whether a clip is captioned: it is kept, or all it lacks is what only aligners measure."""
    late = recipe.late_scores()
    if verdict.state is not State.UNSCORED or not late:
        return verdict.state is State.KEPT
    early = [rule for rule in judging.rules_of(run) if rule.score not in late]
    return judging.judge_by(session, clip_id, early).state is State.KEPT


def _first_open(session: Session, run: Run, clip_id: int, names: Sequence[str], digests: dict[str, str]) -> str | None:
    """The first stage without a result that has not failed in this run either."""
    ended = set(session.execute(select(Result.stage, Result.digest).where(Result.clip_id == clip_id)).tuples())
    failed = set(session.scalars(select(Job.stage).where(_of_clip(run, clip_id), Job.state == "failed")))
    return next((name for name in names if (name, digests[name]) not in ended and name not in failed), None)


def _of_clip(run: Run, clip_id: int) -> ColumnElement[bool]:
    return (Job.run_id == run.id) & (Job.item == str(clip_id)) & _is_of_clips()


def behind_a_failed_one(run_id: int) -> Select[tuple[int]]:
    """Ids of jobs on clips that failed after another one on the same clip: later stages are the more urgent ones."""
    first = func.min(Job.priority).over(partition_by=Job.item)
    failed = (Job.run_id == run_id) & (Job.state == "failed") & (Job.stage != PROXY) & _is_of_clips()
    ranked = select(Job.id, Job.priority, first.label("first")).where(failed).subquery()
    return select(ranked.c.id).where(ranked.c.priority > ranked.c.first)


def _is_of_clips() -> ColumnElement[bool]:
    return Job.stage.not_in(OF_VIDEOS)


def _label(session: Session, clip_id: int) -> str:
    (item,) = _items(session, Clip.id == clip_id)
    return item.label


def _items(session: Session, condition: ColumnElement[bool]) -> list[Item]:
    """Clips as items, in words: "film.mp4 12.0–16.5 s"."""
    name = select(VideoPath.given).where(VideoPath.video_id == Clip.video_id).order_by(VideoPath.id).limit(1)
    rows = session.execute(select(Clip.id, Clip.start_s, Clip.end_s, name.scalar_subquery()).where(condition)).all()
    return [Item(str(row[0]), f"{PurePosixPath(row[3] or 'video').name} {row[1]:.1f}–{row[2]:.1f} s") for row in rows]


def without_bad_clips(session: Session, clip_ids: Sequence[int]) -> list[int]:
    """Those that nobody rejected for a reason of the clip itself: another caption would not mend it."""
    found: set[int] = set()
    for start in range(0, len(clip_ids), IN_ONE_QUERY):
        chosen = Clip.id.in_(clip_ids[start : start + IN_ONE_QUERY])
        found.update(session.scalars(select(Clip.id).where(chosen, Clip.review == "rejected", Clip.reject_reason.like(BAD))))
    return [clip_id for clip_id in clip_ids if clip_id not in found]


def caption_anew(session: Session, run: Run, recipe: Recipe, clip_ids: Sequence[int]) -> None:
    """Queue the first stage of a run of kind "clips" for clips that are there; those that have its result go on behind."""
    digests, first = recipe.digests(), recipe.after_rules()[0].name
    for start in range(0, len(clip_ids), IN_ONE_QUERY):
        chosen = Clip.id.in_(clip_ids[start : start + IN_ONE_QUERY])
        begun = _has(first, digests[first])
        items = _items(session, and_(chosen, ~begun))
        queue.add(session, run, first, items, priority=priority(recipe, first))
        advance(session, run, recipe, session.scalars(select(Clip.id).where(chosen, begun)).all())


def caption_kept(session: Session, run: Run) -> int:
    """After rules were moved: queue what clips of the run that are kept now still lack; how many clips.

    Most of them were never captioned: those are queued together, however many there are.
    """
    if run.state == "cancelled":
        return 0
    recipe = from_config(run.config)
    first = recipe.captioners[0].name if recipe.captioners else PROXY
    unfinished = and_(Clip.run_id == run.id, Clip.superseded == 0, ~_has(PROXY, PROXY_DIGEST))
    kept = and_(unfinished, Clip.verdict == State.KEPT)
    begun = _has(first, {**recipe.digests(), PROXY: PROXY_DIGEST}[first])
    new = _items(session, and_(kept, ~begun))
    queue.add(session, run, first, new, priority=priority(recipe, first))
    rest = [*session.scalars(select(Clip.id).where(kept, begun)), *_only_unaligned(session, run, recipe, unfinished)]
    advance(session, run, recipe, rest)
    if new or rest:
        _awake(run)
    return len(new) + len(rest)


def _only_unaligned(session: Session, run: Run, recipe: Recipe, which: ColumnElement[bool]) -> list[int]:
    """Clips that lack nothing but a caption and its alignment."""
    if not recipe.aligners:
        return []
    unscored = session.scalars(select(Clip.id).where(which, Clip.verdict == State.UNSCORED)).all()
    verdict = Verdict(State.UNSCORED)
    return [clip_id for clip_id in unscored if _goes_on(session, run, recipe, clip_id, verdict)]


def _awake(run: Run) -> None:
    """A run that had ended has work again."""
    if run.state == "done":
        run.state, run.ended_at = "active", None


def _has(stage: str, digest: str) -> ColumnElement[bool]:
    """The clip has this stage's result."""
    return exists().where(Result.clip_id == Clip.id, Result.stage == stage, Result.digest == digest)
