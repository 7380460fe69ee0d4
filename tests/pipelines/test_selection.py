"""Which caption leaves, and how luck is drawn."""

from __future__ import annotations

from collections import Counter

import pytest
from pydantic import ValidationError

from pipelines.errors import Usage
from pipelines.records import Author, Caption, KeptCaption, Outcome
from pipelines.selection import Selection, Wish, choose, draw, mix


def kept(text: str, *, model: str = "m", outcome: Outcome = Outcome.OK, author: Author = Author.MACHINE) -> KeptCaption:
    return KeptCaption(Caption(text, model, author, outcome))


CAPTIONS = [
    kept("in force"), kept("by far the longest caption", model="a"), kept("one"), kept("…"),
    kept("failed and long, so very long", outcome=Outcome.FAILED), kept("edited", model="", author=Author.PERSON),
]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "wishes"),
    [
        ("", [("in_force", 1.0)]),
        ("longest", [("longest", 1.0)]),
        ("longest*3, shortest*.5", [("longest", 3.0), ("shortest", 0.5)]),
        ("model=qwen2:7b * 2", [("model=qwen2:7b", 2.0)]),
    ],
)
def test_mixes_are_read(text: str, wishes: list[tuple[str, float]]) -> None:
    assert mix(text) == tuple(Wish(*wish) for wish in wishes)


@pytest.mark.parametrize("text", ["best", "longest*x", "model=", "length=3", "*3", "longest*-1"])
def test_what_chooses_nothing_is_refused(text: str) -> None:
    with pytest.raises(Usage, match="chooses no caption"):
        mix(text)
    with pytest.raises(ValidationError, match="chooses no caption"):
        Selection(caption=text)


@pytest.mark.parametrize(
    ("selector", "place"),
    [("in_force", 0), ("longest", 1), ("shortest", 2), ("latest", 5), ("model=a", 1), ("author=person", 5)],
)
def test_each_selector_finds_its_caption(selector: str, place: int) -> None:
    assert choose(CAPTIONS, 0, Selection(caption=selector), key="k") == [place]


def test_what_says_nothing_or_failed_never_leaves() -> None:
    assert choose(CAPTIONS, 3, Selection(), key="k") == []
    assert choose(CAPTIONS, 4, Selection(), key="k") == []
    assert choose(CAPTIONS, None, Selection(), key="k") == []
    assert choose([], None, Selection(caption="longest"), key="k") == []


def test_weights_are_kept_over_many_clips_and_the_same_every_time() -> None:
    wanted = Selection(caption="longest*3, shortest*1", seed=7)
    drawn = [choose(CAPTIONS, 0, wanted, key=str(number))[0] for number in range(4000)]
    assert Counter(drawn)[1] / 4000 == pytest.approx(0.75, abs=0.03)
    assert drawn[:50] == [choose(CAPTIONS, 0, wanted, key=str(number))[0] for number in range(50)]
    other = Selection(caption="longest*3, shortest*1", seed=8)
    assert drawn[:50] != [choose(CAPTIONS, 0, other, key=str(number))[0] for number in range(50)]


def test_several_are_all_different_and_no_more_than_there_are() -> None:
    wanted = Selection(caption="longest, shortest, in_force, latest, model=a", each=9)
    assert sorted(choose(CAPTIONS, 0, wanted, key="k")) == [0, 1, 2, 5]


def test_the_split_keeps_its_share_and_needs_no_list() -> None:
    wanted = Selection(validation=0.2, seed=1)
    sides = Counter(wanted.split(f"{number:064x}") for number in range(5000))
    assert sides["validation"] / 5000 == pytest.approx(0.2, abs=0.02)
    assert wanted.parts() == ("train", "validation")
    assert Selection().parts() == ("",)
    assert all(0 <= draw(0, "x", str(number)) < 1 for number in range(100))
