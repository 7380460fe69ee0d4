"""What every rewriter keeps to beside its settings; a new one is tested by being in the folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from pipelines.kinds import REWRITERS, Rewriter
from pipelines.records import Author, Caption, Draft, Material, Outcome, Part

KINDS = [cls for _, cls in REWRITERS]
CAN_ANSWER = [cls for cls in KINDS if cls.name != "translate"]
"""The test server knows no Chinese; `translate` has tests of its own."""


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


def test_one_caption_for_each_in_order(ready: Rewriter, drafts: list[Draft]) -> None:
    alone = {draft.id: ready.process([draft])[0] for draft in drafts}
    assert list(ready.process(drafts[::-1])) == [alone[draft.id] for draft in drafts[::-1]]


def test_captions_are_text_by_a_machine(ready: Rewriter, drafts: list[Draft]) -> None:
    for caption in ready.process(drafts):
        assert (caption.author, caption.outcome) == (Author.MACHINE, Outcome.OK)
        assert caption.model and caption.text == caption.text.strip() != ""
