"""What each character of a long text is, looked up for a million of them at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from csbot.rules.judging.quotes import QUOTATION_MARKS
from csbot.rules.wording.names import DOUBLE, SURNAMES
from csbot.rules.wording.reduce import FILLER_PIECES, LONGER_FILLERS, reduce
from csbot.text.normalise import SEVERAL, VANISHES, character_table, is_one_symbol
from csbot.text.pinyin import sound_table

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Codes = NDArray[np.uint16]
    Places = NDArray[np.int64]
    Flags = NDArray[np.bool_]
    Masks = NDArray[np.uint64]

# What a character can be, as bits. SEEN: a mark or a symbol, which keeps two words apart.
ODD, BREAK, LETTER, SURNAME, WORD, SEEN, QUOTE, GONE = 1, 2, 4, 8, 16, 32, 64, 128

BASIC = 0x10000
SYMBOL, ASTRAL = 0xFFFE, 0xFFFF  # stand for the emoji, and for every other character outside the basic plane
_FACTORS = (40503, 30011)  # two hashes: few characters share their bits in both
SPREADS = len(_FACTORS)
_EMOJI = range(0x1F000, 0x1FB00)
_RETURN, _NEW_LINE = 13, 10


class Tables(NamedTuple):
    """For each character of the basic plane: normalised, reduced (or 0), with 你 for 您, its sound, what it can be.

    ``bits`` has one bit of 64 for each normalised word character; several characters share one, in each of the
    ``SPREADS`` ways of giving bits other ones.
    """

    normalised: Codes
    reduced: Codes
    one_person: Codes
    sounds: Codes
    kinds: NDArray[np.uint8]
    bits: tuple[Masks, ...]
    emoji: Codes


@lru_cache(maxsize=1)
def tables() -> Tables:
    """Return the tables, made at the first long text."""
    import numpy as np

    characters = character_table()
    normalised = np.frombuffer(characters.encode("utf-16-le"), np.uint16)
    reduced = np.zeros(BASIC, np.uint16)
    kinds = np.zeros(BASIC, np.uint8)
    kind_of: dict[str, tuple[int, int]] = {}
    for code, character in enumerate(characters):
        if character not in kind_of:
            left = reduce(character).text if character.isalnum() else ""
            kind_of[character] = (_kind(character), ord(left) if left else 0)
        kinds[code], reduced[code] = kind_of[character]
    kinds[0xD800:0xE000] = ODD
    kinds[ASTRAL], kinds[SYMBOL] = ODD, SEEN
    reduced[[ASTRAL, SYMBOL]] = 0
    sounds = np.arange(BASIC, dtype=np.uint16)
    for code, sound in enumerate(sound_table()):
        if isinstance(sound, str):
            sounds[code] = ord(sound)
    one_person = np.arange(BASIC, dtype=np.uint16)
    one_person[ord("您")] = ord("你")
    bits = tuple(
        np.where(kinds & WORD, np.uint64(1) << (normalised * np.uint64(factor) >> np.uint64(10) & np.uint64(63)), 0)
        for factor in _FACTORS
    )
    emoji = np.array([SYMBOL if is_one_symbol(chr(code)) else ASTRAL for code in _EMOJI], np.uint16)
    return Tables(normalised, reduced, one_person, sounds, kinds, bits, emoji)


_SURNAMES = frozenset(SURNAMES) | {name[0] for name in DOUBLE}


def _kind(character: str) -> int:
    """Return what a normalised character is, as bits."""
    if character == SEVERAL:
        return ODD
    if character == "\n":
        return BREAK
    if character == VANISHES:
        return GONE
    if character.isalnum():
        return WORD | (LETTER if "a" <= character <= "z" else 0) | (SURNAME if character in _SURNAMES else 0)
    return (SEEN if character != " " else 0) | (QUOTE if character in QUOTATION_MARKS else 0)


@lru_cache(maxsize=1)
def translation() -> dict[int, str]:
    """Return the table for ``str.translate`` that normalises text without odd characters."""
    return dict(enumerate(character_table()))


def mask_of(characters: str, spread: int) -> int:
    """Return the bits of normalised characters in one way of giving them: a text that holds one has its bit."""
    bits = tables().bits[spread]
    mask = 0
    for character in characters:
        mask |= int(bits[ord(character)]) if ord(character) < BASIC else 0
    return mask


def codes_of(text: str) -> Codes:
    """Return the codes of a text, one for each character; those outside the basic plane have one of two."""
    import numpy as np

    encoded = text.encode("utf-16-le", "surrogatepass")
    if len(encoded) == 2 * len(text):
        return np.frombuffer(encoded, np.uint16)
    wide = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    codes = np.where(wide < BASIC, wide, ASTRAL).astype(np.uint16)
    at = np.flatnonzero((wide >= _EMOJI.start) & (wide < _EMOJI.stop))
    codes[at] = tables().emoji[wide[at] - _EMOJI.start]
    return codes


def breaks_of(codes: Codes, kinds: NDArray[np.uint8]) -> Places:
    r"""Return the places of line breaks; of ``\r\n`` that of the second character."""
    import numpy as np

    breaks = np.flatnonzero(kinds & BREAK)
    second: Places = breaks[(codes[breaks] != _RETURN) | (codes[np.minimum(breaks + 1, len(codes) - 1)] != _NEW_LINE)]
    return second


@dataclass(frozen=True, slots=True)
class ReducedText:
    """The reduced characters of a long text, with 你 for 您 or as written, and where each of them stands."""

    written: Codes
    alike: Codes
    sounds: Codes
    places: Places
    lines: Places  # the number of the line of each
    repeated: Flags  # those that were written more than once
    is_bare: Flags  # those that stand in no filler
    doubtful: Places  # lines that reducing may have changed otherwise than the ordinary scan does
    unsure: Places  # where it may have, but for what is repeated on another line
    ambiguous: Flags  # of each line whether a filler on it may be a part of a phrase


def reduce_codes(codes: Codes, kinds: NDArray[np.uint8], line_starts: Places, glued: Flags) -> ReducedText:
    """Reduce a long text. ``glued`` tells of each line whether wording may run on from it into the next one."""
    import numpy as np

    look = tables()
    written = look.reduced[codes]
    places = np.flatnonzero(written)
    written = written[places]
    keep, unsure, joined = _without_fillers(written, places, codes, kinds)

    def lines_of(at: Places) -> Places:
        return np.searchsorted(line_starts, places[at], side="right") - 1

    ambiguous = np.zeros(len(line_starts), bool)
    ambiguous[lines_of(joined)] = True
    unsure_places = places[unsure]
    doubtful = [lines_of(unsure), np.flatnonzero(ambiguous & (glued | np.append([False], glued[:-1])))]
    written, places = written[keep], places[keep]
    counts = np.bincount(np.searchsorted(places, line_starts), minlength=len(places) + 1)[: len(places)]
    lines = np.cumsum(counts) - 1
    again = np.flatnonzero(written[1:] == written[:-1]) + 1
    same = lines[again] == lines[again - 1]
    # Repeated on the next line is not repeated; where the lines belong together the ordinary scan must decide.
    across = again[~same]
    doubtful.append(lines[across[glued[lines[across - 1]]]])
    kept = np.ones(len(written), bool)
    kept[again[same]] = False
    repeated = np.append(~kept[1:], [False])[kept]
    written, places, lines = written[kept], places[kept], lines[kept]
    return ReducedText(
        written,
        look.one_person[written],
        look.sounds[written],
        places,
        lines,
        repeated,
        ~_are_pieces()[written],
        np.concatenate(doubtful),
        unsure_places,
        ambiguous,
    )


@lru_cache(maxsize=1)
def _are_pieces() -> Flags:
    """Return of each character whether it is one of a filler, but none by itself."""
    import numpy as np

    pieces = np.zeros(BASIC, bool)
    pieces[[ord(each) for each in FILLER_PIECES]] = True
    return pieces


def _without_fillers(
    written: Codes, places: Places, codes: Codes, kinds: NDArray[np.uint8]
) -> tuple[Flags, Places, Places]:
    """Return which characters stay when the longer fillers are left out, and which ones are not certain.

    Not certain are two fillers that share a character, and those that something stands in the middle of. Last those
    where a phrase may run into a filler, or a filler into a phrase: 「您的确认」.
    """
    import numpy as np

    look = tables()
    keep = np.ones(len(written), bool)
    left = {word: _characters(word) for word in LONGER_FILLERS}
    pairs = [each for each in left.values() if len(each) == 2]
    firsts = np.zeros(BASIC, bool)
    firsts[[first for first, _ in pairs]] = True
    at = np.flatnonzero(firsts[written[:-1]])
    found = written[at].astype(np.uint32) << 16 | written[at + 1]
    at = at[np.isin(found, np.array([first << 16 | second for first, second in pairs], np.uint32))]
    keep[at] = keep[at + 1] = False
    unsure = [at[1:][at[1:] == at[:-1] + 1], at[places[at + 1] != places[at] + 1]]
    joined = [at]
    # The first character of 那个 and 的确 is left out by itself, too.
    for word, rest in left.items():
        if len(word) == 2 and len(rest) == 1:
            at = np.flatnonzero(written == rest[0])
            before = _word_before(places[at], kinds)
            inside = before >= 0
            at, before = at[inside], before[inside]
            character = look.normalised[codes[before]]
            first, near = character == ord(word[0]), before == places[at] - 1
            unsure += [at[first & near & ~keep[at]], at[first & ~near]]
            joined.append(at[look.reduced[codes[before]] == 0])
            keep[at[first & near]] = False
    return keep, np.concatenate(unsure), np.concatenate(joined)


def _word_before(places: Places, kinds: NDArray[np.uint8]) -> Places:
    """Return the place of the nearest word character before each place, or -1."""
    import numpy as np

    before = places - 1
    while len(open_ := np.flatnonzero((before >= 0) & ((kinds[np.maximum(before, 0)] & WORD) == 0))):
        before[open_] -= 1
    return before


def _characters(word: str) -> tuple[int, ...]:
    """Return the codes of the characters of a filler that are not left out one by one."""
    return tuple(code for code in (int(tables().reduced[ord(character)]) for character in word) if code)
