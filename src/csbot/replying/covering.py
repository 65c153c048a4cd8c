"""Which situations of a message need no reply of their own, since the reply to another one speaks for them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from csbot.library.values import Script


def covered_by(scripts: Mapping[str, Script], intents: Sequence[str]) -> dict[str, str]:
    """Return the situations that are not answered by themselves, each with the one whose reply speaks for it.

    Only what is answered speaks for others: with 「甲 covers 乙」 and 「乙 covers 丙」, 甲 and 丙 are answered where
    all three are recognised. A library in which situations cover each other in a circle is not loaded.
    """
    covering = {each: [by for by in intents if each in scripts[by].covers] for each in intents if each in scripts}

    def speaker(intent: str) -> str:
        return next((by for by in covering.get(intent, ()) if not speaker(by)), "")

    return {each: by for each in intents if (by := speaker(each))}
