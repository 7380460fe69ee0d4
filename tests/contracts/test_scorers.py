"""What every scorer keeps to; a new one is tested by being in the folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest
from pydantic import ValidationError

from pipelines.kinds import SCORERS, Scorer
from pipelines.records import Material, Measured, Sheet
from pipelines.scan.params import SCORES
from pipelines.stage import Done, Failed, run_batch
from tests.support.stages import is_sentence, must_fit_a_form, other_values, same_after_a_journey

KINDS = [cls for _, cls in SCORERS]
each = pytest.mark.parametrize("cls", KINDS, ids=lambda cls: cls.name)


@pytest.fixture(scope="module", params=KINDS, ids=lambda cls: cls.name)
def ready(request: pytest.FixtureRequest) -> Iterator[Scorer]:
    scorer: Scorer = request.param()
    scorer.setup()
    yield scorer
    scorer.close()


def test_there_are_some() -> None:
    assert "text" in SCORERS


@each
def test_it_is_described_and_its_fields_make_a_form(cls: type[Scorer]) -> None:
    assert is_sentence(cls.about)
    assert cls.batch_size >= 1
    must_fit_a_form(cls)


@each
def test_its_scores_are_its_own(cls: type[Scorer]) -> None:
    others = [name for other in KINDS if other is not cls for name in other.scores]
    assert cls.scores
    assert not {*others, *SCORES} & set(cls.scores)


@each
def test_every_parameter_is_in_the_digest(cls: type[Scorer]) -> None:
    changed = [cls(**{name: value}) for name, value in other_values(cls).items()]
    assert len({cls().digest(), *(scorer.digest() for scorer in changed)}) == 1 + len(changed)


@each
def test_it_travels_before_it_is_set_up(cls: type[Scorer]) -> None:
    assert same_after_a_journey(cls(**other_values(cls)))


@each
def test_it_refuses_what_it_does_not_know(cls: type[Scorer]) -> None:
    with pytest.raises(ValidationError):
        cls(no_such_field=1)  # type: ignore[call-arg]


@each
def test_it_closes_though_it_never_opened(cls: type[Scorer]) -> None:
    cls().close()


def test_one_result_for_each_in_order(ready: Scorer, materials: list[Material]) -> None:
    alone = {material.id: ready.process([material])[0] for material in materials}
    for batch in (materials, materials[::-1]):
        assert list(ready.process(batch)) == [alone[material.id] for material in batch]
    assert all(isinstance(result, Measured) for result in alone.values())
    assert len({repr(result.scores) for result in alone.values()}) > 1  # or the order would prove nothing


def test_it_gives_the_scores_it_promised(ready: Scorer, materials: list[Material]) -> None:
    for measured in ready.process(materials):
        assert tuple(score.name for score in measured.scores) == ready.scores


def test_one_spoilt_clip_spoils_no_other(ready: Scorer, materials: list[Material]) -> None:
    clip = replace(materials[0].clip, video=replace(materials[0].clip.video, path="/no/such/film.mp4"))
    spoilt = replace(materials[0], clip=clip, sheet=Sheet("/no/such/sheet.jpg", (0.0,), (640, 360)))
    results = run_batch(ready, [spoilt, *materials[1:]])
    assert isinstance(results[0], Failed)
    assert all(isinstance(result, Done) for result in results[1:])
