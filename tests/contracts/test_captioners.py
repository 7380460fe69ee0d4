"""What every captioner keeps to beside its settings; a new one is tested by being in the folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from pipelines.kinds import CAPTIONERS, Captioner
from pipelines.records import Author, Caption, Material, Outcome

KINDS = [cls for _, cls in CAPTIONERS]


@pytest.fixture(scope="module", params=KINDS, ids=lambda cls: cls.name)
def ready(request: pytest.FixtureRequest) -> Iterator[Captioner]:
    captioner: Captioner = request.param()
    captioner.setup()
    yield captioner
    captioner.close()


def test_one_caption_for_each_in_order(ready: Captioner, materials: list[Material]) -> None:
    alone = {material.id: ready.process([material])[0] for material in materials}
    for batch in (materials, materials[::-1]):
        assert list(ready.process(batch)) == [alone[material.id] for material in batch]
    assert len({caption.text for caption in alone.values()}) == len(materials)


def test_captions_are_text_by_a_machine(ready: Captioner, materials: list[Material]) -> None:
    for caption in ready.process(materials):
        assert isinstance(caption, Caption)
        assert (caption.author, caption.outcome, caption.reason) == (Author.MACHINE, Outcome.OK, None)
        assert caption.model
        assert caption.text == caption.text.strip() != ""


def test_a_clip_of_which_nothing_is_known_still_gets_an_answer(ready: Captioner, materials: list[Material]) -> None:
    (caption,) = ready.process([replace(materials[0], scores={}, facts={})])
    assert bool(caption.text.strip()) == (caption.outcome == Outcome.OK)
