"""Sounds of a text: one toneless syllable for each Han character, and for pinyin typed in Latin letters.

Typing errors in Chinese are mostly homophones (登陆 for 登录) or pinyin left unconverted (tuikuan). Sounds are
made coarser where southern speakers and input methods mix them up: zh/z, ch/c, sh/s, -ng/-n, l/n.
"""

from __future__ import annotations

import re
import sys
import unicodedata
from collections.abc import Callable, Iterator
from functools import lru_cache
from importlib.util import find_spec, module_from_spec
from sys import intern

from csbot.text.cache import cached, version_of
from csbot.text.regex import regex

# 您 is 你 to nearly every reader; the others are mistaken for each other by their look (自已 for 自己).
_ALIKE = {"您": "你", "已": "己", "巳": "己", "末": "未", "曰": "日", "入": "人", "拔": "拨", "崇": "祟", "冶": "治"}
# The first reading in the dictionary is not the one that these are written for.
_READ_AS = {"卜": "bu"}
# Syllables that the dictionary has as further readings only, and what is written with them in the first place.
ALSO_READ = {"shei": "shui", "zhei": "zhe"}
_HAN = range(0x4E00, 0xA000)
_LATIN = regex(r"[a-z]{2,}")
_STRETCHES = regex(r"[a-z]{2,}|[^\x00-\x7f]+")


def _dictionary() -> dict[int, str]:
    """Return pypinyin's readings of each character, without the rest of the package: that takes 0.3 s to import."""
    spec = find_spec("pypinyin")
    if spec is not None and "pypinyin" not in sys.modules:
        sys.modules["pypinyin"] = module_from_spec(spec)  # where its modules are found, and nothing is run
        try:
            return _dictionary()
        finally:
            del sys.modules["pypinyin"]
    from pypinyin.pinyin_dict import pinyin_dict

    return pinyin_dict


def _read_table() -> dict[str, str]:
    """Return the Han characters (U+4E00–U+9FFF) of each toneless syllable that is the most frequent reading of any."""
    characters: dict[str, str] = {}
    for code, readings in _dictionary().items():
        if code in _HAN:
            character = chr(code)
            syllable = _READ_AS.get(character) or _toneless(readings.split(",")[0])
            characters[syllable] = characters.get(syllable, "") + character
    return characters


def _read_all_readings() -> dict[str, str]:
    """Return the Han characters that have the same several toneless readings, by these, most frequent first."""
    characters: dict[str, str] = {}
    for code, listed in _dictionary().items():
        if code in _HAN and "," in listed:
            distinct = list(dict.fromkeys(map(_toneless, listed.split(","))))
            if len(distinct) > 1:
                together = " ".join(distinct)
                characters[together] = characters.get(together, "") + chr(code)
    return characters


@lru_cache(maxsize=1)
def _all_readings() -> dict[str, str]:
    """Return all readings of each character that has several, with spaces between; the texts are shared."""
    written = cached("pinyin-readings", f"2:{version_of('pypinyin')}", _read_all_readings)
    return {character: together for together, characters in written.items() for character in characters}


def _toneless(reading_with_tone: str) -> str:
    """Return a reading without its tone mark: ``lǜ`` becomes ``lv``, as input methods write it."""
    plain = reading_with_tone.replace("ü", "v")
    for marked in "ǖǘǚǜ":
        plain = plain.replace(marked, "v")
    return "".join(part for part in unicodedata.normalize("NFD", plain) if part.isascii())


@lru_cache(maxsize=1)
def _written() -> dict[str, str]:
    return cached("pinyin", f"4:{version_of('pypinyin')}", _read_table)


def _by_character(said: Callable[[str], str]) -> list[str]:
    """Return what is said of the syllable of each Han character, in order; empty for those without one.

    A dictionary would hold a string for every key: twenty thousand, of which a shift asks for a few hundred.
    """
    listed = [""] * len(_HAN)
    for syllable, characters in _written().items():
        what = said(syllable)
        for character in characters:
            listed[ord(character) - _HAN.start] = what
    return listed


@lru_cache(maxsize=1)
def _table() -> list[str]:
    return _by_character(lambda syllable: syllable)


@lru_cache(maxsize=1)
def _syllables() -> frozenset[str]:
    return frozenset(_written())


def coarse(syllable: str) -> str:
    """Merge sounds that are commonly confused: ``zhang`` and ``zan`` both become ``zan``."""
    if syllable[:2] in ("zh", "ch", "sh"):
        syllable = syllable[0] + syllable[2:]
    if syllable.endswith("ng"):
        syllable = syllable[:-1]
    return "l" + syllable[1:] if syllable[:1] == "n" else syllable


@lru_cache(maxsize=1)
def sound_codes() -> dict[str, str]:
    """Return one private character for each coarse syllable, so that sounds can be searched like text."""
    return {sound: chr(0xE000 + index) for index, sound in enumerate(sorted(set(map(coarse, _syllables()))))}


def _read_sounds() -> str:
    codes = sound_codes()
    listed = zip(_HAN, _table(), strict=True)
    return "".join(codes[coarse(syllable)] if syllable else chr(code) for code, syllable in listed)


SoundTable = list[int | str]  # for ``str.translate``: what stands at the code of a character is put in its place


@lru_cache(maxsize=1)
def spoken_table() -> SoundTable:
    """Return the table for ``str.translate`` that turns each Han character into the code of its sound."""
    # Kept by itself: every scan needs it, and only a few need the readings that it is made of.
    # A list is read quicker than a dictionary, and characters of the same sound share the string that stands for it.
    of_han = map(intern, cached("sounds", f"2:{version_of('pypinyin')}", _read_sounds))
    table: SoundTable = [*range(_HAN.start), *of_han]
    table[ord("您")] = table[ord("你")]
    return table


@lru_cache(maxsize=1)
def sound_table() -> SoundTable:
    """Return the same table with one sound for characters that are mistaken for each other by their look."""
    table = spoken_table().copy()
    for character, other in _ALIKE.items():
        table[ord(character)] = table[ord(other)]
    return table


def look_alike(one: str, other: str) -> bool:
    """Tell whether two characters are mistaken for each other by their look."""
    return _ALIKE.get(one, one) == _ALIKE.get(other, other)


def reading(character: str) -> str:
    """Return the toneless reading of a Han character, or an empty string for anything else."""
    code = ord(character)
    return _table()[code - _HAN.start] if code in _HAN else ""


def spelled(name: str) -> str:
    """Return a name in Chinese as it is written in an id: 「催发货」 → 「cui_fa_huo」; "" where nothing can be."""
    parts = [reading(each) or (each.lower() if re.fullmatch("[A-Za-z0-9]", each) else " ") for each in name]
    return re.sub(r"[^a-z0-9]+", "_", "_".join(parts)).strip("_")


def readings(character: str) -> tuple[str, ...]:
    """Return every toneless reading of a Han character, most frequent first; none for anything else."""
    several = _all_readings().get(character)
    if several is not None:
        return tuple(several.split(" "))
    only = reading(character)
    return (only,) if only else ()


@lru_cache(maxsize=4096)
def split_latin(letters: str, *, standard: bool = False) -> tuple[str, ...]:
    """Cut Latin letters into pinyin syllables, longest first; empty where they are not pinyin throughout.

    By the ``standard`` a syllable inside a word begins with a consonant wherever it can, or an apostrophe would
    stand before it (GB/T 16159): ``bukeneng`` is bu-ke-neng, and not bu-ken-eng.
    """
    for end in range(min(6, len(letters)), 0, -1):
        rest = letters[end:]
        if (letters[:end] in _syllables() or letters[:end] in ALSO_READ) and not (
            standard and rest[:1] in ("a", "o", "e")
        ):
            if not rest:
                return (letters,)
            if following := split_latin(rest, standard=standard):
                return (letters[:end], *following)
    return ()


@lru_cache(maxsize=1)
def _coarse_table() -> list[str]:
    return _by_character(coarse)


def _coarse_of(text: str) -> Iterator[str]:
    """Yield the coarse syllable of each Han character of a text."""
    table, first, end = _coarse_table(), _HAN.start, _HAN.stop
    for code in map(ord, text):
        if first <= code < end and (syllable := table[code - first]):
            yield syllable


def sounds(text: str) -> list[str]:
    """Return the coarse syllables of a normalised text, in order; Latin letters count where they are pinyin."""
    if not _LATIN.search(text):
        return list(_coarse_of(text))
    result: list[str] = []
    for stretch in _STRETCHES.findall(text):
        if not stretch.isascii():
            result.extend(_coarse_of(stretch))
        elif len(stretch) <= 24:
            result.extend(map(coarse, split_latin(stretch)))
    return result
