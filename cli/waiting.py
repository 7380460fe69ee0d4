"""Waiting for a run with a progress bar: videos, clips, rate, time left."""

from __future__ import annotations

import sys
import time
from dataclasses import dataclass

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn

from cli.crew import Crew
from db import progress, runs
from db.session import Store

LOOK_S = 0.25
PLAIN_EVERY_S = 5.0
"""Where there is no terminal, one line every so often."""
WEIGHTS = {"find": 0.0, "probe": 1.0, "scan": 20.0, "proxy": 3.0}
"""Roughly how long one item of a stage takes against the others; any other stage weighs `CLIP_STAGE`."""
CLIP_STAGE = 4.0
NONE = progress.StageProgress("", 0, 0, 0, 0, 0, 0.0)
"""In place of a stage that the run has not: one on clips that are there reads no video."""


@dataclass(frozen=True, slots=True)
class Estimate:
    """How far a run is, as a share, and how long it may still take."""

    share: float
    seconds_left: float | None


def estimate(now: progress.Progress) -> Estimate:
    """Weigh done items against all that are known, and against clips that videos not yet read will probably give."""
    stages = {stage.name: stage for stage in now.stages}
    scans, probes = stages.get("scan", NONE), stages.get("probe", NONE)
    unread = probes.total - probes.failed - scans.done - scans.failed
    clips_to_come = unread * now.counts.clips / scans.done if scans.done else 0.0
    done = all_of_it = 0.0
    for name, stage in stages.items():
        weight = WEIGHTS.get(name, CLIP_STAGE)
        done += weight * (stage.total - stage.waiting - stage.running)
        expected = probes.total if name == "scan" else stage.total
        all_of_it += weight * (expected if name in WEIGHTS else expected + clips_to_come)
    share = min(done / all_of_it, 1.0) if all_of_it else 0.0
    return Estimate(share, now.seconds * (1 - share) / share if share > 0.02 else None)


def describe(now: progress.Progress) -> str:
    """ "3/5 videos · 12 clips · 4.1 clips/s · 0:12 left", and of a run on clips "12/40 clips · 4.1 clips/s · 0:12 left" """
    stages = {stage.name: stage for stage in now.stages}
    first, left = next(iter(now.stages), NONE), estimate(now).seconds_left
    scans, clips = stages.get("scan"), now.counts.clips if "scan" in stages else first.done + first.failed
    of_videos = scans.done + scans.failed if scans else 0
    words = [
        f"{of_videos}/{max(stages.get('probe', NONE).total, of_videos)} videos" if scans else "",
        f"{clips} clips" if scans else f"{clips}/{first.total} clips",
        f"{clips / max(now.seconds, 0.1):.1f} clips/s",
        f"{clock(left)} left" if left is not None and now.state == "active" else "",
    ]
    return " · ".join(filter(None, words))


def clock(seconds: float) -> str:
    """ "0:07", "12:30", "1:02:03" """
    minutes, second = divmod(round(seconds), 60)
    hours, minute = divmod(minutes, 60)
    return f"{hours}:{minute:02}:{second:02}" if hours else f"{minute}:{second:02}"


def wait_for(store: Store, run_id: int, crew: Crew) -> progress.Progress:
    """Show progress on standard error until the run has ended. Raises when no worker of the crew stays alive."""
    console = Console(stderr=True)
    if not sys.stderr.isatty():
        return _wait_plainly(store, run_id, crew, console)
    columns = (TextColumn("{task.description}"), BarColumn(bar_width=30), TextColumn("{task.fields[words]}"))
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task(f"run {run_id}", total=1.0, words="")
        while (now := _look(store, run_id)).state in ("active", "paused"):
            crew.check()
            bar.update(task, completed=estimate(now).share, words=describe(now))
            time.sleep(LOOK_S)
    return now


def _wait_plainly(store: Store, run_id: int, crew: Crew, console: Console) -> progress.Progress:
    told = time.monotonic()
    while (now := _look(store, run_id)).state in ("active", "paused"):
        crew.check()
        if time.monotonic() - told >= PLAIN_EVERY_S:
            console.print(f"run {run_id}: {describe(now)}", highlight=False)
            told = time.monotonic()
        time.sleep(LOOK_S)
    return now


def _look(store: Store, run_id: int) -> progress.Progress:
    with store.read() as session:
        return progress.of(session, runs.get(session, run_id))
