"""Coverage-guided fuzzing for a bounded time: ``python -m tests.fuzz [--seconds 60] [TARGET …]``.

Each target runs in a process of its own under atheris (libFuzzer), begins with the project's own data and with what
earlier runs kept in ``.fuzz/``, and gets an equal share of the time. What fails is written to ``.fuzz/failures``; put
it into ``tests/fuzz/regressions/TARGET`` once it is mended, where the tests run it again.
"""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
KEPT = ROOT / ".fuzz"
NAMES = ("normalise", "yaml", "library", "lines", "files")
SLOW = 10  # seconds after which one input counts as a hang
MEMORY = 2048  # megabytes
LONGEST = 8192  # bytes of an input


def fuzz(name: str, seconds: int) -> None:
    """Fuzz one target in this process, which libFuzzer ends without cleaning up."""
    import atheris

    with atheris.instrument_imports(include=["csbot", "yaml"]):
        for module in pkgutil.walk_packages([str(ROOT / "src" / "csbot")], "csbot."):
            if not module.name.startswith(("csbot.console", "csbot.__main__")):
                importlib.import_module(module.name)  # also what csbot itself imports only when it is used
        from tests.fuzz import targets
    target = targets.TARGETS[name]
    corpus, seeds, failures = KEPT / name, targets.workplace() / "seeds", KEPT / "failures"
    for folder in (corpus, seeds, failures):
        folder.mkdir(parents=True, exist_ok=True)
    for number, seed in enumerate(target.seeds()):
        (seeds / f"{number:04}").write_bytes(seed)
        target.check(seed)  # compiles what is compiled once, outside the time that an input is given
    words = targets.workplace() / "dictionary"
    words.write_text("".join(f'"{escaped(word)}"\n' for word in targets.dictionary()), encoding="ascii")
    options = [
        f"-max_total_time={seconds}",
        f"-timeout={SLOW}",
        f"-rss_limit_mb={MEMORY}",
        f"-max_len={LONGEST}",
        f"-dict={words}",
        f"-artifact_prefix={failures}/{name}-",
        "-print_final_stats=1",
        "-verbosity=1",
    ]
    atheris.Setup([sys.argv[0], *options, str(corpus), str(seeds)], target.check)
    atheris.Fuzz()


def escaped(word: str) -> str:
    """Return a word as libFuzzer's dictionaries write it."""
    return "".join(f"\\x{byte:02x}" for byte in word.encode())


def main() -> int:
    """Fuzz the named targets one after the other; return 0 where nothing failed."""
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description=__doc__.split("\n")[0])
    parser.add_argument("targets", nargs="*", metavar="TARGET", help=f"one of {', '.join(NAMES)}; all by default")
    parser.add_argument("--seconds", type=int, default=60, help="for all targets together (default 60)")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if unknown := set(given.targets) - set(NAMES):
        parser.error(f"no such target: {', '.join(sorted(unknown))}")
    names = given.targets or list(NAMES)
    seconds = max(1, given.seconds // len(names))
    if given.inside:
        fuzz(names[0], seconds)
        return 0
    failed = []
    for name in names:
        command = [sys.executable, "-m", "tests.fuzz", "--inside", "--seconds", str(seconds), name]
        with tempfile.TemporaryDirectory(prefix="csbot-fuzz-") as folder:
            done = subprocess.run(
                command,
                cwd=ROOT,
                env={**os.environ, "TMPDIR": folder},
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                check=False,
            )
        output = done.stdout.decode("utf-8", "backslashreplace")
        figures = dict(
            line.removeprefix("stat::").split(":") for line in output.splitlines() if line.startswith("stat::")
        )
        runs = figures.get("number_of_executed_units", "?").strip()
        sys.stdout.write(f"{name}: {runs} inputs in {seconds} s, {'FAILED' if done.returncode else 'nothing found'}\n")
        sys.stdout.flush()
        if done.returncode:
            failed.append(name)
            said = [line for line in output.splitlines() if not line.startswith(("INFO: ", "#"))]
            sys.stdout.write("".join(f"    {line}\n" for line in said[-60:]))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
