"""Very many examples: 100,000 of 2,000 situations, made up of the library's own examples.

Each situation has a made-up word of two characters, and its examples are examples of the library with that word put in
somewhere: what tells situations apart is rare, all else is shared, as in a catalogue of products.
"""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory

from benchmarks.tables import percentile, print_note, print_table, share
from csbot.library.load import load_library
from csbot.text.segment import is_han

SITUATIONS, EXAMPLES, MESSAGES = 2_000, 50, 1_000

# Makes a matcher of the examples in a file, answers the messages in another; prints what that took and the peak memory.
_MEASURE = """
import json, resource, sys, time
from csbot.matching.index import Example
from csbot.matching.matcher import Matcher

Matcher.for_examples("", [Example("你好", "a"), Example("再见", "b")]).match("你好")  # the word list is not part of it
examples, messages = (json.load(open(name, encoding="utf-8")) for name in sys.argv[1:])
clock, processor = time.perf_counter(), time.process_time()
matcher = Matcher.for_examples("bench-scale", [Example(*each) for each in examples])
made = [time.perf_counter() - clock, time.process_time() - processor]
taken, right = [], 0
for number, (text, intent) in enumerate(messages):
    clock, processor = time.perf_counter(), time.process_time()
    best = matcher.match(text).candidates[:1]
    if number >= len(messages) // 10:  # the first ones warm up
        taken.append([time.perf_counter() - clock, time.process_time() - processor])
        right += bool(best) and best[0].intent == intent
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
print(json.dumps([made, taken, right / len(taken), peak]))
"""


def run(library: Path, _data: Path | None, _repeat: int) -> None:
    """Measure compiling so many examples, taking them from the cache, and answering a message."""
    examples, messages = made_up(library, SITUATIONS, EXAMPLES, MESSAGES)
    rows = []
    with TemporaryDirectory() as folder:
        names = []
        for name, content in (("examples", examples), ("messages", messages)):
            names.append(str(Path(folder, name)))
            Path(names[-1]).write_text(json.dumps(content), encoding="utf-8")
        for name in ("compiled", "taken from the cache"):
            command = [sys.executable, "-c", _MEASURE, *names]
            done = subprocess.run(command, stdout=subprocess.PIPE, check=True, text=True)
            rows.append([name, *_cells(*json.loads(done.stdout))])
    columns = ["matcher", "ready s", "CPU s", "p50 ms", "p99 ms", "p50 CPU ms", "p99 CPU ms", "top-1", "peak MB"]
    print_table(f"{len(examples):,} examples of {SITUATIONS:,} situations", columns, rows)
    print_note("while it compiles, the share that is done goes to whoever asks (csbot.matching.progress)")


def made_up(library: Path, situations: int, count: int, messages: int) -> tuple[list[list[str]], list[list[str]]]:
    """Return examples and messages as pairs of text and situation, the same at each call."""
    chance = Random(0)
    frames = [text for intent in load_library(str(library)).intents.values() for text in intent.examples]
    frames = [text for text in frames if 6 <= sum(map(is_han, text)) <= 30]
    characters = sorted({each for text in frames for each in text if is_han(each)})
    words: dict[str, None] = {}
    while len(words) < situations:
        words["".join(chance.sample(characters, 2))] = None
    named = [(word, f"made_up.s{number}") for number, word in enumerate(words)]

    def said(word: str) -> str:
        frame = chance.choice(frames)
        at = chance.randrange(len(frame) + 1)
        return frame[:at] + word + frame[at:]

    examples = [[said(word), intent] for word, intent in named for _ in range(count)]
    return examples, [[said(word), intent] for word, intent in chance.choices(named, k=messages)]


def _cells(made: list[float], taken: list[list[float]], right: float, peak: float) -> list[str]:
    by_kind = [[1000 * each[kind] for each in taken] for kind in (0, 1)]
    times = [f"{percentile(each, part):.2f}" for each in by_kind for part in (0.5, 0.99)]
    return [f"{made[0]:.1f}", f"{made[1]:.1f}", *times, share(right), f"{peak:.0f}"]
