"""What tells a finding apart from others of its kind, wherever its line moves to."""

from __future__ import annotations

import hashlib
from collections import Counter

from csbot.text.normalise import normalise

CONTEXT = 24  # characters of the same line that count on both sides
LENGTH = 32  # hexadecimal digits


def context_of(text: str, start: int, end: int) -> str:
    """Return what stands at ``start``–``end`` and around it in its lines, without width, case and white space."""
    before = max(text.rfind("\n", 0, start) + 1, start - CONTEXT)
    behind = text.find("\n", end)
    behind = min(len(text) if behind < 0 else behind, end + CONTEXT)
    # A mark between the three, so that a wording that moves into the hit is not the same hit.
    pieces = (text[before:start], text[start:end], text[end:behind])
    return "|".join("".join(normalise(piece).text.split()) for piece in pieces)


class Fingerprints:
    """Gives every finding of a run its fingerprint: rule, file, wording around it, and the how-many-th of them."""

    def __init__(self) -> None:
        self._seen: Counter[int] = Counter()  # by 64 bits of a digest: a large file has tens of thousands

    def of(self, code: str, path: str, context: str) -> str:
        """Return the fingerprint of the next finding of ``code`` in ``path`` with that context."""
        said = "\0".join((code, path, context)).encode("utf-8", "surrogatepass")
        mark = int.from_bytes(hashlib.blake2b(said, digest_size=8).digest(), "little")
        self._seen[mark] += 1
        digest = hashlib.sha256(said + f"\0{self._seen[mark]}".encode())
        return digest.hexdigest()[:LENGTH]
