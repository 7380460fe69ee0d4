"""How well each detector finds cuts: `python bench/cuts.py [--json] [FOLDER]`, against `index.csv` of the test videos.

A cut counts as found when a detector reports it within one frame or 0.05 s, whichever is more. Dissolves and fades are
neither asked for nor held against a detector; a flash, a whip pan or a changing screen it takes for a cut is a mistake.
All detectors look at the same small pictures, as in a scan. Dissolves and fades have a line of their own, `transitions`.
"""

from __future__ import annotations

import argparse
import csv
import json
import os
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pipelines.scan.detectors import Detector

ROOT = Path(__file__).resolve().parent.parent
TOLERANCE_S = 0.05

GRADUAL: dict[str, tuple[tuple[float, float], ...]] = {
    "gradio__a.mp4": ((6.1, 7.1),),
    "moviepy__trailer_bbb.mp4": (
        (0.0, 1.1), (9.0, 11.0), (13.0, 14.9), (31.0, 33.0), (45.8, 47.2), (50.2, 52.3),
    ),
    "samples__chrome.mp4": ((18.62, 18.75), (22.1, 22.4), (26.4, 26.9)),
    "shared-assets__tears-of-steel-battle-clip-medium.webm": ((48.1, 48.3),),  # a whip pan, or a cut
    "torchcodec__nasa_13013.mp4": ((5.0, 5.9),),
}  # fmt: skip
"""Seconds in which the picture changes gradually, or in which people do not agree; from the notes in `index.csv`."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What a detector found (`right`), made up (`wrong`) and passed over (`missed`)."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.right + other.right, self.wrong + other.wrong, self.missed + other.missed)

    @property
    def precision(self) -> float | None:
        """Share of the reported cuts that are cuts; None when it reported none."""
        reported = self.right + self.wrong
        return self.right / reported if reported else None

    @property
    def recall(self) -> float | None:
        """Share of the cuts that were reported; None when there are none."""
        there = self.right + self.missed
        return self.right / there if there else None

    @property
    def f1(self) -> float | None:
        all_of_it = 2 * self.right + self.wrong + self.missed
        return 2 * self.right / all_of_it if all_of_it else None


@dataclass(frozen=True, slots=True)
class Known:
    """A test video with its cuts, in seconds."""

    path: Path
    fps: float
    cuts: tuple[float, ...]


def videos_folder() -> Path:
    """Where the tests find them, too."""
    return Path(os.environ.get("CLAPPER_TEST_VIDEOS") or ROOT.parent / "shared" / "videos")


def known(folder: Path) -> Iterator[Known]:
    """The videos of `index.csv`, without those that are there to break things."""
    with (folder / "index.csv").open(encoding="utf-8") as file:
        for row in csv.DictReader(file):
            if not row["file"].startswith("traps/"):
                cuts = [] if row["cuts"] == "none" else [float(cut) for cut in row["cuts"].split(";")]
                yield Known(folder / row["file"], float(row["fps"]), tuple(cuts))


def tally(found: Iterable[float], video: Known) -> Tally:
    """Compare what was reported with what is there; each cut can be found once."""
    tolerance = max(TOLERANCE_S, 1 / video.fps) + 1e-3
    open_cuts, right, wrong = list(video.cuts), 0, 0
    for time_s in found:
        near = min(open_cuts, key=lambda cut: abs(cut - time_s), default=None)
        if near is not None and abs(near - time_s) <= tolerance:
            open_cuts.remove(near)
            right += 1
        elif not is_gradual(video.path.name, time_s, tolerance):
            wrong += 1
    return Tally(right, wrong, len(open_cuts))


def is_gradual(name: str, time_s: float, tolerance: float) -> bool:
    return any(start - tolerance <= time_s <= end + tolerance for start, end in GRADUAL.get(name, ()))


def found_cuts(path: Path, detectors: Sequence[str]) -> dict[str, list[float]]:
    """Seconds at which each detector begins a scene."""
    from pipelines.media.opening import frames, open_video
    from pipelines.scan.detectors import DETECTORS
    from pipelines.scan.shrink import Shrink, Small

    times: list[float] = []
    found: dict[str, list[int]] = {name: [] for name in detectors}
    with open_video(str(path)) as opened:
        shrink = Shrink((opened.info.width, opened.info.height))
        cuts = {name: DETECTORS[name](opened.info.fps) for name in detectors}
        for index, frame in enumerate(frames(opened)):
            times.append(opened.info.seconds(frame.pts))
            _, bgr = Small(frame, shrink).compare()
            for name, detector in cuts.items():
                found[name] += detector.feed(index, bgr)
    for name, detector in cuts.items():
        found[name] += detector.finish()
    return {name: [times[index] for index in indices] for name, indices in found.items()}


def found_transitions(path: Path) -> list[tuple[float, float]]:
    """Start and end in seconds of each dissolve or fade that a scan leaves out."""
    from pipelines.media.opening import frames, open_video
    from pipelines.scan.shrink import Shrink, Small
    from pipelines.scan.transitions import Transitions

    times: list[float] = []
    with open_video(str(path)) as opened:
        shrink, transitions = Shrink((opened.info.width, opened.info.height)), Transitions(opened.info.fps)
        spans: list[tuple[int, int]] = []
        for index, frame in enumerate(frames(opened)):
            times.append(opened.info.seconds(frame.pts))
            spans += transitions.feed(index, Small(frame, shrink).compare()[0])
        spans += transitions.finish()
    return [(times[first], times[end - 1]) for first, end in spans]


def tally_transitions(found: Sequence[tuple[float, float]], name: str) -> Tally:
    """A known one is found when something that was reported overlaps it."""
    known_ones = GRADUAL.get(name, ())
    right = sum(any(a < end and start < b for a, b in found) for start, end in known_ones)
    wrong = sum(not any(a < end and start < b for start, end in known_ones) for a, b in found)
    return Tally(right, wrong, len(known_ones) - right)


def installed() -> tuple[str, ...]:
    """The detectors that run here; the others lack a package."""
    from pipelines.errors import Fatal
    from pipelines.scan.detectors import DETECTORS

    def runs(detector: type[Detector]) -> bool:
        try:
            detector(25.0)
        except Fatal as error:
            print(error, file=sys.stderr)
            return False
        return True

    return tuple(name for name, detector in DETECTORS if runs(detector))


def share(value: float | None) -> str:
    return "    –" if value is None else f"{value:5.2f}"


def main() -> None:
    parser = argparse.ArgumentParser(description="How well each detector finds cuts.")
    parser.add_argument("folder", nargs="?", type=Path, default=videos_folder(), help="holds index.csv and its videos")
    parser.add_argument("--json", action="store_true", help="one JSON object a detector")
    given = parser.parse_args()
    sys.path.insert(0, str(ROOT))
    detectors = installed()
    whole = dict.fromkeys(detectors, Tally())
    for video in known(given.folder):
        for name, times in found_cuts(video.path, detectors).items():
            one = tally(times, video)
            whole[name] += one
            if not given.json and (one.wrong or one.missed):
                print(f"{name:9} {video.path.name[:44]:44} {one.right} right, {one.wrong} wrong, {one.missed} missed")
        whole["transitions"] = whole.get("transitions", Tally()) + tally_transitions(
            found_transitions(video.path), video.path.name
        )
    for name, all_of_it in whole.items():
        figures = {"precision": all_of_it.precision, "recall": all_of_it.recall, "f1": all_of_it.f1}
        if given.json:
            print(json.dumps({"detector": name, **figures, **asdict(all_of_it)}))
        else:
            print(f"{name:11} " + "  ".join(f"{word} {share(value)}" for word, value in figures.items()), all_of_it)


if __name__ == "__main__":
    main()
