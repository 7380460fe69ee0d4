"""Files that are no files, names that are no names, and text that asks to be followed somewhere else."""

from __future__ import annotations

import os
import unicodedata
from pathlib import Path

from tests.nasty.corpus import Kind, Workshop, by_bytes

CANARY = "http://127.0.0.1:{port}/canary.mp4"
"""The test listens there; nobody may call."""

PLAYLIST = "#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXT-X-TARGETDURATION:10\n#EXTINF:10.0,\n{}\n#EXT-X-ENDLIST\n"
SESSION = "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\nm=video 5004 RTP/AVP 96\na=rtpmap:96 H264/90000\n"
MANIFEST = (
    '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static" mediaPresentationDuration="PT4S"><Period>'
    '<AdaptationSet mimeType="video/mp4"><Representation id="1" bandwidth="1"><BaseURL>{}</BaseURL></Representation>'
    "</AdaptationSet></Period></MPD>"
)
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" width="64" height="64"><image href="{}" width="64" height="64"/></svg>'


def named(name: str) -> Kind:
    """A good file under a bad name."""
    return by_bytes(name, "ok", lambda shop: shop.fast)


def pointing(name: str, content: str, target: str) -> Kind:
    """A text that wants something else opened; `fast.mp4` lies beside it and would be a video."""

    def make(shop: Workshop, path: Path) -> None:
        (path.parent / "fast.mp4").write_bytes(shop.fast)
        path.write_text(content.format(target.format(port=os.environ["CLAPPER_TEST_CANARY_PORT"])))

    return Kind(name, frozenset({"not_a_video"}), make)


def linked(name: str, outcomes: str, target: str) -> Kind:
    return Kind(name, frozenset(outcomes.split()), lambda shop, path: path.symlink_to(target))


def sparse(shop: Workshop, path: Path) -> None:
    """A good beginning, then a hole of 256 MiB."""
    path.write_bytes(shop.fast[: shop.media_data + 4])
    os.truncate(path, 256 << 20)


KINDS = [
    Kind("pipe.mp4", frozenset({"not_regular_file"}), lambda shop, path: os.mkfifo(path)),
    Kind("folder.mp4", frozenset({"not_regular_file"}), lambda shop, path: path.mkdir()),
    Kind("sparse.mp4", frozenset({"no_decodable_frames", "corrupt"}), sparse),
    linked("device.mp4", "not_regular_file", "/dev/zero"),
    linked("circle.mp4", "link_loop", "circle.mp4"),
    linked("nowhere.mp4", "not_found", "gone.mp4"),
    linked("passwords.mp4", "not_a_video", "/etc/passwd"),
    Kind("missing.mp4", frozenset({"not_found"}), lambda shop, path: None),
    pointing("playlist_file.mp4", PLAYLIST, "file:///etc/passwd"),
    pointing("playlist_web.m3u8", PLAYLIST, CANARY),
    pointing("playlist_web.avi", PLAYLIST, CANARY),
    pointing("playlist_beside.mp4", PLAYLIST, "fast.mp4"),
    pointing("concat_beside.mp4", "ffconcat version 1.0\nfile {}\n", "fast.mp4"),
    pointing("concat_web.mp4", "ffconcat version 1.0\nfile {}\n", CANARY),
    pointing("session.mp4", SESSION, ""),
    pointing("manifest.mp4", MANIFEST, CANARY),
    pointing("drawing.svg", DRAWING, CANARY),
    named(os.fsdecode(b"\xff\xfe bad.mp4")),
    named("new\nline.mp4"),
    named("-i.mp4"),
    named("%03d.mp4"),
    named("a:b.mp4"),
    named("concat:good.mp4|good.mp4"),
    named("<img src=x onerror=alert(1)>.mp4"),
    named("=cmd|' -C calc'!A0.mp4"),
    named("quotes \"and' `more`.mp4"),
    named("$(rm -rf .); rm -rf ..mp4"),
    named(" spaces .mp4 "),
    named("\u202egpm.4pm.mp4"),
    named("😀" * 59 + ".mp4"),
    named(unicodedata.normalize("NFC", "é.mp4")),
    named(unicodedata.normalize("NFD", "é.mp4")),
]
