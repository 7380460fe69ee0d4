"""A worker takes files all the way to captioned clips, computes nothing twice, and drops what is cancelled."""

from __future__ import annotations

import os
import shutil
import threading
import time
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import func, select, update

from db import failures, judging, progress, runs
from db.models import Caption, Clip, Job, Result, Score, Video, VideoPath
from db.queue import MOST_LOSSES
from db.session import Store, open_store
from pipelines.kinds import SCORERS
from pipelines.recipe import load
from pipelines.records import Rule
from settings import Settings
from tests.support.footage import make_video, run_here
from tests.support.waiting import until
from worker import Worker, is_disk_full


def rows(store: Store) -> dict[str, int]:
    with store.read() as session:
        return {
            table.__tablename__: session.scalar(select(func.count()).select_from(table)) or 0
            for table in (Video, VideoPath, Clip, Score, Caption, Result)
        }


def failed(store: Store, run_id: int) -> dict[str, str]:
    with store.read() as session:
        return {one.label.rsplit("/", 1)[-1]: one.kind for one in failures.listed(session, run_id)}


def test_a_folder_becomes_captioned_clips_with_proxies(settings: Settings, store: Store, tmp_path: Path) -> None:
    make_video(tmp_path / "in" / "a.mp4")
    now = run_here(settings, [tmp_path / "in"])
    assert (now.state, now.counts.videos, now.counts.clips, now.counts.kept) == ("done", 1, 1, 1)
    with store.read() as session:
        clip = session.scalars(select(Clip)).one()
        assert clip.caption is not None and "pans to the right" in clip.caption.text
        assert {score.name for score in session.scalars(select(Score))} == load("quickstart").scores()
    files = {path.name for path in (settings.clips / clip.key[:2] / clip.key).iterdir()}
    assert files == {"sheet.jpg", "poster.jpg", "proxy.mp4"}


def test_running_again_computes_nothing(settings: Settings, store: Store, tmp_path: Path) -> None:
    make_video(tmp_path / "in" / "a.mp4")
    run_here(settings, [tmp_path / "in"])
    before = rows(store)
    again = run_here(settings, [tmp_path / "in"])
    assert rows(store) == before
    assert [stage.name for stage in again.stages if stage.name not in ("find", "probe", "scan") and stage.total] == []
    assert again.counts.kept == 1


def test_a_moved_and_renamed_folder_computes_nothing_either(settings: Settings, store: Store, tmp_path: Path) -> None:
    make_video(tmp_path / "in" / "a.mp4")
    run_here(settings, [tmp_path / "in"])
    before = rows(store)
    (tmp_path / "in").rename(tmp_path / "elsewhere")
    (tmp_path / "elsewhere" / "a.mp4").rename(tmp_path / "elsewhere" / "b.mp4")
    again = run_here(settings, [tmp_path / "elsewhere"])
    assert rows(store) == {**before, "video_paths": 2}
    assert [stage.total for stage in again.stages if stage.name in ("text", "measured", "proxy")] == [0, 0, 0]


def test_names_are_references_and_content_is_identity(settings: Settings, store: Store, tmp_path: Path) -> None:
    """Same name in two folders, or beside another extension: two videos. Same bytes under two names: one."""
    top = tmp_path / "in"
    make_video(top / "x" / "a.mp4", seed=1)
    make_video(top / "y" / "a.mp4", seed=2)
    make_video(top / "x" / "a.mkv", seed=3)
    shutil.copy(top / "x" / "a.mp4", top / "copy.mp4")
    now = run_here(settings, [top])
    assert (now.counts.videos, now.counts.clips) == (3, 3)
    assert rows(store)["video_paths"] == 4


def test_a_bad_file_says_why_and_the_rest_goes_on(settings: Settings, store: Store, tmp_path: Path) -> None:
    top = tmp_path / "in"
    good = make_video(top / "good.mp4")
    (top / "empty.mp4").write_bytes(b"")
    (top / "text.mp4").write_text("not a video")
    (top / "half.mp4").write_bytes(good.read_bytes()[: good.stat().st_size // 2])
    os.mkfifo(top / "pipe.mp4")
    now = run_here(settings, [top])
    expected = {
        "empty.mp4": "empty_file",
        "text.mp4": "not_a_video",
        "half.mp4": "not_a_video",
        "pipe.mp4": "not_regular_file",
    }
    assert failed(store, now.run_id) == expected
    assert (now.state, now.counts.kept, now.counts.failed) == ("done", 1, 4)


def test_a_mended_file_succeeds_when_retried(settings: Settings, store: Store, tmp_path: Path) -> None:
    path = tmp_path / "in" / "a.mp4"
    path.parent.mkdir()
    path.write_bytes(b"")
    now = run_here(settings, [path.parent])
    make_video(path)
    with store.write() as session:
        assert runs.retry(session, now.run_id) == 1
    Worker(settings).run(until_idle=True)
    with store.read() as session:
        after = progress.of(session, runs.get(session, now.run_id))
    assert (after.state, after.counts.kept, after.counts.failed) == ("done", 1, 0)


def test_a_scorer_that_fails_leaves_the_clip_unscored_with_its_reason(
    settings: Settings, store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object) -> None:
        raise ValueError("the reader tripped")

    monkeypatch.setattr(SCORERS["text"], "_measure", broken)
    make_video(tmp_path / "in" / "a.mp4")
    now = run_here(settings, [tmp_path / "in"])
    assert (now.counts.unscored, now.counts.kept, now.counts.failed) == (1, 0, 1)
    with store.read() as session:
        clip = session.scalars(select(Clip)).one()
        assert clip.reasons == ["text missing: ValueError: the reader tripped"]
        assert session.get_one(Score, (clip.id, "text")).value is None
    monkeypatch.undo()
    with store.write() as session:
        runs.retry(session, now.run_id)
    Worker(settings).run(until_idle=True)
    with store.read() as session:
        assert session.scalars(select(Clip.verdict)).one() == "kept"


def test_a_clip_that_keeps_killing_workers_is_shown_as_unscored(settings: Settings, store: Store, tmp_path: Path) -> None:
    make_video(tmp_path / "in" / "a.mp4")
    with store.write() as session:
        run_id = runs.create(session, load("quickstart"), inputs=[str(tmp_path / "in")], by="lin").id
    worker = Worker(settings)
    while _state(store, "text") is None:
        assert worker._turn()
    for _ in range(MOST_LOSSES):  # claimed by workers that die
        with store.write() as session:
            session.execute(update(Job).where(Job.stage == "text").values(state="leased", lease_until=0.0))
        worker._turn()
    with store.read() as session:
        clip = session.scalars(select(Clip)).one()
        now = progress.of(session, runs.get(session, run_id))
    assert (clip.verdict, now.state) == ("unscored", "done")
    assert "worker died" in clip.reasons[0]
    worker.bench.close()
    worker.store.close()


def test_other_settings_cut_anew_and_keep_what_was_decided(settings: Settings, store: Store, tmp_path: Path) -> None:
    make_video(tmp_path / "in" / "a.mp4", seconds=8)
    run_here(settings, [tmp_path / "in"])
    with store.write() as session:
        first = session.scalars(select(Clip)).one()
        first.review = "accepted"
    run_here(settings, [tmp_path / "in"], ["scan.max_s=6"])
    run_here(settings, [tmp_path / "in"], ["scan.max_s=6.5", "scan.min_s=3.2"])
    with store.read() as session:
        clips = session.scalars(select(Clip).order_by(Clip.id)).all()
    assert [(clip.superseded, clip.review) for clip in clips[:1]] == [(0, "accepted")]
    assert len(clips) == 3 and [clip.superseded for clip in clips[1:]] == [0, 0], "the same halves are the same clips"


def test_clips_kept_by_a_moved_threshold_get_their_captions(settings: Settings, store: Store, tmp_path: Path) -> None:
    make_video(tmp_path / "in" / "a.mp4")
    now = run_here(settings, [tmp_path / "in"], ["rules.motion.low=50"])
    assert (now.counts.dropped, rows(store)["captions"]) == (1, 0)
    with store.write() as session:
        judging.apply(session, [Rule("motion", 0.001, None)], by="lin", key="k")
        assert runs.rules_moved(session) == 1
    Worker(settings).run(until_idle=True)
    with store.read() as session:
        assert session.scalars(select(Clip.verdict)).one() == "kept"
        assert progress.of(session, runs.get(session, now.run_id)).state == "done"
    assert rows(store)["captions"] == 1


@pytest.fixture(scope="module")
def long_video(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Takes several seconds to scan."""
    return make_video(tmp_path_factory.mktemp("long") / "long.mp4", seconds=450, fps=40)


def test_cancelling_stops_a_long_scan_within_two_seconds(settings: Settings, store: Store, long_video: Path) -> None:
    with store.write() as session:
        run_id = runs.create(session, load("quickstart"), inputs=[str(long_video)], by="lin").id
    worker = Worker(settings)
    thread = threading.Thread(target=worker.run)
    thread.start()
    try:
        until(lambda: _state(store, "scan") == "leased")
        began = time.monotonic()
        with store.write() as session:
            runs.cancel(session, run_id)
        until(lambda: worker.bench.child.pid is None, within_s=2)
        assert time.monotonic() - began < 2.0
    finally:
        worker.stop()
        thread.join(timeout=20)
    assert _state(store, "scan") == "cancelled"


def test_a_worker_asked_to_stop_gives_its_job_back(settings: Settings, store: Store, long_video: Path) -> None:
    with store.write() as session:
        runs.create(session, load("quickstart"), inputs=[str(long_video)], by="lin")
    worker = Worker(settings)
    thread = threading.Thread(target=worker.run)
    thread.start()
    until(lambda: _state(store, "scan") == "leased")
    worker.stop()
    thread.join(timeout=10)
    assert not thread.is_alive()
    with store.read() as session:
        job = session.scalars(select(Job).where(Job.stage == "scan")).one()
    assert (job.state, job.attempt, job.losses) == ("ready", 0, 0)


def test_two_workers_share_a_run_and_store_everything_once(settings: Settings, store: Store, tmp_path: Path) -> None:
    for n in range(6):
        make_video(tmp_path / "in" / f"{n}.mp4", seed=n)
    with store.write() as session:
        runs.create(session, load("quickstart"), inputs=[str(tmp_path / "in")], by="lin")
    workers = [Worker(settings), Worker(settings)]
    threads = [threading.Thread(target=worker.run) for worker in workers]
    [thread.start() for thread in threads]
    until(lambda: _run_state(store) == "done", within_s=60)
    for worker, thread in zip(workers, threads, strict=True):
        worker.stop()
        thread.join(timeout=10)
    counts = rows(store)
    assert (counts["videos"], counts["clips"], counts["captions"]) == (6, 6, 6)


def test_a_full_disk_is_told_from_other_errors() -> None:
    assert is_disk_full(OSError(28, "No space left on device"))
    assert not is_disk_full(OSError(2, "No such file"))
    assert not is_disk_full(ValueError("full"))


def test_the_data_folder_may_have_any_name(tmp_path: Path) -> None:
    settings = replace(Settings(data=tmp_path), data=tmp_path / "données — 数据")
    open_store(settings.database).close()
    make_video(tmp_path / "in" / "a.mp4")
    assert run_here(settings, [tmp_path / "in"]).counts.kept == 1


def _state(store: Store, stage: str) -> str | None:
    with store.read() as session:
        return session.scalar(select(Job.state).where(Job.stage == stage))


def _run_state(store: Store) -> str:
    with store.read() as session:
        return runs.recent(session)[0].state
