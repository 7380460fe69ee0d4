"""Work on clips: scorers, captioners, and the light copies that people watch."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy.orm import Session

from db import flow, models, queue, results, sources
from db.queue import Lease
from pipelines.errors import Fatal, Refused
from pipelines.files import clip_folder
from pipelines.kinds import Scorer
from pipelines.records import Caption, Measured, Outcome, Score
from pipelines.stage import Configured, Done, Failed, Stage, run_batch
from work import cache
from work.bench import Bench

PROXY_SECONDS = 300.0
PRUNE_EVERY = 50
"""Proxies made by one worker between two looks at the room they take."""


def stage(leases: Sequence[Lease], bench: Bench) -> None:
    """Run a scorer or captioner on a batch of clips; each result is stored with the job it ends."""
    configured = bench.recipe(leases[0].run_id).stage(leases[0].stage)
    assert isinstance(configured, Stage)
    try:
        ready = bench.ready(configured)
    except Fatal as error:
        for lease in leases:
            _store_failure(lease, Failed(None, "stage_broken", str(error)), configured, bench)
        return
    by_key = _batch(leases, bench)
    for ended in run_batch(ready, [material for _, material in by_key.values()]):
        lease = by_key[ended.item.id][0]  # by the item's own id: results may come in any order
        if isinstance(ended, Done):
            _store(lease, ended.value, configured, bench)
        else:
            _store_failure(lease, ended, configured, bench)


def _batch(leases: Sequence[Lease], bench: Bench):  # type: ignore[no-untyped-def]  # key -> (lease, material)
    with bench.store.read() as session:
        found = results.materials(session, [int(lease.item) for lease in leases], clips=bench.settings.clips)
    return {found[int(lease.item)].id: (lease, found[int(lease.item)]) for lease in leases}


def _store(lease: Lease, value: Measured | Caption, configured: Stage, bench: Bench) -> None:  # type: ignore[type-arg]
    digest = bench.recipe(lease.run_id).digests()[configured.name]
    clip_id = int(lease.item)
    with bench.store.write() as session:
        caption_id = None
        if isinstance(value, Measured):
            results.save_measured(session, clip_id, value)
        else:
            caption_id = results.save_caption(session, clip_id, value, stage=configured.name, digest=digest).id
        results.mark(session, clip_id, stage=configured.name, digest=digest, caption_id=caption_id)
        _end(session, lease, bench)


def _store_failure(lease: Lease, failed: Failed, configured: Stage, bench: Bench) -> None:  # type: ignore[type-arg]
    """A scorer that failed leaves its scores missing, with the reason; a captioner leaves a caption that says so."""
    with bench.store.write() as session:
        _note_failure(session, lease, failed.reason, configured)
        queue.fail(session, lease, kind=failed.kind, reason=failed.reason)
        _advance(session, lease, bench)


def given_up(lease: Lease, bench: Bench) -> None:
    """A job on a clip was failed because it cost too many workers: leave what any other failure leaves."""
    configured = bench.recipe(lease.run_id).stage(lease.stage)
    with bench.store.write() as session:
        _note_failure(session, lease, queue.WORKER_LOST.format(queue.MOST_LOSSES), configured)
        _advance(session, lease, bench)


def _note_failure(session: Session, lease: Lease, reason: str, configured: Configured) -> None:
    if isinstance(configured, Scorer):
        missing = tuple(Score(name, None, reason) for name in configured.scores)
        results.save_measured(session, int(lease.item), Measured(missing))
    else:
        caption = Caption("", model=configured.name, outcome=Outcome.FAILED, reason=reason)
        results.save_caption(session, int(lease.item), caption, stage=configured.name, digest="")


def _end(session: Session, lease: Lease, bench: Bench) -> None:
    queue.finish(session, lease)
    _advance(session, lease, bench)


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
