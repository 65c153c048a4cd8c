"""In what way a wording that was found differs from the wording as listed."""

from __future__ import annotations

from functools import lru_cache

from csbot.rules.compiled import Matcher
from csbot.rules.fold import Folded
from csbot.rules.model import PhraseRule
from csbot.rules.phrase import compile_phrase
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


@lru_cache(maxsize=4096)
def _as_listed(phrase: str) -> Matcher:
    word_text = compile_phrase(phrase, tolerant=True, fillers=False, keep_you=True, exact=True)
    return Matcher(word_text)


def _is_listed(rule: PhraseRule, text: str) -> bool:
    return any(_as_listed(phrase).matches(text) for phrase in rule.phrases)


def _once(text: str) -> str:
    return "".join(character for at, character in enumerate(text) if text[at - 1 : at] != character)


def ways_of(rule: PhraseRule, folded: Folded, start: int, stop: int) -> tuple[str, ...]:
    """Name every transformation between a phrase as listed and ``folded.text[start:stop]`` as it was written."""
    normalised = folded.normalised
    raw_start, raw_end = folded.raw_span(start, stop)
    found = normalised.raw[raw_start:raw_end]
    if found in rule.phrases or found == rule.name:
        return ()
    ways: list[str] = []
    bridges = folded.bridges(start, stop)
    if any("\n" in bridge for bridge in bridges):
        ways.append(WRAPPED)
    if any(bridge.replace("\n", "") for bridge in bridges):
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
    if not all(is_traditional_character(raw) for raw in changed):
        ways.append(WIDTH)
    return (*ways, *ways_as_written(rule, folded.text[start:stop]))


@lru_cache(maxsize=4096)
def ways_as_written(rule: PhraseRule, word: str) -> tuple[str, ...]:
    """Name the transformations between a phrase as listed and a folded text."""
    return () if word == rule.name or _is_listed(rule, word) else tuple(_wording_ways(rule, word))


def _wording_ways(rule: PhraseRule, word: str) -> list[str]:
    once = _once(word)
    ways = [REPEATED] if once != word else []
    if once != word and _is_listed(rule, once):
        return ways
    swapped = {
        once.replace(old, new)
        for old, new in (("您", "你"), ("你", "您"), ("我们", "我"), ("咱们", "我们"), ("你们", "你"), ("我", "我们"))
    }
    if any(each != once and _is_listed(rule, each) for each in swapped):
        return [*ways, PERSON]
    return [*ways, INSERTED]
