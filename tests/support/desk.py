"""A browser in front of a review desk, for the tests of its flows."""

from __future__ import annotations

from dataclasses import dataclass

from playwright.sync_api import Page, expect
from sqlalchemy import func, select

from db import decisions, views
from db.decisions import Decision
from db.models import Clip, Event
from db.session import Store
from db.views import ClipView


@dataclass
class Desk:
    """A page, the studio it looks at, and what lies behind it."""

    page: Page
    store: Store
    address: str

    def open(self, query: str = "") -> None:
        self.page.goto(f"{self.address}/review{query}")
        self.page.wait_for_selector(".review-desk[data-clip], .review-desk .tile")

    def part(self, name: str) -> str:
        return f".review-desk [data-part={name}]"

    @property
    def shown(self) -> int:
        return int(self.page.get_attribute(".review-desk", "data-clip") or 0)

    def saved(self) -> None:
        expect(self.page.locator(self.part("status"))).to_have_text("Everything is saved.", timeout=10_000)

    def clip(self, clip_id: int) -> ClipView:
        with self.store.read() as session:
            return views.describe(session, [clip_id])[0]

    def text(self, clip_id: int) -> str:
        """Of the caption in force."""
        caption = self.clip(clip_id).caption
        assert caption is not None
        return caption.text

    def versions(self) -> int:
        with self.store.read() as session:
            return session.scalar(select(func.sum(Clip.version))) or 0

    def events(self) -> list[tuple[str, int | None]]:
        """What was done to which clip, in order."""
        with self.store.read() as session:
            return list(session.execute(select(Event.kind, Event.clip_id).order_by(Event.id)).tuples())

    def decide_elsewhere(self, decision: Decision, who: str = "bob") -> None:
        with self.store.write() as session:
            decisions.decide(session, decision, who)
