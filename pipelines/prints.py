"""Fingerprints of clips: what they hold, how two are compared, under which words one is found. Numbers only, no pictures.

    value   8 tiles x (look, change, weak), 64 bits each, 192 bytes; a tile whose look is 0 is not there
    look    signs of the low frequencies of one sampled picture, as in a perceptual hash, in three bands of 21 bits
    change  the same of its difference from the clip's mean picture; 0 where hardly anything changes
    weak    in each band the three bits of the look that were the nearest to falling the other way

Copies agree in some band of some tile, or would if weak bits had fallen otherwise: that is how they are found. Then all is
compared. `change` keeps apart what one fixed camera saw at two different times.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

TILES = 8
BANDS, BAND_BITS, WEAK_BITS = 3, 21, 3
LOOK, CHANGE, WEAK = range(3)
MOST_LOOK = 14.0
"""Bits of 64 in which the looks of copies differ on average. Chance is 32; unrelated clips were never seen below 17."""
MOST_CHANGE, SLACK_BELOW = 15.0, 7.0
"""The same for the changes: copies cut at the same times reach 13, what one camera saw at different times lies between 14
and 38. Where the looks differ by less than `SLACK_BELOW`, as many bits more are allowed: a copy cut a quarter of a second
later needs them."""
NOT_THERE = 255
COMMON = 32
"""A word that more clips share says little: only so many are looked at."""
UNLIKE = 12
"""Bits in which two tiles may differ that share a word, for their clips to be worth comparing."""
AT_ONCE = 10_000
"""Clips or pairs in one go, so that memory stays small."""

Prints = npt.NDArray[np.uint64]
"""n x `TILES` x 3."""
Floats = npt.NDArray[np.float64]
Words = npt.NDArray[np.int64]


def load(values: Sequence[bytes]) -> Prints:
    """Stored values as numbers."""
    return np.frombuffer(b"".join(values), ">u8").astype(np.uint64).reshape(len(values), TILES, 3)


def numbers(values: Sequence[int]) -> Words:
    return np.array(values, np.int64)


def dump(one: npt.NDArray[np.uint64]) -> bytes:
    """A single print, `TILES` x 3, as it is stored."""
    return one.astype(">u8").tobytes()


def words(prints: Prints) -> Words:
    """Under which words each print is kept: n x (`TILES` * `BANDS`); -1 for tiles that are not there."""
    looks = prints[:, :, LOOK]
    found = np.stack([_word(looks, band) for band in range(BANDS)], axis=2)
    return np.where(looks[:, :, None] == 0, -1, found).reshape(len(prints), TILES * BANDS)


def likely_words(prints: Prints) -> Words:
    """Under which words copies of each print may be kept: n x (`TILES` * `BANDS`) x 8, the weak bits either way."""
    exact = words(prints)
    weak = np.stack([_bits(prints[:, :, WEAK], band) for band in range(BANDS)], axis=2).reshape(exact.shape)
    flips = np.zeros((*exact.shape, 1), np.int64)
    for _ in range(WEAK_BITS):
        lowest = weak & -weak
        weak = weak ^ lowest
        flips = np.concatenate([flips, flips ^ lowest[..., None]], axis=2)
    return np.where(exact[..., None] < 0, -1, exact[..., None] ^ flips)


def compare(left: Prints, right: Prints) -> tuple[Floats, Floats]:
    """Bits of 64 in which looks and changes differ, pair by pair. Each tile is compared with the one most like it on the
    other side, so that clips cut at other times still meet; changes are 0 where too little moves to tell."""
    there = (left[:, :, None, LOOK] != 0) & (right[:, None, :, LOOK] != 0)
    moving = there & (left[:, :, None, CHANGE] != 0) & (right[:, None, :, CHANGE] != 0)
    look = np.where(there, np.bitwise_count(left[:, :, None, LOOK] ^ right[:, None, :, LOOK]), NOT_THERE)
    change = np.where(moving, np.bitwise_count(left[:, :, None, CHANGE] ^ right[:, None, :, CHANGE]), 0)
    both = [_one_way(look, change, moving), _one_way(*(table.transpose(0, 2, 1) for table in (look, change, moving)))]
    compared: Floats = both[0][2] + both[1][2]
    changes = np.where(compared >= 2, (both[0][1] + both[1][1]) / np.maximum(compared, 1), 0.0)
    return np.maximum(both[0][0], both[1][0]), changes


def alike(look: Floats, change: Floats) -> npt.NDArray[np.bool_]:
    """Whether pairs at these distances are copies."""
    return (look <= MOST_LOOK) & (change <= MOST_CHANGE + np.maximum(SLACK_BELOW - look, 0.0))


def copies(prints: Prints, videos: Words) -> tuple[Words, Floats]:
    """Every pair of copies in a library, as row numbers m x 2, and how far apart each pair is, nearest first.

    `videos` says which video each clip is of; clips of one video are no copies of each other. Time grows with the library,
    not with its square: clips meet under their words alone."""
    shelf = _Shelf(prints)
    found = [shelf.meet(prints, videos, start) for start in range(0, len(prints), AT_ONCE)]
    together = np.unique(np.concatenate([np.zeros(0, np.int64), *found]))
    pairs = np.stack(np.divmod(together, max(len(prints), 1)), axis=1)
    kept, apart = [pairs[:0]], [np.zeros(0)]
    for start in range(0, len(pairs), AT_ONCE):
        part = pairs[start : start + AT_ONCE]
        look, change = compare(prints[part[:, 0]], prints[part[:, 1]])
        same = alike(look, change)
        kept.append(part[same])
        apart.append((look + change)[same])
    distance = np.concatenate(apart)
    order = np.argsort(distance, kind="stable")
    return np.concatenate(kept)[order], distance[order]


class _Shelf:
    """The words of a library, each with the tiles that stand under it."""

    def __init__(self, prints: Prints) -> None:
        exact = words(prints)
        self._words_a_clip = exact.shape[1]
        order = np.argsort(exact, axis=None, kind="stable")
        sorted_words = exact.reshape(-1)[order]
        self._standing = order[np.searchsorted(sorted_words, 0) :]  # without tiles that are not there
        counts = np.bincount(sorted_words[sorted_words >= 0], minlength=BANDS << BAND_BITS)
        self._counts = np.minimum(counts, COMMON)
        self._starts = np.cumsum(counts) - counts

    def meet(self, prints: Prints, videos: Words, start: int) -> Words:
        """Pairs worth comparing of `AT_ONCE` clips from `start` with all others, each as lower * n + higher."""
        wanted = likely_words(prints[start : start + AT_ONCE])
        flat, flips = wanted.reshape(-1), wanted.shape[2]
        asking = np.flatnonzero((flat >= 0) & (self._counts[flat] > 0))
        number = self._counts[flat[asking]]
        nth = np.arange(number.sum()) - np.repeat(np.cumsum(number) - number, number)
        theirs = self._standing[np.repeat(self._starts[flat[asking]], number) + nth]
        mine = np.repeat(asking // flips, number) + start * self._words_a_clip
        left, right = mine // self._words_a_clip, theirs // self._words_a_clip
        looks = prints[:, :, LOOK].reshape(-1)
        near = np.bitwise_count(looks[mine // BANDS] ^ looks[theirs // BANDS]) <= UNLIKE
        near &= videos[left] != videos[right]
        left, right = left[near], right[near]
        return np.unique(np.minimum(left, right) * len(prints) + np.maximum(left, right))


def _one_way(look: Floats, change: Floats, moving: npt.NDArray[np.bool_]) -> tuple[Floats, Floats, Floats]:
    """From each tile on the left to the nearest on the right: mean bits of the looks, summed bits of the changes, of how
    many."""
    nearest = np.asarray(2 * look + change).argmin(axis=2)[:, :, None]
    bits, changed, compared = (np.take_along_axis(table, nearest, axis=2)[:, :, 0] for table in (look, change, moving))
    there = np.less(bits, NOT_THERE)
    mean = (bits * there).sum(axis=1) / np.maximum(there.sum(axis=1), 1)
    return mean, changed.sum(axis=1), compared.sum(axis=1)


def _word(looks: npt.NDArray[np.uint64], band: int) -> Words:
    return _bits(looks, band) | (band << BAND_BITS)


def _bits(values: npt.NDArray[np.uint64], band: int) -> Words:
    return ((values >> np.uint64(band * BAND_BITS)) & np.uint64((1 << BAND_BITS) - 1)).astype(np.int64)
