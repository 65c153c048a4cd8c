"""How well messages are recognised, beside peers on the same examples and the same messages."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from benchmarks.messages import HELD_OUT, Labelled, read_labelled, read_lines
from benchmarks.peers import Peer, installed
from benchmarks.tables import print_note, print_table, seconds, share
from csbot.library.load import load_library
from csbot.library.models import Library
from csbot.matching.index import NONE, Example
from csbot.matching.matcher import Matcher
from csbot.matching.measure import Measured, Row, measure
from csbot.matching.result import Decision
from csbot.text.normalise import normalise

AUTHORS = (
    "",
    *(f"_{each}" for each in ("second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")),
)
COLUMNS = ["system", "top-1", "AUROC", "load s", "again s", "p50 ms", "p99 ms"]


@dataclass(frozen=True, slots=True)
class PublicSet:
    """A public set of labelled messages: the file of examples and the file of messages."""

    title: str
    train: str
    test: str


PUBLIC_SETS = (
    PublicSet("SMP 2017, all examples", "smp2017.train.jsonl", "smp2017.test.jsonl"),
    PublicSet("SMP 2017, ten examples a label", "smp2017.few10.train.jsonl", "smp2017.test.jsonl"),
    PublicSet("SMP 2017, a fifth of the labels unknown", "smp2017.oos.train.jsonl", "smp2017.oos.test.jsonl"),
    PublicSet("the same, ten examples a label", "smp2017.oos10.train.jsonl", "smp2017.oos10.test.jsonl"),
)


def run(library: Path, data: Path | None, _repeat: int) -> None:
    """Measure and print everything about recognition."""
    loaded = load_library(str(library))
    make = partial(Matcher.for_library, loaded)
    make().match("你好")  # makes the dictionaries of words and sounds, which are not part of any index
    examples = _library_examples(loaded)
    held_out = _unseen(
        [*read_labelled(HELD_OUT / "heldout.jsonl"), *read_labelled(HELD_OUT / "out_of_scope.jsonl")], examples
    )
    inside = sum(intent is not None for _, intent in held_out)
    title = f"The library: {inside} held-out messages, {len(held_out) - inside} out of scope"
    print_table(title, COLUMNS, [_csbot_row(make, held_out), *_peer_rows(examples, held_out)])
    _print_hard(make())
    for each in PUBLIC_SETS:
        if data is None or not (data / each.train).is_file() or not (data / each.test).is_file():
            print_note(f"skipped, no public data (--data): {each.title}")
            continue
        _run_public(each, data)


def _run_public(each: PublicSet, data: Path) -> None:
    examples = [(text, intent or NONE) for text, intent in read_labelled(data / each.train)]
    messages = read_labelled(data / each.test)
    make = partial(Matcher.for_examples, f"bench-{each.train}", [Example(*pair) for pair in examples])
    title = f"{each.title}: {len(examples)} examples, {len(messages)} messages"
    print_table(title, COLUMNS, [_csbot_row(make, messages), *_peer_rows(examples, messages)])


def _library_examples(library: Library) -> list[tuple[str, str]]:
    """Return what the matcher of a library learns from, for the peers."""
    intents = [intent for intent in library.intents.values() if intent.trigger == "customer"]
    examples = [(text, intent.id) for intent in intents for text in (*intent.examples, *intent.keywords)]
    return examples + [(text, NONE) for text in library.out_of_scope]


def _unseen(messages: Sequence[Labelled], examples: Sequence[tuple[str, str]]) -> list[Labelled]:
    """Return the messages that do not stand among the examples: short ones (「多谢」) cannot but do."""
    known = {normalise(text).text.strip() for text, _ in examples}
    return [message for message in messages if normalise(message[0]).text.strip() not in known]


def _timed(make: Callable[[], Matcher]) -> tuple[float, Matcher]:
    start = time.perf_counter()
    matcher = make()
    return time.perf_counter() - start, matcher


def _csbot_row(make: Callable[[], Matcher], messages: Sequence[Labelled]) -> list[str]:
    for compiled in Path(os.environ["CSBOT_CACHE_DIR"]).glob("index-*"):
        compiled.unlink()
    load_seconds, _ = _timed(make)
    again_seconds, matcher = _timed(make)
    matcher.match(messages[0][0])
    return _cells("csbot", measure(matcher, messages, time.perf_counter), load_seconds, again_seconds)


def _peer_rows(examples: Sequence[tuple[str, str]], messages: Sequence[Labelled]) -> list[list[str]]:
    rows = []
    for peer in installed(len(examples)):
        start = time.perf_counter()
        peer.fit([text for text, _ in examples], [label for _, label in examples])
        load_seconds = time.perf_counter() - start
        peer.best(messages[0][0])
        rows.append(_cells(peer.name, _measure_peer(peer, messages), load_seconds, None))
    return rows


def _measure_peer(peer: Peer, messages: Sequence[Labelled]) -> Measured:
    rows = []
    for text, expected in messages:
        start = time.perf_counter()
        label, score = peer.best(text)
        taken = time.perf_counter() - start
        rows.append(Row(expected, label, (label,), Decision.MATCHED, score, taken))
    return Measured(tuple(rows))


def _cells(name: str, measured: Measured, load_seconds: float, again_seconds: float | None) -> list[str]:
    figures = measured.summary()
    return [
        name,
        share(figures["top1"]),
        share(figures["auroc"]),
        seconds(load_seconds),
        seconds(again_seconds),
        f"{figures['p50_ms']:.2f}",
        f"{figures['p99_ms']:.2f}",
    ]


def _print_hard(matcher: Matcher) -> None:
    """Print, author by author, what becomes of messages with several situations, and of those that deny one."""
    rows = []
    for name in AUTHORS:
        several = [
            (set(entry["intents"]), set(matcher.match(entry["text"]).intents))
            for entry in read_lines(HELD_OUT / f"multi{name}.jsonl")
        ]
        denied = [entry for entry in read_lines(HELD_OUT / f"negation{name}.jsonl") if entry["not"] is not None]
        left_alone = sum(entry["not"] not in matcher.match(entry["text"]).intents for entry in denied)
        rows.append(
            [
                name.removeprefix("_") or "first",
                f"{sum(meant == found for meant, found in several)} of {len(several)}",
                str(sum(len(meant - found) for meant, found in several)),
                str(sum(len(found - meant) for meant, found in several)),
                f"{left_alone} of {len(denied)}",
            ]
        )
    columns = ["author", "several: exactly these", "missing", "too many", "denied: not answered"]
    print_table("The library: hard messages", columns, rows)
