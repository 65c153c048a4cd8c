"""Many texts looked for at once: what a process makes that has looked up more than making it costs."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence


class Automaton:
    """Finds every place of every key in a text, however many keys there are."""

    def __init__(self, keys: Sequence[str], begin: int) -> None:
        """Take keys in order; those from the number ``begin`` on are looked for, equal ones as one."""
        from ahocorasick_rs import AhoCorasick, Implementation

        firsts: dict[str, int] = {}
        for at, key in enumerate(keys):
            if at >= begin:
                firsts.setdefault(key, at)
        # A tenth of the memory of a table of states, and twice as fast to make as to look up a thousand texts by hand.
        self._matcher = AhoCorasick(firsts, implementation=Implementation.ContiguousNFA, store_patterns=False)
        self._firsts = array("I", [*firsts.values(), len(keys)])

    def places(self, text: str) -> Iterator[tuple[range, int, int]]:
        """Yield the numbers of the keys that stand in the text, with their span; in order of their places."""
        firsts = self._firsts
        found = self._matcher.find_matches_as_indexes(text, overlapping=True)
        found.sort(key=_span)
        for which, start, end in found:
            yield range(firsts[which], firsts[which + 1]), start, end


def _span(found: tuple[int, int, int]) -> tuple[int, int]:
    return found[1:]
