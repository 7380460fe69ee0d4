"""Pictures and proxies by key: ranges, caching, and a proxy made when it is asked for."""

from __future__ import annotations

import os
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import av
import pytest
from starlette.testclient import TestClient

from db.models import Clip, Video, VideoPath
from db.session import Store
from pipelines.files import clip_folder
from settings import Settings

KEY = "0123456789abcdef" * 2
PICTURE = b"\xff\xd8" + bytes(range(256)) * 40


@pytest.fixture
def poster(settings: Settings) -> Path:
    path = clip_folder(settings.clips, KEY) / "poster.jpg"
    path.parent.mkdir(parents=True)
    path.write_bytes(PICTURE)
    return path


@pytest.fixture
def source(videos: Path, tmp_path: Path, store: Store) -> Path:
    """A real video of which the first two seconds are a clip, as the store knows it."""
    path = Path(shutil.copy(next(videos.glob("*.mp4")), tmp_path / "film.mp4"))
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        first, base = stream.start_time or 0, stream.time_base
        assert base is not None
    facts = path.stat()
    with store.write() as session:
        video = Video(sha256="0" * 64, size_bytes=facts.st_size, info={}, created_at=time.time())
        session.add(video)
        session.flush()
        session.add(
            VideoPath(
                video_id=video.id, path=os.fsencode(path), given=str(path), size_bytes=facts.st_size,
                mtime_ns=facts.st_mtime_ns, inode=facts.st_ino, seen_at=time.time(),
            )
        )  # fmt: skip
        end = first + round(2 / base)
        times = {"start_s": 0.0, "end_s": 2.0, "start_pts": first, "end_pts": end, "frames": 48}
        session.add(Clip(key=KEY, video_id=video.id, sheet={}, **times))
    return path


def test_a_picture_is_whole_typed_and_kept(client: TestClient, poster: Path) -> None:
    reply = client.get(f"/media/{KEY}/poster.jpg")
    assert reply.content == PICTURE
    assert reply.headers["content-type"] == "image/jpeg"
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["cache-control"] == "private, max-age=300"


def test_what_the_browser_has_is_not_sent_again(client: TestClient, poster: Path) -> None:
    etag = client.get(f"/media/{KEY}/poster.jpg").headers["etag"]
    again = client.get(f"/media/{KEY}/poster.jpg", headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")
    poster.write_bytes(b"another")
    assert client.get(f"/media/{KEY}/poster.jpg", headers={"if-none-match": etag}).content == b"another"


@pytest.mark.parametrize(
    "asked, part", [("bytes=0-99", PICTURE[:100]), ("bytes=100-", PICTURE[100:]), ("bytes=-7", PICTURE[-7:])]
)
def test_ranges(client: TestClient, poster: Path, asked: str, part: bytes) -> None:
    reply = client.get(f"/media/{KEY}/poster.jpg", headers={"range": asked, "cookie": "clapper=secret"})
    assert (reply.status_code, reply.content) == (206, part)
    assert "secret" not in str(reply.headers), "the request's headers are not echoed"


@pytest.mark.parametrize(
    "path",
    [
        f"{KEY}/sheet.jpg",
        f"{KEY}/other.jpg",
        f"{KEY}/proxy.mp4",
        "nokey/poster.jpg",
        f"{KEY}x/poster.jpg",
        f"{KEY.upper()}/poster.jpg",
        f"{KEY}/..%2f..%2fclapper.db",
        f"..%2f{KEY}/poster.jpg",
    ],
)
def test_what_is_not_there_is_not_there(client: TestClient, poster: Path, path: str) -> None:
    reply = client.get(f"/media/{path}")
    assert reply.status_code in (404, 422)
    assert reply.json()["detail"]


def test_a_missing_proxy_is_made_once_for_all_who_ask(client: TestClient, settings: Settings, source: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        replies = list(pool.map(lambda _: client.get(f"/media/{KEY}/proxy.mp4"), range(4)))
    assert {reply.status_code for reply in replies} == {200}
    path = clip_folder(settings.clips, KEY) / "proxy.mp4"
    assert [child.name for child in path.parent.iterdir()] == ["proxy.mp4"]
    assert all(reply.content == path.read_bytes() for reply in replies)
    with av.open(str(path)) as container:
        assert container.streams.video[0].codec_context.name == "h264"
        assert 1.8 < float(container.duration or 0) / av.time_base < 2.3


@pytest.mark.parametrize("how", ["gone", "changed"])
def test_a_source_that_is_gone_or_changed_is_said_so(client: TestClient, source: Path, how: str) -> None:
    if how == "gone":
        source.unlink()
    else:
        source.write_bytes(b"another film")
    reply = client.get(f"/media/{KEY}/proxy.mp4")
    assert reply.status_code == 404
    assert "no longer where it was" in reply.json()["detail"]


def test_without_an_account_there_is_no_picture(locked: TestClient, poster: Path) -> None:
    assert locked.get(f"/media/{KEY}/poster.jpg").status_code == 401
