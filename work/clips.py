"""Work on clips: scorers, captioners, rewriters, aligners, and the light copies that people watch."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy.orm import Session

from db import flow, models, queue, results, sources
from db.queue import Lease
from db.results import Made
from pipelines.asking import Asking
from pipelines.errors import Fatal, NotNow, Refused
from pipelines.files import clip_folder
from pipelines.kinds import Aligner, Captioner, Rewriter, Scorer
from pipelines.records import Caption, Checked, Draft, Material, Measured, Outcome, Score
from pipelines.stage import Configured, Done, Failed, Stage, run_batch
from work import cache, windows
from work.bench import Bench

PROXY_SECONDS = 300.0
PRUNE_EVERY = 50
"""Proxies made by one worker between two looks at the room they take."""
AWAY_S = 15.0
"""Until a clip is tried again whose server did not answer."""
NO_DRAFT = "no caption to work on: the stage before it gave none that is usable"


@dataclass(frozen=True, slots=True)
class Task:
    """One clip for one stage."""

    lease: Lease
    item: Material | Draft
    caption_id: int | None = None
    """Of a draft: the caption that is taken up."""

    @property
    def id(self) -> str:
        return self.item.id


def stage(leases: Sequence[Lease], bench: Bench) -> None:
    """Run a stage of the recipe on a batch of clips; each result is stored with the job it ends."""
    configured = bench.recipe(leases[0].run_id).stage(leases[0].stage)
    assert isinstance(configured, Stage)
    try:
        ready = bench.ready(configured)
        if isinstance(ready, Asking):
            windows.run(ready, leases, bench, tasks=tasks, store=store, later=later)
        else:
            _batch(ready, leases, bench)
    except Fatal as error:
        for lease in leases:
            _unless_ended(lease, Failed(None, "stage_broken", str(error)), bench)


def _batch(ready: Stage[Any, Any], leases: Sequence[Lease], bench: Bench) -> None:
    by_id = {task.id: task for task in tasks(leases, bench)}
    for ended in run_batch(ready, [task.item for task in by_id.values()]):
        store(by_id[ended.item.id], ended, bench)  # by the item's own id: results may come in any order


def tasks(leases: Sequence[Lease], bench: Bench) -> Iterator[Task]:
    """What there is to do for these jobs; one without anything to work on ends here, with its reason."""
    recipe = bench.recipe(leases[0].run_id)
    configured, digests = recipe.stage(leases[0].stage), recipe.digests()
    before = [(name, digests[name]) for name in recipe.writers_before(leases[0].stage)]
    with bench.store.read() as session:
        found = results.materials(session, [int(lease.item) for lease in leases], clips=bench.settings.clips)
        takes_up = isinstance(configured, Rewriter | Aligner)
        drafts = {} if not takes_up else _drafts(session, found, before)
    for lease in leases:
        clip_id = int(lease.item)
        if not takes_up:
            yield Task(lease, found[clip_id])
        elif clip_id in drafts:
            yield Task(lease, drafts[clip_id][1], drafts[clip_id][0])
        else:
            _store_failure(lease, Failed(None, "no_caption", NO_DRAFT), bench)


def _drafts(session: Session, found: dict[int, Material], before: Sequence[tuple[str, str]]) -> dict[int, tuple[int, Draft]]:
    """What rewriters and aligners take up: what the stages before them wrote; without any, the caption in force."""
    return results.drafts(session, found, stages=before) if before else results.in_force(session, found)


def store(task: Task, ended: Done[Any, Any] | Failed[Any], bench: Bench) -> None:
    """Keep what came of a task, together with the end of its job."""
    if isinstance(ended, Failed):
        _store_failure(task.lease, ended, bench)
        return
    made, clip_id, value = _made(task.lease, bench), int(task.lease.item), ended.value
    if isinstance(value, Caption) and value.outcome is not Outcome.OK:
        _store_useless(task, value, made, bench)
        return
    with bench.store.write() as session:
        caption_id = task.caption_id
        match value:
            case Measured():
                results.save_measured(session, clip_id, value)
            case Caption() if not _says_the_same(task, value):
                caption_id = results.save_caption(session, clip_id, value, made=made, parent_id=task.caption_id).id
            case Checked() if caption_id is not None:
                results.save_checked(session, clip_id, caption_id, value, made=made)
        results.mark(session, clip_id, stage=made.stage, digest=made.digest, caption_id=caption_id)
        queue.finish(session, task.lease)
        _advance(session, task.lease, bench)


def _store_useless(task: Task, caption: Caption, made: Made, bench: Bench) -> None:
    """An answer nobody can use: it is kept with what is wrong with it, and its job fails, so that it can be asked again."""
    with bench.store.write() as session:
        results.save_caption(session, int(task.lease.item), caption, made=made, parent_id=task.caption_id)
        queue.fail(session, task.lease, kind=caption.outcome, reason=caption.reason or caption.outcome)
        _advance(session, task.lease, bench)


def _says_the_same(task: Task, caption: Caption) -> bool:
    """A rewriter changed nothing: the caption it took up goes on, and nobody reads the same words twice."""
    if not isinstance(task.item, Draft):
        return False
    before = task.item.caption
    return (caption.text, caption.role, caption.outcome) == (before.text, before.role, before.outcome)


def later(lease: Lease, error: NotNow, bench: Bench) -> None:
    """Give a job back whose server is away; after too many tries leave what any other failure leaves."""
    with bench.store.write() as session:
        if not queue.try_later(session, lease, seconds=AWAY_S, reason=str(error)):
            _note_failure(session, lease, str(error), bench)
            _advance(session, lease, bench)


def given_up(lease: Lease, bench: Bench) -> None:
    """A job on a clip was failed because it cost too many workers: leave what any other failure leaves."""
    with bench.store.write() as session:
        _note_failure(session, lease, queue.WORKER_LOST.format(queue.MOST_LOSSES), bench)
        _advance(session, lease, bench)


def _made(lease: Lease, bench: Bench) -> Made:
    recipe = bench.recipe(lease.run_id)
    params = _params(recipe.stage(lease.stage))
    return Made(lease.stage, recipe.digests()[lease.stage], lease.run_id, params, bench.adopts(lease.run_id))


def _store_failure(lease: Lease, failed: Failed[Any], bench: Bench) -> None:
    """A scorer or aligner that failed leaves its scores missing, with the reason; a writer leaves a caption that says so."""
    with bench.store.write() as session:
        _note_failure(session, lease, failed.reason, bench)
        queue.fail(session, lease, kind=failed.kind, reason=failed.reason, trace=failed.trace)
        _advance(session, lease, bench)


def _unless_ended(lease: Lease, failed: Failed[Any], bench: Bench) -> None:
    """Fail a job that may have ended while others of its batch were still at work."""
    with bench.store.read() as session:
        ended = queue.lost(session, [lease])
    if not ended:
        _store_failure(lease, failed, bench)


def _note_failure(session: Session, lease: Lease, reason: str, bench: Bench) -> None:
    configured, clip_id = bench.recipe(lease.run_id).stage(lease.stage), int(lease.item)
    if isinstance(configured, Scorer | Aligner):
        if bench.adopts(lease.run_id):
            missing = tuple(Score(name, None, reason) for name in configured.scores)
            results.save_measured(session, clip_id, Measured(missing))
    elif isinstance(configured, Captioner | Rewriter):
        model = getattr(configured, "model", configured.name)
        failed = Caption("", model=model, outcome=Outcome.FAILED, reason=reason)
        made = Made(lease.stage, "", lease.run_id, _params(configured), bench.adopts(lease.run_id))
        results.save_caption(session, clip_id, failed, made=made)


def _params(configured: Configured) -> dict[str, Any]:
    """The settings of a stage without its prompt, which is kept by itself."""
    return configured.model_dump(mode="json", exclude={"prompt"})


def _advance(session: Session, lease: Lease, bench: Bench) -> None:
    run = session.get_one(models.Run, lease.run_id)
    flow.advance(session, run, bench.recipe(lease.run_id), [int(lease.item)])


def proxy(leases: Sequence[Lease], bench: Bench) -> None:
    """Make the light copy of a kept clip before somebody asks to watch it."""
    (lease,) = leases
    with bench.store.read() as session:
        key = session.get_one(models.Clip, int(lease.item)).key
        found = sources.stretch(session, key)
    if found is None:
        raise Refused("not_found", "the video of this clip is no longer where it was; put it back, then retry")
    dest = clip_folder(bench.settings.clips, key) / "proxy.mp4"
    if not dest.exists():
        argument = {"path": found.path, "start_pts": found.start_pts, "end_pts": found.end_pts, "dest": str(dest)}
        call = bench.child.call(
            "pipelines.media.proxy:make_proxy", argument, seconds=PROXY_SECONDS, cancelled=lambda: bench.gone(lease)
        )
        for _ in call:
            pass
        bench.proxies_made += 1
        if bench.proxies_made % PRUNE_EVERY == 0:
            cache.prune(bench.settings.clips, limit_bytes=int(bench.settings.proxy_gib * (1 << 30)))
    with bench.store.write() as session:
        results.mark(session, int(lease.item), stage=flow.PROXY, digest=flow.PROXY_DIGEST)
        queue.finish(session, lease)
