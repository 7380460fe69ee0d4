"""Workers killed at random moments: nothing is lost, nothing is doubled, nothing stored is computed again."""

from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sqlalchemy import func, select, text

from db import progress, runs
from db.models import Caption, Clip, Fact, Job, Result, Score, Video
from db.session import Store, open_store
from pipelines.recipe import load
from settings import Settings
from studio.inputs import sample_videos
from tests.support.footage import make_video, run_here
from worker import Worker

ROOT = Path(__file__).parent.parent
KILLS = 20


@pytest.fixture(scope="module")
def footage(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Thirteen videos: about ten seconds of work, in about seventy jobs."""
    made = tmp_path_factory.mktemp("footage")
    for seed in range(8):
        make_video(made / f"{seed}.mp4", seed=seed, seconds=7, size=(320, 180))
    return [made, sample_videos()]


def outcome(store: Store) -> dict[str, object]:
    """All that a run computed, without what differs from run to run. A copy may have been captioned before a better one
    was found or not at all, so what comes after judging is compared for kept clips."""
    with store.read() as session:
        clips = session.scalars(select(Clip).order_by(Clip.key)).all()
        key = {clip.id: clip.key for clip in clips}
        kept = {clip.id for clip in clips if clip.verdict == "kept"}
        return {
            "videos": sorted(session.scalars(select(Video.sha256))),
            "clips": [(clip.key, clip.verdict, clip.reasons, clip.superseded) for clip in clips],
            "scores": sorted((key[one.clip_id], one.name, one.value) for one in session.scalars(select(Score))),
            "facts": sorted((key[one.clip_id], one.name, one.text) for one in session.scalars(select(Fact))),
            "captions": sorted(
                (key[one.clip_id], one.text)
                for one in session.scalars(select(Caption))
                if one.clip_id in kept and one.outcome == "ok"
            ),
            "results": sorted(
                (key[one.clip_id], one.stage) for one in session.scalars(select(Result)) if one.clip_id in kept
            ),
        }


def stored(store: Store) -> set[tuple[int, int, str]]:
    """Results that are there, with their row numbers: a result computed again would get another."""
    with store.read() as session:
        return {(one.id, one.clip_id, one.stage) for one in session.scalars(select(Result))}


def start_worker(settings: Settings) -> subprocess.Popen[bytes]:
    command = [sys.executable, str(ROOT / "app.py"), "worker", "--data", str(settings.data)]
    return subprocess.Popen(command, cwd=ROOT, stderr=subprocess.DEVNULL)


def wait_for_a_claim(store: Store, worker: subprocess.Popen[bytes]) -> bool:
    """Until the worker holds a job; False when nothing is left to hold."""
    end = time.monotonic() + 30
    while time.monotonic() < end:
        with store.read() as session:
            owners = session.scalars(select(Job.lease_owner).where(Job.state == "leased")).all()
            left = session.scalar(select(func.count()).where(Job.state.in_(("ready", "leased"))))
        if any(f"-{worker.pid}-" in (owner or "") for owner in owners):
            return True
        if not left:
            return False
        time.sleep(0.01)
    raise AssertionError("the worker claimed nothing within 30 s")


@pytest.mark.kills
@pytest.mark.timeout(300)
def test_twenty_kills_change_nothing_in_the_outcome(footage: list[Path], tmp_path: Path) -> None:
    reference = Settings(data=tmp_path / "reference")
    run_here(reference, footage)
    undisturbed = open_store(reference.database)
    expected = outcome(undisturbed)
    undisturbed.close()

    settings = Settings(data=tmp_path / "killed")
    store = open_store(settings.database)
    with store.write() as session:
        run_id = runs.create(session, load("quickstart"), inputs=[str(one) for one in footage], by="tester").id
    chance, seen, killed = random.Random(7), set[tuple[int, int, str]](), 0
    for _ in range(KILLS):
        worker = start_worker(settings)
        try:
            if wait_for_a_claim(store, worker):
                time.sleep(chance.uniform(0, 0.35))
                killed += 1
        finally:
            worker.kill()
            worker.wait()
        assert seen <= (seen := stored(store)), "a result that was stored is gone or was computed again"
        with store.write() as session:
            runs.retry(session, run_id)  # as a person would, when one item was hit three times

    Worker(settings).run(until_idle=True)
    with store.write() as session:
        again = runs.retry(session, run_id)  # the last kills may have hit an item for the third time
    if again:
        Worker(settings).run(until_idle=True)
    assert killed >= KILLS // 2, f"only {killed} of the kills met a worker at work; the footage is too little"
    assert seen <= stored(store)
    assert outcome(store) == expected
    with store.read() as session:
        assert progress.of(session, runs.get(session, run_id)).state == "done"
        assert session.scalar(select(func.count()).where(Job.state != "done")) == 0
        assert session.execute(text("PRAGMA integrity_check")).scalar() == "ok"
        assert session.execute(text("PRAGMA foreign_key_check")).all() == []
    half_written = [path for path in settings.clips.rglob("*") if path.is_file() and path.name not in NAMES]
    assert half_written == [] or all(path.name.startswith(".") for path in half_written), half_written
    store.close()


NAMES = {"sheet.jpg", "poster.jpg", "proxy.mp4"}


@pytest.mark.kills
def test_a_decoding_child_dies_with_its_worker(settings: Settings, store: Store, tmp_path: Path) -> None:
    make_video(tmp_path / "long.mp4", seconds=300, fps=40)
    with store.write() as session:
        runs.create(session, load("quickstart"), inputs=[str(tmp_path / "long.mp4")], by="tester")
    worker = start_worker(settings)
    try:
        children: list[int] = []
        end = time.monotonic() + 30
        while not children and time.monotonic() < end:
            children = [int(pid) for pid in Path(f"/proc/{worker.pid}/task/{worker.pid}/children").read_text().split()]
            time.sleep(0.05)
        assert children
        time.sleep(0.5)
    finally:
        worker.kill()
        worker.wait()
    end = time.monotonic() + 5
    while any(Path(f"/proc/{pid}").exists() for pid in children):
        assert time.monotonic() < end, "the decoding child outlived its worker"
        time.sleep(0.05)
