"""nlp.js as a peer: Node.js at work beside, its packages fetched by npm into a folder that is gone afterwards."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import tempfile
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

WORKER = Path(__file__).with_name("nlpjs.js")
PACKAGES = ("@nlpjs/basic@4.27.0", "@nlpjs/lang-zh@4.26.1")
INSTALLATION_SECONDS = 180
NONE = "None"  # what nlp.js calls messages of no intent


class UnavailableError(Exception):
    """nlp.js cannot run here; the text says why."""


@cache
def installation() -> tempfile.TemporaryDirectory[str]:
    """Return the folder that nlp.js was installed into; it lasts as long as this process.

    Raises UnavailableError.
    """
    for program in ("node", "npm"):
        if shutil.which(program) is None:
            raise UnavailableError(f"{program} is not installed")
    folder = tempfile.TemporaryDirectory(prefix="csbot-nlpjs-")
    command = ["npm", "install", "--prefix", folder.name, "--no-audit", "--no-fund", "--ignore-scripts", *PACKAGES]
    try:
        done = subprocess.run(command, capture_output=True, text=True, timeout=INSTALLATION_SECONDS, check=False)
    except subprocess.TimeoutExpired:
        raise UnavailableError(f"npm took more than {INSTALLATION_SECONDS} s") from None
    if done.returncode:
        said = [line for line in done.stderr.splitlines() if "error" in line] or ["npm failed"]
        raise UnavailableError(said[0])
    return folder


class NlpJs:
    """The classifier of nlp.js: a perceptron for each label over the words of its Chinese tokeniser."""

    name = "nlp.js (@nlpjs/basic, lang-zh)"

    def __init__(self) -> None:
        """Install nlp.js where that was not done yet. Raises UnavailableError."""
        self._folder = installation().name
        self._process: subprocess.Popen[str] | None = None

    def fit(self, texts: Sequence[str], labels: Sequence[str]) -> None:
        """Start Node.js and train; the start counts, as it does for every user."""
        self.close()
        self._process = subprocess.Popen(
            ["node", str(WORKER)],
            env={**os.environ, "NODE_PATH": str(Path(self._folder) / "node_modules")},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            encoding="utf-8",
        )
        self._ask({"examples": [[text, label or NONE] for text, label in zip(texts, labels, strict=True)]})

    def best(self, text: str) -> tuple[str, float]:
        """Return the label with the highest score, and that score, less that of None; no label where none scored."""
        scores: dict[str, float] = dict(self._ask({"text": text})["scores"])
        outside = scores.pop(NONE, 0.0)
        if not scores:
            return "", -outside
        label = max(scores, key=lambda each: scores[each])
        return label, scores[label] - outside

    def _ask(self, asked: dict[str, Any]) -> dict[str, Any]:
        process = self._process
        if process is None or process.stdin is None or process.stdout is None:
            raise UnavailableError("nlp.js was not trained")
        process.stdin.write(json.dumps(asked, ensure_ascii=False) + "\n")
        process.stdin.flush()
        answer = process.stdout.readline()
        if not answer:
            raise UnavailableError("nlp.js has ended by itself")
        found: dict[str, Any] = json.loads(answer)
        return found

    def close(self) -> None:
        """End Node.js."""
        if self._process is not None:
            self._process.communicate()
            self._process = None
