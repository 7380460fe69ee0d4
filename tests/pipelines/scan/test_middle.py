"""The median is NumPy's."""

from __future__ import annotations

import numpy as np
import pytest

from pipelines.scan.middle import median


@pytest.mark.parametrize("values", [[3], [3, 1], [5, 1, 3], [1, 2, 10, 3], [[4, 9], [7, 250]]])
@pytest.mark.parametrize("dtype", [np.uint8, np.float32])
def test_it_is_the_number_that_numpy_gives(values: list[int], dtype: type[np.generic]) -> None:
    numbers = np.array(values, dtype)
    assert median(numbers) == float(np.median(numbers))


def test_of_nothing_there_is_none() -> None:
    with pytest.raises(IndexError):
        median(np.array([]))
