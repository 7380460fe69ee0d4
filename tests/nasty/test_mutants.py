"""Damage nobody thought of: good files of many kinds, spoiled at random, the same way every time."""

from __future__ import annotations

import os
import random
from pathlib import Path

import pytest

from pipelines.child import Child
from tests.nasty import encoded
from tests.nasty.attempt import Ending, try_file
from tests.nasty.corpus import Workshop, words

BASES = words(
    "fragments.mp4 hdr_pq.mp4 alpha_vp9.webm alpha_prores.mov old.avi old.mpg old.flv edit_list.mp4 negative_times.mkv"
)
FAILURES = {"stage_error", "time_limit", "memory_limit", "decoder_crash"}
"""These would be faults of ours: each mutant is either read or refused for what it is."""


def spoil(data: bytearray, choice: random.Random) -> None:
    """Once; as often in the head of the file, where the structure is, as anywhere."""
    at = choice.randrange(min(5000, len(data)) if choice.random() < 0.5 else len(data))
    match choice.randrange(4):
        case 0:
            data[at] ^= 1 << choice.randrange(8)
        case 1:
            data[at : at + 4] = b"\xff" * 4
        case 2:
            del data[at : at + choice.randrange(1, 64)]
        case _:
            data[at:at] = choice.randbytes(choice.randrange(1, 64))


@pytest.fixture(scope="module")
def bases(shop: Workshop) -> list[bytes]:
    kinds = {kind.name: kind for kind in encoded.KINDS}
    for name in BASES:
        kinds[name].make(shop, shop.folder / name)
    return [(shop.folder / name).read_bytes()[:120_000] for name in BASES]


@pytest.mark.parametrize("seed", range(6))
def test_mutants_are_read_or_refused(seed: int, bases: list[bytes], shop: Workshop, child: Child, tmp_path: Path) -> None:
    choice = random.Random(seed)
    for number in range(15):
        data = bytearray(choice.choice(bases))
        for _ in range(choice.choice([3, 20, 200])):
            spoil(data, choice)
        path = tmp_path / f"{number}.bin"
        path.write_bytes(data)
        assert try_file(child, os.fspath(path), tmp_path / "out").outcome not in FAILURES
    assert try_file(child, os.fspath(shop.good), tmp_path / "out") == Ending("ok", 100)
