"""The clips of an export as files: taken over from a former one, left by one that was killed, or cut, by several at once.

    wanted ─▶ groups of one video ─▶ a thread with a decoding child ─▶ …  in the order they were wanted
                                    ─▶ a thread with a decoding child ─▶ …

Clips are cut into a folder beside the export, each under a name that says how it was cut, and get their place in the
export as hard links. The folder goes when the export is complete; after a kill it is where the next one goes on.
"""

from __future__ import annotations

import hashlib
import json
import os
import queue
import shutil
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any, Protocol

from pipelines.errors import Cancelled, Refused
from pipelines.files import sha256_of, write_whole
from pipelines.ingest import content_hash
from pipelines.kinds import ClipFile, Cutting
from pipelines.manifest import Former
from pipelines.records import Clip, Sample, Video

IN_ONE_CALL = 25
"""Pairs of one video handed to a child together."""

Want = tuple[Sample, str]
"""A sample, and the name its clip shall have."""


class Call(Protocol):
    """`pipelines.child.Child.call`: runs "module:function" elsewhere and yields its messages."""

    def __call__(self, function: str, argument: Any, *, seconds: float, cancelled: Callable[[], bool]) -> Iterator[Any]: ...


@dataclass(frozen=True, slots=True)
class Got:
    """A clip that is a file, or why it is none."""

    sample: Sample
    file: ClipFile | None
    reason: str = ""
    cut: str = ""
    reused: bool = False


def crop_of(sample: Sample, cutting: Cutting) -> tuple[int, int, int, int] | None:
    """What is inside the black bars, where they are to be cut off: the fact `crop`, "x,y,width,height"."""
    parts = sample.facts.get("crop", "").split(",") if cutting.crop else []
    if len(parts) != 4 or not all(part.isdecimal() for part in parts):
        return None
    left, top, width, height = (int(part) for part in parts)
    return (left, top, width, height) if width >= 2 and height >= 2 else None


def cut_name(sample: Sample, cutting: Cutting) -> str:
    """32 hex digits: the same for the same clip cut the same way, and for nothing else."""
    text = f"{sample.clip.key}|{cutting.digest()}|{crop_of(sample, cutting)}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


class Cuts:
    """Makes the files of an export. For one export; `close` takes away what no longer serves."""

    def __init__(
        self, store: Path, cutting: Cutting, formers: Sequence[Former], calls: Sequence[Call], cancelled: Callable[[], bool]
    ) -> None:
        self._store, self._cutting, self._formers = store, cutting, formers
        self._free: queue.SimpleQueue[Call] = queue.SimpleQueue()
        for call in calls:
            self._free.put(call)
        self._asked, self._ended = cancelled, False
        self._pool = ThreadPoolExecutor(len(calls), thread_name_prefix="cut")
        self._ahead = len(calls) + 1
        self._problem = lru_cache(maxsize=256)(self._problem_with)

    def make(self, wanted: Iterable[Want], folder: Path) -> Iterator[Got]:
        """Every clip at its name below `folder`, in order."""
        waiting: deque[Future[list[Got]]] = deque()
        for group in _groups(wanted):
            waiting.append(self._pool.submit(self._work, group, folder))
            if len(waiting) >= self._ahead:
                yield from waiting.popleft().result()
        while waiting:
            yield from waiting.popleft().result()

    def close(self, *, complete: bool) -> None:
        """Ends the threads; what was cut stays for the next attempt unless the export is complete."""
        self._ended = True
        self._pool.shutdown(cancel_futures=True)
        if complete:
            shutil.rmtree(self._store, ignore_errors=True)

    def _cancelled(self) -> bool:
        return self._ended or self._asked()

    def _work(self, group: list[Want], folder: Path) -> list[Got]:
        """In a thread: all that is on disk of this group, then one call for the rest."""
        if self._cancelled():
            raise Cancelled("the export was stopped; the folder is as it was before")
        names = [cut_name(sample, self._cutting) for sample, _ in group]
        found = {name: self._there(name) for name in dict.fromkeys(names)}
        missing = {name: sample for name, (sample, _) in zip(names, group, strict=True) if found[name] is None}
        reasons = self._cut(missing)
        made = {name: self._stored(name) for name in missing if name not in reasons}
        got: list[Got] = []
        for name, (sample, wish) in zip(names, group, strict=True):
            place = found[name] or made.get(name)
            if place is None:
                got.append(Got(sample, None, reasons.get(name, "the decoder gave no answer")))
            else:
                _link(place[0], folder / wish)
                got.append(Got(sample, replace(place[1], name=wish), cut=name, reused=name not in missing))
        return got

    def _there(self, name: str) -> tuple[Path, ClipFile] | None:
        """A clip that somebody cut before."""
        return next(filter(None, (former.find(name) for former in self._formers)), None) or self._stored(name)

    def _stored(self, name: str) -> tuple[Path, ClipFile] | None:
        path = self._store / f"{name}.mp4"
        with suppress(OSError, ValueError, TypeError):
            file = ClipFile(**json.loads(path.with_suffix(".json").read_text("utf-8")))
            return (path, file) if path.stat().st_size == file.size_bytes and sha256_of(path) == file.sha256 else None
        return None

    def _cut(self, missing: dict[str, Sample]) -> dict[str, str]:
        """Cut these clips of one video; why not, for those that cannot be. The bytes of the source decide, not its name."""
        if not missing:
            return {}
        problem = self._problem(next(iter(missing.values())).clip.video)
        if problem:
            return dict.fromkeys(missing, problem)
        call = self._free.get()
        try:
            return self._cut_together(missing, call)
        finally:
            self._free.put(call)

    def _problem_with(self, video: Video) -> str | None:
        try:
            same = content_hash(video.path, self._cancelled) == video.sha256
        except Refused as error:
            return str(error)
        return None if same else "the video is no longer the one that was captioned; add it again"

    def _cut_together(self, missing: dict[str, Sample], call: Call) -> dict[str, str]:
        """When the child fails on several, each gets a try alone: one bad clip must not take the others with it."""
        left, reasons = dict(missing), dict[str, str]()
        reason = "the decoder gave no answer"
        try:
            for name, answer in self._answers(missing, call):
                del left[name]
                if "reason" in answer:
                    reasons[name] = answer["reason"]
                else:
                    self._keep(name, answer)
        except Refused as error:
            reason = str(error)
        if len(missing) == 1:
            return {**reasons, **dict.fromkeys(left, reason)}
        for name, sample in left.items():
            reasons |= self._cut_together({name: sample}, call)
        return reasons

    def _answers(self, missing: dict[str, Sample], call: Call) -> Iterator[tuple[str, dict[str, Any]]]:
        clips = {name: sample.clip for name, sample in missing.items()}
        items = [self._item(name, sample) for name, sample in missing.items()]
        path = next(iter(clips.values())).video.path
        argument = {"path": path, "items": items, "options": self._cutting.model_dump(mode="json")}
        seconds = 300 + 60 * sum(clip.duration_s for clip in clips.values())
        for answer in call("pipelines.media.cut:cut_clips", argument, seconds=seconds, cancelled=self._cancelled):
            yield Path(answer["dest"]).stem, answer

    def _item(self, name: str, sample: Sample) -> dict[str, Any]:
        clip = sample.clip
        times = {"start_pts": clip.start_pts, "end_pts": clip.end_pts, "frames": clip.frames}
        return {**times, "dest": str(self._store / f"{name}.mp4"), "crop": crop_of(sample, self._cutting)}

    def _keep(self, name: str, answer: dict[str, Any]) -> None:
        """Note beside the clip what it is, so that nobody has to open it again."""
        path = self._store / f"{name}.mp4"
        shape = {field: answer[field] for field in ("frames", "fps", "width", "height")}
        file = ClipFile("", **shape, size_bytes=answer["bytes"], sha256=sha256_of(path))
        write_whole(path.with_suffix(".json"), json.dumps(asdict(file)).encode())


def label(clip: Clip) -> str:
    """ "film.mp4 12.0–16.5 s" """
    return f"{clip.video.name} {clip.start_s:.1f}–{clip.end_s:.1f} s"


def _groups(wanted: Iterable[Want]) -> Iterator[list[Want]]:
    """Pairs of one video in a row, a bounded number together; the pairs of one clip are never parted."""
    for _, of_video in groupby(wanted, key=lambda want: want[0].clip.video.sha256):
        group: list[Want] = []
        for _, of_clip in groupby(of_video, key=lambda want: want[0].clip.key):
            group += of_clip
            if len(group) >= IN_ONE_CALL:
                yield group
                group = []
        if group:
            yield group


def _link(source: Path, dest: Path) -> None:
    """The same bytes under another name; a copy where the file system has no hard links."""
    dest.parent.mkdir(parents=True, exist_ok=True)
    with suppress(FileExistsError):  # the clip leaves with several captions
        try:
            os.link(source, dest)
        except FileExistsError:
            raise
        except OSError:
            shutil.copyfile(source, dest)
