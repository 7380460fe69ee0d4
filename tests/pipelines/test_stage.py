"""A batch survives its guilty items, and settings have one digest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import Field, PrivateAttr, ValidationError

from pipelines.errors import Cancelled, Fatal, Refused
from pipelines.stage import Done, Failed, Stage, digest, run_batch


class Double(Stage[int, int]):
    """Doubles; chokes on negative numbers and on more than `room` of them at once."""

    name: ClassVar[str] = "double"
    about: ClassVar[str] = "Doubles numbers."
    room: int = Field(100, description="How many fit at once")
    _seen: list[int] = PrivateAttr(default_factory=list)

    def process(self, batch: Sequence[int]) -> list[int]:
        self._seen.append(len(batch))
        if len(batch) > self.room:
            raise MemoryError("out of memory")
        if any(number < 0 for number in batch):
            raise ValueError("negative")
        return [2 * number for number in batch]


@given(st.lists(st.integers(-3, 50), min_size=1, max_size=20), st.integers(1, 20))
def test_only_the_guilty_fail_and_order_is_kept(numbers: list[int], room: int) -> None:
    results = run_batch(Double(room=room), numbers)
    assert [result.item for result in results] == numbers
    for result in results:
        if result.item < 0:
            assert isinstance(result, Failed)
            assert (result.kind, result.reason) == ("stage_error", "ValueError: negative")
            assert 'raise ValueError("negative")' in result.trace
        else:
            assert result == Done(result.item, 2 * result.item)


def test_a_good_batch_is_run_once() -> None:
    stage = Double()
    run_batch(stage, list(range(50)))
    assert stage._seen == [50]


def test_finding_one_guilty_item_takes_few_tries() -> None:
    stage = Double()
    run_batch(stage, [*range(31), -1, *range(32)])
    assert len(stage._seen) == 13  # the whole, then two halves six times


class Short(Double):
    def process(self, batch: Sequence[int]) -> list[int]:
        return [1] * (len(batch) - 1)


def test_results_that_do_not_match_the_batch_are_nobodys() -> None:
    assert all(isinstance(result, Failed) for result in run_batch(Short(), [1, 2, 3]))


class Raises(Stage[Exception, int]):
    name: ClassVar[str] = "raises"
    about: ClassVar[str] = "Raises what it is given."

    def process(self, batch: Sequence[Exception]) -> list[int]:
        raise batch[0]


@pytest.mark.parametrize("error", [Fatal("the weights are missing"), Cancelled("stop")])
def test_what_concerns_the_whole_stage_passes_through(error: Exception) -> None:
    with pytest.raises(type(error)):
        run_batch(Raises(), [error, error])


def test_a_refusal_keeps_its_kind_and_sentence() -> None:
    error = Refused("too_large", "the picture is too large")
    assert run_batch(Raises(), [error]) == [Failed(error, "too_large", "the picture is too large")]


def test_the_digest_knows_parameters_version_and_name() -> None:
    class Newer(Double):
        version: ClassVar[int] = 2

    class Renamed(Double):
        name: ClassVar[str] = "twice"

    digests = {stage.digest() for stage in (Double(), Double(room=5), Newer(), Renamed())}
    assert len(digests) == 4
    assert Double().digest() == Double(room=100).digest()


def test_the_order_of_keys_does_not_matter() -> None:
    assert digest({"a": 1, "b": [1, 2]}) == digest({"b": [1, 2], "a": 1})
    assert digest([1, 2]) != digest([2, 1])
    assert digest("é") != digest("e")


def test_settings_are_frozen_and_refuse_what_they_do_not_know() -> None:
    with pytest.raises(ValidationError):
        Double(rooom=3)  # type: ignore[call-arg]
    with pytest.raises(ValidationError):
        Double().room = 3  # type: ignore[misc]
