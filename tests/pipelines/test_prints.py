"""Fingerprints are kept, compared and found as numbers."""

from __future__ import annotations

import numpy as np

from pipelines import prints
from tests.support.prints import made


def loaded(*values: str) -> prints.Prints:
    return prints.load([bytes.fromhex(value) for value in values])


def test_a_print_has_one_size_and_comes_back_as_it_was_stored() -> None:
    for tiles in (1, 5, prints.TILES):
        value = made(3, tiles=tiles)
        assert len(bytes.fromhex(value)) == 192
        assert prints.dump(loaded(value)[0]).hex() == value


def test_the_distance_is_the_mean_number_of_bits_that_fell_otherwise() -> None:
    one, other = loaded(made(1, tiles=4)), loaded(made(1, tiles=4))
    other[0, :2, prints.LOOK] ^= np.uint64(0b1111)
    other[0, :4, prints.CHANGE] ^= np.uint64(0b111 << 40)
    assert [float(bits[0]) for bits in prints.compare(one, one)] == [0, 0]
    assert [float(bits[0]) for bits in prints.compare(one, other)] == [2, 3]


def test_it_does_not_matter_which_comes_first() -> None:
    left, right = loaded(made(1), made(2), made(3)), loaded(made(1, disturbed=0.2), made(3), made(3, tiles=2))
    there, back = prints.compare(left, right), prints.compare(right, left)
    assert np.array_equal(there[0], back[0])
    assert np.array_equal(there[1], back[1])


def test_part_of_a_clip_is_no_copy_of_all_of_it() -> None:
    whole = loaded(made(1, tiles=8))
    part = whole.copy()
    part[0, 2:] = 0
    assert not prints.alike(*prints.compare(whole, part))[0]


def test_pictures_that_stay_alike_while_other_things_move_are_no_copies() -> None:
    one, other = loaded(made(1)), loaded(made(1))
    other[0, :5, prints.CHANGE] = loaded(made(2))[0, :5, prints.CHANGE]
    assert not prints.alike(*prints.compare(one, other))[0]
    still = loaded(made(1, still=True))
    assert prints.alike(*prints.compare(still, still))[0]


def test_a_copy_with_a_weak_bit_turned_is_still_found() -> None:
    one = loaded(made(1, tiles=1))
    other = one.copy()
    other[0, 0, prints.LOOK] ^= np.uint64(sum(0b101 << (band * prints.BAND_BITS) for band in range(prints.BANDS)))
    kept = set(prints.words(one).ravel().tolist()) - {-1}
    assert len(kept) == prints.BANDS
    assert kept.isdisjoint(prints.words(other).ravel().tolist())
    assert kept <= set(prints.likely_words(other).ravel().tolist())


def test_copies_in_a_library_are_found_once_nearest_first_and_never_within_a_video() -> None:
    values = [made(1), made(2), made(1, disturbed=0.06), made(3), made(1, disturbed=0.02), made(2)]
    videos = prints.numbers([1, 1, 2, 2, 3, 1])
    pairs, apart = prints.copies(loaded(*values), videos)
    assert pairs.tolist() == [[0, 4], [0, 2], [2, 4]] or pairs.tolist() == [[0, 4], [2, 4], [0, 2]]
    assert apart.tolist() == sorted(apart.tolist())


def test_a_word_shared_by_very_many_is_not_followed_to_all_of_them() -> None:
    many = 20 * prints.COMMON
    pairs, _ = prints.copies(loaded(*[made(1, still=True)] * many), prints.numbers(range(many)))
    assert prints.COMMON <= len(pairs) <= prints.COMMON * many
