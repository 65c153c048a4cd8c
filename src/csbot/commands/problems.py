"""Problems of a library or an input as a person reads them: the place, the line itself, a mark, and the mended line."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from csbot.library.problems import Problem
from csbot.text.normalise import visible
from csbot.text.regex import regex

_WORD = regex(r"[\w.-]+")


def lines_of(path: str) -> list[str]:
    """Return the lines of a file, of a GBK file too; nothing for what cannot be read as text."""
    try:
        content = Path(path).read_bytes()
    except (OSError, ValueError):
        return []
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding).split("\n")
        except ValueError:
            continue
    return content.decode("utf-8", "replace").split("\n") if b"\0" not in content[:1000] else []


def problem_lines(problems: Iterable[Problem]) -> Iterator[str]:
    """Yield problems as text: ``path:line:column: code message``, and what belongs to it on indented lines.

    Those are the line that it stands on, a mark under the place (in columns of a terminal), and, where it is
    clear what was meant, the line as it should be.
    """
    from csbot.report.text import marked

    files: dict[str, list[str]] = {}
    for problem in problems:
        yield visible(str(problem) if problem.severity == "error" else f"{problem}（警告）")
        if problem.path not in files:
            files[problem.path] = lines_of(problem.path)
        lines = files[problem.path]
        line = lines[problem.line - 1].rstrip("\r") if problem.line <= len(lines) else ""
        if not line.strip() or any(character < " " and character != "\t" for character in line):  # no text
            continue
        start = min(problem.column - 1, len(line))
        word = _WORD.match(line, start)
        for part in marked(line, start, word.end() if word else start + 1):
            yield f"    {part}".rstrip()
        if problem.mend:
            yield f"    改成：{visible(problem.mend.strip())}"
