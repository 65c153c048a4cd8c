"""In what way a wording that was found differs from the wording as listed."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from functools import lru_cache

from csbot.rules.wording.compiled import Matcher
from csbot.rules.wording.fold import Folded
from csbot.rules.wording.model import Kind, PhraseRule
from csbot.rules.wording.phrase import compile_phrase
from csbot.text.normalise import is_traditional_character

SEPARATED = "夹入符号或空格"
WRAPPED = "从中间换行"
INVISIBLE = "夹入不可见字符"
TRADITIONAL = "繁体字"
WIDTH = "全角或大小写"
REPEATED = "重复字"
PERSON = "人称互换"
INSERTED = "夹入虚词"
HOMOPHONE = "谐音字"
PINYIN = "拼音"
INITIALS = "拼音首字母"
LOOK_ALIKE = "形近字"
TAKEN_APART = "拆字"
REORDERED = "颠倒语序"
DIALECT = "方言"


# Of two explanations the shorter one counts.
_EXPLANATIONS: tuple[tuple[str, ...], ...] = (
    (),
    (REPEATED,),
    (PERSON,),
    (INSERTED,),
    (REPEATED, PERSON),
    (REPEATED, INSERTED),
    (PERSON, INSERTED),
    (REPEATED, PERSON, INSERTED),
)


@lru_cache(maxsize=4096)
def _allowing(phrase: str, ways: tuple[str, ...], keep_you: bool, whole: bool) -> Matcher:
    """Return a phrase that allows for nothing but these ways of writing it otherwise."""
    fillers, persons, repeats = INSERTED in ways, PERSON in ways, REPEATED in ways
    compiled = compile_phrase(
        phrase, tolerant=True, fillers=fillers, keep_you=keep_you, persons=persons, repeats=repeats
    )
    return Matcher(compiled, whole=whole and fillers)


def ways_of(rule: PhraseRule, folded: Folded, start: int, stop: int, phrases: Sequence[str] = ()) -> tuple[str, ...]:
    """Name every transformation between a phrase as listed and ``folded.text[start:stop]`` as it was written.

    ``phrases`` are those of the rule that match it, where they are known.
    """
    normalised = folded.normalised
    raw_start, raw_end = folded.raw_span(start, stop)
    found = normalised.raw[raw_start:raw_end]
    if found in rule.phrases or found == rule.name:
        return ()
    ways: list[str] = []
    bridges = folded.bridges(start, stop)
    if any("\n" in bridge for bridge in bridges):
        ways.append(WRAPPED)
    if any(bridge if "\n" not in bridge else bridge.strip(" \n") for bridge in bridges):
        ways.append(SEPARATED)
    first, last = folded.indexes[start], folded.stops[stop - 1]
    # What has no character of its own in the normalised text was left out as invisible.
    if len(set(normalised.starts[first:last])) < raw_end - raw_start:
        ways.append(INVISIBLE)
    changed = {
        raw: text
        for at in range(first, last)
        if (raw := normalised.raw[normalised.starts[at]]) != (text := normalised.text[at]) and text.isalnum()
    }
    if any(is_traditional_character(raw) for raw in changed):
        ways.append(TRADITIONAL)
    if not all(is_traditional_character(raw) or _is_marked_letter(raw) for raw in changed):
        ways.append(WIDTH)
    return (*ways, *ways_as_written(rule, folded.text[start:stop], phrases))


def _is_marked_letter(character: str) -> bool:
    """Tell whether a letter bears a tone mark, as pinyin does: 「bù」."""
    plain = unicodedata.normalize("NFD", character)[0]
    return plain != character and plain.isascii() and plain.islower()


def ways_as_written(rule: PhraseRule, word: str, phrases: Sequence[str] = ()) -> tuple[str, ...]:
    """Name the transformations between a phrase as listed and a folded text.

    ``phrases`` are those of the rule that match it, where they are known: it saves time.
    """
    if word == rule.name or word in rule.phrases:
        return ()
    whole = rule.kind in (Kind.CLAUSE, Kind.SENTENCE)  # then particles may open and close it
    for ways in _EXPLANATIONS:
        if any(_allowing(phrase, ways, rule.keep_you, whole).matches(word) for phrase in phrases or rule.phrases):
            return ways
    return (INSERTED,)
