"""Stages that are set up, kept while there is memory: setting up again costs minutes, holding all of them the machine."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pipelines.stage import Stage


@dataclass
class Ready:
    """Stages by their settings, the one used last at the end."""

    _stages: dict[str, Stage[Any, Any]] = field(default_factory=dict)
    _holds: dict[str, dict[str, int]] = field(default_factory=dict)
    """What each holds, by the same keys; looked up once, because asking who answers may take a while."""

    def get(self, stage: Stage[Any, Any]) -> Stage[Any, Any] | None:
        """The one of the same settings, if it is set up; now the one used last."""
        found = self._stages.pop(_key(stage), None)
        if found is not None:
            self._stages[_key(stage)] = found
        return found

    def set_up(self, stage: Stage[Any, Any]) -> Stage[Any, Any]:
        """Load it, after closing others, least recently used first, until its networks have room."""
        holds = stage.holds()
        self._make_room(holds)
        try:
            stage.setup()
        except BaseException:
            stage.close()  # a part of it may be loaded
            raise
        self._stages[_key(stage)], self._holds[_key(stage)] = stage, holds
        return stage

    def close(self) -> None:
        """Close all of them."""
        for key in list(self._stages):
            self._close(key)

    def _make_room(self, wanted: dict[str, int]) -> None:
        """Networks that are loaded already are shared, and need none."""
        needed = sum(size for name, size in wanted.items() if not any(name in holds for holds in self._holds.values()))
        if not needed:
            return
        from pipelines.backends import room  # loads torch

        for key in [key for key in self._stages if self._holds[key]]:
            if room.fits(needed):
                return
            self._close(key)
            room.give_back()

    def _close(self, key: str) -> None:
        self._holds.pop(key)
        self._stages.pop(key).close()


def _key(stage: Stage[Any, Any]) -> str:
    return f"{stage.name} {stage.digest()}"
