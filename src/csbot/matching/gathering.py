"""The features of many texts at once: what ``Extractor.views`` tells of each, without going through them one by one.

Characters, pairs and sounds are numbers that numpy sorts and counts; only words are looked at text by text.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from csbot.matching.features import Extractor
from csbot.matching.sparse import in_order
from csbot.matching.vectors import Gathered, Seen, assembled, seen_one_by_one
from csbot.text.pinyin import sounds
from csbot.text.regex import regex

_LETTERS = regex(r"[a-z]{2,}")
_SHIFT = 21  # bits of a code point
_OFTEN = 2000  # texts between two words about how far it is


def gather_texts(texts: Sequence[str], extractor: Extractor, told: Callable[[float], None] | None = None) -> Gathered:
    """Return the features of texts that went through ``plain``; ``told`` is told which share of them has been cut."""
    import numpy as np

    texts = list(map(extractor.read, texts))
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
    characters = _numbered(owners[inside], codes[inside], _characters)
    followed = owners[:-1] == owners[1:]
    pairs = _numbered(owners[:-1][followed], ((codes[:-1] << _SHIFT) | codes[1:])[followed], _pairs)
    heard = _heard(texts, characters)
    return assembled([characters, pairs, seen_one_by_one(words), heard], len(texts))


def _numbered(owners: Any, keys: Any, names: Callable[[Any], list[str]]) -> Seen:
    """Return what is seen, by keys (integers from 0) instead of names; ``names`` is given each key once, in order."""
    import numpy as np

    order = in_order(keys)
    ordered = keys[order]
    first = np.diff(ordered, prepend=-1) > 0
    places = np.empty(len(keys), dtype=np.int64)
    places[order] = np.cumsum(first) - 1
    return Seen(owners, places, names(ordered[first]))


def _characters(codes: Any) -> list[str]:
    return list(_text(codes))


def _pairs(keys: Any) -> list[str]:
    """Return the pairs of characters that the keys stand for."""
    import numpy as np

    text = _text(np.column_stack([keys >> _SHIFT, keys & ((1 << _SHIFT) - 1)]))
    return [text[at : at + 2] for at in range(0, len(text), 2)]


def _text(codes: Any) -> str:
    return bytes(codes.astype("<u4").tobytes()).decode("utf-32-le", "surrogatepass")


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

    def named(keys: Any) -> list[str]:
        first, second = np.divmod(keys[keys >= many], many)
        both = zip((first - 1).tolist(), second.tolist(), strict=True)
        return [names[key] for key in keys[keys < many].tolist()] + [f"{names[one]}-{names[two]}" for one, two in both]

    return _numbered(np.concatenate([owners, owners[:-1][followed]]), np.concatenate([heard, pairs]), named)
