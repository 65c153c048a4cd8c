"""What the XML formats share: text that XML 1.0 can hold, and a document as text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csbot.text.normalise import visible
from csbot.text.regex import regex

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element  # only a name of a type here; nothing is parsed

# Outside the production Char of XML 1.0, and the controls that it discourages.
_REFUSED = regex("[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")


def xml_text(text: str) -> str:
    """Return ``text`` with every character that XML cannot hold made visible; a path stays what it is otherwise."""
    return _REFUSED.sub(lambda refused: visible(refused[0]), text)


def document(root: Element) -> str:
    """Return a whole document, indented, that says that it is UTF-8."""
    from xml.etree.ElementTree import indent, tostring

    indent(root)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{tostring(root, encoding="unicode")}\n'
