"""The settings of the scan: what a form is made of."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from pipelines.scan.detectors import DETECTORS
from pipelines.scan.params import Scan
from tests.support.stages import must_fit_a_form, other_values, same_after_a_journey


def test_its_fields_make_a_form() -> None:
    must_fit_a_form(Scan)
    for name, value in other_values(Scan).items():
        if name != "max_s":  # must stay twice as long as min_s
            made = Scan(**{name: value})
            assert same_after_a_journey(made)
            assert made.digest() != Scan().digest()


def test_every_detector_can_be_chosen() -> None:
    field = Scan.model_json_schema()["properties"]["detector"]
    assert field["enum"] == [name for name, _ in DETECTORS]
    for name in field["enum"]:
        assert Scan(detector=name).detector == name
        assert name in field["description"]


def test_an_unknown_detector_is_answered_with_the_known_ones() -> None:
    with pytest.raises(ValidationError, match="no detector 'magic'; known: adaptive, content, fixed"):
        Scan(detector="magic")
