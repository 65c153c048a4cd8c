"""What a message of nothing but signs says: 「😡😡😡」."""

from __future__ import annotations

from csbot.text.segment import is_han

_ANGRY = frozenset("😡🤬😠👿💢🖕😤")
ANGER = "气死我了"  # how who sends such a sign would put it


def is_angry_sign(text: str) -> bool:
    """Tell whether text holds a sign of anger: 「😡」."""
    return not _ANGRY.isdisjoint(text)


def said_by_signs(text: str) -> str:
    """Return in words what a normalised message says that holds no word, only signs; "" where it says nothing."""
    if any(is_han(each) or each.isalnum() for each in text):
        return ""
    return ANGER if is_angry_sign(text) else ""
