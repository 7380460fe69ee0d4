"""Whether a network fits beside those that are loaded, and getting back what closed ones took."""

from __future__ import annotations

import gc

import torch

from pipelines.backends import device

SHARE = 1.25
"""Of the weights, to compute with them as well."""
CPU_TIMES = 2
"""Weights are mostly published in 16 bits, and a processor computes in 32."""


def fits(size_bytes: int) -> bool:
    """Whether weights of this size on disk have room in the memory that is free now."""
    on = device.best()
    free, _ = device.memory_bytes(on)
    return size_bytes * SHARE * (CPU_TIMES if on.type == "cpu" else 1) <= free


def give_back() -> None:
    """Let go of what nobody holds any more: networks refer to themselves, and torch keeps memory of cards for later."""
    gc.collect()
    if torch.accelerator.is_available():
        torch.accelerator.empty_cache()
