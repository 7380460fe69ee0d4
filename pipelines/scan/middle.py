"""The median of a few numbers.

NumPy's own brings `numpy.ma` along at its first call, which takes as long as decoding a dozen frames, and a tenth of a
millisecond at every call.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt


def median(values: npt.NDArray[Any]) -> float:
    """The middle one, or the mean of the two in the middle. Raises `IndexError` when there are none."""
    ordered = np.sort(values, axis=None)
    return (float(ordered[(ordered.size - 1) // 2]) + float(ordered[ordered.size // 2])) / 2
