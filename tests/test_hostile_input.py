"""Whatever a customer or a draft holds, csbot answers or refuses in plain words, and the terminal is safe."""

from __future__ import annotations

import json
import unicodedata
from pathlib import Path

import pytest
from tests.support import csbot, edited, json_output, jsonl, write_library

pytestmark = pytest.mark.slow  # csbot is started as a program, again and again

LONG = 100_000
HOSTILE: dict[str, str] = {
    "rich markup": "[b]付款[/b] [/] [link=file:///etc/passwd]点[/link] [red",
    "escape codes": "\x1b[31m付款\x1b[0m\x1b]52;c;cm0gLXJm\x07\x1b[2J\x9b31m",
    "slots": "{姓氏}{问候}{{时限}}{__class__}%s{0}",
    "NUL": "付\0款",
    "RTL marks": "\u202e款付\u202c\u2066怎么付\u2069\u200f",
    "emoji": "😀👨‍👩‍👧‍👦🇨🇳👍🏽❤️",
    "combining": "付" + "\u0301" * 500 + "款",
    "separators": "怎么\u2028付款\u2029\x85好",
    "not characters": "\ufffe\uffff\U0010ffff",
    "only spaces": " \t\u3000\u00a0",
    "quotes": "\"'`$(rm -rf /);&&|<>\\",
    "yaml": "!!python/object:os.system x: &a *a - [",
    "regular expression": "(.*)+$^[a-z]{1,99999}\\b\\p{Han}",
    "numbers": "９９９９９９９９９９９９ ⑨ Ⅸ ½",
    "text": "怎么付款" * (LONG // 4),
    "one character": "款" * LONG,
    "punctuation": "，。！？" * (LONG // 4),
    "one mark": "！" * LONG,
    "spaces": "付 " * (LONG // 2),
    "latin": "a" * LONG,
    "forbidden": "不知道" * (LONG // 3),
    "nearly forbidden": "不知" * (LONG // 2),
    "brackets": "[" * LONG,
}
SAFE_CONTROLS = "\n"


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> str:
    return str(write_library(tmp_path_factory.mktemp("small")))


def assert_safe(text: str) -> None:
    """Fail where a terminal would obey something in ``text``."""
    unsafe = {each for each in text if unicodedata.category(each) in ("Cc", "Cf") and each not in SAFE_CONTROLS}
    assert not unsafe, unsafe


def test_all_as_piped_lines(small: str) -> None:
    texts = [text for text in HOSTILE.values() if "\n" not in text]
    done = csbot("--library", small, stdin="".join(text + "\n" for text in texts))
    assert done.returncode == 0, done.stderr
    rows = json_output(done)
    assert [row["text"] for row in rows] == texts
    for row in rows:
        assert row["reply"]
        assert_safe(row["reply"])
        assert len(row["reply"]) < 500


def test_all_matched_as_json_lines(small: str) -> None:
    texts = [*HOSTILE.values(), "\n" * LONG, "\ud800", "付\udfff款", ""]
    done = csbot("match", "--jsonl", "-", "--library", small, stdin=jsonl_ascii(texts))
    assert done.returncode == 0, done.stderr
    assert [row["text"] for row in json_output(done)] == texts


@pytest.mark.slow
def test_all_checked_as_json_lines(small: str) -> None:
    texts = [*HOSTILE.values(), "\n" * LONG, "\ud800不知道\udfff", ""]
    done = csbot("check", "--jsonl", "-", "--library", small, stdin=jsonl_ascii(texts))
    assert done.returncode == 1, done.stderr
    rows = json_output(done)
    assert [row["text"] for row in rows] == texts
    for row in rows:
        for hit in row["hits"]:
            assert row["text"][hit["start"] : hit["end"]] == hit["found"]
    verdicts = {name: row["verdict"] for name, row in zip(HOSTILE, rows, strict=False)}
    assert {name for name, verdict in verdicts.items() if verdict != "ok"} == {"forbidden"}
    assert [hit["start"] for hit in rows[-2]["hits"]] == [1]


def jsonl_ascii(texts: list[str]) -> str:
    return "".join(json.dumps({"text": text}) + "\n" for text in texts)


@pytest.mark.parametrize("command", ["reply", "match", "explain"])
def test_text_output_holds_nothing_that_a_terminal_obeys(command: str, small: str) -> None:
    text = "".join(HOSTILE[name] for name in ("rich markup", "escape codes", "RTL marks", "emoji", "slots"))
    done = csbot(command, text, "--library", small)
    assert done.returncode == 0, done.stderr
    assert_safe(done.stdout + done.stderr)
    if command == "explain":
        assert "[b]付款[/b]" in done.stdout, "markup is shown, not obeyed"
        assert "␛[31m" in done.stdout


@pytest.mark.parametrize("name", ["escape codes", "rich markup", "RTL marks"])
def test_a_checked_draft_is_shown_safely(name: str, small: str, tmp_path: Path) -> None:
    path = tmp_path / "草稿\x1b[31m.txt"
    path.write_text(f"{HOSTILE[name]}不知道{HOSTILE[name]}\n", encoding="utf-8")
    done = csbot("check", str(path), "--library", small)
    assert done.returncode == 1
    assert "不知道" in done.stdout
    assert_safe(done.stdout)


@pytest.mark.parametrize(
    "arguments",
    [
        ["check", "nowhere\x1b[31m.txt"],
        ["\x1b[31m"],
        ["--\x1b[31m"],
        ["--library", "\x1b[31m", "match", "x"],
        ["reply", "x", "--slot", "\x1b[31m=1"],
        ["reply", "x", "--slot", "姓氏=\x1b[31m"],
        ["reply", "x", "--now", "\x1b[31m"],
        ["match", "--jsonl", "\x1b[31m"],
        ["eval", "\x1b[31m"],
    ],
)
def test_error_messages_are_safe(arguments: list[str], small: str) -> None:
    done = csbot(*arguments, env=None) if "--library" in arguments else csbot(*arguments, "--library", small)
    assert done.returncode == 2
    assert_safe(done.stdout + done.stderr)


def test_labels_of_a_file_are_shown_safely(small: str) -> None:
    rows = jsonl({"text": "怎么付款", "intent": "\x1b[31m"}, {"text": "能开发票吗", "intent": "b\u202e"})
    done = csbot("eval", "-", "--library", small, stdin=rows)
    assert done.returncode == 0, done.stderr
    assert_safe(done.stdout)


def test_a_library_with_escape_codes_is_shown_safely(tmp_path: Path) -> None:
    name = "索要发票"
    library = str(write_library(tmp_path, **edited("intents", f"name: {name}", f'name: "{name}\\e[31m\\u202e"')))
    for arguments in (["match", "能开发票吗"], ["explain", "能开发票吗"], ["lint"], ["reply", "能开发票吗"]):
        assert_safe(csbot(*arguments, "--library", library).stdout)


BYTES = b"\xff\xfe\x80\xe4\xbb\n\xe6\x80\x8e\xe4\xb9\x88\xe4\xbb\x98\xe6\xac\xbe\n"


def test_invalid_utf8_on_standard_input(small: str) -> None:
    piped = csbot("--library", small, stdin=BYTES)
    assert piped.returncode == 0
    assert [row["intent"] for row in json_output(piped)] == [None, "payment.methods"]
    replied = csbot("reply", "-", "--library", small, stdin=BYTES)
    assert (replied.returncode, replied.stderr) == (0, "")
    checked = csbot("check", "-", "--library", small, stdin=b"\xff\xe4\xbd" + "我不知道".encode())
    assert checked.returncode == 1
    assert "ten_donts.dont_know" in checked.stdout
    as_json = csbot("check", "--json", "-", "--library", small, stdin=b"\xff" + "我不知道".encode())
    assert json.loads(as_json.stdout)["findings"][0]["column"] == 3
    matched = csbot("match", "--jsonl", "-", "--library", small, stdin=b'{"text": "\xff\xe4"}\n')
    assert matched.returncode == 0
    assert len(json_output(matched)) == 1


@pytest.mark.parametrize("command", ["reply", "match", "explain"])
def test_an_argument_that_is_not_utf8(command: str, small: str) -> None:
    done = csbot(command, b"\xff\xe6\x80\x8e\xe4\xb9\x88\xe4\xbb\x98\xe6\xac\xbe", "--library", small)
    assert done.returncode == 0, done.stderr
    assert done.stdout


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ('{"text": "' + "款" * 500_000 + '"}', 0),
        ('{"text": "付款", "more": [' + "0," * 500_000 + "0]}", 0),
        ('{"text": "付款", "more": ' + "[" * 200_000 + "]" * 200_000 + "}", 2),
        ('{"text": "付款", "number": ' + "9" * 100_000 + "}", 2),
        ('{"text": "付款", "text": "发票", "x": NaN}', 0),
        ('{"text": null}', 2),
        ('{"text": {"text": "付款"}}', 2),
        ("null", 2),
        ("\0", 2),
    ],
    ids=["long text", "long list", "deep", "digits", "doubled key", "null", "nested", "not an object", "NUL"],
)
@pytest.mark.parametrize("command", ["match", "check"])
def test_a_hostile_json_line(command: str, line: str, code: int, small: str) -> None:
    done = csbot(command, "--jsonl", "-", "--library", small, stdin=line + "\n")
    assert done.returncode == code, done.stderr
    if code:
        assert done.stderr.startswith("<stdin>:1:")
        assert len(done.stderr) < 500
    else:
        assert len(json_output(done)) == 1


@pytest.mark.parametrize(
    "name", [pytest.param("forbidden", marks=pytest.mark.slow), "nearly forbidden", "one mark", "one character"]
)
def test_a_long_draft_is_checked(name: str, small: str) -> None:
    done = csbot("check", "-", "--library", small, stdin=HOSTILE[name] + "\n" * LONG)
    assert done.returncode == (1 if name == "forbidden" else 0)
    assert_safe(done.stdout)


def test_surrogates_in_training_lines(small: str) -> None:
    rows = '{"text": "\\ud800付款", "intent": "a\\udfff"}\n{"text": "发票", "intent": "b"}\n'
    done = csbot("eval", "-", "--json", "--library", small, stdin=rows)
    assert done.returncode == 0, done.stderr


def test_a_hostile_slot_value_is_never_read_again(small: str) -> None:
    for value in ("{时限}", "【姓氏】", "[b]", "\x1b[31m"):
        done = csbot("reply", "怎么付款", "--slot", f"称谓={value}", "--library", small)
        assert done.returncode == 2
        assert_safe(done.stderr)
