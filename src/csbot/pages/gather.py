"""What the page shows, as plain values: the template only writes it down."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from csbot.library.models import Library
from csbot.library.values import Intent, Manual, Reply, Script
from csbot.matching.crossing import is_stolen, judge_library
from csbot.pages.highlight import Highlighter, Piece
from csbot.replying.guard import Guard
from csbot.rules.wording.model import PhraseRule

COACHING = {"use": "什么时候用", "avoid": "什么时候不用", "tip": "提示"}
OTHER = "other"


@dataclass(frozen=True, slots=True)
class ShownReply:
    """A reply of a situation; ``said`` are the numbers of the elements that were found in it."""

    id: str
    pieces: tuple[Piece, ...]
    when: str
    layer: str
    said: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Situation:
    """A situation with all that is known of it."""

    intent: Intent
    script: Script | None
    elements: tuple[str, ...]  # names, in the order of the script
    replies: tuple[ShownReply, ...]
    coaching: tuple[tuple[str, str], ...]
    never: tuple[str, ...]
    following: tuple[tuple[str, str], ...]  # ids and names
    covered: tuple[tuple[str, str], ...]  # the same of what its replies speak for
    dates: tuple[str, ...]
    overdue: bool


@dataclass(frozen=True, slots=True)
class Topic:
    """A file of scripts, or several of one topic."""

    id: str
    name: str
    situations: tuple[Situation, ...]


@dataclass(frozen=True, slots=True)
class Fired:
    """A forbidden rule and how often it fires."""

    rule: PhraseRule
    bad: int  # of its own examples that must not be said
    good: int  # of its own examples that may be said
    drafts: int
    layer: str


@dataclass(frozen=True, slots=True)
class Overlap:
    """Examples of one situation that the other examples take for another."""

    own: str
    winner: str
    examples: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """All that the page shows."""

    library: Library
    names: Mapping[str, str]  # of situations, by id
    topics: tuple[Topic, ...]
    rules: tuple[Fired, ...]
    overlaps: tuple[Overlap, ...] | None  # None where they were not looked for
    manuals: tuple[Manual, ...]
    without_section: tuple[str, ...]
    drafts: int | None  # how many the rules were run over, None where there were none
    today: date


def gather(library: Library, today: date, *, overlaps: bool = True, drafts: Sequence[str] | None = None) -> Page:
    """Return what the page of a library shows.

    ``today`` is the day by which scripts are up to date or not. ``overlaps`` compares all examples, which takes some
    seconds the first time. ``drafts`` are texts of agents over which the forbidden rules are run. Raises GuardError
    where the library has no forbidden rules.
    """
    named = {step for manual in library.manuals for section in manual.sections for step in section.situations}
    return Page(
        library,
        {intent.id: intent.name for intent in library.intents.values()},
        tuple(_topics(library, today)),
        tuple(_fired(library, drafts or ())),
        tuple(_overlaps(library)) if overlaps else None,
        library.manuals,
        tuple(each for each in library.intents if each not in named) if library.manuals else (),
        None if drafts is None else len(drafts),
        today,
    )


def _topics(library: Library, today: date) -> Iterator[Topic]:
    names = {file["topic"]: file["name"] for path, file in library.data.items() if path.startswith("scripts_library/")}
    by_topic: dict[str, list[Situation]] = defaultdict(list)
    highlighter = Highlighter(library)
    for intent in library.intents.values():
        script = library.scripts.get(intent.id)
        by_topic[script.topic if script else OTHER].append(_situation(library, intent, script, highlighter, today))
    for topic in (*names, OTHER):
        if topic in by_topic:
            yield Topic(topic, names.get(topic, "没有话术的情景"), tuple(by_topic.pop(topic)))


def _situation(
    library: Library, intent: Intent, script: Script | None, highlighter: Highlighter, today: date
) -> Situation:
    if script is None:
        return Situation(intent, None, (), (), (), (), (), (), (), False)
    never = script.coaching.get("never", ())
    expired = bool(script.expires) and date.fromisoformat(script.expires) < today
    due = bool(script.reviewed) and (today - date.fromisoformat(script.reviewed)).days > library.review_days
    given = (("负责人", script.owner), ("上次复核", script.reviewed), ("有效到", script.expires))
    return Situation(
        intent,
        script,
        tuple(map(highlighter.name, script.elements)),
        tuple(_replies(library, script, highlighter)),
        tuple((label, str(script.coaching[key])) for key, label in COACHING.items() if script.coaching.get(key)),
        tuple(never) if isinstance(never, list | tuple) else (str(never),),
        tuple((step, library.intents[step].name) for step in script.next),
        tuple((each, library.intents[each].name) for each in script.covers),
        tuple(f"{label} {value}" for label, value in given if value),
        expired or due,
    )


def _replies(library: Library, script: Script, highlighter: Highlighter) -> Iterator[ShownReply]:
    for index, reply in enumerate(script.replies):
        pieces = highlighter.pieces(script, reply)
        layer = library.layer_of_reply(script.intent, index)
        said = sorted({number for piece in pieces for number in piece.elements})
        yield ShownReply(
            f"{script.intent}#{index + 1}", pieces, _when(reply), layer.title if layer else "", tuple(said)
        )


def _when(reply: Reply) -> str:
    """Return under which conditions a reply is chosen, in words; empty where it always may be."""
    return "，".join(f"{name}：{value}" for name, value in reply.spoken_conditions)


def _fired(library: Library, drafts: Iterable[str]) -> Iterator[Fired]:
    rules = Guard(library).rules
    among = Counter(identifier for draft in drafts for identifier in {hit.rule.id for hit in rules.scan(draft)})
    for rule in library.forbidden:
        layer = library.layer_of_rule(rule.id)
        yield Fired(
            rule,
            sum(rules.fires(rule.id, text) for text in rule.positives),
            sum(rules.fires(rule.id, text) for text in rule.negatives),
            among[rule.id],
            layer.title if layer else "",
        )


def _overlaps(library: Library) -> Iterator[Overlap]:
    """Yield pairs of situations by how many examples go astray, most first."""
    pairs: dict[tuple[str, str], list[str]] = defaultdict(list)
    for judged in judge_library(library):
        if is_stolen(judged):
            pairs[judged.intent, judged.winner].append(judged.text)
    for (own, winner), examples in sorted(pairs.items(), key=lambda pair: (-len(pair[1]), pair[0])):
        yield Overlap(own, winner, tuple(examples))
