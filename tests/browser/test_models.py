"""The Models page: weights brought by one press, seen on their way, stopped, gone on with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Page, expect

from pipelines import catalogue
from settings import Settings
from tests.support import checkpoint
from tests.support import hub as hubs
from tests.support.hub import STEP_BYTES, Hub
from worker import Worker

NAME = "smolvlm2-500m"


@pytest.fixture
def hub(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Hub]:
    with hubs.serving(catalogue.find(NAME).repo) as server:
        server.files["model.safetensors"] = checkpoint.tensors(40 * STEP_BYTES)
        hubs.surround(monkeypatch, server, tmp_path / "models")
        monkeypatch.setattr("work.weights.TELL_S", 0.0)
        yield server


@pytest.fixture
def worker(settings: Settings, hub: Hub) -> Iterator[Worker]:
    made = Worker(settings)
    working = Thread(target=made.run)
    working.start()
    yield made
    hub.goes_on.set()
    made.stop()
    working.join(20)


def test_fetched_by_a_press(hub: Hub, studio: str, worker: Worker, page: Page) -> None:
    hub.holds_at = 20 * STEP_BYTES
    page.goto(f"{studio}/models")
    row = page.locator(".models .model", has=page.get_by_text(NAME, exact=True))
    row.get_by_role("button", name="Fetch").click()
    expect(row.locator(".fetch")).to_contain_text("of 2.6 MB")
    page.reload()
    expect(row.get_by_role("progressbar")).to_have_attribute("aria-valuenow", "50")
    row.get_by_role("button", name="Stop").click()
    hub.goes_on.set()
    expect(row.locator(".fetch")).to_contain_text("What came is kept")
    row.get_by_role("button", name="Fetch").click()
    expect(row.get_by_role("button")).to_have_count(0, timeout=15000)
    expect(row.locator(".chip")).to_have_class("chip ok")


def test_why_not_is_said_where_it_was_asked(
    hub: Hub, studio: str, worker: Worker, page: Page, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.gated = True
    page.goto(f"{studio}/models")
    row = page.locator(".models .model", has=page.get_by_text(NAME, exact=True))
    row.get_by_role("button", name="Fetch").click()
    expect(row.locator(".fetch")).to_contain_text("accept the licence on its page")
    expect(row.get_by_role("button", name="Fetch")).to_have_text("Fetch again")
