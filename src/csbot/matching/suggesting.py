"""What a trainer may look at: examples that hurt, and messages that belong together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from csbot.matching.crossing import Judged, is_stolen
from csbot.matching.features import plain
from csbot.matching.fuzzy import alike
from csbot.matching.matcher import Matcher
from csbot.matching.result import Decision
from csbot.matching.sparse import Multiplier
from csbot.matching.vectors import gather

NEARLY_THE_SAME = 90.0  # ratio from which two examples teach the same thing
ALONE = -2.0  # score below which an example is like no other of its situation
TOGETHER = 0.35  # likeness (cosine) from which a message belongs to a group


@dataclass(frozen=True, slots=True)
class Twins:
    """Two examples that are nearly the same; in two situations, or in one and in none, they contradict each other."""

    text: str
    intent: str
    other_text: str
    other_intent: str
    ratio: float


@dataclass(frozen=True, slots=True)
class Group:
    """Messages that were not recognised and are like each other; ``intent`` is the situation nearest to them."""

    texts: tuple[str, ...]
    intent: str | None


def mislabelled(judged: Sequence[Judged]) -> list[Judged]:
    """Return the examples that the others would give to another situation, surest first."""
    return sorted((each for each in judged if is_stolen(each)), key=lambda each: -each.lead)


def isolated(judged: Sequence[Judged]) -> list[Judged]:
    """Return the examples that resemble neither their own situation nor another one, least alike first."""
    found = [each for each in judged if each.intent and each.own < ALONE and not (each.winner and is_stolen(each))]
    return sorted(found, key=lambda each: each.own)


def twins(judged: Sequence[Judged]) -> list[Twins]:
    """Return pairs of examples that are nearly the same, those of different situations first.

    Examples of no situation are compared with those of situations, not with each other.
    """
    texts = [plain(each.text).replace(" ", "") for each in judged]
    kept = [at for at, text in enumerate(texts) if any(map(str.isalpha, text))]  # digits are all read as 0
    pairs = (
        (judged[kept[first]], judged[kept[second]], ratio)
        for first, second, ratio in alike([texts[at] for at in kept], NEARLY_THE_SAME)
    )
    found = [
        Twins(first.text, first.intent, second.text, second.intent, ratio)
        for first, second, ratio in pairs
        if first.intent or second.intent
    ]
    return sorted(found, key=lambda pair: (pair.intent == pair.other_intent, -pair.ratio))


def groups(matcher: Matcher, texts: Sequence[str], *, least: int = 2) -> list[Group]:
    """Return the messages that ``matcher`` does not recognise, put together by likeness, largest group first.

    A message joins the group whose first member it is most like, or starts one; groups of fewer than ``least``
    are left out.
    """
    import numpy as np

    open_texts = [text for text in dict.fromkeys(texts) if matcher.match(text).decision is not Decision.MATCHED]
    open_texts = [text for text in open_texts if plain(text)]
    if len(open_texts) < least or not open_texts:
        return []
    vectors = gather([matcher.index.extractor.views(plain(text)) for text in open_texts]).vectors()
    back, forward = vectors.transposed(), Multiplier(vectors)
    identity = np.eye(len(open_texts), dtype=np.float32)
    likeness = forward.times(Multiplier(back).times(identity))
    order = np.argsort(-(likeness >= TOGETHER).sum(axis=1), kind="stable")
    leaders: list[int] = []
    members: dict[int, list[int]] = {}
    for at in map(int, order):
        best = max(leaders, key=lambda leader, at=at: float(likeness[leader, at]), default=None)  # type: ignore[misc]
        if best is None or likeness[best, at] < TOGETHER:
            leaders.append(at)
            members[at] = []
            best = at
        members[best].append(at)
    result = []
    for leader in leaders:
        if len(members[leader]) >= least:
            candidates = matcher.match(open_texts[leader]).candidates
            result.append(
                Group(tuple(open_texts[at] for at in members[leader]), candidates[0].intent if candidates else None)
            )
    return sorted(result, key=lambda group: -len(group.texts))
