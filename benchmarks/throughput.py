"""How many megabytes a second a long text is read, beside what else finds a list of expressions in a text."""

from __future__ import annotations

import importlib.util
import json
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.messages import read_lines
from benchmarks.rules import AGENT_LINES, literal_phrases
from benchmarks.tables import MEGABYTE, print_note, print_table
from csbot.library.load import load_library
from csbot.library.models import Library
from csbot.replying.guard import Guard
from csbot.rules.scan import RuleSet
from csbot.rules.wording.model import PhraseRule

SIZE = 20  # megabytes, unless said otherwise
SAMPLE = MEGABYTE // 2  # of the text for readers that would take minutes
PART = MEGABYTE // 8  # of the text for ten thousand rules, which hit it ninety times a kilobyte
ROUNDS = 2  # of the peers: the best of these counts; csbot remembers the lines that it read, so its first counts
MANY = 10_000  # rules made from the text's own vocabulary
REPLIES = 1000
SEED = 20261122
FASTSCAN = "fastscan@1.0.6"

# Reads the phrases and the text, and prints the best of some rounds in seconds and how many hits there were.
_NODE = """
const fs = require('fs');
const FastScanner = require('fastscan');
const [phrases, path, rounds] = process.argv.slice(1);
const scanner = new FastScanner(JSON.parse(fs.readFileSync(phrases, 'utf8')));
const lines = fs.readFileSync(path, 'utf8').split('\\n');
let best = Infinity, hits = 0;
for (let round = 0; round < Number(rounds); round++) {
  const start = process.hrtime.bigint();
  hits = 0;
  for (const line of lines) hits += scanner.search(line).length;
  best = Math.min(best, Number(process.hrtime.bigint() - start) / 1e9);
}
console.log(best, hits);
"""
_PEAK = """
import resource, subprocess, sys
command = [sys.executable, "-m", "csbot", "--library", sys.argv[1], "check", sys.argv[2]]
code = subprocess.run(command, stdout=subprocess.DEVNULL).returncode
assert code == 1, code
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
"""


@dataclass(frozen=True, slots=True)
class Reading:
    """How fast something read a text: wall and processor seconds for so many bytes, and how many hits it had."""

    name: str
    size: int
    wall: float
    processor: float | None
    hits: int

    def cells(self) -> list[str]:
        """Return the reading as cells."""
        processor = "–" if self.processor is None else f"{self.size / MEGABYTE / self.processor:.1f}"
        return [self.name, f"{self.size / MEGABYTE / self.wall:.1f}", processor, str(self.hits)]


class _Size:
    """How long the texts are, in bytes."""

    of_text = SIZE * MEGABYTE


def set_size(megabytes: int) -> None:
    """Measure with texts of so many megabytes."""
    _Size.of_text = megabytes * MEGABYTE


def run(library: Path, data: Path | None, _repeat: int) -> None:
    """Measure and print how fast long texts are read."""
    if data is None or not (data / AGENT_LINES).is_file():
        print_note("skipped, no public data (--data): throughput on long texts")
        return
    loaded = load_library(str(library))
    guard = Guard(loaded)
    guard.findings("不知道。\n" * 20_000)  # makes the tables
    lines = [entry["text"] for entry in read_lines(data / AGENT_LINES)]
    dialogues, once = _text(lines), _text_without_repeats(lines)
    phrases = literal_phrases(loaded)
    name = f"csbot: {len(loaded.forbidden)} rules, normalisation, line numbers"
    readings = [
        _measure(name, dialogues, guard.rules),
        _measure(f"{name}; no line twice", once, guard.rules),
        _measure(
            "csbot: the same on approved replies, no line twice", _text_without_repeats(_replies(loaded)), guard.rules
        ),
    ]
    many = RuleSet(_many_rules(dialogues))
    many.scan("不知道。\n" * 20_000)
    for title, text in (("", dialogues), ("; no line twice", once)):
        part = text[: text.rindex("\n", 0, PART // 3)]
        size = len(part.encode()) / MEGABYTE
        readings.append(_measure(f"csbot: {MANY} random phrases of the text (on {size:.1f} MB){title}", part, many))
    readings += _peers(phrases, dialogues)
    columns = ["reader", "MB/s", "MB/s of processor time", "hits"]
    print_table(f"Throughput on a text of {_Size.of_text // MEGABYTE} MB", columns, [each.cells() for each in readings])
    fastest = min((each for each in readings if each.name.startswith("peer")), key=lambda each: each.wall / each.size)
    for each in readings[:2]:
        times = each.wall / each.size / (fastest.wall / fastest.size)
        print_note(f"{each.name}: {times:.1f} times as long as {fastest.name}")
    print_note(f"peers look for {len(phrases)} phrases as they are, line by line where that is how they are used")
    print_note(_time_replies(guard, loaded))
    _print_memory(library, dialogues)


def _text(lines: Sequence[str]) -> str:
    """Return a text of as many bytes as were asked for of random lines."""
    chosen = random.Random(SEED)
    drawn: list[str] = []
    size = 0
    while size < _Size.of_text:
        drawn.append(chosen.choice(lines))
        size += len(drawn[-1].encode()) + 1
    return "\n".join(drawn)


def _text_without_repeats(lines: Sequence[str]) -> str:
    """Return a text as long as was asked for, of lines that are put together from clauses, none of them twice."""
    chosen = random.Random(SEED)
    clauses = sorted({clause for line in lines for clause in re.split("(?<=[，。！？；])", line) if len(clause) > 2})
    drawn: dict[str, None] = {}
    size = 0
    while size < _Size.of_text:
        line = "".join(chosen.choice(clauses) for _ in range(chosen.randint(2, 4)))
        if line not in drawn:
            drawn[line] = None
            size += len(line.encode()) + 1
    return "\n".join(drawn)


def _replies(library: Library) -> list[str]:
    """Return every approved reply, with examples in its slots."""
    examples = {name: slot.example or slot.default or "一" for name, slot in library.slots.items()}
    texts = [reply.text for script in library.scripts.values() for reply in script.replies]
    for name, example in examples.items():
        texts = [text.replace(f"{{{name}}}", example) for text in texts]
    return [text.replace("\n", " ") for text in texts]


def _many_rules(text: str) -> list[PhraseRule]:
    """Return rules of three to five Han characters that stand somewhere in the text."""
    chosen = random.Random(SEED)
    phrases: set[str] = set()
    while len(phrases) < MANY:
        at = chosen.randrange(len(text) - 5)
        piece = text[at : at + chosen.randint(3, 5)]
        if all("\u4e00" <= character <= "\u9fff" for character in piece):
            phrases.add(piece)
    return [
        PhraseRule(f"many.rule{at}", each, "many", "试", "—", phrases=(each,))
        for at, each in enumerate(sorted(phrases))
    ]


def _measure(name: str, text: str, rules: RuleSet) -> Reading:
    def read(whole: str) -> int:
        return len(_with_line_numbers(whole, [hit.start for hit in rules.scan(whole)]))

    return _best(name, read, text, rounds=1)


def _with_line_numbers(text: str, starts: Sequence[int]) -> list[tuple[int, int]]:
    """Return the line and the column of each place, given in order."""
    places: list[tuple[int, int]] = []
    line, position = 1, 0
    for start in starts:
        line += text.count("\n", position, start)
        position = start
        places.append((line, start - text.rfind("\n", 0, start)))
    return places


def _best(name: str, read: Callable[[str], int], text: str, rounds: int = ROUNDS) -> Reading:
    best = best_processor = float("inf")
    hits = 0
    for _ in range(rounds):
        wall, processor = time.perf_counter(), time.process_time()
        hits = read(text)
        best = min(best, time.perf_counter() - wall)
        best_processor = min(best_processor, time.process_time() - processor)
    return Reading(name, len(text.encode()), best, best_processor, hits)


def _peers(phrases: Sequence[str], text: str) -> list[Reading]:
    """Return what the peers that are installed do with the same text."""
    sample = text[: text.rindex("\n", 0, SAMPLE)]
    lines = text.split("\n")
    few = sample.split("\n")
    readings = [
        _best(
            f"peer: `in` for each phrase (on {len(sample.encode()) / MEGABYTE:.1f} MB)",
            lambda _: sum(phrase in line for line in few for phrase in phrases),
            sample,
        )
    ]
    if _installed("ahocorasick"):
        import ahocorasick

        automaton = ahocorasick.Automaton()
        for phrase in phrases:
            automaton.add_word(phrase, phrase)
        automaton.make_automaton()
        readings.append(
            _best(
                "peer: pyahocorasick, by line", lambda _: sum(1 for line in lines for _ in automaton.iter(line)), text
            )
        )
        readings.append(_best("peer: pyahocorasick, whole", lambda _: sum(1 for _ in automaton.iter(text)), text))
    from ahocorasick_rs import AhoCorasick

    rust = AhoCorasick(phrases)
    find = rust.find_matches_as_indexes
    readings.append(
        _best("peer: ahocorasick_rs, by line", lambda _: sum(len(find(line, overlapping=True)) for line in lines), text)
    )
    readings.append(_best("peer: ahocorasick_rs, whole", lambda _: len(find(text, overlapping=True)), text))
    import re2

    union = re2.compile("|".join(map(re2.escape, sorted(phrases, key=len, reverse=True))))
    readings.append(_best("peer: google-re2, one union, whole", lambda _: sum(1 for _ in union.finditer(text)), text))
    if _installed("flashtext"):
        from flashtext import KeywordProcessor

        keywords = KeywordProcessor()
        for phrase in phrases:
            keywords.add_keyword(phrase)
        readings.append(
            _best(
                "peer: flashtext (whole words only: finds less in Chinese)",
                lambda _: sum(len(keywords.extract_keywords(line)) for line in few),
                sample,
            )
        )
    with tempfile.TemporaryDirectory(prefix="csbot-bench-") as folder:
        readings += _outside(Path(folder), phrases, text)
    return readings


def _installed(module: str) -> bool:
    found = importlib.util.find_spec(module) is not None
    if not found:
        print_note(f"skipped, {module} is not installed")
    return found


def _outside(folder: Path, phrases: Sequence[str], text: str) -> list[Reading]:
    """Return what the peers do that are no Python packages."""
    (folder / "text").write_text(text, encoding="utf-8", newline="")
    (folder / "phrases").write_text("\n".join(phrases), encoding="utf-8")
    (folder / "phrases.json").write_text(json.dumps(list(phrases)), encoding="utf-8")
    readings = []
    size = len(text.encode())
    if shutil.which("rg"):

        def search(_: str) -> int:
            command = ["rg", "-F", "-n", "-o", "--threads=1", "-f", str(folder / "phrases"), str(folder / "text")]
            return subprocess.run(command, capture_output=True, check=False).stdout.count(b"\n")

        found = _best("peer: rg -F -n -o, process start included", search, text)
        readings.append(Reading(found.name, size, found.wall, None, found.hits))
    else:
        print_note("skipped, rg is not installed")
    modules = os.environ.get("CSBOT_BENCH_NODE_MODULES")
    if not shutil.which("node") or not (modules or os.environ.get("CSBOT_BENCH_NPM")):
        print_note("skipped, npm fastscan (CSBOT_BENCH_NODE_MODULES: a folder that has it; CSBOT_BENCH_NPM=1: get it)")
        return readings
    if not modules:
        got = subprocess.run(
            ["npm", "install", "--silent", "--no-audit", "--prefix", str(folder), FASTSCAN],
            check=False,
            capture_output=True,
            text=True,
        )
        if got.returncode:
            print_note(f"skipped, npm fastscan: {got.stderr.strip().splitlines()[-1:]}")
            return readings
        modules = str(folder / "node_modules")
    command = ["node", "-e", _NODE, "--", str(folder / "phrases.json"), str(folder / "text"), str(ROUNDS)]
    done = subprocess.run(
        [command[0], *command[1:]],
        capture_output=True,
        check=False,
        text=True,
        env={**os.environ, "NODE_PATH": modules},
    )
    if done.returncode:
        print_note(f"skipped, npm fastscan: {done.stderr.strip().splitlines()[-1:]}")
        return readings
    best, hits = done.stdout.split()
    readings.append(Reading("peer: npm fastscan, by line", size, float(best), None, int(hits)))
    return readings


def _time_replies(guard: Guard, library: Library) -> str:
    replies = (_replies(library) * 10)[:REPLIES]
    told = []
    for name, find in (("one by one", lambda texts: map(guard.findings, texts)), ("together", guard.findings_of_each)):
        wall, processor = time.perf_counter(), time.process_time()
        rules = Counter(hit.rule.id for hits in find(replies) for hit in hits)
        wall, processor = time.perf_counter() - wall, time.process_time() - processor
        told.append(f"{name} {wall:.2f} s ({processor:.2f} s of processor time), {rules.total()} hits")
    return f"{len(replies)} replies {'; '.join(told)}"


def _print_memory(library: Path, text: str) -> None:
    """Print the most memory that checking a file takes, for two sizes."""
    if not Path("/proc/self/status").exists():
        print_note("skipped, memory: only Linux tells")
        return
    rows = []
    for times in (1, 4):
        with tempfile.TemporaryDirectory(prefix="csbot-bench-") as folder:
            path = Path(folder) / "text.txt"
            path.write_text("\n".join([text] * times), encoding="utf-8", newline="")
            command = [sys.executable, "-c", _PEAK, str(library), str(path)]
            done = subprocess.run(command, capture_output=True, check=True, text=True)
        rows.append([f"{_Size.of_text * times // MEGABYTE} MB", f"{int(done.stdout.split()[-1]) / 1000:.0f}"])
    print_table("Peak memory of `csbot check FILE`, its findings thrown away", ["file", "MB"], rows)
