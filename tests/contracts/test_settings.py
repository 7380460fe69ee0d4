"""What the settings of every stage keep to, whatever its kind; a new one is tested by being in its folder."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from pipelines.kinds import ALIGNERS, CAPTIONERS, REWRITERS, SCORERS
from pipelines.stage import Stage
from tests.support.stages import is_sentence, must_fit_a_form, other_values, same_after_a_journey

Kind = type[Stage[Any, Any]]
KINDS: list[Kind] = [cls for registry in (SCORERS, CAPTIONERS, REWRITERS, ALIGNERS) for _, cls in registry]
each = pytest.mark.parametrize("cls", KINDS, ids=lambda cls: cls.name)


def test_there_are_some_of_each() -> None:
    assert {"text", "measured", "tidy", "judge"} <= {cls.name for cls in KINDS}


def test_no_two_have_one_name() -> None:
    assert len({cls.name for cls in KINDS}) == len(KINDS), "a recipe could not tell them apart"


@each
def test_it_is_described_and_its_fields_make_a_form(cls: Kind) -> None:
    assert is_sentence(cls.about)
    assert cls.batch_size >= 1
    must_fit_a_form(cls)


@each
def test_every_parameter_is_in_the_digest(cls: Kind) -> None:
    changed = [cls(**{name: value}) for name, value in other_values(cls).items()]
    assert len({cls().digest(), *(stage.digest() for stage in changed)}) == 1 + len(changed)


@each
def test_it_travels_before_it_is_set_up(cls: Kind) -> None:
    assert same_after_a_journey(cls(**other_values(cls)))


@each
def test_it_refuses_what_it_does_not_know(cls: Kind) -> None:
    with pytest.raises(ValidationError):
        cls(no_such_field=1)


@each
def test_it_closes_though_it_never_opened(cls: Kind) -> None:
    cls().close()
