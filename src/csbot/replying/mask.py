"""Personal data that a reply need not repeat in full: telephone, identity card and bank card numbers.

Only what is filled into a reply is masked, never the library's own text: a hotline stays readable. A number
counts where its own check says so: the check digit of an identity card (GB 11643-1999), the Luhn check of a
bank card (ISO/IEC 7812-1).
"""

from __future__ import annotations

import re
from datetime import date

from csbot.text.regex import regex

_DIGITS = regex(r"(?<![0-9A-Za-z])[0-9](?:[ -]?[0-9]){9,20}[ -]?[0-9Xx]?(?![0-9A-Za-z])")
_MOBILE = regex(r"1[3-9][0-9]{9}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECKS = "10X98765432"


def is_identity_card(number: str) -> bool:
    """Tell whether 18 characters are the number of a Chinese identity card: a real date and the check digit."""
    if not re.fullmatch(r"[1-9][0-9]{16}[0-9X]", number):
        return False
    try:
        date(int(number[6:10]), int(number[10:12]), int(number[12:14]))
    except ValueError:
        return False
    total = sum(int(digit) * weight for digit, weight in zip(number, _WEIGHTS, strict=False))
    return _CHECKS[total % 11] == number[17]


def is_bank_card(number: str) -> bool:
    """Tell whether 16 to 19 digits pass the Luhn check."""
    if not re.fullmatch(r"[1-9][0-9]{15,18}", number):
        return False
    total = 0
    for position, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if position % 2 else 1)
        total += value - 9 if value > 9 else value
    return total % 10 == 0


def mask(text: str) -> str:
    """Return ``text`` with personal numbers masked: 138****5678, 110101********1234, 尾号1234."""
    return _DIGITS.sub(_masked, text)


def _masked(found: re.Match[str]) -> str:
    number = re.sub("[ -]", "", found.group()).upper()
    if _MOBILE.fullmatch(number):
        return f"{number[:3]}****{number[-4:]}"
    if is_identity_card(number):
        return f"{number[:6]}********{number[-4:]}"
    if is_bank_card(number):
        return f"尾号{number[-4:]}"
    return found.group()
