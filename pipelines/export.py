"""The engine around exporters: the books, and a folder that is either complete or not there.

    samples ─▶ left out: no caption, or not in this format
            ─▶ a file (`pipelines.cuts`) ─▶ left out: source gone, changed or damaged
            ─▶ exporter.write

The folder holds no clock time: exporting the same again changes no byte. Nothing here grows with the number of samples.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from typing import Any

from pipelines.cuts import Call, Cuts, Want, label
from pipelines.errors import Cancelled, Usage
from pipelines.estimate import makes_files
from pipelines.files import sha256_of
from pipelines.kinds import ClipFile, Cutting, Exporter
from pipelines.listing import planned
from pipelines.manifest import FILES, LEFT_OUT, FileList, former_at, opened, write_manifest
from pipelines.records import Sample
from pipelines.swap import swapped_in
from pipelines.tables import as_json

SPARE_BYTES = 64 << 20
PROGRESS_S = 0.5
LEFT_OUT_KEPT = 100
"""So many are told to whoever asked; all of them stand in the folder."""


@dataclass(frozen=True, slots=True)
class Task:
    """What to write where."""

    exporter: Exporter
    dest: Path
    clips: Cutting = field(default_factory=Cutting)
    against: Path | None = None
    """Another export whose clips may be taken over."""
    about: Mapping[str, Any] = field(default_factory=dict)
    """What the manifest says beside what is known here: selection, recipes, rules, prompts."""
    expected_bytes: int = 0
    """Checked against the room on the disk before anything is cut."""


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
    """Of those written: pairs whose clip had been cut before, so that nothing had to be encoded."""
    left_out: tuple[LeftOut, ...]
    """The first of them."""
    left_out_count: int = 0
    counts: Mapping[str, int] = field(default_factory=dict)
    """Pairs written, by part."""
    size_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Control:
    """How a long task is watched and stopped."""

    progress: Callable[[int], None] = lambda done: None
    """Called with the number of samples dealt with so far, twice a second at most."""
    cancelled: Callable[[], bool] = lambda: False
    left_out: Callable[[Sample], None] = lambda sample: None
    """Called for each sample that does not get out."""


def export(
    task: Task, parts: Mapping[str, Iterable[Sample]], *, calls: Sequence[Call], control: Control | None = None
) -> ExportResult:
    """Write each part into the folder of its name below the destination; the part "" is the destination itself.

    A former export there is replaced when this one is complete, not before. Samples of one video must stand in a row. There
    are as many cuts at once as there are `calls`. Raises `Usage` when the destination may not be replaced or the disk is too
    small, `Cancelled` when asked to stop; the destination is then as it was, and the next attempt goes on with the clips
    that are cut.
    """
    dest = Path(os.path.realpath(task.dest.expanduser()))
    _must_agree(task)
    try:
        formers = [former for former in (former_at(dest), opened(task.against) if task.against else None) if former]
        _must_fit(task.expected_bytes, dest)
        with swapped_in(dest) as folder:
            cuts = Cuts(store_of(dest), task.clips, formers, calls, (control or Control()).cancelled)
            books = _Books(task, folder, cuts, control or Control())
            books.write(parts)
    except OSError as error:
        raise Usage(f"{dest} cannot be written ({error.strerror or error}); choose another folder") from error
    return books.result()


def store_of(dest: Path) -> Path:
    """Where clips wait for the export to `dest` to be complete."""
    return dest.with_name(f".{dest.name}.cuts")


def forget(dest: Path) -> None:
    """Give up what a stopped export has cut so far."""
    shutil.rmtree(store_of(Path(os.path.realpath(dest.expanduser()))), ignore_errors=True)


class _Books:
    """One export while it is being written."""

    def __init__(self, task: Task, folder: Path, cuts: Cuts, control: Control) -> None:
        self._task, self._folder, self._cuts, self._control = task, folder, cuts, control
        self._counts: dict[str, int] = {}
        self._reused = self._left = 0
        self._first_left: list[LeftOut] = []
        self._told_at = 0.0
        self._size_bytes = 0

    def write(self, parts: Mapping[str, Iterable[Sample]]) -> None:
        complete = False
        self._files = FileList(self._folder)
        try:
            with (self._folder / LEFT_OUT).open("w", encoding="utf-8", errors="replace") as self._lost:
                for part, samples in parts.items():
                    self._write_part(part, samples)
            self._finish()
            complete = True
        finally:
            self._files.close()
            self._cuts.close(complete=complete)

    def result(self) -> ExportResult:
        written = sum(self._counts.values())
        return ExportResult(written, self._reused, tuple(self._first_left), self._left, dict(self._counts), self._size_bytes)

    def _write_part(self, part: str, samples: Iterable[Sample]) -> None:
        self._counts[part] = 0
        (self._folder / part).mkdir(exist_ok=True)
        files = makes_files(self._task.exporter, self._task.clips)
        cut = partial(self._cut if files else self._uncut, part)
        self._task.exporter.write(self._fitting(samples), self._folder / part, cut=cut)

    def _finish(self) -> None:
        self._task.exporter.finish(self._folder, counts=dict(self._counts))
        if not self._left:
            (self._folder / LEFT_OUT).unlink()
        self._files.others()
        self._files.close()
        self._size_bytes = self._files.size_bytes
        lists = {"count": self._files.count, "bytes": self._files.size_bytes, "sha256": sha256_of(self._folder / FILES)}
        task = self._task
        write_manifest(
            self._folder,
            {
                "format": task.exporter.name,
                "options": task.exporter.model_dump(mode="json"),
                "clips": task.clips.model_dump(mode="json") if makes_files(task.exporter, task.clips) else None,
                "pairs": sum(self._counts.values()),
                "parts": self._counts,
                "left_out": self._left,
                "files": lists,
                **task.about,
            },
        )

    def _fitting(self, samples: Iterable[Sample]) -> Iterator[Sample]:
        """Those that may leave: a caption without one letter or digit never gets out to a trainer."""
        exporter = self._task.exporter
        for sample in samples:
            wordless = not any(sign.isalnum() for sign in sample.text)
            problem = "it has no caption" if wordless and not exporter.wordless else exporter.refuses(sample)
            if problem:
                self._leave_out(sample, problem)
            else:
                yield sample

    def _cut(self, part: str, wanted: Iterable[Want]) -> Iterator[tuple[Sample, ClipFile]]:
        """The exporter's `Cutter`."""
        for got in self._cuts.make(wanted, self._folder / part):
            self._stop_if_cancelled()
            if got.file is None:
                self._leave_out(got.sample, got.reason)
                continue
            if not self._task.exporter.packs:
                self._files.clip(replace(got.file, name=f"{part}/{got.file.name}" if part else got.file.name), cut=got.cut)
            self._reused += got.reused
            self._note(part)
            yield got.sample, got.file

    def _uncut(self, part: str, wanted: Iterable[Want]) -> Iterator[tuple[Sample, ClipFile]]:
        """The exporter's `Cutter` where no clip becomes a file."""
        for sample, _ in wanted:
            self._stop_if_cancelled()
            self._note(part)
            yield sample, planned(sample, "")

    def _note(self, part: str) -> None:
        self._counts[part] += 1
        self._tell()

    def _leave_out(self, sample: Sample, reason: str) -> None:
        self._left += 1
        one = LeftOut(label(sample.clip), reason)
        if len(self._first_left) < LEFT_OUT_KEPT:
            self._first_left.append(one)
        self._lost.write(as_json({"clip": one.clip, "key": sample.clip.key, "reason": reason}) + "\n")
        self._control.left_out(sample)
        self._tell()

    def _tell(self) -> None:
        now = time.monotonic()
        if now - self._told_at >= PROGRESS_S:
            self._told_at = now
            self._control.progress(sum(self._counts.values()) + self._left)

    def _stop_if_cancelled(self) -> None:
        if self._control.cancelled():
            raise Cancelled("the export was stopped; the folder is as it was before")


def _must_agree(task: Task) -> None:
    if task.clips.files == "none" and task.exporter.cuts == "always":
        raise Usage(f"{task.exporter.name} needs its clips as files; leave clips.files at usual or choose another format")


def _must_fit(needed: int, dest: Path) -> None:
    above = next(folder for folder in dest.parents if folder.exists())
    free = shutil.disk_usage(above).free
    if free < needed + SPARE_BYTES:
        raise Usage(
            f"the export needs about {needed / 1e9:.1f} GB and {above} has {free / 1e9:.1f} GB left; free some space"
            " or choose another disk"
        )
