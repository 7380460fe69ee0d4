"""What every aligner keeps to beside its settings; a new one is tested by being in the folder."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pytest

from pipelines import quality
from pipelines.kinds import ALIGNERS, Aligner
from pipelines.records import Caption, Draft, Material, Part
from pipelines.scan.params import SCORES

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
