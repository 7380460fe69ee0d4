"""One file, tried as a worker tries it: look, hash, probe, scan."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipelines.child import Child
from pipelines.errors import Refused
from pipelines.ingest import content_hash, identify

PROBE_S, SCAN_S = 20, 40
PARAMETERS = {"min_s": 0.5, "max_s": 2.0}


@dataclass(frozen=True)
class Ending:
    """How it ended."""

    outcome: str
    """See `corpus`."""
    frames: int = 0


def try_file(child: Child, path: str, out: Path) -> Ending:
    """All steps, until one refuses."""
    try:
        identify(path)
        sha256 = content_hash(path)
        child.run("pipelines.media.opening:probe_file", {"path": path}, seconds=PROBE_S)
        argument = {"path": path, "sha256": sha256, "scan": PARAMETERS, "out": str(out)}
        return _ending(list(child.call("pipelines.scan.run:scan", argument, seconds=SCAN_S)))
    except Refused as refusal:
        assert "0x" not in str(refusal), "an address of memory"
        assert len(str(refusal).split()) > 4, "a person wants a sentence"
        return Ending(refusal.kind)


def _ending(messages: list[Any]) -> Ending:
    *clips, last = messages
    assert all("clip" in message for message in clips)
    outcome = "noted" if last["end"]["note"] else "ok" if clips else "no_clips"
    return Ending(outcome, last["end"]["frames"])
