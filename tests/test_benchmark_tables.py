"""The figures of the benchmarks are what they are called."""

from __future__ import annotations

import pytest
from benchmarks.tables import percentile


def test_one_slow_answer_of_a_hundred_is_not_the_percentile() -> None:
    seconds = [*([0.02] * 198), 0.1, 5.0]
    assert (percentile(seconds, 0.5), percentile(seconds, 0.99), percentile(seconds, 1)) == (0.02, 0.1, 5.0)


def test_a_percentile_is_a_part_of_a_whole() -> None:
    with pytest.raises(ValueError, match="99"):
        percentile([1.0, 2.0], 99)
