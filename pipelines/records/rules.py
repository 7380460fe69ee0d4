"""What a recipe demands of the scores of a clip, and what follows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """What the rules say about a clip."""

    KEPT = "kept"
    DROPPED = "dropped"
    UNSCORED = "unscored"
    """A rule needs a score that could not be measured: neither kept nor dropped, a person should look."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Keep clips whose score lies within `low` and `high`, both included; None leaves that side open."""

    score: str
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the rules say, and why. A kept clip has no reasons."""

    state: State
    reasons: tuple[str, ...] = ()
