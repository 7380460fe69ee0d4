"""How far a run is, in one line."""

from __future__ import annotations

from cli import waiting
from db.progress import Counts, Progress, StageProgress


def run(kind: str, clips: int, *stages: tuple[str, int, int]) -> Progress:
    """A run twenty seconds old, with so many items of each stage that wait and that are done."""
    made = tuple(StageProgress(name, waits, 0, done, 0, 0, 0.0) for name, waits, done in stages)
    return Progress(1, "x", "active", "me", (), made, Counts(5, clips, clips, 0, 0, 0), 0.0, 20.0, kind, "", 0)


def test_a_run_of_videos() -> None:
    told = waiting.describe(run("videos", 12, ("find", 0, 1), ("probe", 0, 5), ("scan", 2, 3), ("video", 6, 6)))
    assert told.startswith("3/5 videos · 12 clips · 0.6 clips/s · 0:")


def test_a_run_on_clips_that_are_there_reads_no_video() -> None:
    told = waiting.describe(run("clips", 0, ("video", 30, 10)))
    assert told == "10/40 clips · 0.5 clips/s · 1:00 left"
    assert waiting.describe(run("clips", 0)) == "0/0 clips · 0.0 clips/s"
