"""A models folder as people fill it: tiny checkpoints under the names of published ones, and heads."""

from __future__ import annotations

import shutil
from itertools import pairwise
from pathlib import Path

import torch
from safetensors.torch import save_file

from pipelines import catalogue
from pipelines.scorers.aesthetic import PREDICTORS
from pipelines.weights import both_formats
from tests import tiny

STAND_INS = {
    "siglip-so400m": "siglip",
    "siglip2-base": "siglip",
    "clip-l14": "clip",
    "clip-l14-336": "clip",
    "xclip-base": "xclip",
}
"""By a model's name in the catalogue, the tiny one that takes its place."""
HEAD = (32, 16, 8, 1)


def put(name: str, folder: Path, *, stand_in: str) -> Path:
    """A tiny checkpoint where the weights of a model of the catalogue belong below `folder`."""
    place = folder / catalogue.find(name).repo
    if not place.exists():
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copytree(tiny.write(stand_in, folder / "tiny"), place)
    return place


def fill(folder: Path) -> Path:
    """Everything that scorers and aligners ask for."""
    for name, stand_in in STAND_INS.items():
        put(name, folder, stand_in=stand_in)
    for seed, predictor in enumerate(PREDICTORS.values()):
        path = folder / predictor.source / both_formats(predictor.file)[0]
        path.parent.mkdir(parents=True)
        save_file(head(seed), path)
    return folder


def head(seed: int, widths: tuple[int, ...] = HEAD) -> dict[str, torch.Tensor]:
    """Linear layers one behind the other, numbered as they are when dropout stands between them."""
    made = torch.Generator().manual_seed(seed)
    return {
        f"layers.{2 * number}.{kind}": torch.randn(shape, generator=made)
        for number, (wide, narrow) in enumerate(pairwise(widths))
        for kind, shape in (("weight", (narrow, wide)), ("bias", (narrow,)))
    }
