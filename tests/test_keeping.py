"""Findings of a run are kept in their order, in memory or in a file, and take little of the former."""

from __future__ import annotations

import gc
import tempfile
import tracemalloc
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csbot.checking.keeping import BLOCK, Kept
from csbot.checking.run import Rules, check_files
from csbot.commands.reporting import run_of
from csbot.report.finding import Finding
from csbot.report.text import pieces
from csbot.rules.wording.model import Hit, PhraseRule
from csbot.sources.files import Found
from csbot.sources.reading import Reading

RULE = PhraseRule("r.one", "不知道", "r", "我帮您查一下", "推诿", phrases=("不知道",), reason="推诿")


@given(st.lists(st.text(max_size=3)), st.integers(1, 7))
def test_all_values_come_again_and_again_in_their_order(values: list[str], block: int) -> None:
    kept = Kept(values, block=block)
    assert len(kept) == len(values)
    assert list(kept) == list(kept) == values
    assert all(value in kept for value in values)
    assert "four" not in kept


def test_more_may_come_while_they_are_gone_through() -> None:
    kept = Kept(range(5), block=2)
    seen = []
    for value in kept:
        seen.append(value)
        if value < 5:
            kept.append(value + 5)
    assert seen == list(range(10))
    assert [one + other for one, other in zip(kept, islice(kept, 1, None), strict=False)] == list(range(1, 18, 2))


def test_what_cannot_be_written_is_kept_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(**_: Any) -> Any:
        raise OSError("no room left on device")

    monkeypatch.setattr(tempfile, "TemporaryFile", refuse)
    kept = Kept(range(10), block=3)
    assert list(kept) == list(range(10))
    assert len(kept) == 10


def find(texts: Sequence[str]) -> list[list[Hit]]:
    """Return every place of the expression of the one rule in each text."""
    return [
        [Hit(RULE, at, at + 3, "不知道") for at in range(len(text)) if text.startswith("不知道", at)] for text in texts
    ]


def most_memory_for(path: Path, findings: int) -> int:
    """Check a file that holds so many findings, write its report, and return the most memory that it took, in bytes."""
    with path.open("w", encoding="utf-8") as file:
        file.writelines(f"您好，第{number}位客户，这个我不知道，请您稍等。\n" for number in range(findings))
    gc.collect()
    tracemalloc.start()
    outcome = check_files([Found(str(path), named=True)], Rules(find, {RULE.id}), Reading())
    lines = sum(piece.count("\n") for piece in pieces(outcome.findings, run_of("check", outcome.findings)))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert len(outcome.findings) == findings
    assert lines > findings
    return peak


@pytest.mark.slow
def test_memory_does_not_grow_with_the_findings(tmp_path: Path) -> None:
    most_memory_for(tmp_path / "first.txt", 2 * BLOCK)  # what is made once for all
    few, many = (most_memory_for(tmp_path / "text.txt", number) for number in (6 * BLOCK, 24 * BLOCK))
    assert (many - few) / (18 * BLOCK) < 250  # bytes a finding; as values they take some 1,500


def test_findings_of_a_large_file_come_in_order_with_its_comments(tmp_path: Path) -> None:
    path = tmp_path / "text.txt"
    lines = [f"第{number}位，我不知道。" for number in range(2 * BLOCK)]
    lines[BLOCK + 7] += " <!-- csbot: 忽略 r.one 说的是原话 -->"
    lines[3] = "您好。 <!-- csbot: 忽略 r.one 没有这一句 -->"
    path.write_text("\n".join(lines), encoding="utf-8")
    outcome = check_files([Found(str(path), named=True)], Rules(find, {RULE.id}), Reading())

    def told() -> Iterator[tuple[int, str, str]]:
        yield from ((each.line, each.code, each.suppression) for each in outcome.findings)

    expected = [(number + 1, "r.one", "说的是原话" * (number == BLOCK + 7)) for number in range(2 * BLOCK)]
    expected[3] = (4, "ignore.unused", "")
    assert list(told()) == expected
    assert outcome.counts
    assert len(outcome.counting) == 2 * BLOCK - 1
    assert len({finding.fingerprint for finding in outcome.findings}) == 2 * BLOCK
    assert all(isinstance(finding, Finding) for finding in outcome.findings)
