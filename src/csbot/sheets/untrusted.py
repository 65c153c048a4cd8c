"""Text from a cell, before it becomes part of a library: what must not be in it."""

from __future__ import annotations

import re
import unicodedata

from csbot.sheets.cells import canonical
from csbot.text.regex import regex

# A tag of HTML or an entity; 「<时限>」 is neither.
_MARKUP = regex(r"</?[A-Za-z][^<>]*>|<!--|&(?:[a-z]{2,8}|#\d{1,6});", re.IGNORECASE)
# A quotation and nothing else: people copy it with its marks.
_QUOTED = regex(r"“[^“”]+”|\"[^\"]+\"|「[^「」]+」")
_JOINER = "\u200d"  # joins the parts of an emoji
_ENDS = tuple("，。！？；：、,.!?;:…~～")


def fault_of(text: str, *, is_speech: bool) -> tuple[str, str] | None:
    """Return the code and in Chinese why a text cannot be taken, None where it can.

    ``is_speech``: it is said to a customer, or by one.
    """
    for character in text:
        if character not in "\n\t\r" and unicodedata.category(character) in ("Cc", "Cf", "Cs", "Co", "Cn"):
            if character == _JOINER:
                continue
            return "sheet.control", f"这一格里有看不见的字符（U+{ord(character):04X}），请删掉或重新输入"
    if is_speech and (found := _MARKUP.search(text)):
        return "sheet.markup", f"这一格里有网页标记「{found[0][:20]}」，会原样发给客户，请去掉"
    if is_speech and _QUOTED.fullmatch(text.strip()):
        return "sheet.quotes", "整句话两边有引号，会跟着发给客户，请去掉"
    return None


def one_line(text: str) -> str:
    """Return a text on one line, as a reply must be; where a line ends without a mark, a space comes after it."""
    joined = ""
    for line in canonical(text).split("\n"):
        line = line.strip()
        joined += (" " if joined and line and not joined.endswith(_ENDS) else "") + line
    return joined
