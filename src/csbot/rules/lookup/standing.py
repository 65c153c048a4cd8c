"""Which phrases may stand in a text as they are written, and what in it sounds like others, by their anchors."""

from __future__ import annotations

from bisect import bisect_left
from collections import defaultdict

from csbot.rules.judging.reach import Span, windows
from csbot.rules.lookup.anchor_table import AnchorTable
from csbot.rules.lookup.anchors import Anchor
from csbot.rules.wording.reduce import Reduced, ambiguous_in, one_person

Candidates = dict[int, dict[int, list[Span]]]  # by rule and phrase: where in a folded text something of it stands
Sounding = list[tuple[Anchor, int, int]]  # with their spans in the reduced text


def standing_in(anchors: AnchorTable, text: str, reduced: Reduced) -> tuple[Candidates, Sounding]:
    """Return the phrases that may stand in a folded text as they are written, and what sounds like others."""
    exact: Candidates = defaultdict(lambda: defaultdict(list))
    sounding: Sounding = []
    alike = one_person(reduced.text)
    indexes = reduced.indexes
    for anchor, start, stop in anchors.candidates(reduced):
        if anchor.is_written(reduced.text[start:stop], alike[start:stop]):
            exact[anchor.rule][anchor.phrase].append((indexes[start], indexes[stop - 1] + 1))
        elif anchor.sounding and stop - start > 1:
            sounding.append((anchor, start, stop))
    spots = ambiguous_in(text)
    for first, last in windows(text, spots, anchors.longest):
        inside = [spot for spot in spots if first <= spot[0] < last]
        for anchor in anchors.ambiguous(reduced.text[bisect_left(indexes, first) : bisect_left(indexes, last)]):
            exact[anchor.rule][anchor.phrase] += inside
    return exact, sounding
