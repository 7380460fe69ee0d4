"""What the benchmark plants is found, and counted as it should be."""

from __future__ import annotations

import pytest

from bench.duplicates import judged, measure


def test_planted_copies_are_found_and_nothing_else() -> None:
    one = measure(1000)
    assert (one.clips, one.planted, one.false_pairs) == (1000, 50, 0)
    assert one.recall > 0.95


@pytest.mark.parametrize(
    ("group", "recall", "false_pairs"),
    [({}, 0.0, 0), ({1: 1, 39: 1}, 0.5, 0), ({1: 1, 39: 1, 7: 1}, 0.5, 2), ({1: 1, 2: 1}, 0.0, 1)],
    ids=["nothing", "one pair", "one pair and a stranger", "the wrong pair"],
)
def test_pairs_are_counted(group: dict[int, int], recall: float, false_pairs: int) -> None:
    one = judged(40, (1.0, 1.0), group)
    assert (one.recall, one.false_pairs) == (recall, false_pairs)
