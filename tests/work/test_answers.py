"""A question about a video that is in no library is answered by a model, and nothing of it stays."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from db import errands
from db.errands import ErrandView
from db.models import Clip, Video
from db.session import Store
from settings import Settings
from tests.support.chat_server import ChatServer, colours, serving, text_of
from tests.support.footage import make_video
from worker import Worker


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    with serving() as made:
        monkeypatch.setenv("CLAPPER_SERVER", made.url)
        yield made


def answered(settings: Settings, store: Store, *wishes: tuple[Path, str]) -> list[ErrandView]:
    ids: list[int] = []
    with store.write() as session:
        for path, question in wishes:
            wish = {"path": str(path), "question": question, "temperature": 0.3, "model": ""}
            ids.append(errands.create(session, "answer", wish, label="a video"))
    Worker(settings).run(until_idle=True)
    with store.read() as session:
        return [errands.view(session, errand_id) for errand_id in ids]


def test_questions_are_answered_from_the_frames(
    settings: Settings, store: Store, server: ChatServer, tmp_path: Path
) -> None:
    film = make_video(tmp_path / "a.mp4", seconds=3.5)
    first, second = answered(settings, store, (film, "Where do the blocks drift?"), (film, "@Caption"))
    assert first.state == second.state == "done"
    assert first.answer["answer"].startswith("A view of red")
    assert "Where do the blocks drift?" in text_of(server.asked[0])
    assert "@Caption" not in text_of(server.asked[1]) and "describe" in text_of(server.asked[1]).lower()
    assert server.asked[0]["temperature"] == pytest.approx(0.3)
    assert len(colours(server.asked[0])) == 4, "a frame a second"
    with store.read() as session:
        assert (session.query(Video).count(), session.query(Clip).count()) == (0, 0)


def test_what_is_no_video_is_said(settings: Settings, store: Store, server: ChatServer, tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_text("no video")
    (ended,) = answered(settings, store, (tmp_path / "a.mp4", ""))
    assert ended.state == "failed" and "not a video" in (ended.error or "")
    assert not server.asked


def test_without_a_model_it_says_what_would_help(
    settings: Settings, store: Store, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CLAPPER_MODELS", str(tmp_path))
    monkeypatch.delenv("CLAPPER_SERVER", raising=False)
    (ended,) = answered(settings, store, (make_video(tmp_path / "a.mp4", seconds=1), ""))
    assert ended.state == "failed" and "nobody answers for" in (ended.error or "")
