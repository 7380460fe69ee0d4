"""The models people choose from, by short names; see `models.yaml`. Any other is a hub id or the path of a folder."""

from __future__ import annotations

import math
import os
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml
from pydantic import BaseModel, ConfigDict

FILE = Path(__file__).parent / "models.yaml"
MOST_TOKENS_UNKNOWN = 256
"""A picture's tokens for a model nobody described."""
BITS: dict[str, Literal[4, 8]] = {":int8": 8, ":int4": 4}
MERGED_FRAMES = 2
"""Video models of the Qwen family make one token of two frames."""


class Model(BaseModel):
    """One entry. Nothing here is needed to run a model; it is what people want to know before they choose."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    repo: str
    revision: str = ""
    licence: str = "unknown"
    does: tuple[Literal["caption", "rewrite", "judge", "embed"], ...] = ()
    memory_gib: float = 0
    px: int = 0
    tokens: int = 0
    price: tuple[float, float] = (0.0, 0.0)
    hosted: bool = False
    remote_code: bool = False
    file: str = ""
    """Name of the one file a person puts in place, of a model that is no folder of transformers."""
    bits: Literal[4, 8, 16] = 16
    """Of a weight in memory, where the network lives in the worker."""
    about: str = ""

    def film_tokens(self, frames: int, width: int, height: int) -> int:
        """Tokens that frames of this size become; an estimate, within a few percent of the processors' own."""
        if not self.px:
            return frames * (self.tokens or MOST_TOKENS_UNKNOWN)
        return math.ceil(frames / MERGED_FRAMES) * max(1, round(width / self.px)) * max(1, round(height / self.px))

    def picture_tokens(self, width: int, height: int) -> int:
        """Tokens that one picture of this size becomes."""
        return self.film_tokens(1, width, height)

    def cost(self, tokens_in: int, tokens_out: int) -> float:
        """US dollars."""
        return (tokens_in * self.price[0] + tokens_out * self.price[1]) / 1e6


@cache
def catalogue() -> dict[str, Model]:
    """All entries by name."""
    entries: dict[str, dict[str, Any]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return {name: Model(name=name, **entry) for name, entry in entries.items()}


def find(name: str) -> Model:
    """The entry of a name or hub id; for others one that says only what it is called. `:int8` or `:int4` may follow."""
    name, _, kind = name.rpartition(":") if name.endswith(tuple(BITS)) else (name, "", "")
    return _entry(name).model_copy(update={"bits": BITS[f":{kind}"]} if kind else {})


def _entry(name: str) -> Model:
    known = catalogue()
    by_repo = {model.repo: model for model in known.values()}
    return known.get(name) or by_repo.get(name) or Model(name=name, repo=name)


def folder() -> Path:
    """Where weights that people put in place lie: `ORG/NAME` below `$CLAPPER_MODELS`."""
    return Path(os.environ.get("CLAPPER_MODELS") or Path.home() / ".cache" / "clapper" / "models")


def local(model: Model) -> Path | None:
    """The folder that somebody put a model's weights into, whole or not; a path is its own place."""
    places = (Path(model.repo), folder() / model.repo)
    return next((place for place in places if place.is_absolute() and (place / "config.json").is_file()), None)


def choices(does: str) -> list[str]:
    """Names of the models that do something, in the order of the file."""
    return [name for name, model in catalogue().items() if does in model.does]
