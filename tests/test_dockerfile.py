"""The rules of the images, read from the Dockerfile; and the worker's health check, run for real."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from dataclasses import dataclass
from functools import cache

import yaml

from db import queue, workers
from db.models import Worker
from db.session import Store
from settings import Settings
from tests.conftest import ROOT

TARGETS = ("studio", "worker")


@dataclass(frozen=True, slots=True)
class Step:
    """One instruction of the stage it belongs to."""

    stage: str
    word: str
    rest: str


@cache
def steps() -> tuple[Step, ...]:
    text = re.sub(r"\\\n", " ", (ROOT / "Dockerfile").read_text("utf-8"))
    found: list[Step] = []
    stage = ""
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            word, rest = line.split(maxsplit=1)
            stage = rest.split()[-1] if word == "FROM" else stage
            found.append(Step(stage, word, rest.strip()))
    return tuple(found)


def rests(word: str, stage: str | None = None) -> list[str]:
    return [step.rest for step in steps() if step.word == word and stage in (None, step.stage)]


def copied() -> list[str]:
    """Sources of all COPY instructions."""
    return [source for rest in rests("COPY") for source in rest.split()[:-1]]


def health(stage: str) -> list[str]:
    (rest,) = rests("HEALTHCHECK", stage)
    command: list[str] = json.loads(rest.split("CMD", 1)[1])
    return command


def test_both_targets_come_from_one_pinned_base() -> None:
    froms = rests("FROM")
    assert froms == ["python:3.11-slim AS base", *(f"base AS {name}" for name in TARGETS)]
    assert not any("latest" in rest for rest in froms)


def test_neither_runs_as_root() -> None:
    assert rests("USER") == ["10001"]
    assert [step.stage for step in steps() if step.word == "USER"] == ["base"]
    assert any("--uid 10001" in rest for rest in rests("RUN", "base"))


def test_every_copied_source_exists_and_is_let_in() -> None:
    allowed = (ROOT / ".dockerignore").read_text("utf-8").splitlines()
    for source in copied():
        assert (ROOT / source).exists(), source
        assert f"!{source}" in allowed, source


def test_all_code_that_runs_is_copied() -> None:
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "scripts", "bench"}
    modules = {path.name for path in ROOT.glob("*.py")}
    assert packages | modules <= set(copied())


def test_requirements_are_installed_before_the_code_is_there() -> None:
    order = [f"{step.word} {step.rest}" for step in steps()]
    first, second = (next(i for i, line in enumerate(order) if words in line) for words in ("pip install", "COPY app.py"))
    assert first < second


def test_each_target_says_how_it_is_and_what_it_does() -> None:
    for name in TARGETS:
        assert health(name)[0] == "python"
        (start,) = rests("CMD", name)
        assert json.loads(start)[:2] == ["python", "app.py"]


def test_data_lies_in_a_volume_and_no_secret_in_the_image() -> None:
    assert rests("VOLUME") == ["/data"]
    assert any("CLAPPER_DATA=/data" in rest for rest in rests("ENV"))
    assert not re.search(r"(?i)(password|secret|token|api_key)\s*=", (ROOT / "Dockerfile").read_text("utf-8"))
    assert not rests("ARG")


def test_the_worker_is_healthy_while_one_of_this_machine_was_heard_of_lately(settings: Settings, store: Store) -> None:
    assert _checked(settings) == 1
    with store.write() as session:
        workers.enlist(session, "worker-1")
    assert _checked(settings) == 0
    with store.write() as session:
        session.get_one(Worker, "worker-1").seen_at = time.time() - 2 * queue.LEASE_S
    assert _checked(settings) == 1


def test_no_worker_is_healthy_before_there_is_a_library(settings: Settings) -> None:
    assert _checked(settings) == 1
    assert not settings.database.exists()


def test_compose_builds_both_targets_and_shares_data() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text("utf-8"))["services"]
    assert {service["build"]["target"] for service in services.values()} == set(TARGETS)
    assert all("data:/data" in service["volumes"] for service in services.values())


def _checked(settings: Settings) -> int:
    command = [sys.executable, *health("worker")[1:]]
    done = subprocess.run(command, cwd=ROOT, env=os.environ | {"CLAPPER_DATA": str(settings.data)}, stderr=subprocess.PIPE)
    assert not done.stderr, done.stderr.decode()
    return done.returncode
