"""How far a run is, as the command line tells it: of videos, or of clips alone that are captioned again."""

from __future__ import annotations

from cli import waiting
from db import progress, runs
from db.session import Store
from pipelines import methods
from tests.support.library import add_clip, queue_run


def told(store: Store, run_id: int) -> str:
    with store.read() as session:
        return waiting.describe(progress.of(session, runs.get(session, run_id)))


def test_a_run_of_videos_counts_videos_and_clips(store: Store) -> None:
    assert told(store, queue_run(store)).startswith("0/0 videos · 0 clips · 0.0 clips/s")


def test_a_run_on_clips_has_no_videos_to_count(store: Store) -> None:
    with store.write() as session:
        clips = [add_clip(session).id for _ in range(3)]
        run_id = runs.create_on_clips(session, methods.recipe_of("measured", ()), clips, by="lin").id
    assert told(store, run_id) == "0/3 clips"
