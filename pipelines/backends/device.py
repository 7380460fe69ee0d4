"""What networks run on. `python -m pipelines.backends.device` tells it as a line of JSON to those who load no torch."""

from __future__ import annotations

import json
from typing import Any

import psutil
import torch

UNIFIED = ("cpu", "mps")
"""Kinds that share the machine's memory."""


def best() -> torch.device:
    """The accelerator of this machine, else the processor."""
    return torch.accelerator.current_accelerator(check_available=True) or torch.device("cpu")


def half(on: torch.device) -> torch.dtype:
    """What a network that writes computes in: bfloat16 where the card has it, for its range; the processor takes float32.

    Cards before Ampere only emulate bfloat16, many times slower than they compute in float16."""
    if on.type == "cpu":
        return torch.float32
    has = on.type != "cuda" or torch.cuda.is_bf16_supported(including_emulation=False)
    return torch.bfloat16 if has else torch.float16


def fine(on: torch.device) -> torch.dtype:
    """What a network that measures computes in: float16 has three more bits than bfloat16, and cosines need them."""
    return torch.float32 if on.type == "cpu" else torch.float16


def cards(on: torch.device) -> int:
    """How many of this kind there are; none for the processor."""
    return 0 if on.type == "cpu" else int(torch.accelerator.device_count())


def roomiest(on: torch.device) -> tuple[torch.device, int]:
    """The card of this kind with the most free memory, and how much that is."""
    free, number = max((int(torch.accelerator.get_memory_info(number)[0]), -number) for number in range(cards(on)))
    return torch.device(on.type, -number), free


def memory_bytes(on: torch.device) -> tuple[int, int]:
    """Free and whole memory, of all cards together, or of the machine."""
    if on.type in UNIFIED:
        memory = psutil.virtual_memory()
        return int(memory.available), int(memory.total)
    each = [torch.accelerator.get_memory_info(number) for number in range(cards(on))]
    return sum(int(free) for free, _ in each), sum(int(whole) for _, whole in each)


def name(on: torch.device) -> str:
    """As people call it."""
    return torch.cuda.get_device_name(on) if on.type == "cuda" else {"cpu": "the processor"}.get(on.type, on.type)  # type: ignore[no-any-return]


def told() -> dict[str, Any]:
    """What `pipelines.machine` asks."""
    on = best()
    free, whole = memory_bytes(on)
    return {"kind": on.type, "name": name(on), "cards": cards(on), "free_bytes": free, "whole_bytes": whole}


if __name__ == "__main__":
    print(json.dumps(told()))
