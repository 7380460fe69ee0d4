"""Pairs from what people changed and why."""

from __future__ import annotations

import json
from dataclasses import replace

from pipelines.exporters.preferences import Preferences, pairs
from pipelines.records import Author, Caption, Happened, KeptCaption, Review, Sample
from tests.support.leaving import sample

MACHINE = KeptCaption(Caption("A thing.", "small"))
OTHER = KeptCaption(Caption("A bird flies.", "large"))
EDIT = KeptCaption(Caption("A bird lands.", "", Author.PERSON), by="ann", parent=0, at=5.0)


def told(
    *captions: KeptCaption, in_force: int | None = None, state: str = "accepted", events: tuple[Happened, ...] = ()
) -> Sample:
    text = captions[in_force].caption.text if in_force is not None else ""
    return replace(
        sample(25), text=text, captions=captions, in_force=in_force, chosen=in_force, review=Review(state), events=events
    )


def rejected(place: int, reason: str) -> Happened:
    return Happened(f"k{place}", 4.0, "bo", "reject", {"after": {"reason": reason, "caption": place, "review": "rejected"}})


def found(one: Sample) -> list[tuple[str, str, str, str]]:
    words = [caption.caption.text for caption in one.captions]
    return [(words[pair.chosen], words[pair.rejected], pair.because, pair.by) for pair in pairs(one)]


def test_an_edit_is_preferred_to_what_it_replaced() -> None:
    assert found(told(MACHINE, EDIT, in_force=1)) == [("A bird lands.", "A thing.", "edit", "ann")]


def test_an_edit_of_an_edit_says_nothing_about_the_machine() -> None:
    second = KeptCaption(Caption("A gull lands.", "", Author.PERSON), by="bo", parent=1)
    assert found(told(MACHINE, EDIT, second, in_force=2)) == [("A bird lands.", "A thing.", "edit", "ann")]


def test_a_caption_rejected_for_itself_loses_to_the_accepted_one() -> None:
    one = told(MACHINE, OTHER, in_force=1, events=(rejected(0, "caption: invents something"),))
    assert found(one) == [("A bird flies.", "A thing.", "invents something", "bo")]


def test_a_clip_rejected_for_itself_says_nothing_about_captions() -> None:
    assert found(told(MACHINE, OTHER, in_force=1, events=(rejected(0, "clip: cut inside"),))) == []
    assert found(told(MACHINE, OTHER, in_force=1, state="waiting", events=(rejected(0, "caption: wrong"),))) == []
    assert found(told(MACHINE, OTHER, in_force=0, events=(rejected(0, "caption: wrong"),))) == []


def test_no_pair_is_there_twice_or_against_itself() -> None:
    one = told(MACHINE, EDIT, in_force=1, events=(rejected(0, "caption: wrong"), rejected(0, "caption: wrong again")))
    assert len(found(one)) == 1
    same = KeptCaption(Caption("A thing.", "", Author.PERSON), by="ann", parent=0)
    assert found(told(MACHINE, same, in_force=1)) == []


def test_a_row_is_what_a_trainer_of_preferences_reads() -> None:
    one = told(MACHINE, EDIT, in_force=1)
    (row,) = map(json.loads, Preferences(question="What is seen?").preview([one]).splitlines())
    assert (row["prompt"], row["chosen"], row["rejected"]) == ("What is seen?", "A bird lands.", "A thing.")
    assert (row["start_s"], row["end_s"], row["models"]) == (0.0, 2.0, ["ann", "small"])
    assert Preferences().refuses(told(MACHINE, in_force=0)) == "nobody has preferred one of its captions to another"
