"""What this machine can hold, for people who choose a model: its card, its memory, what fits and in how many bits."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Literal

from pipelines import weights
from pipelines.catalogue import Model, catalogue

ROOT = Path(__file__).parent.parent
SECONDS = 60.0
GIB = 1 << 30
Bits = Literal[4, 8, 16]


@dataclass(frozen=True, slots=True)
class Machine:
    """What networks would run on."""

    kind: str
    """As torch names it: cuda, mps, cpu, …"""
    name: str
    cards: int
    free_bytes: int
    whole_bytes: int

    def fits(self, model: Model) -> Bits | None:
        """In how many bits a model fits beside nothing else; None when it does not, 16 being as published.

        A processor computes in 32 bits and knows no fewer here.
        """
        needed = model.memory_gib * GIB
        if self.kind == "cpu":
            return 16 if 2 * needed <= self.whole_bytes else None
        choices: tuple[Bits, ...] = (16, 8, 4)
        return next((bits for bits in choices if needed * bits / 16 <= self.whole_bytes), None)

    def advised(self) -> Model:
        """The captioner that makes most of the card as published; the smallest one where nothing fits, or without a card."""
        known = [model for model in catalogue().values() if "caption" in model.does and not model.hosted]
        fitting = [model for model in known if self.kind != "cpu" and "judge" in model.does and self.fits(model) == 16]
        return max(fitting, key=_memory, default=min(known, key=_memory))

    def __str__(self) -> str:
        several = f"{self.cards} × " if self.cards > 1 else ""
        return f"{several}{self.name}, {self.whole_bytes / GIB:.1f} GiB, {self.free_bytes / GIB:.1f} free"


def _memory(model: Model) -> float:
    return model.memory_gib


@cache
def look() -> Machine | None:
    """This machine, as torch sees it in a process of its own; None without torch, or when it cannot be asked."""
    if weights.not_installed():
        return None
    command = [sys.executable, "-m", "pipelines.backends.device"]
    try:
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=SECONDS, check=True)
        return Machine(**json.loads(done.stdout.splitlines()[-1]))
    except (subprocess.SubprocessError, ValueError, IndexError, TypeError):
        return None
