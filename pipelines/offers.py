"""What the catalogue offers on this machine: which models are here, who would answer, and why not. Loads no network."""

from __future__ import annotations

from dataclasses import dataclass

from pipelines import weights
from pipelines.backends import servers
from pipelines.backends.chats import BACKENDS
from pipelines.catalogue import Model, catalogue

FRAMES, WIDTH, HEIGHT = 16, 640, 360
"""What the tokens of a frame are told for."""


@dataclass(frozen=True, slots=True)
class Way:
    """One backend, for one model."""

    backend: str
    missing: str | None
    """Why it cannot answer, and what would help; None when it can."""


@dataclass(frozen=True, slots=True)
class Offer:
    """One model, for people who choose."""

    model: Model
    here: str | None
    """The folder of its weights; None when they are not on this machine."""
    advice: str
    """What to copy where; empty for models that are here, and for hosted ones."""
    frame_tokens: int
    """Of a frame of 640 × 360 in a film of 16; 0 for models that are not asked in words."""
    ways: tuple[Way, ...]
    """In the order in which `auto` tries them; none for models that only embed."""

    @property
    def answers(self) -> str | None:
        """The backend that `auto` would take; None when nobody answers."""
        return next((way.backend for way in self.ways if way.missing is None), None)

    @property
    def standing(self) -> str:
        """Where it stands, in a few words."""
        if self.answers:
            return f"{self.answers} answers"
        return "here" if self.here else "hosted, no server" if self.model.hosted else "not here"


def offers() -> list[Offer]:
    """All of the catalogue, in its order. Raises `Fatal` when the addresses of servers cannot be read."""
    return [offer(model) for model in catalogue().values()]


def offer(model: Model) -> Offer:
    """One of them, or any other model by its hub id."""
    here = None if model.hosted else weights.find(model)
    asked = bool({"caption", "rewrite", "judge"} & set(model.does))
    return Offer(
        model,
        here=str(here) if here else None,
        advice="" if here or model.hosted else weights.advice(model),
        frame_tokens=round(model.film_tokens(FRAMES, WIDTH, HEIGHT) / FRAMES) if asked else 0,
        ways=_ways(model) if asked else (),
    )


def places() -> dict[str, str]:
    """Servers by name, the nameless one under "": where they are, never a key nor a password in an address."""
    return {name: servers.Server(name, url).place for name, url in servers.known().items()}


def _ways(model: Model) -> tuple[Way, ...]:
    backends = sorted((cls() for _, cls in BACKENDS), key=lambda one: one.order)
    return tuple(Way(one.name, one.missing(model, "")) for one in backends)
