"""Made fingerprints: alike or not, as a test needs them."""

from __future__ import annotations

import numpy as np

from pipelines import prints


def made(seed: int, *, disturbed: float = 0.0, tiles: int = 5, still: bool = False) -> str:
    """A fingerprint of its own for each seed. `disturbed` is the share of its bits that fall otherwise, as in a copy."""
    found = np.zeros((prints.TILES, 3), np.uint64)
    found[:tiles, prints.LOOK] = _bits(seed, 0, tiles)
    found[:tiles, prints.CHANGE] = 0 if still else _bits(seed, 1, tiles)
    noise = np.random.default_rng([seed, round(disturbed * 1000)]).random((2, tiles, 64)) < disturbed
    flips = (noise * (np.uint64(1) << np.arange(64, dtype=np.uint64))).sum(axis=2, dtype=np.uint64)
    found[:tiles, prints.LOOK] ^= flips[0]
    found[:tiles, prints.CHANGE] ^= 0 if still else flips[1]
    found[:tiles, prints.WEAK] = sum(0b111 << (band * prints.BAND_BITS) for band in range(prints.BANDS))
    return prints.dump(found).hex()


def _bits(seed: int, kind: int, tiles: int) -> np.ndarray:
    return np.random.default_rng([seed, kind]).integers(1, 2**63, tiles, np.uint64)
