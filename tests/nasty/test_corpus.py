"""No file takes the worker down, hangs it, or spoils the next file: each ends as its row says, each good one is read."""

from __future__ import annotations

import os
import re
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.child import Child
from tests.nasty import damaged, encoded, hostile
from tests.nasty.attempt import Ending, try_file
from tests.nasty.corpus import Kind, Workshop

KINDS = [*damaged.KINDS, *hostile.KINDS, *encoded.KINDS]
CHILD_BYTES = 3 << 29
GROWTH_BYTES = 50 << 20


def resident_bytes(pid: int | str = "self", line: str = "VmRSS") -> int:
    status = Path(f"/proc/{pid}/status").read_text()
    found = re.search(rf"^{line}:\s+(\d+) kB", status, re.MULTILINE)
    return int(found[1]) * 1024 if found else 0


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("nasty"))


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    """One for all of them, as in a worker; the test process itself must not grow."""
    with Child() as opened:
        before = resident_bytes()
        yield opened
        assert resident_bytes() - before < GROWTH_BYTES


@pytest.fixture(scope="module", autouse=True)
def canary() -> Iterator[None]:
    """A server nobody may call."""
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.MonkeyPatch.context() as patch:
        server.setblocking(False)
        patch.setenv("CLAPPER_TEST_CANARY_PORT", str(server.getsockname()[1]))
        yield
        with pytest.raises(BlockingIOError):
            server.accept()


def test_there_are_many_kinds_and_no_two_share_a_name() -> None:
    assert len({kind.name for kind in KINDS}) == len(KINDS) >= 70


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name.encode("ascii", "backslashreplace").decode())
def test_each_ends_as_expected_and_a_good_file_after_it_is_read(
    kind: Kind, shop: Workshop, child: Child, tmp_path: Path
) -> None:
    path = tmp_path / kind.name
    kind.make(shop, path)
    ending = try_file(child, os.fspath(path), tmp_path / "out")
    assert ending.outcome in kind.outcomes
    assert kind.frames in (None, ending.frames)
    assert try_file(child, os.fspath(shop.good), tmp_path / "out") == Ending("ok", 100)
    if child.pid:
        assert resident_bytes(child.pid, "VmHWM") < CHILD_BYTES
