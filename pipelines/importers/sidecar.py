"""A folder of clips with their captions in text files.

a.mp4, a.txt                         side by side
videos/a.mp4, labels/a.txt           apart, as SAT and others want them
videos.txt, prompts.txt              line for line, as CogVideoX's diffusers scripts want them
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

from pipelines.errors import Refused
from pipelines.imports import IMPORTERS, Importer, Source, Taken
from pipelines.ingest import Found, Problem, find, shown
from pipelines.records import Caption

LABELS = ("labels", "captions")
LIST, PROMPTS = "videos.txt", "prompts.txt"
MOST_BYTES = 1 << 20
"""Of a text file: a caption is shorter."""


@IMPORTERS.register
class Sidecar(Importer):
    """Captions from text files; a video without one is taken without a caption."""

    name: ClassVar[str] = "sidecar"
    about: ClassVar[str] = "A folder of clips: a.txt beside a.mp4, labels/a.txt beside videos/a.mp4, or prompts.txt."

    def read(self, source: Source) -> Iterator[Taken | Problem]:
        top = Path(source.path)
        if not top.is_dir():
            raise Refused("not_a_folder", "captions beside videos are looked for in a folder; name the folder")
        if (top / LIST).is_file() and (top / PROMPTS).is_file():
            yield from _line_for_line(top, source)
            return
        for found in find(source.path):
            yield _with_caption(found) if isinstance(found, Found) else found


def _line_for_line(top: Path, source: Source) -> Iterator[Taken | Problem]:
    videos, prompts = (_text(top / name).splitlines() for name in (LIST, PROMPTS))
    if len(videos) != len(prompts):
        told = f"{LIST} has {len(videos)} lines and {PROMPTS} {len(prompts)}; they must belong together line for line"
        raise Refused("unequal_lists", told)
    for video, prompt in zip(videos, prompts, strict=True):
        if video.strip():
            place = Taken(os.path.abspath(Path(source.root, video.strip())), shown(video))  # noqa: PTH100 - stays text
            yield replace(place, captions=_caption(prompt))


def _with_caption(found: Found) -> Taken | Problem:
    text = next((path for path in _beside(Path(found.path)) if path.is_file()), None)
    try:
        return Taken(found.path, found.given, captions=_caption(_text(text)) if text else ())
    except Refused as error:
        return Problem(found.given, error.kind, str(error))


def _beside(video: Path) -> Iterator[Path]:
    yield video.with_suffix(".txt")
    yield from (video.parent.with_name(name) / f"{video.stem}.txt" for name in LABELS)


def _text(path: Path) -> str:
    try:
        if path.stat().st_size > MOST_BYTES and path.name not in (LIST, PROMPTS):
            raise Refused("long_caption", f"{shown(path.name)} is larger than a caption; is it another text?")
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise Refused("unreadable_caption", f"{shown(path.name)} is no UTF-8; save it as UTF-8") from None
    except OSError as error:
        raise Refused("unreadable_caption", f"{shown(path.name)} cannot be read ({error.strerror})") from None


def _caption(text: str) -> tuple[Caption, ...]:
    return (Caption(text.strip(), model="sidecar"),) if text.strip() else ()
