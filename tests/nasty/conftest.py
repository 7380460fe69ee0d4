"""One workshop and one child process for all the nasty files of a module, as a worker has."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipelines.child import Child
from tests.nasty.corpus import Workshop
from tests.support.memory import memory_bytes

GROWTH_BYTES = 50 << 20


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Workshop:
    return Workshop(tmp_path_factory.mktemp("nasty"))


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    """One for all of them, as in a worker; the test process itself must not grow."""
    with Child() as opened:
        before = memory_bytes()
        yield opened
        assert memory_bytes() - before < GROWTH_BYTES
