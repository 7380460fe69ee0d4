"""What every captioner keeps to; a new one is tested by being in the folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pydantic import ValidationError

from pipelines.kinds import CAPTIONERS, Captioner
from pipelines.records import Author, Caption, Material, Outcome
from tests.support.stages import is_sentence, must_fit_a_form, other_values, same_after_a_journey

KINDS = [cls for _, cls in CAPTIONERS]
each = pytest.mark.parametrize("cls", KINDS, ids=lambda cls: cls.name)


@pytest.fixture(scope="module", params=KINDS, ids=lambda cls: cls.name)
def ready(request: pytest.FixtureRequest) -> Iterator[Captioner]:
    captioner: Captioner = request.param()
    captioner.setup()
    yield captioner
    captioner.close()


def test_there_are_some() -> None:
    assert "measured" in CAPTIONERS


@each
def test_it_is_described_and_its_fields_make_a_form(cls: type[Captioner]) -> None:
    assert is_sentence(cls.about)
    assert cls.batch_size >= 1
    must_fit_a_form(cls)


@each
def test_every_parameter_is_in_the_digest(cls: type[Captioner]) -> None:
    changed = [cls(**{name: value}) for name, value in other_values(cls).items()]
    assert len({cls().digest(), *(captioner.digest() for captioner in changed)}) == 1 + len(changed)


@each
def test_it_travels_before_it_is_set_up(cls: type[Captioner]) -> None:
    assert same_after_a_journey(cls(**other_values(cls)))


@each
def test_it_refuses_what_it_does_not_know(cls: type[Captioner]) -> None:
    with pytest.raises(ValidationError):
        cls(no_such_field=1)  # type: ignore[call-arg]


@each
def test_it_closes_though_it_never_opened(cls: type[Captioner]) -> None:
    cls().close()


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
