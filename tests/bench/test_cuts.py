"""How found cuts are compared with known ones; and the detectors on real videos."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.cuts import Known, Tally, found_cuts, found_transitions, known, tally, tally_transitions


def video(*cuts: float, fps: float = 25.0, name: str = "film.mp4") -> Known:
    return Known(Path(name), fps, cuts)


def test_a_cut_one_frame_off_is_found_and_two_frames_off_is_not() -> None:
    assert tally([1.05], video(1.0, fps=25)) == Tally(right=1)
    assert tally([1.09], video(1.0, fps=25)) == Tally(wrong=1, missed=1)
    assert tally([1.1], video(1.0, fps=10)) == Tally(right=1)


def test_a_cut_reported_twice_is_a_mistake_the_second_time() -> None:
    assert tally([1.0, 1.04], video(1.0)) == Tally(right=1, wrong=1)


def test_two_near_cuts_each_find_their_own() -> None:
    assert tally([51.417, 51.917], video(51.417, 51.917)) == Tally(right=2)


def test_a_dissolve_is_neither_asked_for_nor_a_mistake() -> None:
    film = video(8.008, name="torchcodec__nasa_13013.mp4")
    assert tally([5.5, 8.008], film) == Tally(right=1)
    assert tally([4.0, 8.008], film) == Tally(right=1, wrong=1)


def test_shares() -> None:
    one = Tally(right=6, wrong=2, missed=4)
    assert (one.precision, one.recall, one.f1) == (0.75, 0.6, pytest.approx(2 * 0.75 * 0.6 / 1.35))
    assert (Tally(missed=3).precision, Tally(missed=3).recall, Tally().f1) == (None, 0.0, None)


def test_the_index_is_read_without_the_broken_files(videos: Path) -> None:
    found = {one.path.name: one for one in known(videos)}
    assert found["torchcodec__nasa_13013.mp4"].cuts == (8.008,)
    assert found["opencv__vtest.avi"].cuts == ()
    assert all(one.path.exists() and "traps" not in one.path.parts for one in found.values())


def test_the_default_detector_finds_exactly_the_cuts_of_a_cartoon(videos: Path) -> None:
    (cartoon,) = (one for one in known(videos) if one.path.name == "samples__chrome.mp4")
    found = found_cuts(cartoon.path, ("adaptive", "fixed"))
    assert tally(found["adaptive"], cartoon) == Tally(right=6)
    assert tally(found["fixed"], cartoon) == Tally(missed=6)


def test_transitions_are_compared_by_overlap() -> None:
    name = "torchcodec__nasa_13013.mp4"
    assert tally_transitions([(4.9, 6.1)], name) == Tally(right=1)
    assert tally_transitions([(1.0, 2.0)], name) == Tally(wrong=1, missed=1)
    assert tally_transitions([], "film.mp4") == Tally()


def test_the_dissolve_of_a_real_video_is_found(videos: Path) -> None:
    path = videos / "torchcodec__nasa_13013.mp4"
    assert tally_transitions(found_transitions(path), path.name) == Tally(right=1)
