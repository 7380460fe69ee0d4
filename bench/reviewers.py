"""Ten people with accounts who decide at once, over HTTP."""

from __future__ import annotations

import threading
import time
from typing import Any

import httpx

from bench.spread import Spread

REVIEWERS, DECISIONS_EACH = 10, 60
PASSWORD = "only for this measurement"
GAP_MS = 250
"""Between two key presses; somebody who reads nothing at all."""


class Reviewer(threading.Thread):
    """Claims twelve clips, accepts four a second, claims again."""

    def __init__(self, address: str, name: str) -> None:
        super().__init__(name=name)
        self.address = address
        self.claims: list[float] = []
        self.decisions: list[float] = []
        self.refused: list[str] = []

    def run(self) -> None:
        with httpx.Client(base_url=self.address, timeout=60) as client:
            client.post("/login", data={"name": self.name, "password": PASSWORD})
            while len(self.decisions) < DECISIONS_EACH:
                asked = {"limit": 12, "count": not self.claims}
                for one in self.timed(client, "claim", asked, self.claims)["clips"]:
                    wish = {"clip_id": one["id"], "version": one["version"], "caption_id": one["caption_id"]}
                    self.timed(client, "decide", {**wish, "key": f"bench-{one['id']}", "action": "accept"}, self.decisions)
                    time.sleep(GAP_MS / 1000)

    def timed(self, client: httpx.Client, what: str, body: dict[str, Any], times: list[float]) -> dict[str, Any]:
        began = time.perf_counter()
        reply = client.post(f"/api/review/{what}", json=body)
        times.append((time.perf_counter() - began) * 1000)
        if reply.status_code != 200:
            self.refused.append(reply.text)
        found: dict[str, Any] = reply.json()
        return found


def reviewers(address: str) -> list[Spread]:
    """Ten people at once. Leases keep them apart, so a conflict would be a fault."""
    people = [Reviewer(address, f"person{number}") for number in range(REVIEWERS)]
    for one in people:
        one.start()
    for one in people:
        one.join()
    if refused := [text for one in people for text in one.refused]:
        raise SystemExit(f"{len(refused)} requests were refused, the first: {refused[0][:300]}")
    return [
        Spread.of("a claim of 12 clips, ten people at once", [each for one in people for each in one.claims]),
        Spread.of("a decision, ten people at once", [each for one in people for each in one.decisions]),
    ]
