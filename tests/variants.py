"""Ways to write an expression otherwise, put together without a look at how the guard finds them again.

Each transformation takes the expression as units (a character, or a person such as 我们) with what stands between
them, and changes it as an agent under stress would. What the guard promises of each is said where it is made.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from math import prod
from random import Random

from opencc import OpenCC

from csbot.text.normalise import normalise

INVISIBLE = "\u200b\u200d\ufeff\ufe0f\u0301\x07\xad\u202e"
SEPARATORS = " .·*~-_/|+😀★\u3000"
MOST_BETWEEN = 4  # characters between two of an expression, invisible ones aside
FILLERS = (
    *(
        "真的是",
        "真的",
        "真心",
        "真",
        "实在是",
        "实在",
        "确实",
        "的确",
        "其实",
        "反正",
        "就是",
        "就",
        "也是",
        "也",
        "都是",
        "都",
    ),
    *(
        "可是",
        "可",
        "是",
        "还",
        "又",
        "那个",
        "这个",
        "呢",
        "啊",
        "呀",
        "哦",
        "嘛",
        "吧",
        "嗯",
        "呃",
        "啦",
        "哈",
        "了",
        "的",
        "这边",
        "这里",
        "根本",
        "压根",
        "呗",
        "诶",
        "欸",
        "咯",
        "嘞",
        "喽",
        "哟",
        "噢",
        "哎",
        "唉",
        "哇",
        "呐",
        "儿",
    ),
)
NEGATIONS = frozenset("不没别未无莫勿")
BREAKS = ("\n", "\r\n", "\u2028", "\n    ", " \n")
WE = ("我", "我们", "咱", "咱们", "俺", "俺们")
YOU = ("你", "您", "你们", "您们")


def written_out(phrase: str, most: int = 1000) -> Iterator[str]:
    """Yield what a phrase stands for: … is left out, <时限> is three days.

    All its forms where they are no more than ``most``, which is more than any phrase has alternatives at one place;
    else the one of the fewest characters, Han before others, enough to have every alternative once, and others by
    chance, the same on every run.
    """
    alternatives = []
    for piece in re.split(r"(…+|<时限>|\[[^\[\]]*\])", phrase.replace("<时限>|", "3天|").replace("|<时限>", "|3天")):
        if piece.startswith("["):
            alternatives.append([each.replace("<时限>", "3天") for each in piece[1:-1].split("|")])
        elif piece and not piece.startswith("…"):
            alternatives.append([piece.replace("<时限>", "3天")])
    if prod(map(len, alternatives)) <= most:
        yield from map("".join, product(*alternatives))
        return
    yield "".join(min(each, key=lambda form: (han(form), len(form))) for each in alternatives)
    widest = max(map(len, alternatives))
    for number in range(widest):
        yield "".join(each[number % len(each)] for each in alternatives)
    random = Random(phrase)
    for _ in range(most - widest - 1):
        yield "".join(map(random.choice, alternatives))


def han(text: str) -> int:
    """Return the number of Han characters."""
    return sum("\u4e00" <= character <= "\u9fff" for character in text)


@lru_cache(maxsize=1)
def _to_traditional() -> OpenCC:
    return OpenCC("s2t")


@dataclass
class Written:
    """An expression while it is being disguised."""

    units: list[str]
    keep_you: bool = False
    gaps: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, text: str, *, keep_you: bool = False) -> Written:
        """Return an expression as it is listed."""
        return cls(list(text), keep_you, [""] * max(0, len(text) - 1))

    def __str__(self) -> str:
        return "".join(unit + gap for unit, gap in zip(self.units, [*self.gaps, ""], strict=True))

    def _plain(self, at: int) -> str:
        return normalise(self.units[at]).text

    def _is_between_words(self, at: int) -> bool:
        """Tell whether wording, and nothing but wording, stands around a gap and in it."""
        gap = self.gaps[at]
        return (gap + self._plain(at)[-1:] + self._plain(at + 1)[:1]).isalnum()

    def persons(self, random: Random) -> None:
        """Say we for I and 您 for 你, but where the rule tells them apart."""
        units: list[str] = []
        position = 0
        while position < len(self.units):
            unit = self.units[position]
            plural = self.units[position + 1 : position + 2] == ["们"]
            idiom = "".join(self.units[position : position + 4]) == "我行我素"
            forms = WE if unit in "我咱" and not idiom else YOU if unit in "你您" and not self.keep_you else (unit,)
            plural = plural and len(forms) > 1
            units.append(random.choice(forms))
            position += 2 if plural else 1
        self.units = units
        self.gaps = [""] * (len(units) - 1)

    def traditional(self, _: Random) -> None:
        """Write traditional characters, where OpenCC reads back what it wrote."""
        text = "".join(self.units)
        converted = str(_to_traditional().convert(text))
        if len(converted) == len(text) and normalise(converted).text == normalise(text).text:
            characters = iter(converted)
            self.units = ["".join(next(characters) for _ in unit) for unit in self.units]

    def width(self, _: Random) -> None:
        """Write full width and upper case."""
        self.units = [
            "".join(chr(ord(each) + 0xFEE0) if "!" <= each <= "~" else each for each in unit.upper())
            for unit in self.units
        ]

    def repeats(self, random: Random) -> None:
        """Repeat a character (not a digit: 11 is not 1)."""
        at = random.randrange(len(self.units))
        if len(self.units[at]) == 1 and self.units[at].isalnum() and not self._plain(at).isdigit():
            self.units[at] *= random.randint(2, 4)

    def fillers(self, random: Random) -> None:
        """Slip in small words between two Han characters, not behind a negation and not between two of the same."""
        at = random.randrange(max(1, len(self.gaps)))
        if at < len(self.gaps) and not self.gaps[at]:
            before, after = self._plain(at)[-1:], self._plain(at + 1)[:1]
            if han(before) and han(after) and before not in NEGATIONS and before != after and after != "们":
                self.gaps[at] = "".join(random.choices(FILLERS, k=random.randint(1, 2)))

    def separators(self, random: Random) -> None:
        """Put symbols, spaces or emoji between two characters, no more than there is room for."""
        at = random.randrange(max(1, len(self.gaps)))
        if at < len(self.gaps) and self._is_between_words(at):
            between = "".join(random.choices(SEPARATORS, k=random.randint(1, MOST_BETWEEN)))
            self.gaps[at] = random.choice([between + self.gaps[at], self.gaps[at] + between])

    def line_break(self, random: Random) -> None:
        """Wrap the line between two different characters, one time for three characters of the expression."""
        at = random.randrange(max(1, len(self.gaps)))
        if at < len(self.gaps) and not self.gaps[at] and self._is_between_words(at):
            differ = self._plain(at)[-1:] != self._plain(at + 1)[:1]
            if differ and len(self.units) >= 3:
                self.gaps[at] = random.choice(BREAKS)

    def invisible(self, random: Random) -> None:
        """Put in what nobody sees, behind any character but the last."""
        at = random.randrange(len(self.units))
        if at < len(self.gaps):
            self.units[at] += random.choice(INVISIBLE)


# In this order they leave each other room; a line is wrapped once.
TRANSFORMATIONS = {
    "persons": Written.persons,
    "traditional": Written.traditional,
    "width": Written.width,
    "repeats": Written.repeats,
    "fillers": Written.fillers,
    "separators": Written.separators,
    "line break": Written.line_break,
    "invisible": Written.invisible,
}


def disguised(text: str, kinds: Iterable[str], random: Random, *, keep_you: bool = False) -> str:
    """Return an expression under a composition of transformations."""
    written = Written.of(text, keep_you=keep_you)
    for name, transform in TRANSFORMATIONS.items():
        if name in kinds:
            transform(written, random)
    return str(written)
