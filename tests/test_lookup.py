"""Where features stand in an index: whatever was packed is found again, and nothing else."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from csbot.matching.lookup import Lookup

FEATURES = st.lists(st.text(st.characters(exclude_characters="\n"), min_size=1, max_size=4), unique=True, max_size=200)


@given(FEATURES, st.lists(st.text(max_size=4)), st.integers(0, 100_000), st.binary(max_size=8))
@example(["退", "退款", "款", "tui-kuan", "=退款", "\ud800"], ["退款\n", "\n", ""], 7, b"")
@example([], ["退"], 0, b"")
def test_what_was_packed_is_found_at_its_place(features: list[str], others: list[str], first: int, rest: bytes) -> None:
    joined, packed = Lookup.packed(features)
    lookup = Lookup(joined, len(features), first, memoryview(packed + rest))
    assert [lookup.get(value) for value in features] == list(range(first, first + len(features)))
    assert all(lookup.get(value) is None for value in others if value not in features)
    assert lookup.dictionary == {value: lookup.get(value) for value in features}
    assert (len(lookup), lookup.size) == (len(features), len(packed))


def test_features_in_one_slot_are_told_apart() -> None:
    features = [chr(0x4E00 + number) for number in range(2000)]  # so many that slots are taken
    joined, packed = Lookup.packed(features)
    lookup = Lookup(joined, len(features), 0, memoryview(packed))
    assert [lookup.get(value) for value in features] == list(range(2000))
    assert [lookup.get(chr(0x4E00 + number)) for number in range(2000, 6000)] == [None] * 4000
