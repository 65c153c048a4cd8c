"""How messages with several situations are taken apart, and the weights that decide it, fitted anew.

Every author's messages are judged by weights that were fitted to those of the others: the figures say what to expect
of an author who is not among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.messages import HELD_OUT, read_labelled, read_lines
from benchmarks.tables import print_table
from csbot.library.load import load_library
from csbot.matching.matcher import Matcher
from csbot.matching.parting import READILY, WEIGHTS, Evidence, goes_on

AUTHORS = (
    "multi",
    "multi_second",
    "multi_third",
    "multi_fourth",
    "multi_fifth",
    "multi_sixth",
    "multi_seventh",
    "multi_eighth",
    "multi_ninth",
    "multi_tenth",
)
SINGLE = (
    "heldout_second",
    "heldout_added",
    "heldout_third",
    "out_of_scope_second",
)  # learnt from: none of their cuts is right
UNSEEN = ("heldout", "heldout_fourth", "heldout_fifth", "out_of_scope")  # only judged
DICTATED = ", no marks"  # behind the name of a file: its messages without marks
STRICTNESS = 1.0  # how strongly weights are held to zero (one over the variance)
STEPS, RATE = 3000, 0.02


@dataclass(frozen=True, slots=True)
class Choice:
    """A message, what is asked in it, and the ways to answer: whole, then every cut."""

    source: str
    meant: frozenset[str]
    ways: Sequence[frozenset[str]]
    evidence: Any  # ways × weights; that of the whole message is 0

    @property
    def right(self) -> list[bool]:
        """Which ways are right: those that answer all; else those that answer a part and nothing else; else whole."""
        exact = [False, *(way == self.meant for way in self.ways[1:])]
        part = [False, *(way < self.meant for way in self.ways[1:])]
        for found in (exact, part) if len(self.meant) > 1 else ():
            if any(found):
                return found
        return [True, *(False for _ in self.ways[1:])]


def run(library: Path, _data: Path | None, _repeat: int) -> None:
    """Print what the weights in use and weights of the other authors do, and the weights fitted to all."""
    matcher = Matcher.for_library(load_library(str(library)))
    authors, learnt, judged = (_and_dictated(names) for names in (AUTHORS, SINGLE, (*SINGLE, *UNSEEN)))
    several = {name: [_choice(matcher, name, *each) for each in _several(name)] for name in authors}
    single = {name: [_choice(matcher, name, *each) for each in _single(name)] for name in judged}
    learnt_from = [each for name in learnt for each in single[name]]
    rows = []
    for name, messages in several.items():
        author = name.removesuffix(DICTATED)
        others = [each for other in authors if other.removesuffix(DICTATED) != author for each in several[other]]
        fitted = fit([*others, *learnt_from])
        rows.append([name, *(_counts(messages, weights) for weights in (WEIGHTS, fitted))])
    print_table(
        "Several situations: exactly these, missing, wrong", ["messages", "weights in use", "fitted to others"], rows
    )
    rows = [[name, str(_taken_apart(single[name])), str(len(single[name]))] for name in judged]
    print_table("Messages of one situation or none that are taken apart", ["messages", "taken apart", "of"], rows)
    fitted = fit([*(each for messages in several.values() for each in messages), *learnt_from])
    pairs = zip(Evidence._fields, WEIGHTS, fitted, strict=True)
    rows = [[field, f"{used:.2f}", f"{found:.2f}"] for field, used, found in pairs]
    print_table("Weights", ["what speaks for a cut", "in use", "fitted to all"], rows)


def _and_dictated(names: Sequence[str]) -> list[str]:
    return [*names, *(f"{name}{DICTATED}" for name in names)]


def _several(name: str) -> list[tuple[str, frozenset[str]]]:
    if name.endswith(DICTATED):
        return _dictated(_several(name.removesuffix(DICTATED)))
    return [(entry["text"], frozenset(entry["intents"])) for entry in read_lines(HELD_OUT / f"{name}.jsonl")]


def _single(name: str) -> list[tuple[str, frozenset[str]]]:
    if name.endswith(DICTATED):
        return _dictated(_single(name.removesuffix(DICTATED)))
    messages = read_labelled(HELD_OUT / f"{name}.jsonl")
    return [(text, frozenset() if intent is None else frozenset({intent})) for text, intent in messages]


def _dictated(messages: Sequence[tuple[str, frozenset[str]]]) -> list[tuple[str, frozenset[str]]]:
    """Return those messages that have marks inside, without them: as who dictates sends them."""
    pairs = ((text, "".join(each for each in text if each.isalnum()), meant) for text, meant in messages)
    return [(plain, meant) for text, plain, meant in pairs if plain not in text]


def _choice(matcher: Matcher, source: str, text: str, meant: frozenset[str]) -> Choice:
    import numpy as np

    found = [cut._replace(evidence=cut.evidence._replace(goes_on=goes_on(cut, matcher))) for cut in matcher.cuts(text)]
    answered = matcher.match(text).candidates[:1]
    ways = [frozenset(each.intent for each in answered), *(frozenset(cut.intents) for cut in found)]
    evidence = [Evidence(*[0.0] * len(WEIGHTS)), *(cut.evidence for cut in found)]
    return Choice(source, meant, ways, np.array(evidence, dtype=float))


def fit(choices: Sequence[Choice]) -> Evidence:
    """Return the weights under which the right ways are likeliest, by gradient descent (Kingma, Ba: Adam, 2015)."""
    import numpy as np

    choices = [each for each in choices if len(each.ways) > 1]
    most = max(len(each.ways) for each in choices)
    evidence = np.zeros((len(choices), most, len(WEIGHTS)))
    there = np.full((len(choices), most), -np.inf)
    right = np.full((len(choices), most), -np.inf)
    for at, each in enumerate(choices):
        count = len(each.ways)
        evidence[at, :count] = each.evidence
        there[at, :count] = 0.0
        right[at, :count][each.right] = 0.0
    weights = np.zeros(len(WEIGHTS))
    mean, square = np.zeros_like(weights), np.zeros_like(weights)
    for step in range(1, STEPS + 1):
        value = evidence @ weights
        expected, wanted = (_shares(value + mask) for mask in (there, right))
        slope = np.einsum("mw,mwe->e", expected - wanted, evidence) + STRICTNESS * weights
        mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope**2
        weights -= RATE * (mean / (1 - 0.9**step)) / (np.sqrt(square / (1 - 0.999**step)) + 1e-9)
    return Evidence(*weights.tolist())


def _shares(value: Any) -> Any:
    import numpy as np

    raised = np.exp(value - value.max(axis=1, keepdims=True))
    return raised / raised.sum(axis=1, keepdims=True)


def _chosen(choice: Choice, weights: Evidence) -> int:
    values = (choice.evidence @ weights) + READILY
    values[0] = 0.0
    return int(values.argmax())


def _counts(choices: Sequence[Choice], weights: Evidence) -> str:
    answers = [(each.meant, each.ways[_chosen(each, weights)]) for each in choices]
    exact = sum(meant == answered for meant, answered in answers)
    missing = sum(len(meant - answered) for meant, answered in answers)
    wrong = sum(len(answered - meant) for meant, answered in answers)
    return f"{exact} of {len(answers)}, {missing}, {wrong}"


def _taken_apart(choices: Sequence[Choice]) -> int:
    return sum(_chosen(each, WEIGHTS) > 0 for each in choices)
