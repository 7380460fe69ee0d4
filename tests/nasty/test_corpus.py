"""No file takes the worker down, hangs it, or spoils the next file: each ends as its row says, each good one is read."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipelines.child import Child
from tests.nasty import damaged, encoded, hostile
from tests.nasty.attempt import Ending, try_file
from tests.nasty.corpus import Kind, Workshop
from tests.support.memory import memory_bytes

KINDS = [*damaged.KINDS, *hostile.KINDS, *encoded.KINDS]
CHILD_BYTES = 3 << 29


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
        assert memory_bytes(child.pid, "VmHWM") < CHILD_BYTES
