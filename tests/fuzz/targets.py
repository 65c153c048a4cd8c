"""What is fuzzed: each target takes any bytes and fails where a promise does not hold."""

from __future__ import annotations

import atexit
import io
import json
import os
import re
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from tests.support import DATA, PATHS, ROOT, TEXTS, jsonl, write_library

from csbot.cli import main
from csbot.library.load import load_library
from csbot.library.locate import kind_of
from csbot.library.models import Library
from csbot.library.problems import LibraryError, Problem
from csbot.library.schema import check_shape
from csbot.library.yaml_reader import parse_yaml
from csbot.lint.codes import CODES
from csbot.replying.guard import Guard
from csbot.text.normalise import normalise, visible

PLACE = re.compile(r".+:\d+:\d+: [a-z]+\.[a-z-]+ .+")
KINDS = tuple(PATHS)
EXTENSIONS = ("txt", "md", "yaml", "json", "jsonl", "csv", "tsv", "xlsx")


@dataclass(frozen=True, slots=True)
class Target:
    """Something to fuzz: what is held against any bytes, and where the search begins."""

    check: Callable[[bytes], None]
    seeds: Callable[[], Iterator[bytes]]


@cache
def workplace() -> Path:
    """Return a folder of this process; csbot's cache is there too, since fuzzing fills it with nonsense."""
    folder = Path(tempfile.mkdtemp(prefix="csbot-fuzz-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    os.environ["CSBOT_CACHE_DIR"] = str(folder / "cache")
    return folder


@cache
def small() -> Library:
    """Return the small library of the tests, from a folder where nothing changes it."""
    return load_library(str(write_library(workplace() / "small")))


@cache
def guard() -> Guard:
    """Return a guard with the rules of the small library."""
    return Guard(small())


def check_problems(problems: Sequence[Problem]) -> None:
    """Fail where a problem could not be shown or looked up."""
    for problem in problems:
        assert problem.code in CODES, problem
        assert problem.message, problem
        assert problem.line >= 1, problem
        assert problem.column >= 1, problem


# --- text ---------------------------------------------------------------------------------------------------------


def check_normalise(data: bytes) -> None:
    """Offsets always map back; what maps to nothing is nothing by itself; hits stand where they say."""
    raw = data.decode("utf-8", "surrogateescape")
    normalised = normalise(raw)
    assert normalised.raw == raw
    assert len(normalised.text) == len(normalised.starts) == len(normalised.ends)
    kept: set[int] = set()
    before = 0
    for start, end in zip(normalised.starts, normalised.ends, strict=True):
        assert 0 <= before <= start < end <= len(raw)
        kept.update(range(start, end))
        before = start
    for index, character in enumerate(raw):
        alone = normalise(character)
        assert (index in kept) is bool(alone.text), (index, character)
    if normalised.text:
        assert normalised.raw_span(0, len(normalised.text)) == (normalised.starts[0], normalised.ends[-1])
    shown = visible(raw)
    assert all(character == "\n" or character.isprintable() for character in shown)
    for hit in guard().findings(raw):
        assert 0 <= hit.start < hit.end <= len(raw)
        assert raw[hit.start : hit.end] == hit.found


def text_seeds() -> Iterator[bytes]:
    """Yield drafts of the tests, plain and disguised."""
    for line in (DATA / "drafts.jsonl").read_text(encoding="utf-8").splitlines():
        yield json.loads(line)["text"].encode()
    yield from (
        text.encode("utf-8", "surrogatepass") for text in ("不\u200b知\n道", "我Ｂu知道…㈱ﷺ", "甚麽都沒辦法", "\ud800")
    )


# --- YAML and libraries -------------------------------------------------------------------------------------------


def check_yaml(data: bytes) -> None:
    """Any bytes are a document or problems with a place; what has no problem has a shape that can be judged."""
    document = parse_yaml(data, "x.yaml")
    check_problems(document.problems)
    if not document.problems:
        assert document.data is not None
        for name in PATHS.values():
            check_problems(check_shape(document, kind_of(name)))


def yaml_seeds() -> Iterator[bytes]:
    """Yield the files of the small library and the shorter ones of the real one."""
    yield from (text.encode() for text in TEXTS.values())
    yield from (path.read_bytes()[:4096] for path in sorted((ROOT / "phrasebook").rglob("*.yaml")))


def check_library(data: bytes) -> None:
    """A library with any bytes in one of its files is loaded whole or refused with the place of each problem."""
    kind = KINDS[data[0] % len(KINDS)] if data else KINDS[0]
    folder = write_library(workplace() / "any", **{kind: data[1:]})
    raised: list[Problem] = []
    try:
        library = load_library(str(folder))
    except LibraryError as error:
        raised = error.problems
    if raised:
        check_problems(raised)
        assert {problem.severity for problem in raised} == {"error"}
        return
    assert library.intents
    assert library.scripts
    assert library.slots is not None
    assert library.elements is not None
    Guard(library).findings("我不知道，没办法")


def library_seeds() -> Iterator[bytes]:
    """Yield each file of the small library under the byte that chooses it."""
    for number, text in enumerate(TEXTS.values()):
        yield bytes([number]) + text.encode()


# --- the command --------------------------------------------------------------------------------------------------


def run(*arguments: str, stdin: bytes = b"") -> tuple[int, str, str]:
    """Run csbot inside this process; return its exit code and what it wrote on both streams."""
    streams = sys.stdin, sys.stdout, sys.stderr
    out, err = io.BytesIO(), io.BytesIO()
    written = io.TextIOWrapper(out), io.TextIOWrapper(err)  # kept here: one that goes closes what is below it
    sys.stdin, sys.stdout, sys.stderr = io.TextIOWrapper(io.BytesIO(stdin)), *written
    try:
        main(["--library", str(small().root), *arguments])
    except SystemExit as left:
        code = left.code
    finally:
        sys.stdin, sys.stdout, sys.stderr = streams
    for stream in written:
        stream.flush()
    assert isinstance(code, int)
    return code, out.getvalue().decode(), err.getvalue().decode()


def check_lines(data: bytes) -> None:
    """``check --jsonl`` judges every line or names the first that is none, with the exit code that follows."""
    code, out, err = run("check", "--jsonl", "-", stdin=data)
    rows = [json.loads(line) for line in out.splitlines()]
    for row in rows:
        assert (row["verdict"] == "ok") is (row["hits"] == [])
        for hit in row["hits"]:
            assert row["text"][hit["start"] : hit["end"]] == hit["found"]
    if code == 2:
        assert PLACE.fullmatch(err.removesuffix("\n")), err
    else:
        assert err == ""
        assert code == int(any(row["hits"] for row in rows))


def lines_seeds() -> Iterator[bytes]:
    """Yield JSON lines that are right and some that are not."""
    yield jsonl({"text": "我不知道"}, {"text": "您好", "intent": None}).encode()
    yield b'{"text": "\\ud800\\u4e0d\\u77e5\\u9053", "n": 1e999}\r\n\n{"text": 1}\n'
    yield b'\xef\xbb\xbf["x"]\n{"text"\n'


def check_file(data: bytes) -> None:
    """``check`` of a file of any format: findings that stand in it, or a reason, and the exit code that follows."""
    extension = EXTENSIONS[data[0] % len(EXTENSIONS)] if data else EXTENSIONS[0]
    path = workplace() / f"draft.{extension}"
    path.write_bytes(data[1:])
    code, out, err = run("check", "--report", "jsonl", str(path))
    rows = [json.loads(line) for line in out.splitlines()]
    unread = [row for row in rows if row["rule"].startswith("file.")]
    for row in rows:
        assert row["line"] >= 1, row
        assert row["column"] >= 1, row
        assert (row["end_line"], row["end_column"]) >= (row["line"], row["column"]), row
    if code == 2:
        assert err
    else:
        assert code == int(any(not row["suppression"] for row in rows)), (code, rows)
        assert not unread
    path.unlink()


def file_seeds() -> Iterator[bytes]:
    """Yield a draft in each format under the byte that chooses it."""
    drafts = {
        "txt": "您好。\r\n这个我不知道。\n",
        "md": "# 话术\n\n> 不知道\n\n```\n没办法\n```\n",
        "yaml": "reply: 我不知道\nmore: |\n  没办法\n  肯定没问题\n",
        "json": '{"reply": ["\\u4e0d\\u77e5\\u9053", {"a": "没办法"}]}\n',
        "jsonl": jsonl({"text": "我不知道"}, {"text": "您好"}),
        "csv": '编号,回复\n1,"我不,知道"\n2,"没\n办法"\n',
        "tsv": "编号\t回复\n1\t我不知道\n",
    }
    for extension, text in drafts.items():
        number = bytes([EXTENSIONS.index(extension)])
        yield number + text.encode()
        yield number + text.encode("gb18030")
        yield number + text.encode("utf-16")


TARGETS = {
    "normalise": Target(check_normalise, text_seeds),
    "yaml": Target(check_yaml, yaml_seeds),
    "library": Target(check_library, library_seeds),
    "lines": Target(check_lines, lines_seeds),
    "files": Target(check_file, file_seeds),
}


def dictionary() -> Iterator[str]:
    """Yield pieces that mean something to one of the readers, for the fuzzer to put in."""
    yield from sorted({word for text in TEXTS.values() for word in re.findall(r"[a-z_]+:|[{}\[\]|>&*!#-]", text)})
    yield from (
        "不知道",
        "没办法",
        "肯定没问题",
        "不",
        "…",
        "，",
        "。",
        "\u200b",
        "\ufeff",
        "\u0301",
        "甚麽",
        "ﷺ",
        "😀",
    )
    yield from ('{"text": "', '"}\n', "\\u4e0d", "\\ud800", "csbot", "\r\n", "\t", "\0", '""')
