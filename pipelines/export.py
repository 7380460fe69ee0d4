"""The engine around exporters: cutting, keeping the books, and a folder that is either complete or not there.

    samples ─▶ left out: no caption
            ─▶ reused: the same clip, cut the same way, in the former export
            ─▶ cut in a decoding child, one video at a time ─▶ left out: source gone, changed or damaged
                                                            ─▶ exporter.write

The folder holds no clock time: exporting the same again changes no byte.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from itertools import groupby, islice
from pathlib import Path
from typing import Any, Protocol

from pipelines.errors import Cancelled, Refused, Usage
from pipelines.ingest import content_hash
from pipelines.kinds import Exporter
from pipelines.records import Clip, Sample, Video
from pipelines.swap import swapped_in

MANIFEST = "clapper_export.json"
IN_ONE_CALL = 100
"""Clips of one video handed to the child together; rows come out after each such group."""
GROWTH = 2.0
"""A clip may take this many times the bytes that the same stretch takes in its source. A rough guess, for the warning."""
SPARE_BYTES = 64 << 20
PROGRESS_S = 0.5


class Call(Protocol):
    """`pipelines.child.Child.call`: runs "module:function" elsewhere and yields its messages."""

    def __call__(self, function: str, argument: Any, *, seconds: float, cancelled: Callable[[], bool]) -> Iterator[Any]: ...


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A clip that did not get into the export, and why."""

    clip: str
    """In words a person recognises."""
    reason: str


@dataclass(frozen=True, slots=True)
class ExportResult:
    """What became of an export."""

    written: int
    reused: int
    """Of those written: clips that the former export already held, so that nothing had to be cut."""
    left_out: tuple[LeftOut, ...]


@dataclass(frozen=True, slots=True)
class Control:
    """How a long task is watched and stopped."""

    progress: Callable[[int], None] = lambda done: None
    """Called with the number of samples dealt with so far, twice a second at most."""
    cancelled: Callable[[], bool] = lambda: False


def export(
    exporter: Exporter, samples: Sequence[Sample], dest: Path, *, call: Call, control: Control | None = None
) -> ExportResult:
    """Write `samples` to the folder `dest`. A former export there is replaced when this one is complete, not before.

    Samples of one video must stand in a row. Raises `Usage` when `dest` may not be replaced or the disk is too small,
    `Cancelled` when asked to stop; `dest` is then as it was.
    """
    dest = Path(os.path.realpath(dest.expanduser()))
    try:
        former = _former(dest)
        _must_fit(samples, dest)
        with swapped_in(dest) as folder:
            books = _Books(exporter, folder, former, call, control or Control())
            exporter.write(books.captioned(samples), folder, cut=books.cut)
            books.write_manifest()
    except OSError as error:
        raise Usage(f"{dest} cannot be written ({error.strerror or error}); choose another folder") from error
    return ExportResult(books.written, books.reused, tuple(books.left_out))


def label(clip: Clip) -> str:
    """ "film.mp4 12.0–16.5 s" """
    return f"{clip.video.name} {clip.start_s:.1f}–{clip.end_s:.1f} s"


@dataclass(frozen=True, slots=True)
class _Former:
    """The export that lies at the destination."""

    folder: Path
    cutting: str
    files: dict[str, str]
    """Name to SHA-256."""


class _Books:
    """One export while it is being written."""

    def __init__(self, exporter: Exporter, folder: Path, former: _Former | None, call: Call, control: Control) -> None:
        self.written = self.reused = 0
        self.left_out: list[LeftOut] = []
        self._exporter, self._folder, self._call, self._control = exporter, folder, call, control
        self._cutting = exporter.cutting()
        self._former = former if former and former.cutting == self._cutting.digest() else None
        self._files: dict[str, str] = {}
        self._told_at = 0.0

    def captioned(self, samples: Iterable[Sample]) -> Iterator[Sample]:
        """Only those with words: a caption without one letter or digit never gets out."""
        for sample in samples:
            if any(sign.isalnum() for sign in sample.text):
                yield sample
            else:
                self._leave_out(sample, "it has no caption")

    def cut(self, wanted: Iterable[tuple[Sample, str]]) -> Iterator[tuple[Sample, str]]:
        """The exporter's `Cutter`."""
        for _, pairs in groupby(wanted, key=lambda pair: pair[0].clip.video.sha256):
            while group := list(islice(pairs, IN_ONE_CALL)):
                self._cut_group([pair for pair in group if not self._reuse(*pair)])
                yield from (pair for pair in group if pair[1] in self._files)

    def write_manifest(self) -> None:
        """What is in the folder, with which options, and what is not."""
        for path in sorted(self._folder.iterdir()):
            if path.is_file():
                self._files[path.name] = sha256_of(path)
        manifest = {
            "format": self._exporter.name,
            "options": self._exporter.model_dump(mode="json"),
            "cutting": self._cutting.digest(),
            "pairs": self.written,
            "left_out": [asdict(one) for one in self.left_out],
            "files": dict(sorted(self._files.items())),
        }
        text = json.dumps(manifest, indent=1, ensure_ascii=False) + "\n"
        (self._folder / MANIFEST).write_text(text, encoding="utf-8", errors="replace")

    def _reuse(self, sample: Sample, name: str) -> bool:
        """Take the file from the former export when it is still what was written there."""
        self._stop_if_cancelled()
        known = self._former.files.get(name) if self._former else None
        if self._former is None or known is None:
            return False
        old, new = self._former.folder / name, self._folder / name
        if not old.is_file() or sha256_of(old) != known:
            return False
        new.parent.mkdir(parents=True, exist_ok=True)
        try:
            os.link(old, new)
        except OSError:  # the file system has no hard links
            shutil.copyfile(old, new)
        self.reused += 1
        self._note(name, known)
        return True

    def _cut_group(self, pairs: list[tuple[Sample, str]]) -> None:
        """Clips of one video, if it is still the one that was captioned: the bytes decide, not the name."""
        if not pairs:
            return
        problem = self._problem(pairs[0][0].clip.video)
        if problem is None:
            self._cut_together(pairs)
        else:
            for sample, _ in pairs:
                self._leave_out(sample, problem)

    def _problem(self, video: Video) -> str | None:
        try:
            same = content_hash(video.path, self._control.cancelled) == video.sha256
        except Refused as error:
            return str(error)
        return None if same else "the video is no longer the one that was captioned; add it again"

    def _cut_together(self, pairs: list[tuple[Sample, str]]) -> None:
        """When the child fails on several, each gets a try alone: one bad clip must not take the others with it."""
        left = {str(self._folder / name): (sample, name) for sample, name in pairs}
        reason = "the decoder gave no answer"
        try:
            self._cut_in_child(pairs, left)
        except Refused as error:
            reason = str(error)
        if len(pairs) > 1:
            for pair in left.values():
                self._cut_together([pair])
        else:
            for sample, _ in left.values():
                self._leave_out(sample, reason)

    def _cut_in_child(self, pairs: list[tuple[Sample, str]], left: dict[str, tuple[Sample, str]]) -> None:
        """Takes out of `left` what got an answer."""
        seconds = 300 + 60 * sum(sample.clip.duration_s for sample, _ in pairs)
        clips = [(sample.clip, str(self._folder / name)) for sample, name in pairs]
        argument = {
            "path": clips[0][0].video.path,
            "items": [
                {"start_pts": clip.start_pts, "end_pts": clip.end_pts, "frames": clip.frames, "dest": dest}
                for clip, dest in clips
            ],
            "options": asdict(self._cutting),
        }
        cancelled = self._control.cancelled
        for answer in self._call("pipelines.media.cut:cut_clips", argument, seconds=seconds, cancelled=cancelled):
            sample, name = left.pop(answer["dest"])
            if "reason" in answer:
                self._leave_out(sample, answer["reason"])
            else:
                self._note(name, sha256_of(self._folder / name))
            self._stop_if_cancelled()

    def _note(self, name: str, sha256: str) -> None:
        self._files[name] = sha256
        self.written += 1
        self._tell()

    def _leave_out(self, sample: Sample, reason: str) -> None:
        self.left_out.append(LeftOut(label(sample.clip), reason))
        self._tell()

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._told_at >= PROGRESS_S:
            self._told_at = now
            self._control.progress(self.written + len(self.left_out))

    def _stop_if_cancelled(self) -> None:
        if self._control.cancelled():
            raise Cancelled("the export was stopped; the folder is as it was before")


def sha256_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _former(dest: Path) -> _Former | None:
    """The export at `dest`, None when nothing is there. Raises `Usage` when anything else is: it would be lost."""
    if not dest.name:
        raise Usage(f"{dest} cannot be replaced by an export; choose another folder")
    if not dest.exists():
        return None
    if not dest.is_dir():
        raise Usage(f"{dest} is a file; an export needs a folder of its own")
    found = {path.relative_to(dest).as_posix() for path in dest.rglob("*") if path.is_symlink() or not path.is_dir()}
    if not found:
        return None
    try:
        manifest = json.loads((dest / MANIFEST).read_text(encoding="utf-8"))
        former = _Former(dest, manifest["cutting"], dict(manifest["files"]))
    except (OSError, ValueError, KeyError, TypeError):
        raise Usage(f"{dest} is not empty and holds no export of Clapper; choose another folder") from None
    foreign = sorted(found - former.files.keys() - {MANIFEST})
    if foreign:
        raise Usage(f"{dest} also holds {foreign[0]}, which would be lost; move it away or choose another folder")
    return former


def _must_fit(samples: Sequence[Sample], dest: Path) -> None:
    needed = round(sum(_bytes_guess(sample.clip) for sample in samples)) + SPARE_BYTES
    above = next(folder for folder in dest.parents if folder.exists())
    free = shutil.disk_usage(above).free
    if free < needed:
        raise Usage(
            f"the export needs about {needed / 1e9:.1f} GB and {above} has {free / 1e9:.1f} GB left; free some space"
            " or choose another disk"
        )


def _bytes_guess(clip: Clip) -> float:
    duration_s = max(clip.video.info.duration_s, clip.end_s, 0.001)
    return GROWTH * clip.video.size_bytes * clip.duration_s / duration_s
