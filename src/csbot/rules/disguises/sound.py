"""Expressions written by their sound: homophones (布知道), pinyin (buzhidao, 不zhidao) and initials (不zd).

A candidate is corrected to the wording it sounds like, and the corrected text goes through the ordinary check:
whatever that tolerates or spares, it tolerates and spares here too.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import NamedTuple

from csbot.rules.disguises.latin import MOST_LETTERS, runs_of_letters, syllables_of
from csbot.rules.judging.evidence import is_error
from csbot.rules.judging.ways import HOMOPHONE, INITIALS, LOOK_ALIKE, PINYIN
from csbot.rules.lookup.anchors import Anchor
from csbot.rules.lookup.compact import Lookup, Packed, Packer, Texts, Unpacker
from csbot.rules.wording.fold import CLOSING_PARTICLES, Folded
from csbot.rules.wording.reduce import Reduced, one_person, same_person
from csbot.text.normalise import normalise
from csbot.text.pinyin import ALSO_READ, coarse, look_alike, reading, sound_codes, spoken_table
from csbot.text.segment import CLAUSE_ENDS, is_han

MOST_RUNS = 10_000  # of letters whose meaning is remembered
MOST_INITIALS = 6  # letters of a run that can be initials
SHORTEST_FOR_INITIALS = 3
SHORTEST_ALONE = 3  # letters of a syllable that is a clause of its own
LETTERS_OF_TWO = 5  # 「shazi」: letters from which two syllables by themselves are taken for pinyin
LETTERS_BESIDE_A_HOMOPHONE = 3  # 「bao正」: letters of a syllable beside a single character that only sounds right

_PERSONS = "我你他她"  # say too little by themselves: 元你 is no 怨你
_ENGLISH = frozenset(("you", "men", "fan", "ban", "can", "pan", "sun", "long", "song"))  # also words of English


class Correction(NamedTuple):
    """Folded text with one place corrected to the wording of a phrase, and how that place was written.

    ``places`` are the characters that had to be corrected: a hit that holds one of them is one that the correction
    brought about.
    """

    folded: Folded
    places: Sequence[int]
    rule: int  # the number of the rule, and that of the phrase in it
    phrase: int
    way: str


def homophones(folded: Folded, reduced: Reduced, candidates: Iterable[tuple[Anchor, int, int]]) -> Iterator[Correction]:
    """Yield a correction for each candidate that is a likely typing error of its anchor."""
    for anchor, start, end in candidates:
        written = one_person(reduced.text[start:end])
        differing = differences(written, anchor)
        if not differing:
            continue
        text = list(folded.text)
        places = [reduced.indexes[start + at] for at in differing]
        for at, place in zip(differing, places, strict=True):
            text[place] = anchor.text[at]
        corrected = replace(folded, text="".join(text))
        first, last = reduced.indexes[start], reduced.indexes[end - 1] + 1
        if is_error(folded, corrected, first, last, places):
            alike = all(look_alike(written[at], anchor.text[at]) for at in differing)
            yield Correction(corrected, places, anchor.rule, anchor.phrase, LOOK_ALIKE if alike else HOMOPHONE)


def differences(written: str, anchor: Anchor) -> list[int]:
    """Return where ``written`` differs from the anchor that it sounds like.

    Empty also where so much differs that nobody would read it as the anchor, or anything but Han characters does.
    """
    meant = anchor.text
    differing = [
        at
        for at, (one, other) in enumerate(zip(written, meant, strict=True))
        if one != other and one_person(other) != one  # which of 你 and 您 it is, the text itself says
    ]
    size = anchor.size
    if len(differing) > max(2, size - 2) or size - sum(map(meant.count, _PERSONS)) < 2:
        return []
    if not all(is_han(written[at]) and is_han(meant[at]) for at in differing):
        return []
    if size == 2 and not all(_sounds_the_same(written[at], meant[at]) for at in differing):
        return []
    return differing


def _sounds_the_same(one: str, other: str) -> bool:
    return reading(one) == reading(other) or look_alike(one, other)


class _Item(NamedTuple):
    """One character or one syllable of a text with Latin letters, and its folded span."""

    text: str  # empty for a syllable in Latin letters
    sound: str
    initial: str
    start: int
    stop: int

    @property
    def is_letter(self) -> bool:
        """Whether this is a letter that stands for a whole syllable."""
        return not self.text and self.stop - self.start == 1 and self.sound.isascii()


def spelled_of(anchors: Iterable[Anchor]) -> Iterator[tuple[int, int, str]]:
    """Yield what Latin letters may spell of anchors, once each: the numbers of rule and phrase, and the wording."""
    seen: set[tuple[int, int, str]] = set()
    for anchor in anchors:
        if not (anchor.sounding or (len(anchor.literal) == 1 and anchor.text not in _PERSONS)):
            continue
        # Letters hide which of the small words were left out: a phrase counts in full, and reduced.
        for text in (anchor.text, one_person("".join(filter(str.isalnum, anchor.literal)))):
            row = anchor.rule, anchor.phrase, text
            if (len(text) > 1 or text == anchor.literal) and row not in seen and all(map(is_han, text)):
                seen.add(row)
                yield row


def spellings_from(spelled: Iterable[tuple[int, int, str]]) -> Packed:
    """Return for the cache what ``Spelled`` is made of, given what ``spelled_of`` yields."""
    table = spoken_table()
    rows = sorted((text.translate(table), at, rule, phrase, text) for at, (rule, phrase, text) in enumerate(spelled))
    sounds, _, rules, phrases, texts = zip(*rows, strict=True) if rows else ((), (), (), (), ())
    packer = Packer().numbers(array("I", rules)).numbers(array("I", phrases)).texts(Texts.of(texts))
    packer.lookup(Lookup.of(sounds)).lookup(Lookup.of(initials_of(texts)))
    return packer.numbers(array("I", sorted(set(map(len, texts))))).packed()


def initials_of(texts: Sequence[str]) -> list[str]:
    """Return the initials of the syllables of each text; a character that has no reading has none."""
    table = {ord(character): reading(character)[:1] for character in set("".join(texts))}
    return [text.translate(table) for text in texts]


class Spelled:
    """Finds phrases of which a part is spelled in Latin letters."""

    def __init__(self, spellings: Packed) -> None:
        """Take what ``spellings_from`` gives."""
        unpacker = Unpacker(spellings)
        self._rules, self._phrases, self._texts = unpacker.numbers(), unpacker.numbers(), unpacker.texts()
        self._by_sounds, self._by_initials = unpacker.lookup(), unpacker.lookup()
        self._sizes = unpacker.numbers()
        self._known: dict[str, bool] = {}

    def with_initials(self, letters: str) -> Iterator[tuple[str, int]]:
        """Yield every wording whose initials hold some letters, and where in it they are."""
        for number, at in self._by_initials.keys.holding(letters):
            yield self._texts[self._by_initials.row(number)], at

    def may_mean(self, raw: str) -> bool:
        """Tell whether a run of letters can be a part of a phrase, as syllables or as initials.

        A single capital letter (「A座」「B超」) is none.
        """
        if raw not in self._known:
            run = normalise(raw).text
            if len(self._known) > MOST_RUNS:
                self._known.clear()
            syllables = syllables_of(run) if len(run) <= MOST_LETTERS else ()
            sounds = "".join(_sound_of(each) for each in syllables if len(each) > 1)
            spelled = len(sounds) == len(syllables) > 0 and sounds in self._by_sounds.keys.joined
            initials = len(run) <= MOST_INITIALS and run in self._by_initials.keys.joined
            self._known[raw] = spelled or (initials and (len(run) > 1 or not raw.isupper()))
        return self._known[raw]

    def corrections(self, folded: Folded, reduced: Reduced) -> Iterator[Correction]:
        """Yield a correction for each place that spells a phrase, at least in part, by pinyin or by initials."""
        pieces: dict[int, tuple[str, ...]] = {}
        runs: set[tuple[int, int]] = set()
        for start, stop in runs_of_letters(folded):
            if self.may_mean(folded.raw_text(start, stop)):
                pieces[start] = syllables_of(run := folded.text[start:stop]) or tuple(run)
                runs.add((start, stop))
        if not runs or not self._sizes:
            return
        kept = frozenset(reduced.indexes)
        everything = _items(folded, pieces)
        for items in (everything, [item for item in everything if not item.text or item.start in kept]):
            for start, end, row in self._places(items, runs):
                if end - start == 1 and not _is_all_that_is_said(folded, items[start]):
                    continue
                if end - start == 2 and _is_a_name(folded, items[start:end], self._texts[row]):
                    continue
                yield _corrected(folded, items[start:end], self._rules[row], self._phrases[row], self._texts[row])

    def _places(self, items: list[_Item], runs: set[tuple[int, int]]) -> Iterator[tuple[int, int, int]]:
        ends = {start for start, _ in runs}, {stop for _, stop in runs}
        sounds = "".join(item.sound[:1] for item in items)
        initials = "".join(item.initial for item in items)
        latin = {at for at, item in enumerate(items) if not item.text}
        letters = {at for at in latin if items[at].is_letter}
        starts = {start for at in latin for start in range(max(0, at - self._sizes[-1] + 1), at + 1)}
        for start in sorted(starts):
            for size in self._sizes:
                end = start + size
                if end > len(items):
                    break
                if letters.isdisjoint(range(start, end)):
                    rows = self._by_sounds.find(sounds[start:end])
                else:
                    rows = self._by_initials.find(initials[start:end])
                if rows and not latin.isdisjoint(range(start, end)) and _covers_runs(items[start:end], *ends):
                    for row in rows:
                        if _is_legible(items[start:end], self._texts[row]):
                            yield start, end, row


def _is_all_that_is_said(folded: Folded, syllable: _Item) -> bool:
    """Tell whether a clause is nothing but one syllable in small letters, particles aside: 「gun！别烦我」."""
    text = folded.normalised.text
    last = folded.stops[syllable.stop - 1]
    while text[last : last + 1] in CLOSING_PARTICLES and last < len(text):
        last += 1
    before = text[: folded.indexes[syllable.start]].rstrip(" ")[-1:]
    behind = text[last:].lstrip(" ")[:1]
    return (
        syllable.stop - syllable.start >= SHORTEST_ALONE
        and ((raw := folded.raw_text(syllable.start, syllable.stop)).islower() or raw.isupper())  # 「Gun」 is a name
        and (not before or before in CLAUSE_ENDS)
        and (not behind or behind in CLAUSE_ENDS)
        and any(map(is_han, folded.text))
    )


def _sound_of(syllable: str) -> str:
    syllable = "ni" if syllable == "nin" else ALSO_READ.get(syllable, syllable)  # 您 counts as 你
    return sound_codes().get(coarse(syllable), syllable[0])


def _is_legible(part: list[_Item], meant: str) -> bool:
    """Tell whether what is written spells the phrase, and enough of it that it can be read."""
    exact = syllables = letters = sounding = 0
    for item, character in zip(part, meant, strict=True):
        if item.text:
            if one_person(item.text) == character:
                exact += 1
            elif item.sound != character.translate(spoken_table()):
                return False
            else:
                sounding += len(reading(item.text))
        elif item.is_letter:
            letters += 1
        elif item.sound == character.translate(spoken_table()):
            syllables += item.stop - item.start
        else:
            return False
    if len(meant) == SHORTEST_FOR_INITIALS and exact < sum(bool(item.text) for item in part) and (letters or not exact):
        return False  # 「神jing并」, but not 「深jing并」
    if letters:
        return exact + (syllables > 0) >= (1 if letters > 1 or len(meant) == 2 else 2)
    missing = syllables + sounding != sum(map(len, map(reading, meant)))  # 「baozi」 is no 包治
    if sounding and len(meant) < SHORTEST_FOR_INITIALS:
        return syllables >= LETTERS_BESIDE_A_HOMOPHONE and not missing  # 「bao正」, but not 「BU型」
    return bool(exact) or len(meant) != 2 or syllables >= LETTERS_OF_TWO + missing


def _is_a_name(folded: Folded, part: list[_Item], meant: str) -> bool:
    """Tell whether letters beside a character that only sounds right are a name or a word: 「Ken订了两份」."""
    return any(item.text and one_person(item.text) != each for item, each in zip(part, meant, strict=True)) and any(
        (raw := folded.raw_text(item.start, item.stop)).istitle() or raw in _ENGLISH for item in part if not item.text
    )


def _items(folded: Folded, pieces: dict[int, tuple[str, ...]]) -> list[_Item]:
    """Return the text as items, each run of letters as its syllables or letters."""
    items: list[_Item] = []
    text, at = same_person(folded.text), 0
    while at < len(text):
        for piece in pieces.get(at, ()):
            sound = _sound_of(piece) if len(piece) > 1 else piece
            items.append(_Item("", sound, piece[0], at, at + len(piece)))
            at += len(piece)
        if at not in pieces and at < len(text):
            character = text[at]
            sound = character.translate(spoken_table())
            items.append(_Item(character, sound, reading(character)[:1] or "\0", at, at + 1))
            at += 1
    return items


def _covers_runs(part: list[_Item], starts: set[int], stops: set[int]) -> bool:
    """Tell whether every run of letters that the part touches lies in it whole, by where runs start and stop."""
    return bool((part[0].text or part[0].start in starts) and (part[-1].text or part[-1].stop in stops))


def _corrected(folded: Folded, part: list[_Item], rule: int, phrase: int, text: str) -> Correction:
    """Put the characters of ``text`` that were meant in the place of the letters of a part of it."""
    begin, end = part[0].start, part[-1].stop
    characters: list[str] = []
    indexes = list(folded.indexes[:begin])
    stops = list(folded.stops[:begin])
    spelled: list[int] = []
    at = begin
    for item, character in zip(part, text, strict=True):
        # Small words between two items stay, and which of 你 and 您 it is, the text itself says.
        characters.append(folded.text[at : item.start])
        indexes += folded.indexes[at : item.start]
        stops += folded.stops[at : item.start]
        if not item.text:
            spelled.append(len(indexes))
        characters.append(item.text if one_person(item.text) == character else character)
        indexes.append(folded.indexes[item.start])
        stops.append(folded.stops[item.stop - 1])
        at = item.stop
    indexes += folded.indexes[end:]
    stops += folded.stops[end:]
    way = INITIALS if any(item.is_letter for item in part) else PINYIN
    written = folded.text[:begin] + "".join(characters) + folded.text[end:]
    return Correction(replace(folded, text=written, indexes=indexes, stops=stops), spelled, rule, phrase, way)
