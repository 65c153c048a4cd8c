"""Sounds of a text: one toneless syllable for each Han character, and for pinyin typed in Latin letters.

Typing errors in Chinese are mostly homophones (登陆 for 登录) or pinyin left unconverted (tuikuan). Sounds are
made coarser where southern speakers and input methods mix them up: zh/z, ch/c, sh/s, -ng/-n, l/n.
"""

from __future__ import annotations

import re
import sys
import unicodedata
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
    """Return the most frequent toneless reading of each Han character (U+4E00–U+9FFF)."""
    return {
        chr(code): _toneless(readings.split(",")[0])
        for code, readings in _dictionary().items()
        if 0x4E00 <= code <= 0x9FFF
    } | _READ_AS


def _read_all_readings() -> dict[str, str]:
    """Return all toneless readings of each Han character that has several, most frequent first, with spaces between."""
    several: dict[str, str] = {}
    for code, listed in _dictionary().items():
        if 0x4E00 <= code <= 0x9FFF and "," in listed:
            distinct = list(dict.fromkeys(map(_toneless, listed.split(","))))
            if len(distinct) > 1:
                several[chr(code)] = " ".join(distinct)
    return several


@lru_cache(maxsize=1)
def _all_readings() -> dict[str, str]:
    return cached("pinyin-readings", f"1:{version_of('pypinyin')}", _read_all_readings)


def _toneless(reading_with_tone: str) -> str:
    """Return a reading without its tone mark: ``lǜ`` becomes ``lv``, as input methods write it."""
    plain = reading_with_tone.replace("ü", "v")
    for marked in "ǖǘǚǜ":
        plain = plain.replace(marked, "v")
    return "".join(part for part in unicodedata.normalize("NFD", plain) if part.isascii())


@lru_cache(maxsize=1)
def _table() -> dict[str, str]:
    table = cached("pinyin", f"3:{version_of('pypinyin')}", _read_table)
    return {character: intern(syllable) for character, syllable in table.items()}


@lru_cache(maxsize=1)
def _syllables() -> frozenset[str]:
    return frozenset(_table().values())


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
    codes, table = sound_codes(), _table()
    return "".join(codes[coarse(table[chr(at)])] if chr(at) in table else chr(at) for at in _HAN)


@lru_cache(maxsize=1)
def spoken_table() -> dict[int, str]:
    """Return the table for ``str.translate`` that turns each Han character into the code of its sound."""
    # Kept by itself: every scan needs it, and only a few need the readings that it is made of.
    # Characters of the same sound share the one string that stands for it.
    table = dict(zip(_HAN, map(intern, cached("sounds", f"2:{version_of('pypinyin')}", _read_sounds)), strict=True))
    table[ord("您")] = table[ord("你")]
    return table


@lru_cache(maxsize=1)
def sound_table() -> dict[int, str]:
    """Return the same table with one sound for characters that are mistaken for each other by their look."""
    table = dict(spoken_table())
    for character, other in _ALIKE.items():
        table[ord(character)] = table[ord(other)]
    return table


def look_alike(one: str, other: str) -> bool:
    """Tell whether two characters are mistaken for each other by their look."""
    return _ALIKE.get(one, one) == _ALIKE.get(other, other)


def reading(character: str) -> str:
    """Return the toneless reading of a Han character, or an empty string for anything else."""
    return _table().get(character, "")


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
def _coarse_table() -> dict[str, str]:
    merged = {syllable: coarse(syllable) for syllable in _syllables()}
    return {character: merged[syllable] for character, syllable in _table().items() if syllable}


def sounds(text: str) -> list[str]:
    """Return the coarse syllables of a normalised text, in order; Latin letters count where they are pinyin."""
    table = _coarse_table()
    if not _LATIN.search(text):
        return [table[character] for character in text if character in table]
    result: list[str] = []
    for stretch in _STRETCHES.findall(text):
        if not stretch.isascii():
            result.extend(table[character] for character in stretch if character in table)
        elif len(stretch) <= 24:
            result.extend(map(coarse, split_latin(stretch)))
    return result
