"""What every scorer keeps to beside its settings; a new one is tested by being in the folder."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import pytest

from pipelines.kinds import SCORERS, Scorer
from pipelines.records import Material, Measured, Sheet
from pipelines.scan.params import SCORES
from pipelines.stage import Done, Failed, run_batch

KINDS = [cls for _, cls in SCORERS]
each = pytest.mark.parametrize("cls", KINDS, ids=lambda cls: cls.name)


@pytest.fixture(scope="module", params=KINDS, ids=lambda cls: cls.name)
def ready(request: pytest.FixtureRequest) -> Iterator[Scorer]:
    scorer: Scorer = request.param()
    scorer.setup()
    yield scorer
    scorer.close()


@each
def test_its_scores_are_its_own(cls: type[Scorer]) -> None:
    others = [name for other in KINDS if other is not cls for name in other.scores]
    assert cls.scores
    assert not {*others, *SCORES} & set(cls.scores)


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
