"""The dominant colours of a picture, by the names people use."""

from __future__ import annotations

from collections import Counter

import cv2
import numpy as np

from pipelines.scan.shrink import Image, halved

HUES = (
    (10, "red"),
    (22, "orange"),
    (34, "yellow"),
    (85, "green"),
    (100, "teal"),
    (130, "blue"),
    (155, "purple"),
    (172, "pink"),
)
"""Upper ends of hue (OpenCV's scale, 0 to 180) and their names; above the last it is red again."""
NAMES = ("black", "grey", "white", "brown", *dict.fromkeys(name for _, name in HUES))
SIDE = 48
"""Of the square picture in which pixels are counted."""
SHARE = 0.15
"""A colour is named when it covers at least this share of the picture."""


def named(pictures: list[Image], *, most: int = 3) -> list[str]:
    """Up to `most` colour names that cover at least `SHARE` of the pictures, the widest first."""
    if not pictures:
        return []
    small = [cv2.resize(halved(picture, 2 * SIDE), (SIDE, SIDE), interpolation=cv2.INTER_AREA) for picture in pictures]
    counts = _count(np.vstack(small))
    total = sum(counts.values())
    return [name for name, count in counts.most_common(most) if count >= SHARE * total]


def _count(bgr: Image) -> Counter[str]:
    hue, saturation, value = (plane.reshape(-1).astype(int) for plane in cv2.split(cv2.cvtColor(bgr, cv2.COLOR_BGR2HSV)))
    codes = np.full(hue.shape, NAMES.index("red"))
    for upper, name in reversed(HUES):
        codes[hue < upper] = NAMES.index(name)
    codes[(hue >= 5) & (hue < 22) & (value < 150) & (saturation >= 50)] = NAMES.index("brown")
    pale = saturation < 45
    codes[pale] = NAMES.index("grey")
    codes[pale & (value > 200)] = NAMES.index("white")
    codes[value < 45] = NAMES.index("black")
    return Counter(dict(zip(NAMES, np.bincount(codes, minlength=len(NAMES)).tolist(), strict=True)))
