"""What the catalogue promises of its entries."""

from __future__ import annotations

from pipelines import weights
from pipelines.catalogue import catalogue

NOT_KNOWN = {"llava-next-video-7b", "cogvlm2-caption"}
"""Whose commits stand in no public text; the first that is fetched is kept to."""


def test_models_that_are_fetched_are_kept_to_a_commit() -> None:
    fetched = [model for model in catalogue().values() if not model.hosted and not model.file]
    assert {model.name for model in fetched if not weights.COMMIT.fullmatch(model.revision)} == NOT_KNOWN


def test_no_two_entries_share_a_commit() -> None:
    commits = [model.revision for model in catalogue().values() if model.revision]
    assert len(commits) == len(set(commits))
