"""Any stretch of a long video is summed up from what is kept; no frame is read again."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from typer.testing import CliRunner

import app
from db.models import Caption
from db.session import Store
from pipelines.errors import ClapperError
from settings import Settings
from tests.support.chat_server import ChatServer, serving, text_of
from tests.support.library import Made, add_clip


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    with serving() as found:
        monkeypatch.setenv("CLAPPER_SERVER", found.url)
        yield found


@pytest.fixture
def told(store: Store) -> Store:
    """Three clips of one video, two seconds each from 1, 4 and 7 s, with two timed captions each; one of another video."""
    with store.write() as session:
        for number, video in enumerate(["films/long.mp4"] * 3 + ["films/other.mp4"]):
            clip = add_clip(session, Made(video=video))
            parts = [{"start_s": n, "end_s": n + 1.0, "text": f"Step {number}{n:.0f}."} for n in (0.0, 1.0)]
            caption = Caption(
                clip_id=clip.id, text="All.", author="machine", model="tiny", parts=parts, created_at=time.time()
            )
            session.add(caption)
    return store


def ask(settings: Settings, *words: str) -> tuple[int, str]:
    done = CliRunner().invoke(app.build(), ["summary", *words, "--data", str(settings.data)])
    return done.exit_code, done.output + (str(done.exception) if isinstance(done.exception, ClapperError) else "")


def test_a_stretch_over_several_clips(settings: Settings, told: Store, server: ChatServer) -> None:
    code, text = ask(settings, "long", "--from", "2.5", "--until", "6.5")
    (body,) = server.asked
    assert code == 0 and text.startswith("A view of no picture")
    asked = text_of(body)
    assert [f"Step {name}." in asked for name in ("00", "01", "10", "11", "20", "21", "30")] == [
        False, True, True, True, False, False, False,
    ]  # fmt: skip
    assert asked.index("Step 01.") < asked.index("Step 10.") < asked.index("Step 11.")
    assert "4.0 s: Step 10." in asked


@pytest.mark.parametrize(("video", "words"), [("films", "names 2 videos"), ("nothing", "names 0 videos")])
def test_which_video_is_meant_must_be_clear(
    settings: Settings, told: Store, server: ChatServer, video: str, words: str
) -> None:
    code, text = ask(settings, video)
    assert code != 0 and words in text
