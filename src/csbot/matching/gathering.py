"""The features of many texts at once: what ``Extractor.views`` tells of each, without going through them one by one.

Characters, pairs and sounds are numbers that numpy sorts and counts; only words are looked at text by text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from csbot.matching.features import Extractor
from csbot.matching.vectors import Gathered, Seen, assembled, seen_one_by_one
from csbot.text.pinyin import sounds
from csbot.text.regex import regex

_LETTERS = regex(r"[a-z]{2,}")
_SHIFT = 21  # bits of a code point
_OFTEN = 2000  # texts between two words about how far it is


def gather_texts(texts: Sequence[str], extractor: Extractor, told: Callable[[float], None] | None = None) -> Gathered:
    """Return the features of texts that went through ``plain``; ``told`` is told which share of them has been cut."""
    import numpy as np

    words = []
    for at, text in enumerate(texts):
        words.append(extractor.words_of(text))
        if told is not None and at % _OFTEN == 0:
            told(at / len(texts))
    joined = "".join([f"^{text}$" for text in texts])
    codes = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype="<u4").astype(np.int64)
    sizes = np.array([len(text) + 2 for text in texts], dtype=np.int64)
    ends = np.cumsum(sizes)
    owners = np.repeat(np.arange(len(texts)), sizes)
    inside = codes != ord(" ")
    inside[ends - 1] = inside[ends - sizes] = False  # the marks
    characters = _numbered(owners[inside], codes[inside], chr)
    followed = owners[:-1] == owners[1:]
    keys = (codes[:-1] << _SHIFT) | codes[1:]
    pairs = _numbered(owners[:-1][followed], keys[followed], _pair)
    heard = _heard(texts, characters)
    return assembled([characters, pairs, seen_one_by_one(words), heard], len(texts))


def _numbered(owners: Any, keys: Any, name: Callable[[int], str]) -> Seen:
    import numpy as np

    distinct, places = np.unique(keys, return_inverse=True)
    return Seen(owners, places.astype(np.int64), [name(key) for key in distinct.tolist()])


def _pair(key: int) -> str:
    return chr(key >> _SHIFT) + chr(key & ((1 << _SHIFT) - 1))


def _heard(texts: Sequence[str], characters: Seen) -> Seen:
    """Return the sounds and pairs of sounds; only texts with runs of letters, which may be pinyin, are read alone."""
    import numpy as np

    number: defaultdict[str, int] = defaultdict()
    number.default_factory = number.__len__
    silent = -1
    of_character = [number[found[0]] if (found := sounds(character)) else silent for character in characters.names]
    with_letters = [at for at, text in enumerate(texts) if _LETTERS.search(text)]
    alone = [[number[sound] for sound in sounds(texts[at])] for at in with_letters]
    plain = np.ones(len(texts), dtype=bool)
    plain[with_letters] = False
    heard = np.array(of_character, dtype=np.int64)[characters.places]
    kept = (heard != silent) & plain[characters.owners]
    owners = np.concatenate([characters.owners[kept], np.repeat(with_letters, [len(each) for each in alone])])
    heard = np.concatenate([heard[kept], np.array([each for some in alone for each in some], dtype=np.int64)])
    owners = owners.astype(np.int64)
    names, many = list(number), len(number)
    followed = owners[:-1] == owners[1:]
    pairs = many + heard[:-1][followed] * many + heard[1:][followed]

    def name(key: int) -> str:
        return names[key] if key < many else f"{names[key // many - 1]}-{names[key % many]}"

    return _numbered(np.concatenate([owners, owners[:-1][followed]]), np.concatenate([heard, pairs]), name)
