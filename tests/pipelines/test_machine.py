"""What fits: made-up machines, and the real one asked in a process of its own."""

from __future__ import annotations

import pytest

from pipelines.catalogue import find
from pipelines.machine import GIB, Machine, look

NOTHING = find("some/other-model")


def card(gib: float, *, cards: int = 1) -> Machine:
    return Machine("cuda", "Card", cards, int(gib * GIB) - 1, int(gib * GIB))


def processor(gib: float) -> Machine:
    return Machine("cpu", "the processor", 0, int(gib * GIB), int(gib * GIB))


@pytest.mark.parametrize(("gib", "bits"), [(80, 16), (20, 16), (19, 8), (10, 8), (9, 4), (5, 4), (4, None)])
def test_a_card_holds_fewer_bits_where_it_must(gib: float, bits: int | None) -> None:
    assert card(gib).fits(find("qwen3-vl-8b")) == bits


def test_a_processor_needs_twice_as_much() -> None:
    model = find("qwen3-vl-2b")
    assert (processor(14).fits(model), processor(13.9).fits(model)) == (16, None)


@pytest.mark.parametrize(
    ("machine", "name"),
    [
        (card(80), "qwen3-vl-30b"),
        (card(24), "qwen3-vl-8b"),
        (card(12), "qwen3-vl-4b"),
        (card(8), "qwen3-vl-2b"),
        (card(4), "smolvlm2-500m"),
        (processor(64), "smolvlm2-500m"),
    ],
    ids=str,
)
def test_advice_makes_most_of_the_card(machine: Machine, name: str) -> None:
    assert machine.advised().name == name


def test_a_machine_says_what_it_is() -> None:
    assert str(card(80, cards=2)) == "2 × Card, 80.0 GiB, 80.0 free"
    assert card(1).fits(NOTHING) == 16  # of which nobody said how much it takes


def test_this_machine_can_be_asked() -> None:
    found = look()
    assert found is not None
    assert 0 < found.free_bytes <= found.whole_bytes
    assert (found.kind == "cpu") == (found.cards == 0)
    assert look() is found  # asked once


def test_without_torch_there_is_nothing_to_ask(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert look.__wrapped__() is None
