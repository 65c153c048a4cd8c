"""Where the measured messages come from: the held-out files of the tests, and public data."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HELD_OUT = Path(__file__).resolve().parent.parent / "tests" / "data"

Labelled = tuple[str, str | None]  # a message and its situation; None where it belongs to none


def read_lines(path: Path) -> list[dict[str, Any]]:
    """Return the objects of a JSON lines file."""
    with path.open(encoding="utf-8") as stream:
        return [json.loads(line) for line in stream if line.strip()]


def read_labelled(path: Path) -> list[Labelled]:
    """Return the messages of a file of ``{"text","intent"}`` lines."""
    return [(entry["text"], entry["intent"]) for entry in read_lines(path)]
