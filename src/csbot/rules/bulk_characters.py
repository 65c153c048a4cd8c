"""What each character of a long text is, looked up for a million of them at a time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

from csbot.rules.names import DOUBLE, SURNAMES
from csbot.rules.quotes import QUOTATION_MARKS
from csbot.rules.reduce import LONGER_FILLERS, reduce
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
_EMOJI = range(0x1F000, 0x1FB00)
_RETURN, _NEW_LINE = 13, 10


class Tables(NamedTuple):
    """For each character of the basic plane: normalised, reduced (or 0), with 你 for 您, its sound, what it can be.

    ``bits`` has one bit of 64 for each normalised word character; several characters share one.
    """

    normalised: Codes
    reduced: Codes
    one_person: Codes
    sounds: Codes
    kinds: NDArray[np.uint8]
    bits: Masks
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
    for code, sound in sound_table().items():
        sounds[code] = ord(sound)
    one_person = np.arange(BASIC, dtype=np.uint16)
    one_person[ord("您")] = ord("你")
    spread = normalised.astype(np.uint64) * np.uint64(40503) // np.uint64(16) % np.uint64(64)
    bits = np.where(kinds & WORD, np.uint64(1) << spread, np.uint64(0))
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


def mask_of(characters: frozenset[str]) -> int:
    """Return the bits of normalised characters, of which a text holds none unless it has all of its bits."""
    mask = 0
    for character in characters:
        mask |= int(tables().bits[ord(character)]) if ord(character) < BASIC else 0
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
    doubtful: Places  # lines that reducing may have changed otherwise than the ordinary scan does


def reduce_codes(codes: Codes, line_starts: Places, glued: Flags) -> ReducedText:
    """Reduce a long text. ``glued`` tells of each line whether wording may run on from it into the next one."""
    import numpy as np

    look = tables()
    written = look.reduced[codes]
    places = np.flatnonzero(written)
    written = written[places]
    keep, unsure = _without_fillers(written, places, codes)
    doubtful = [places[unsure]]
    written, places = written[keep], places[keep]
    lines = np.zeros(len(places), np.int64)
    firsts = np.searchsorted(places, line_starts[1:])
    np.add.at(lines, firsts[firsts < len(lines)], 1)
    lines = np.cumsum(lines)
    again = np.flatnonzero(written[1:] == written[:-1]) + 1
    same = lines[again] == lines[again - 1]
    # Repeated on the next line is not repeated; where the lines belong together the ordinary scan must decide.
    across = again[~same]
    across = across[glued[lines[across - 1]]]
    doubtful.append(places[across])
    kept = np.ones(len(written), bool)
    kept[again[same]] = False
    repeated = np.append(~kept[1:], [False])[kept]
    written, places, lines = written[kept], places[kept], lines[kept]
    alike = look.one_person[written]
    return ReducedText(written, alike, look.sounds[written], places, lines, repeated, np.concatenate(doubtful))


def _without_fillers(written: Codes, places: Places, codes: Codes) -> tuple[Flags, Places]:
    """Return which characters stay when the longer fillers are left out, and which ones are not certain.

    Not certain are two fillers that share a character, and those that something stands in the middle of.
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
    # The first character of 那个 and 的确 is left out by itself, too.
    for word, rest in left.items():
        if len(word) == 2 and len(rest) == 1:
            at = np.flatnonzero(written == rest[0])
            before = codes[np.maximum(places[at] - 1, 0)]
            whole = (look.normalised[before] == ord(word[0])) & (places[at] > 0)
            unsure += [at[whole & ~keep[at]], at[((look.kinds[before] & WORD) == 0) & (places[at] > 0)]]
            keep[at[whole]] = False
    return keep, np.concatenate(unsure)


def _characters(word: str) -> tuple[int, ...]:
    """Return the codes of the characters of a filler that are not left out one by one."""
    return tuple(code for code in (int(tables().reduced[ord(character)]) for character in word) if code)
