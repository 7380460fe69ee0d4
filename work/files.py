"""From a folder to the clips in its videos: `find`, `probe`, `scan`."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Any

from db import flow, imports, models, queue, results, runs, sources
from db.names import pack, unpack
from db.queue import Item, Lease
from pipelines import ingest, remote, wire
from pipelines.errors import Refused
from pipelines.files import clip_folder
from pipelines.imports import Taken, read, source
from pipelines.ingest import Found, Problem
from pipelines.records import Clip, Measured, ScannedClip, Sheet, Video, VideoInfo
from work.bench import Bench

PROBE_SECONDS = 30.0
CHUNK = 500
"""Files queued in one transaction."""


def find(leases: Sequence[Lease], bench: Bench) -> None:
    """Walk an input and queue every file in it. What cannot be used becomes a failed item that says why."""
    (lease,) = leases
    with bench.store.read() as session:
        given = runs.input_of(session.get_one(models.Run, lease.run_id), lease.item)
    found = _bounded(_found(given), most=bench.settings.remote_files)
    while chunk := list(islice(found, CHUNK)):
        with bench.store.write() as session:
            run = session.get_one(models.Run, lease.run_id)
            imports.note(session, run, (one for one in chunk if isinstance(one, Taken)))
            places = [Item(pack(one.path), one.given) for one in chunk if not isinstance(one, Problem)]
            for stage, items in (("probe", _here(places)), ("fetch", _elsewhere(places))):
                queue.add(session, run, stage, items, priority=flow.priority(bench.recipe(lease.run_id), stage))
            for problem in (one for one in chunk if isinstance(one, Problem)):
                queue.add_failed(
                    session, run, "probe", Item(problem.given, problem.given), kind=problem.kind, reason=problem.reason
                )
    with bench.store.write() as session:
        queue.finish(session, lease)


def _found(given: runs.Input) -> Iterator[Found | Taken | Problem]:
    """What an input stands for: videos, or with an importer what it says of them, too."""
    if not given.take:
        return ingest.find(given.path, root=given.root, column=given.column)
    columns = {"caption_column": given.caption_column, "score_columns": given.score_columns}
    return read(source(given.path, root=given.root, column=given.column, **columns), importer=given.take)


def _bounded(found: Iterator[Found | Taken | Problem], *, most: int) -> Iterator[Found | Taken | Problem]:
    """No more than so many that are to be fetched."""
    urls: set[str] = set()
    for one in found:
        if not isinstance(one, Problem) and ingest.is_url(one.path):
            urls.add(one.path)
            if len(urls) > most:
                told = f"more than {most} files are to be fetched for one input; divide the list"
                yield Problem(one.given, "too_many", told)
                continue
        yield one


def _here(items: Sequence[Item]) -> list[Item]:
    return [item for item in items if not ingest.is_url(item.item)]


def _elsewhere(items: Sequence[Item]) -> list[Item]:
    return [item for item in items if ingest.is_url(item.item)]


def fetch(leases: Sequence[Lease], bench: Bench) -> None:
    """Bring a file from elsewhere into the data folder, and go on with it as with any other."""
    (lease,) = leases
    settings, url = bench.settings, unpack(lease.item)
    limits = remote.Limits(bytes=settings.remote_mib << 20)
    path = remote.fetch(
        url, settings.fetched, hosts=settings.remote_hosts, limits=limits, cancelled=lambda: bench.gone(lease)
    )
    with bench.store.write() as session:
        run = session.get_one(models.Run, lease.run_id)
        imports.moved(session, run.id, url, str(path))
        priority = flow.priority(bench.recipe(lease.run_id), "probe")
        queue.add(session, run, "probe", [Item(pack(str(path)), lease.label)], priority=priority)
        queue.finish(session, lease)


def probe(leases: Sequence[Lease], bench: Bench) -> None:
    """Hash a file and read its facts, unless it is known and untouched."""
    (lease,) = leases
    path = unpack(lease.item)
    identity = ingest.identify(path)
    with bench.store.write() as session:
        known = results.known_video(
            session, path, size_bytes=identity.size_bytes, mtime_ns=identity.mtime_ns, inode=identity.inode
        )
        if known is not None:
            _follow(session, lease, known, bench)
            return
    sha256 = ingest.content_hash(path, lambda: bench.gone(lease))
    info = bench.child.run(
        "pipelines.media.opening:probe_file", {"path": path}, seconds=PROBE_SECONDS, cancelled=lambda: bench.gone(lease)
    )
    video = Video(sha256, path, identity.size_bytes, wire.load(VideoInfo, info))
    with bench.store.write() as session:
        row = results.save_video(session, video, given=lease.label, mtime_ns=identity.mtime_ns, inode=identity.inode)
        _follow(session, lease, row, bench)


def _follow(session: Any, lease: Lease, video: models.Video, bench: Bench) -> None:
    run = session.get_one(models.Run, lease.run_id)
    imports.claim(session, run.id, lease.item, video.id)
    flow.video_ready(session, run, bench.recipe(lease.run_id), video, label=lease.label)
    queue.finish(session, lease)


def scan(leases: Sequence[Lease], bench: Bench) -> None:
    """Read a video once; store each clip as it comes, so that others can go on with it meanwhile."""
    (lease,) = leases
    recipe = bench.recipe(lease.run_id)
    with bench.store.read() as session:
        video = results.video_record(session.get_one(models.Video, int(lease.item)))
        given = imports.given(session, lease.run_id or 0, int(lease.item))
        if sources.path_of(session, int(lease.item)) is None:
            raise Refused("moved_or_changed", "the file was moved or changed since it was queued; queue it again")
    clip_ids: list[int] = []
    note: str | None = None
    try:
        for message in _scanned(video, lease, bench, given):
            if isinstance(message, ScannedClip):
                clip_ids.append(_store(message, lease, bench))
            else:
                note = message["note"]
    except Refused:
        with bench.store.write() as session:
            queue.check(session, lease)
            flow.scan_failed(session, session.get_one(models.Run, lease.run_id), clip_ids)
        raise
    with bench.store.write() as session:
        run = session.get_one(models.Run, lease.run_id)
        row = session.get_one(models.Video, int(lease.item))
        flow.scan_ended(session, run, recipe, row, clip_ids=clip_ids, note=note)
        queue.finish(session, lease)


def _scanned(video: Video, lease: Lease, bench: Bench, given: Sequence[Any]) -> Iterator[ScannedClip | dict[str, Any]]:
    """Clips as the decoding child finds them, then its summary."""
    params = bench.recipe(lease.run_id).scan
    argument = {
        "path": video.path, "sha256": video.sha256, "scan": params.model_dump(mode="json"), "out": str(bench.settings.clips),
        "given": [list(one) for one in given],
    }  # fmt: skip
    messages = bench.child.call(
        "pipelines.scan.run:scan", argument, seconds=params.time_limit_s, cancelled=lambda: bench.gone(lease)
    )
    for message in messages:
        yield _clip(video, message["clip"], bench) if "clip" in message else message["end"]


def _clip(video: Video, found: dict[str, Any], bench: Bench) -> ScannedClip:
    clip = Clip(video, found["start_pts"], found["end_pts"], found["frames"])
    path = clip_folder(bench.settings.clips, clip.key) / "sheet.jpg"
    width, height = found["tile"]
    sheet = Sheet(str(path), tuple(found["times_s"]), (width, height))
    return ScannedClip(clip, wire.load(Measured, found["measured"]), sheet, found["fingerprint"])


def _store(found: ScannedClip, lease: Lease, bench: Bench) -> int:
    with bench.store.write() as session:
        queue.check(session, lease)
        run = session.get_one(models.Run, lease.run_id)
        row = results.save_clip(session, session.get_one(models.Video, int(lease.item)), found, run_id=run.id)
        imports.attach(session, run.id, [row.id])
        flow.advance(session, run, bench.recipe(lease.run_id), [row.id])
        return row.id
