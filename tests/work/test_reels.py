"""A reel shows just the clips that were asked for, with all that is said of them."""

from __future__ import annotations

from pathlib import Path

import av
import numpy as np
import pytest

from db import decisions, errands
from db.decisions import Decision
from db.errands import ErrandView
from db.models import Caption, Clip
from db.session import Store, open_store
from pipelines.reel import FPS, LEAST_PICTURE, SIZE, Shot, lay_out
from settings import Settings
from tests.support.footage import make_video, run_here
from worker import Worker


@pytest.fixture(scope="module")
def settings(tmp_path_factory: pytest.TempPathFactory) -> Settings:
    """Two clips of three and a half seconds."""
    place = tmp_path_factory.mktemp("reel")
    made = Settings(data=place / "data")
    run_here(made, [make_video(place / "a.mp4", seed=1), make_video(place / "b.mp4", seed=2)], ["scan.min_s=1"])
    return made


@pytest.fixture
def store(settings: Settings) -> Store:
    return open_store(settings.database)


def rendered(settings: Settings, store: Store, dest: Path, *where: str, compare: bool = False) -> ErrandView:
    wish = {"dest": str(dest), "where": list(where), "compare": compare, "limit": 10}
    with store.write() as session:
        errand_id = errands.create(session, "reel", wish, label="reel")
    Worker(settings).run(until_idle=True)
    with store.read() as session:
        return errands.view(session, errand_id)


def test_chosen_clips_become_one_video(settings: Settings, store: Store, tmp_path: Path) -> None:
    with store.write() as session:
        clip = session.get_one(Clip, 1)
        decisions.decide(session, Decision("key-0001", clip.id, clip.version, "edit", text="Blocks drift past."), "ana")
        session.add(Caption(clip_id=1, text="Some model says so.", author="machine", model="other", created_at=0.0))
    ended = rendered(settings, store, tmp_path / "reel.mp4", "review=accepted", compare=True)
    assert (ended.state, ended.answer["clips"], ended.answer["left_out"]) == ("done", 1, [])
    with av.open(str(tmp_path / "reel.mp4")) as film:
        frames = [frame.to_ndarray(format="rgb24") for frame in film.decode(video=0)]
    assert len(frames) == pytest.approx(3.5 * FPS, abs=2)
    assert frames[0].shape == (SIZE[1], SIZE[0], 3)
    clip, panel = frames[40][:300], frames[40][-60:]
    assert np.abs(frames[10][:300].astype(int) - clip).mean() > 5, "the picture moves"
    assert clip.mean() > 60 > panel.mean() and panel.max() > 150, "words stand on dark ground below it"


def test_a_clip_that_is_gone_is_told_of(settings: Settings, store: Store, tmp_path: Path) -> None:
    ended = rendered(settings, store, tmp_path / "none.mp4", "text~nowhere")
    assert ended.state == "failed" and "none of its clips" in (ended.error or "")
    assert not (tmp_path / "none.mp4").exists()


def shot(*columns: tuple[str, str], notes: str = "motion 0.02") -> Shot:
    return Shot("proxy.mp4", "1/2 · a.mp4 · kept", "kept", notes, columns)


def test_the_picture_keeps_its_room_whatever_is_said() -> None:
    short, long = lay_out(shot(("", "A dog."))), lay_out(shot(("", "A dog runs over a field. " * 160)))
    assert len(short) == 1 and len(long) > 1
    assert short[0].height < 200 < long[0].height <= SIZE[1] * (1 - LEAST_PICTURE)
    assert {panel.size for panel in long} == {long[0].size}


def test_models_stand_side_by_side() -> None:
    (panel,) = lay_out(shot(("one", "A dog."), ("two", "A cat."), ("three", "A cow.")))
    bright = np.asarray(panel.convert("L"))[-40:].max(axis=0) > 100
    starts = [28 + number * 417 for number in range(3)]
    assert all(bright[start : start + 60].any() for start in starts)
