"""What every aligner keeps to; a new one is tested by being in the folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from pydantic import ValidationError

from pipelines import quality
from pipelines.kinds import ALIGNERS, Aligner
from pipelines.records import Caption, Draft, Material, Part
from pipelines.scan.params import SCORES
from tests.support.stages import is_sentence, must_fit_a_form, other_values, same_after_a_journey

KINDS = [cls for _, cls in ALIGNERS]
each = pytest.mark.parametrize("cls", KINDS, ids=lambda cls: cls.name)


@pytest.fixture(scope="module", params=KINDS, ids=lambda cls: cls.name)
def ready(request: pytest.FixtureRequest) -> Iterator[Aligner]:
    aligner: Aligner = request.param()
    aligner.setup()
    yield aligner
    aligner.close()


@pytest.fixture
def drafts(materials: Sequence[Material]) -> list[Draft]:
    texts = ("A card with words.", "A lawn seen from the side. The camera pans left.", "Grey.")
    parts = (Part(0.0, 0.5, "It begins."), Part(0.5, 1.0, "It ends."))
    return [Draft(one, Caption(text, "tiny", parts=parts)) for one, text in zip(materials, texts, strict=True)]


@each
def test_it_is_described_and_its_fields_make_a_form(cls: type[Aligner]) -> None:
    assert is_sentence(cls.about)
    must_fit_a_form(cls)


@each
def test_every_parameter_is_in_the_digest(cls: type[Aligner]) -> None:
    changed = [cls(**{name: value}) for name, value in other_values(cls).items()]
    assert len({cls().digest(), *(aligner.digest() for aligner in changed)}) == 1 + len(changed)


@each
def test_it_travels_before_it_is_set_up(cls: type[Aligner]) -> None:
    assert same_after_a_journey(cls(**other_values(cls)))


@each
def test_it_refuses_what_it_does_not_know(cls: type[Aligner]) -> None:
    with pytest.raises(ValidationError):
        cls(no_such_field=1)  # type: ignore[call-arg]


@each
def test_it_closes_though_it_never_opened(cls: type[Aligner]) -> None:
    cls().close()


@each
def test_its_scores_are_its_own(cls: type[Aligner]) -> None:
    others = {name for other in KINDS if other is not cls for name in other.scores}
    assert cls.scores and not others & {*cls.scores, *SCORES}


def test_one_result_for_each_in_order(ready: Aligner, drafts: list[Draft]) -> None:
    alone = {draft.id: ready.process([draft])[0] for draft in drafts}
    assert list(ready.process(drafts[::-1])) == [alone[draft.id] for draft in drafts[::-1]]


def test_all_its_scores_and_each_sentence(ready: Aligner, drafts: list[Draft]) -> None:
    for draft, checked in zip(drafts, ready.process(drafts), strict=True):
        assert tuple(score.name for score in checked.scores) == ready.scores
        assert [sentence.text for sentence in checked.sentences] == quality.sentences(draft.caption.text)
        assert checked.model
