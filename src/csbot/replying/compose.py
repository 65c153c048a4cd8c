"""Join the replies to several situations into one: apology first, closing last, nothing said or asked twice."""

from __future__ import annotations

import re
from collections.abc import Container, Sequence, Set
from functools import lru_cache

from csbot.replying.asking import BY_SLOT, things_asked, without_asking
from csbot.replying.given import things_given
from csbot.rules.scan import RuleSet
from csbot.text.normalise import normalise
from csbot.text.regex import regex

SENTENCES_KEPT = 1000  # and what they carry, half a megabyte: the wordings of a joint reply share most of theirs
PART_ORDER = ("greeting", "urgent", "opening", "apology", "body", "closing")
# Elements that a second reply need not repeat where the first one has them.
SAID_ONCE = (
    "greeting",
    "apology",
    "ask_need",
    "thanks",
    "thanks_patience",
    "understanding",
    "understand_urgency",
    "farewell",
    "ask_more",
)
# What ends a reply, and has no place before the next one.
ROUNDING_OFF = ("ask_need", "ask_more", "farewell", "welcome_again", "offer_options")
ASKING_NEED = ("ask_need",)  # and what nobody is asked who told a matter, at the very end either
KNOWN = "order_no_known"  # 「订单 20261122001 我已经记下」: a clause of a sentence that goes on
DUTY = "our_duty"  # 「……，这是我们应该做的。」: said of the praise, not of the thanks beside it again
INVITES = frozenset({"invite_details"})  # 「请您先说明一下情况，好吗？」: no question beside the matter that was told
MATTER = "deadline"  # a reply that promises an answer is about a matter, one that only apologises is not
LINKS = ("另外", "还有")  # before a further matter: the second where the first stands in the reply already
_CONDITION = regex("如|若|要是|以后|今后|下次|日后|有[任什其]|还有|需要")
_SENTENCE = regex(r"[^。！？!?]*[。！？!?]+[”」』）]?|[^。！？!?]+$")
_APOLOGY = ("apology",)
_SHORT_APOLOGY = regex("，[^，]{2,8}(?=[。！]$)")
_MATTERS = ("urgent", "body")  # parts of what is a matter whatever it says
MANY = 3  # matters from which each but the first is told what it must hear, and no more
_CONSENT = regex("^(?:好的?|嗯|行|明白了?)[，。！]")
_LINKED = regex("另外|还有|此外|至于|关于")

Reply = tuple[str, str, Sequence[str]]


def sentences_of(reply: str) -> list[str]:
    """Return the sentences of a reply with their closing marks; joined again they are the reply."""
    return [sentence for sentence in _SENTENCE.findall(reply) if sentence.strip()]


def elements_of(text: str, elements: RuleSet, names: Sequence[str]) -> Set[str]:
    """Return which of the named elements ``text`` carries."""
    return _carried(text, elements, tuple(names))


@lru_cache(maxsize=SENTENCES_KEPT)
def _carried(text: str, elements: RuleSet, names: tuple[str, ...]) -> frozenset[str]:
    normalised = normalise(text)
    return frozenset(name for name in names if name in elements and elements.fires(name, normalised))


def in_order(replies: Sequence[Reply], elements: RuleSet) -> list[Reply]:
    """Return replies in the order of PART_ORDER; of those of one part the one that begins with an apology first."""
    return sorted(replies, key=lambda reply: _place(reply, elements))


def _place(reply: Reply, elements: RuleSet) -> tuple[int, bool]:
    first = sentences_of(reply[1])[:1]
    apologises = bool(first) and not _CONDITION.match(first[0]) and bool(elements_of(first[0], elements, _APOLOGY))
    return PART_ORDER.index(reply[0]), not apologises


def without_known(text: str, known: Container[str]) -> str:
    """Return a reply that does not ask for what is known.

    ``known`` are the names of slots that have a value, and the kinds of what a customer gave (``given.KINDS``).
    """
    sentences = sentences_of(text)
    for thing in [*(thing for name, thing in BY_SLOT.items() if name in known), *things_given(known)]:
        sentences = [without_asking(sentence, thing) for sentence in sentences]
    return "".join(sentences) or text


def _without_ending(sentence: str, elements: RuleSet, names: Sequence[str]) -> str:
    """Return a sentence without the clauses that round a reply off, by the ``names`` of their elements.

    「感谢您的耐心等候，请问有什么可以帮您？」 becomes 「感谢您的耐心等候。」; a sentence of nothing else becomes empty.
    """
    clauses = sentence.split("，")
    kept: list[str] = []
    for clause in clauses:
        if not elements_of(clause, elements, names):
            kept.append(clause)
        elif kept and _CONDITION.match(kept[-1]):  # 「如有疑问，」 belongs to what is dropped
            kept.pop()
    if len(kept) == len(clauses):
        return sentence
    return "，".join(kept).rstrip("。！？!?") + "。" if kept else ""


def _without_repeating(sentence: str, said: set[str], elements: RuleSet, own: Sequence[str]) -> str:
    """Return a sentence of a later reply without the clauses that only repeat.

    「……，非常抱歉」, 「……，这是我们应该做的」, and an order number that was noted. An apology that the script itself
    must make stays: of 「给您带来不便，非常抱歉。」 nothing would be left that is a sentence.
    """
    if KNOWN in said:
        first, comma, rest = sentence.partition("，")
        if comma and elements_of(first, elements, (KNOWN,)):
            sentence = rest
    if DUTY in said:
        first, comma, rest = sentence.rstrip("。！").rpartition("，")
        if comma and elements_of(rest, elements, (DUTY,)):
            sentence = first + "。"
    if "apology" in said:
        while (short := _SHORT_APOLOGY.search(sentence)) and elements_of(short[0], elements, _APOLOGY):
            shorter = sentence[: short.start()] + sentence[short.end() :]
            if elements_of(sentence, elements, own) - elements_of(shorter, elements, own):
                break
            sentence = shorter
    return sentence


def join(
    replies: Sequence[Reply],
    elements: RuleSet,
    greetings: Sequence[str] = ("您好",),
    *,
    labels: Sequence[str] = (),
    keep_order: bool = False,
) -> str:
    """Join replies, given as (part, text, declared elements), as ``in_order`` has them; only the first greets.

    A sentence of a later reply is dropped where all that it does has been done: it carries an element that is
    said once only, this was said before, and it carries none of the other elements of its own script. What was asked
    for is not asked for again. A reply to a further matter begins with 「另外，」, and with its label (one of
    ``labels`` for each reply) where it does not say what it is about: 「另外，关于开发票，可以开。」
    What declares no elements is no script, but the agent's own words, and is left as it is. With ``keep_order`` the
    order is that given. Where there are ``MANY`` matters, sentences of the later ones, what is urgent aside, that carry
    none of the elements of their script and promise nothing are left out.
    """
    greeting = re.compile(f"^(?:{'|'.join(map(re.escape, greetings))})[，！。,! ]+")
    ordered = list(zip(replies, labels or [""] * len(replies), strict=True))
    if not keep_order:
        ordered.sort(key=lambda entry: _place(entry[0], elements))
    said: set[str] = set()
    asked: set[str] = set()
    kept: list[str] = []
    matters = 0
    several = any(part in _MATTERS for part, _, _ in replies)
    of_matters = sum(_is_matter(part, text, declared, elements) for part, text, declared in replies)
    for position, ((part, text, declared), label) in enumerate(ordered):
        text = greeting.sub("", text) if position else text
        own = [name for entry in declared for name in entry.split("|") if name not in SAID_ONCE]
        own_all = [name for entry in declared for name in entry.split("|")]
        is_matter = _is_matter(part, text, declared, elements)
        asked_elsewise = of_matters - is_matter > 0 and _has_another_way(text, declared, elements)
        of_mood = several and part == "apology" and bool(own_all) and not is_matter
        of_this: list[str] = []
        asked_here: set[str] = set()
        if matters and is_matter and part != "urgent" and of_matters >= MANY:
            text = _essential(text, own_all, elements)
        for sentence in sentences_of(text):
            if position < len(ordered) - 1:
                sentence = _without_ending(sentence, elements, ROUNDING_OFF)
            elif declared and of_matters > is_matter:
                sentence = _without_ending(sentence, elements, ASKING_NEED)
            repeated = elements_of(sentence, elements, SAID_ONCE)
            if asked_elsewise and elements_of(sentence, elements, own_all) == INVITES:
                continue
            if position and repeated and repeated <= said and not elements_of(sentence, elements, own):
                continue
            if of_mood and not repeated and not elements_of(sentence, elements, own_all):
                continue  # 「请发订单号」 of who is only in a hurry: the matter beside it asks for what it needs
            asked_here |= things_asked(sentence)
            if position and declared:
                sentence = _without_repeating(sentence, said, elements, own)
                for thing in asked:
                    sentence = without_asking(sentence, thing)
            if sentence:
                of_this.append(sentence)
                said |= repeated | elements_of(sentence, elements, (KNOWN, DUTY))
        asked |= asked_here
        if is_matter and matters and of_this:
            of_this[0] = _linked(of_this[0], LINKS[LINKS[0] in "".join(kept)], label)
        elif position and declared and of_this:
            of_this[0] = _CONSENT.sub("", of_this[0]) or of_this[0]
        matters += is_matter
        kept += of_this
    return "".join(kept)


def _essential(text: str, names: Sequence[str], elements: RuleSet) -> str:
    """Return a reply without the sentences that carry none of the named elements and promise no answer.

    「积分可在“我的积分”页面查询。想兑换的话，请到积分商城。有效期以公布的规则为准。」 loses its last sentence. It stays
    whole where an element would be lost.
    """
    needed = (*names, MATTER)
    kept = "".join(sentence for sentence in sentences_of(text) if elements_of(sentence, elements, needed))
    return kept if kept and elements_of(kept, elements, names) == elements_of(text, elements, names) else text


def _is_matter(part: str, text: str, declared: Sequence[str], elements: RuleSet) -> bool:
    """Tell whether a reply is about a matter of its own, not only about the customer's mood."""
    if not declared:
        return False
    return part in _MATTERS or (part == "apology" and bool(elements_of(text, elements, (MATTER,))))


def _has_another_way(text: str, declared: Sequence[str], elements: RuleSet) -> bool:
    """Tell whether a reply holds all it must without asking what happened: it names the way to complain as well."""
    entries = [set(entry.split("|")) for entry in declared if INVITES & set(entry.split("|"))]
    return bool(entries) and all(elements_of(text, elements, tuple(entry - INVITES)) for entry in entries)


def _linked(sentence: str, link: str, label: str) -> str:
    """Return the first sentence of a reply as it goes on from another one: 「另外，……」 in place of 「好的，……」."""
    sentence = _CONSENT.sub("", sentence) or sentence
    if _LINKED.match(sentence):
        return sentence
    told = any(label[at : at + 2] in sentence for at in range(max(1, len(label) - 1)))
    return f"{link}，{sentence}" if told else f"{link}，关于{label}，{sentence}"
