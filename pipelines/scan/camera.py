"""What the camera does, in words, from the steps that motion measured.

Each step is held against every kind of camera work there is, from standing still to three movements at once; the cheapest
story over the whole clip, in which every change of mind costs as well, divides it into stretches (Viterbi's algorithm). So
one odd step changes nothing, and a pan that ends in the middle of a clip is told from one that goes on.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, product
from math import hypot, radians

import numpy as np
import numpy.typing as npt

from pipelines.scan.motion import Step

AGREEMENT = 0.5
"""Share of moved blocks that must move as one before the camera, not things, is said to move."""
LEAST = np.array([0.012, 0.018, 0.012, 1.2])
"""Slowest pan (widths), tilt (heights), zoom (share) and roll (degrees) that count, per second."""
WORDS = (("pan left", "pan right"), ("tilt down", "tilt up"), ("zoom out", "zoom in"), ("roll left", "roll right"))
STATIC, HANDHELD, COMPLEX, UNCLEAR = "static", "handheld", "complex", "unclear"
WAYS = np.array([way for way in product((0, 1, -1), repeat=4) if any(way)], np.float64)
"""Every steady movement: which of the four, and which way. Few at once come first."""
WAYS = WAYS[np.argsort((WAYS != 0).sum(axis=1), kind="stable")]
SHAKE = 0.5
"""Price of a step in a hand-held stretch, whichever way it goes; that of a steady one is 1 − cosine of the angle to it."""
CHANGE = 1.5
"""Price of doing something else from now on: two steps, a second, must speak for it."""
BUSY = 0.05
"""Speed, in diagonals a second, of things moving apart that leaves as much doubt as trust that the camera stands still."""
SHARE = 0.6
"""Share of the moving time for which a movement must last to name the whole clip."""
MOVING = 0.3
"""Share of the time from which a clip is not static."""

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Move:
    """A stretch in which the camera does one thing, possibly two at once."""

    words: tuple[str, ...]
    """ "static", "handheld", "complex" or "unclear" alone, else the movements, the fastest first."""
    start_s: float
    end_s: float
    speed: float
    """How far the points of the picture travel by the camera alone: root mean square, in sides of the picture a second."""
    confidence: float
    """0 to 1: how well the steps agree with the words, and blocks with steps."""

    @property
    def seconds(self) -> float:
        return self.end_s - self.start_s

    def __str__(self) -> str:
        what = f"{self.start_s:.1f}–{self.end_s:.1f} {' and '.join(self.words)}"
        if self.words == (UNCLEAR,):
            return what
        speed = "" if self.words == (STATIC,) else f"{self.speed:.2f}/s, "
        return f"{what} ({speed}{self.confidence:.2f})"


@dataclass(frozen=True, slots=True)
class Camera:
    """What the camera does over a whole clip."""

    words: str
    speed: float
    """Mean over the clip."""
    confidence: float
    """Of the words: that of the stretches they are true of, times their share of the time."""
    track: str
    """The stretches, one after the other."""


def describe(steps: Sequence[Step]) -> str | None:
    """ "static", "pan left", "pan left and zoom in", "handheld", "complex"; None when nothing tells."""
    found = summary(track(steps, range(len(steps) + 1)))
    return found.words if found and found.words != UNCLEAR else None


def track(steps: Sequence[Step], times_s: Sequence[float]) -> list[Move]:
    """The stretches of a clip. `times_s` are where each step begins and where the last one ends."""
    if not steps:
        return []
    prices = _prices(steps)
    states = _cheapest(prices)
    found, first = [], 0
    for state, group in groupby(states):
        end = first + len(list(group))
        found.append(_move(state, steps[first:end], prices[first:end], (times_s[first], times_s[end])))
        first = end
    return list(_joined(found))


def summary(moves: Sequence[Move]) -> Camera | None:
    """The whole clip in a few words; None when there is nothing to sum up."""
    whole = sum(move.seconds for move in moves)
    if not whole:
        return None
    words = _lasting(moves)
    named = [move for move in moves if set(words) & set(move.words)] or moves
    return Camera(
        words=" and ".join(words) or COMPLEX,
        speed=sum(move.seconds * move.speed for move in moves) / whole,
        confidence=sum(move.seconds * move.confidence for move in named) / whole,
        track="; ".join(map(str, moves)),
    )


def _lasting(moves: Sequence[Move]) -> list[str]:
    """The words that are true of a clip for long enough, the strongest first; none where one thing follows another."""
    seconds: Counter[str] = Counter()
    for move in moves:
        seconds.update(dict.fromkeys(move.words, move.seconds))
    still, unclear, whole = seconds.pop(STATIC, 0.0), seconds.pop(UNCLEAR, 0.0), sum(move.seconds for move in moves)
    if unclear > whole / 2:
        return [UNCLEAR]
    if still >= (1 - MOVING) * (whole - unclear):
        return [STATIC]
    lasting = [word for word, lasts in seconds.items() if lasts >= SHARE * (whole - still - unclear)]
    return sorted(lasting, key=lambda word: -sum(m.seconds * m.speed for m in moves if word in m.words))[:2]


def _moves(step: Step) -> Floats:
    """What the camera does in a step, in units of what counts; nothing where blocks do not agree."""
    if step.agreement < AGREEMENT:
        return np.zeros(4)
    found: Floats = np.array([step.pan, step.tilt, step.zoom, step.roll]) / LEAST
    return found


def _doubt(step: Step) -> float:
    """0 where the step tells whether the camera moves, towards 1 where too much moves apart or is lost."""
    return 0.0 if step.agreement >= AGREEMENT else max(step.speed / (step.speed + BUSY), step.lost / 2)


def _prices(steps: Sequence[Step]) -> Floats:
    """What each state costs at each step: static, unclear, hand-held, then all of `WAYS`. In full doubt each is as good."""
    moves, doubt = np.array([_moves(step) for step in steps]), np.array([_doubt(step) for step in steps])
    strength = np.abs(moves).max(axis=1)
    still, moving = np.clip(strength - 0.5, 0, 1), np.clip(1.5 - strength, 0, 1) - doubt
    norms = np.linalg.norm(moves, axis=1, keepdims=True) * np.linalg.norm(WAYS, axis=1)
    cosine = np.divide(moves @ WAYS.T, norms, out=np.full_like(norms, 0.5), where=norms > 0)
    return np.column_stack([still + doubt / 2, 1 - doubt, moving + SHAKE, moving[:, None] + 1 - cosine])


def _cheapest(prices: Floats) -> list[int]:
    """The state of each step in the cheapest story."""
    total, came_from = prices[0], []
    for price in prices[1:]:
        best = int(np.argmin(total))
        stays = total <= total[best] + CHANGE
        came_from.append(np.where(stays, np.arange(len(total)), best))
        total = np.where(stays, total, total[best] + CHANGE) + price
    states = [int(np.argmin(total))]
    for origin in reversed(came_from):
        states.append(int(origin[states[-1]]))
    return states[::-1]


def _move(state: int, steps: Sequence[Step], prices: Floats, times_s: tuple[float, float]) -> Move:
    words = _words(state, steps)
    agreement = float(np.mean([step.agreement if words != (STATIC,) else 1 - _doubt(step) for step in steps]))
    lack = float(prices[:, state].mean()) - (SHAKE if words == (HANDHELD,) else 0)
    return Move(words, *times_s, _speed(steps), 0.0 if words == (UNCLEAR,) else agreement * min(1.0, max(0.0, 1 - lack)))


def _words(state: int, steps: Sequence[Step]) -> tuple[str, ...]:
    if state < 3:
        return ((STATIC,), (UNCLEAR,), (HANDHELD,))[state]
    way = WAYS[state - 3]
    strength = np.abs(np.mean([_moves(step) for step in steps], axis=0)) * (way != 0)
    order = [int(i) for i in np.argsort(-strength) if strength[i] >= min(1.0, strength.max())]
    return tuple(WORDS[i][int(way[i] > 0)] for i in order) if len(order) < 3 else (COMPLEX,)


def _speed(steps: Sequence[Step]) -> float:
    """Root mean square of displacement over a square picture; 1/6 is the mean square distance from its centre."""
    heard = [step for step in steps if step.agreement >= AGREEMENT]
    found = [hypot(s.pan, s.tilt, s.zoom / 6**0.5, radians(s.roll) / 6**0.5) for s in heard]
    return sum(found) / len(steps)


def _joined(moves: Sequence[Move]) -> Iterator[Move]:
    """Neighbours with the same words as one."""
    for words, group in groupby(moves, key=lambda move: move.words):
        same = list(group)
        seconds = sum(move.seconds for move in same) or 1.0
        speed, confidence = (sum(m.seconds * getattr(m, name) for m in same) / seconds for name in ("speed", "confidence"))
        yield Move(words, same[0].start_s, same[-1].end_s, speed, confidence)
