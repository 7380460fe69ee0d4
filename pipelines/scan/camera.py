"""What the camera does, in words, from the steps that motion measured."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipelines.scan.motion import Step

AGREEMENT = 0.5
"""Share of moved blocks that must move as one before the camera, not things, is said to move."""
LEAST = np.array([0.012, 0.018, 0.012, 1.2])
"""Slowest pan (widths), tilt (heights), zoom (share) and roll (degrees) that count, per second."""
WORDS = (("pan left", "pan right"), ("tilt down", "tilt up"), ("zoom out", "zoom in"), ("roll left", "roll right"))
STEADY = 0.6
"""Share of a movement that must go one way; otherwise it shakes."""


def describe(steps: Sequence[Step]) -> str | None:
    """ "static", "pan left", "pan left and zoom in", "handheld", "complex"; None when nothing was measured."""
    if not steps:
        return None
    moves = np.array([(s.pan, s.tilt, s.zoom, s.roll) if s.agreement >= AGREEMENT else (0.0,) * 4 for s in steps]) / LEAST
    if (np.abs(moves).max(axis=1) >= 1).mean() < 0.3:
        return "static"
    found = _steady(moves)
    if not found:
        return "handheld"
    return "complex" if len(found) > 2 else " and ".join(found)


def _steady(moves: npt.NDArray[np.float64]) -> list[str]:
    """The movements that keep one direction and are not dwarfed by another, the fastest first."""
    mean, total = moves.mean(axis=0), np.abs(moves).mean(axis=0)
    strength = np.where(np.abs(mean) >= STEADY * total, np.abs(mean), 0)
    named = [i for i in np.argsort(-strength) if strength[i] >= max(1.0, 0.4 * strength.max())]
    return [WORDS[i][int(mean[i] > 0)] for i in named]
