"""Lines in which an agent asks for a script: 「客户骂人该怎么回」, 「催缴费的话术」. No customer said them."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable

from csbot.library.models import Library
from csbot.library.values import AgentQuestions
from csbot.text.normalise import normalise
from csbot.text.regex import regex
from csbot.text.segment import is_han

LONGEST = 40  # characters: who looks for a script writes no letter
BARE = 12  # characters of what is asked for where nothing says who asks but 「怎么讲」
_NEAR = 6  # characters between 「怎么」 and what one does: 「怎么委婉地拒绝」
_MARKS = " ,.!?;:~、。…"
_TO = "[跟和对向给同与]"
_NOT_COUNTED = "\0"


class Questions:
    """Recognises an agent's questions by the words of a library, and tells what they ask for."""

    def __init__(self, words: AgentQuestions, called_up: Collection[str]) -> None:
        """``called_up``: names and keywords of the situations that only agents speak of."""
        self.key = f"{words!r} {sorted(called_up)}"  # all that an answer hangs on
        self._called_up = [name for each in called_up if len(name := normalise(each).text) > 1]
        anyone = _any((*words.customers, *words.themselves))
        way, speaking, answering = _any(words.ways), _any(words.speaking), _any(words.answering)
        says = _any((*words.speaking, *words.answering))
        does = _any((*words.speaking, *words.answering, *words.handling))
        customers = _any(words.customers)
        end = rf"(?:{_any(words.ending)}|[{_MARKS}])*+$"  # taken as they come: words of words could be tried for ever
        start = rf"^(?:{_any(words.opening)}|[{_MARKS}])*+"
        near = rf"[^{_MARKS}]{{0,{_NEAR}}}?"
        asks_how = (*words.speaking, *words.answering)
        self._names = _folded((*words.scripts, *words.named_scripts, *words.customers, *words.themselves))
        self._hows, self._says = _folded(words.ways), _folded(asks_how)
        # compiled when they are first asked: few lines get so far, and all of them take 40 ms
        self._others = regex(_any(words.others))
        self._customers_say = regex(_any(words.said_by_customers))
        self._asks = regex(
            rf"{_any((*words.scripts, *words.named_scripts))}的?(?:{way}{speaking}?)?{end}"
            rf"|{way}{near}(?:{_TO}{anyone}{near}{does}|{does}{near}{anyone})"
            rf"|{_TO}{anyone}{near}{way}{near}{does}"
            rf"|{start}{anyone}[^\n]*?{way}{near}{says}{end}"
            rf"|{start}{customers}[^\n]*?{_any(words.helpless)}{end}"
            rf"|{customers}[^\n]+?{way}{near}{does}{end}"
            rf"|{way}{answering}{end}"
        )
        self._asks_barely = regex(rf"{way}{speaking}{end}")
        self._frame = regex(
            rf"{start}|{end}|{_TO}?{anyone}{speaking}?|{_any(words.helpless)}{end}|{way}(?:{speaking}|{answering}{end})?"
            rf"|的?{_any(words.scripts)}(?=的?(?:{way})?{end})"
        )

    @classmethod
    def of_library(cls, library: Library) -> Questions:
        """Return what recognises such lines by a library."""
        ours = (each for each in library.intents.values() if each.trigger == "agent")
        return cls(library.agent_questions, [name for each in ours for name in (each.name, *each.keywords)])

    def asked(self, text: str) -> str:
        """Return what an agent asks a script for, in the words of the line (「骂人」); empty where no agent asks."""
        line = normalise(text.strip()).text.strip(_MARKS)
        if not 0 < len(line) <= LONGEST or "\n" in line:
            return ""
        if not self._may_ask(line):
            return ""
        counted = self._others.sub(lambda found: _NOT_COUNTED * len(found[0]), line)
        if self._customers_say.search(counted):
            return ""
        wanted = self._wanted(line, counted)
        if self._asks.search(counted):
            return wanted
        barely = len(wanted) <= BARE and self._asks_barely.search(counted) is not None
        return wanted if barely and any(name in wanted for name in self._called_up) else ""

    def _may_ask(self, line: str) -> bool:
        """Tell whether a line holds what any such question needs: whom or what it is about, or how to say something."""
        return any(word in line for word in self._names) or (
            any(word in line for word in self._hows) and any(word in line for word in self._says)
        )

    def _wanted(self, line: str, counted: str) -> str:
        """Return a line without the words that only ask; empty where nothing is left."""
        kept, at = [], 0
        for found in self._frame.finditer(counted):
            kept.append(line[at : found.start()])
            at = found.end()
        wanted = "".join([*kept, line[at:]]).strip(_MARKS + "的")
        return wanted if any(map(is_han, wanted)) else ""


def _folded(words: Iterable[str]) -> set[str]:
    """Return words as normalised text holds them."""
    return {normalise(word).text for word in words} - {""}


def _any(words: Iterable[str]) -> str:
    """Return an expression of any of some words, the longest first; of none, one that is found nowhere."""
    listed = sorted(_folded(words), key=lambda word: (-len(word), word))
    return f"(?:{'|'.join(map(re.escape, listed))})" if listed else "(?!)"
