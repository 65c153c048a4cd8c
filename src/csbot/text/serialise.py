"""Text for other programs: JSON that any reader takes, and bytes of any string."""

from __future__ import annotations

import json
from typing import Any

_SEPARATORS = {ord(each): f"\\u{ord(each):04x}" for each in "\x85\u2028\u2029"}


def to_json(value: Any, indent: int | None = None) -> str:
    """Return ``value`` as JSON: Chinese as it is; lone surrogates and line separators escaped.

    So any reader takes the line, and takes it for one line.
    """
    text = json.dumps(value, ensure_ascii=False, indent=indent).translate(_SEPARATORS)
    try:
        text.encode()
    except UnicodeEncodeError:
        return json.dumps(value, ensure_ascii=True, indent=indent)
    return text


def paired(text: str) -> str:
    """Return ``text`` with each pair of surrogates as the one character that readers of its JSON take it for.

    An escaped one and a byte that was no UTF-8 can come to stand side by side.
    """
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "surrogatepass")


def utf8(text: str) -> bytes:
    """Return the UTF-8 bytes of any string, those that were no UTF-8 when they were read included.

    A byte that could not be decoded is a lone surrogate in ``text`` (``surrogateescape``) and becomes that byte
    again; any other lone surrogate, which JSON can bring in, takes the three bytes of its code point.
    """
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:
        return text.encode("utf-8", "surrogatepass")
