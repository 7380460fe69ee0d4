"""Lists of others become clips with captions and scores; what people and measurements say stays."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from db import clips, decisions, failures, imports, progress, runs
from db.decisions import Decision
from db.models import Taken
from db.runs import Input
from db.session import Store, open_store
from db.views import ClipView
from pipelines import recipe
from settings import Settings
from tests.support.footage import make_video
from tests.support.library import add_clip, add_run
from worker import Worker


@pytest.fixture(scope="module")
def films(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("films")
    make_video(folder / "long.mp4", seconds=9, seed=1)
    make_video(folder / "short.mp4", seconds=1.2, seed=2)
    return folder


@pytest.fixture
def take(settings: Settings, films: Path) -> Iterator[object]:
    """Imports rows as a list beside the films and works until all is done; all clips there are then."""

    def run(*rows: dict[str, object], name: str = "list.jsonl") -> list[ClipView]:
        (films / name).write_text("".join(json.dumps(row) + "\n" for row in rows))
        store = open_store(settings.database)
        with store.write() as session:
            wanted = Input(str(films / name), take="auto", score_columns=("beauty",) if "beauty" in rows[0] else ())
            runs.create(session, recipe.load("as-is"), inputs=[wanted], by="lin")
        Worker(settings).run(until_idle=True)
        with store.read() as session:
            found = clips.page(session, sort="oldest").clips
        store.close()
        return found

    yield run


def in_force(clip: ClipView) -> tuple[str, str] | None:
    return (clip.caption.text, clip.caption.author) if clip.caption else None


def test_clips_come_with_their_captions_and_scores(take: object, store: Store) -> None:
    row = {"video_path": "short.mp4", "caption": "Blocks drift.", "motion_score": 3.5, "text_score": 0.0}
    (clip,) = take(row)
    assert clip.frames == 24 and clip.verdict == "kept"
    assert in_force(clip) == ("Blocks drift.", "import")
    assert clip.scores["motion_farneback"] == 3.5 and clip.scores["motion"] is not None
    again = take(row)
    assert [(one.id, len(one.captions), one.version) for one in again] == [(clip.id, 1, 0)], "twice changes nothing"


def test_time_codes_become_clips_without_looking_for_cuts(take: object, store: Store) -> None:
    codes = [["00:00:00.000", "00:00:04.000"], ["00:00:04.000", "00:00:05.000"], ["00:00:05.000", "00:00:09.000"]]
    found = take({"video_path": "long.mp4", "timecode_list": codes})
    assert [(round(one.start_s, 2), round(one.end_s, 2)) for one in found] == [(0.0, 3.9), (5.1, 9.0)]


def test_stretches_of_a_table_are_taken_exactly(take: object, store: Store) -> None:
    rows = [
        {"path": "long.mp4", "start_s": 1.0, "end_s": 3.0, "caption": "First.", "beauty": 0.5},
        {"path": "long.mp4", "start_s": 4.0, "end_s": 4.5, "caption": "Second.", "beauty": 0.6},
        {"path": "long.mp4", "start_s": 30, "end_s": 40, "caption": "Never.", "beauty": 0.6},
    ]
    found = take(*rows)
    times = [(round(one.start_s, 2), round(one.end_s, 2), in_force(one), one.scores["beauty"]) for one in found]
    assert times == [(1.0, 3.0, ("First.", "import"), 0.5), (4.0, 4.5, ("Second.", "import"), 0.6)]
    with store.read() as session:
        assert imports.unmatched(session, 1) == ["long.mp4 30.0–40.0 s"]
        (reason,) = failures.reasons(session, 1)
        assert (reason.reason, reason.count, reason.items) == (imports.NO_FRAMES, 1, ((None, "long.mp4 30.0–40.0 s"),))
        assert progress.of(session, runs.get(session, 1)).counts.lost == 1


def test_what_is_still_being_read_is_not_lost(store: Store) -> None:
    with store.write() as session:
        run = add_run(session)
        times = {"start_s": 30.0, "end_s": 40.0, "exact": 1}
        video = add_clip(session, run=run).video_id
        session.add(Taken(run_id=run.id, path="ball", given="ball.mp4", video_id=video, said={}, **times))
        session.flush()
        assert (imports.unmatched(session, run.id), failures.reasons(session, run.id)) == ([], [])
        runs.close_if_done(session, run)
        assert len(imports.unmatched(session, run.id)) == 1 == progress.of(session, run).counts.lost


def test_a_persons_words_and_measured_scores_stay(take: object, store: Store) -> None:
    row = {"path": "short.mp4", "caption": "From the list.", "motion_score": 3.5}
    (clip,) = take(row)
    with store.write() as session:
        decisions.decide(session, Decision("key-0001", clip.id, 0, "edit", text="A person's words."), "lin")
    (clip,) = take({**row, "caption": "Another list.", "motion_score": 9.0})
    assert in_force(clip) == ("A person's words.", "person") and clip.review == "accepted"
    assert [one.text for one in clip.captions] == ["From the list.", "A person's words.", "Another list."]
    assert clip.scores["motion_farneback"] == 3.5
