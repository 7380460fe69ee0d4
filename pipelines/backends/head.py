"""Small heads that turn a vector into one number."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import torch
from safetensors.torch import load_file

from pipelines.errors import Fatal

Numbers = npt.NDArray[np.float64]


def read_linear(path: Path, *, width: int) -> tuple[Numbers, float]:
    """The layers in a file as the one linear map they are: weights for a vector of `width`, and a constant.

    The layers are taken in the order of the numbers in their names. There is nothing between them: dropout does nothing when
    nobody trains. Raises `Fatal` when the file holds anything else.
    """
    layers = _layers(path)
    weights, constant = np.eye(1), 0.0
    for weight, bias in reversed(layers):
        if weight.shape[0] != weights.shape[1]:
            raise _wrong(path, width)
        constant += float((weights @ bias)[0])
        weights = weights @ weight
    if not layers or weights.shape != (1, width):
        raise _wrong(path, width)
    return weights[0], constant


def _layers(path: Path) -> list[tuple[Numbers, Numbers]]:
    """Weight (out × in) and bias (out) of each layer."""
    named = tensors(path)
    names = sorted((name for name in named if name.endswith(".weight")), key=_numbers)
    found = [(named[name], named.get(name.removesuffix("weight") + "bias")) for name in names]
    return [
        (weight.double().numpy(), np.zeros(len(weight)) if bias is None else bias.double().numpy())
        for weight, bias in found
        if weight.ndim == 2
    ]


def tensors(path: Path) -> dict[str, Any]:
    """What a weights file holds, read so that no code in it can run, whatever its format. Raises `Fatal`."""
    try:
        is_safe = path.suffix == ".safetensors"
        found: dict[str, Any] = load_file(path) if is_safe else torch.load(path, map_location="cpu", weights_only=True)
    except Exception as error:  # a broken pickle raises whatever its bytes happen to mean
        raise Fatal(f"{path} is damaged or holds more than weights; copy it there again") from error
    return found


def _numbers(name: str) -> list[int]:
    return [int(digits) for digits in re.findall(r"\d+", name)]


def _wrong(path: Path, width: int) -> Fatal:
    return Fatal(f"{path} is not a head for vectors of {width} numbers; put the published file there again")
