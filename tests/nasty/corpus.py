"""What a kind of nasty file is, and the workshop that makes them.

Outcomes, as `attempt` tells them:

    ok           clips came out, nothing to remark
    noted        it was read to its end, with a remark (damaged, cut off, nearly black)
    no_clips     it was read to its end and is too short for a clip
    any other    the kind of the refusal: empty_file, not_a_video, …
"""

from __future__ import annotations

import random
import subprocess
from collections.abc import Callable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import imageio_ffmpeg


def words(text: str) -> list[str]:
    return text.split()


X264 = words("-c:v libx264 -preset ultrafast -pix_fmt yuv420p -g 25")
PICTURES = words("-f lavfi -i testsrc2=s=160x90:r=25:d=4")
SOUND = words("-f lavfi -i sine=d=4")


class Workshop:
    """A folder, an FFmpeg and some good files to spoil. The same bytes every time."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def ffmpeg(self, path: Path, *arguments: str | Path) -> None:
        """Write `path`."""
        program = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", "-fflags", "+bitexact"]
        subprocess.run([*program, *arguments, "-threads", "2", path], check=True, timeout=60)

    def made(self, name: str, *arguments: str | Path) -> Path:
        """The file `name`, made once."""
        path = self.folder / "parts" / name
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            self.ffmpeg(path, *arguments)
        return path

    @cached_property
    def good(self) -> Path:
        """4 s, 100 frames, with sound; the index at the end."""
        return self.made("good.mp4", *PICTURES, *SOUND, *X264, "-c:a", "aac", "-shortest")

    @cached_property
    def fast(self) -> bytes:
        """The same with the index in front."""
        return self.made("fast.mp4", "-i", self.good, "-c", "copy", "-movflags", "+faststart").read_bytes()

    @cached_property
    def matroska(self) -> Path:
        return self.made("good.mkv", "-i", self.good, "-c", "copy")

    @cached_property
    def transport(self) -> Path:
        return self.made("good.ts", "-i", self.good, "-c", "copy")

    @cached_property
    def raw(self) -> Path:
        """Bare H.264 without times."""
        return self.made("good.h264", "-i", self.good, "-c", "copy", "-an", "-f", "h264")

    @cached_property
    def sound(self) -> Path:
        return self.made("sound.mp4", *SOUND, "-c:a", "aac")

    @cached_property
    def picture(self) -> Path:
        return self.made("picture.jpg", *PICTURES, "-frames:v", "1")

    @cached_property
    def media_data(self) -> int:
        """Where the frames begin in `fast`."""
        return self.fast.index(b"mdat")

    def random(self) -> random.Random:
        return random.Random(20)


@dataclass(frozen=True)
class Kind:
    """One row of the corpus."""

    name: str
    """Also the file's name, so with its extension."""
    outcomes: frozenset[str]
    """Any of these is right."""
    make: Callable[[Workshop, Path], object]
    frames: int | None = None
    """How many are to be read, where that is known."""


Patch = Callable[[Workshop], bytes]


def by_ffmpeg(name: str, outcomes: str, *arguments: str) -> Kind:
    """A file FFmpeg writes; `{good}` and the other parts stand for their paths."""

    def make(shop: Workshop, path: Path) -> None:
        parts = {part: getattr(shop, part) for part in ("good", "matroska", "transport", "raw", "sound", "picture")}
        shop.ffmpeg(path, *(parts[word[1:-1]] if word[:1] == "{" else word for word in arguments))

    return Kind(name, frozenset(outcomes.split()), make)


def by_bytes(name: str, outcomes: str, patch: Patch) -> Kind:
    """A file of the bytes that `patch` gives."""
    return Kind(name, frozenset(outcomes.split()), lambda shop, path: path.write_bytes(patch(shop)))
