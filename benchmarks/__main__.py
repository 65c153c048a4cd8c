"""``python -m benchmarks [NAME|all]``: NAME is one of those in PARTS."""

from __future__ import annotations

import argparse
import os
import tempfile
from pathlib import Path

from benchmarks import (
    cold,
    keypress,
    keystrokes,
    matching,
    memory,
    parting,
    rules,
    scale,
    searching,
    team,
    throughput,
    trainer,
)
from benchmarks.tables import print_machine, print_note
from csbot.library.locate import built_in

PARTS = {
    "cold": cold.run,
    "keypress": keypress.run,
    "keystrokes": keystrokes.run,
    "matching": matching.run,
    "memory": memory.run,
    "parting": parting.run,
    "rules": rules.run,
    "scale": scale.run,
    "searching": searching.run,
    "team": team.run,
    "throughput": throughput.run,
    "trainer": trainer.run,
}


def main(arguments: list[str] | None = None) -> None:
    """Run the parts that were asked for, with an empty cache of their own."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure csbot beside its peers.")
    parser.add_argument("part", nargs="?", choices=[*PARTS, "all"], default="all", help="what to measure")
    parser.add_argument("--data", type=Path, help="folder of the public benchmark data (see docs/benchmarks.md)")
    parser.add_argument("--library", type=Path, default=built_in(), help="library to measure with")
    parser.add_argument("--repeat", type=int, default=15, help="runs of every cold start (default: 15)")
    parser.add_argument("--size", type=int, default=throughput.SIZE, help="megabytes of long texts (default: 20)")
    options = parser.parse_args(arguments)
    throughput.set_size(max(1, options.size))
    print_machine()
    if options.data is not None and not options.data.is_dir():
        print_note(f"{options.data} is not a folder: what needs the public data is skipped")
        options.data = None
    with tempfile.TemporaryDirectory(prefix="csbot-bench-") as cache:
        os.environ["CSBOT_CACHE_DIR"] = cache
        for name, run in PARTS.items():
            if options.part in (name, "all"):
                run(options.library.resolve(), options.data, max(1, options.repeat))


main()
