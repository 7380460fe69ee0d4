"""What every rewriter keeps to; a new one is tested by being in the folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest
from pydantic import ValidationError

from pipelines.kinds import REWRITERS, Rewriter
from pipelines.records import Author, Caption, Draft, Material, Outcome, Part
from tests.support.stages import is_sentence, must_fit_a_form, other_values, same_after_a_journey

KINDS = [cls for _, cls in REWRITERS]
CAN_ANSWER = [cls for cls in KINDS if cls.name != "translate"]
"""The test server knows no Chinese; `translate` has tests of its own."""
each = pytest.mark.parametrize("cls", KINDS, ids=lambda cls: cls.name)


@pytest.fixture(scope="module", params=CAN_ANSWER, ids=lambda cls: cls.name)
def ready(request: pytest.FixtureRequest) -> Iterator[Rewriter]:
    rewriter: Rewriter = request.param()
    rewriter.setup()
    yield rewriter
    rewriter.close()


@pytest.fixture
def drafts(materials: Sequence[Material]) -> list[Draft]:
    texts = ("A card with words.", "A lawn seen from the side. The camera pans left.", "Grey.")
    parts = (Part(0.0, 0.5, "It begins."), Part(0.5, 1.0, "It ends."))
    return [Draft(one, Caption(text, "tiny", parts=parts)) for one, text in zip(materials, texts, strict=True)]


@each
def test_it_is_described_and_its_fields_make_a_form(cls: type[Rewriter]) -> None:
    assert is_sentence(cls.about)
    must_fit_a_form(cls)


@each
def test_every_parameter_is_in_the_digest(cls: type[Rewriter]) -> None:
    changed = [cls(**{name: value}) for name, value in other_values(cls).items()]
    assert len({cls().digest(), *(rewriter.digest() for rewriter in changed)}) == 1 + len(changed)


@each
def test_it_travels_before_it_is_set_up(cls: type[Rewriter]) -> None:
    assert same_after_a_journey(cls(**other_values(cls)))


@each
def test_it_refuses_what_it_does_not_know(cls: type[Rewriter]) -> None:
    with pytest.raises(ValidationError):
        cls(no_such_field=1)  # type: ignore[call-arg]


@each
def test_it_closes_though_it_never_opened(cls: type[Rewriter]) -> None:
    cls().close()


def test_one_caption_for_each_in_order(ready: Rewriter, drafts: list[Draft]) -> None:
    alone = {draft.id: ready.process([draft])[0] for draft in drafts}
    assert list(ready.process(drafts[::-1])) == [alone[draft.id] for draft in drafts[::-1]]


def test_captions_are_text_by_a_machine(ready: Rewriter, drafts: list[Draft]) -> None:
    for caption in ready.process(drafts):
        assert (caption.author, caption.outcome) == (Author.MACHINE, Outcome.OK)
        assert caption.model and caption.text == caption.text.strip() != ""
