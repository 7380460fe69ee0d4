"""Lists with captions from the browser: how they are read, what they would bring, and where they may not lead."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipelines.errors import Usage
from settings import Settings
from studio.imports import FORMATS, Outlook, Reading, inputs_of, outlook


@pytest.fixture
def listing(tmp_path: Path) -> Path:
    (tmp_path / "clips").mkdir()
    (tmp_path / "clips" / "a.mp4").write_bytes(b"x")
    path = tmp_path / "train.jsonl"
    path.write_text('{"path": "a.mp4", "text": "A."}\n{"path": "b.mp4", "text": "B."}\n{"text": "C."}\n', "utf-8")
    return path


def test_a_list_is_told_before_it_is_imported(settings: Settings, listing: Path) -> None:
    found = outlook(inputs_of(settings, [str(listing)], Reading(root=str(listing.parent / "clips"))))
    assert (found.clips, found.captions, found.lost, found.more) == (2, 2, 1, False)
    assert found.problems == ("line 3 of " + str(listing) + ": it names no file; correct or remove it",)


def test_a_column_that_is_not_there_is_said_line_by_line(settings: Settings, listing: Path) -> None:
    found = outlook(inputs_of(settings, [str(listing)], Reading(caption_column="words")))
    assert (found.clips, found.captions) == (0, 0)
    assert "it has no column 'words'" in found.problems[0]


def test_a_folder_is_read_with_the_captions_beside_its_clips(settings: Settings, listing: Path) -> None:
    folder = listing.parent / "clips"
    (folder / "a.txt").write_text("A.", "utf-8")
    assert outlook(inputs_of(settings, [str(folder)], Reading())) == Outlook(1, 1, 0, (), more=False)


def test_a_list_leads_nowhere_a_path_may_not(settings: Settings, listing: Path) -> None:
    narrow = replace(settings, roots=(listing.parent / "other",))
    with pytest.raises(Usage, match=r"names .*a\.mp4, which lies outside the folders"):
        inputs_of(narrow, [str(listing)], Reading(root=str(listing.parent / "clips")))


def test_what_cannot_be_imported_here_says_what_to_do(settings: Settings, listing: Path) -> None:
    with pytest.raises(Usage, match="known: auto"):
        inputs_of(settings, [str(listing)], Reading(format="word"))
    with pytest.raises(Usage, match="neither a folder nor a list"):
        inputs_of(replace(settings, roots=(listing.parent,)), [str(listing.parent / "clips" / "a.mp4")], Reading())
    listing.write_text('{"clapper": 1}\n', "utf-8")
    with pytest.raises(Usage, match=r"python app\.py import"):
        inputs_of(settings, [str(listing)], Reading())


def test_every_format_can_be_chosen_and_the_usual_needs_no_option() -> None:
    assert {"auto", "table", "sidecar"} <= set(FORMATS)
    assert Reading().options() == []
    told = Reading(format="table", root="/c", column="file", caption_column="words", scores=" motion, text ,")
    assert told.options() == [
        *("--format", "table", "--root", "/c", "--column", "file", "--caption-column", "words"),
        *("--score", "motion", "--score", "text"),
    ]
    assert Reading.like(told.input("/list.csv")) == told.model_copy(update={"scores": "motion, text"})
