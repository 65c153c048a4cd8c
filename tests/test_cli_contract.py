"""The command contract of docs/design: what goes in, what comes out, and the exit codes, seen from outside."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from tests.support import ROOT, csbot, edited, environment, json_output, jsonl, write_library

pytestmark = pytest.mark.slow  # csbot is started as a program, again and again

MATCH_KEYS = ["text", "decision", "intent", "score", "candidates", "intents"]
REPLY_KEYS = [*MATCH_KEYS, "reply", "variant", "open_slots", "next"]
HIT_KEYS = {"rule", "category", "banned", "found", "start", "end", "severity", "instead", "source"}
EVAL_KEYS = {
    "n",
    "top1",
    "top3",
    "macro_f1",
    "matched",
    "ambiguous",
    "unmatched",
    "auroc",
    "load_s",
    "p50_ms",
    "p99_ms",
}
EXPLAIN_KEYS = {
    "library",
    "raw",
    "normalised",
    "words",
    "decision",
    "candidates",
    "evidence",
    "variants",
    "guard",
    "reply",
}
LABELLED = [
    {"text": text, "intent": intent}
    for intent, texts in {
        "pay": ["怎么付款", "可以用什么付钱", "能用微信付吗", "付款方式有哪些"],
        "invoice": ["能开发票吗", "我要一张发票", "发票什么时候寄", "电子发票怎么下载"],
    }.items()
    for text in texts
]


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_library(tmp_path_factory.mktemp("small"))


@pytest.fixture(scope="module")
def silent(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A library that has no reply to a greeting: its only variants are for a festival that is far away."""
    override = edited(
        "scripts", '      - text: "{问候}，请问有什么可以帮您？"\n      - text: "您好，请问需要什么帮助？"\n', ""
    )
    return write_library(tmp_path_factory.mktemp("silent"), **override)


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("files")
    contents = {
        "clean.txt": "您好，请稍等。\n",
        "dirty.txt": "您好。\n😀这个我不知道。\n",
        "warn.txt": "明天肯定没问题的。\n",
        "clean.jsonl": jsonl({"text": "您好"}),
        "dirty.jsonl": jsonl({"text": "您好"}, {"text": "😀😀我不知道，没办法"}, {"text": "肯定没问题"}),
        "bad.jsonl": '{"text": "您好"}\n{"text": \n',
        "list.jsonl": '["您好"]\n',
        "notext.jsonl": '{"txt": "您好"}\n',
        "number.jsonl": '{"text": 1}\n',
        "digits.jsonl": '{"text": "您好", "n": ' + "1" * 5000 + "}\n",
        "messages.jsonl": jsonl(*({"text": text} for text in ["怎么付款", "今天天气真好", "", "20480", "发票"])),
        "labelled.jsonl": jsonl(*LABELLED, {"text": "今天天气真好", "intent": None}),
        "one_label.jsonl": jsonl({"text": "怎么付款", "intent": "pay"}),
        "empty.jsonl": "",
    }
    for name, content in contents.items():
        (folder / name).write_text(content, encoding="utf-8")
    (folder / "gbk.txt").write_bytes("我不知道".encode("gbk"))
    (folder / "bom.jsonl").write_bytes(b"\xef\xbb\xbf" + jsonl({"text": "您好"}).encode())
    (folder / "latin.txt").write_bytes("Crème brûlée à la façon de Zoë".encode("latin-1"))
    (folder / "nothing").mkdir()
    (folder / "broken").mkdir()
    write_library(folder / "broken", slots="slots: [\n")
    return folder


# arguments, standard input, exit code. One row for each promise of the contract.
EXIT_CODES: list[tuple[list[str], str, int]] = [
    (["--version"], "", 0),
    (["--help"], "", 0),
    (["check", "--help"], "", 0),
    (["check", "clean.txt"], "", 0),
    (["check", "--text", "您好"], "", 0),
    (["check", "-"], "您好", 0),
    (["check"], "您好", 0),
    (["check", "--jsonl", "clean.jsonl"], "", 0),
    (["check", "--jsonl", "bom.jsonl"], "", 0),
    (["check", "dirty.txt"], "", 1),
    (["check", "warn.txt"], "", 1),
    (["check", "clean.txt", "dirty.txt"], "", 1),
    (["check", "--json", "dirty.txt"], "", 1),
    (["check", "--jsonl", "dirty.jsonl"], "", 1),
    (["check", "-"], "我不知道", 1),
    (["check"], "我不知道", 1),
    (["check", "nowhere.txt"], "", 2),
    (["check", "."], "", 2),
    (["check", "gbk.txt"], "", 1),
    (["check", "latin.txt"], "", 2),
    (["check", "nothing"], "", 2),
    (["check", "clean.txt", "nothing"], "", 2),
    (["check", "--column", "x", "clean.jsonl"], "", 2),
    (["check", "--format", "yml", "clean.txt"], "", 2),
    (["check", "--encoding", "klingon", "clean.txt"], "", 2),
    (["check", "--exclude", "!", "clean.txt"], "", 2),
    (["check", "--diff", "HEAD", "clean.txt"], "", 2),
    (["check", "--baseline", "nowhere.json", "clean.txt"], "", 2),
    (["check", "--update-baseline", "clean.txt"], "", 2),
    (["check", "--jsonl", "--format", "csv", "clean.jsonl"], "", 2),
    (["check", "--text", "您好", "--diff", "HEAD"], "", 2),
    (["check", "clean.txt", "nowhere.txt"], "", 2),
    (["check", "dirty.txt", "nowhere.txt"], "", 2),
    (["check", "--jsonl", "nowhere.jsonl"], "", 2),
    (["check", "--jsonl", "bad.jsonl"], "", 2),
    (["check", "--jsonl", "list.jsonl"], "", 2),
    (["check", "--jsonl", "notext.jsonl"], "", 2),
    (["check", "--jsonl", "number.jsonl"], "", 2),
    (["check", "--jsonl", "digits.jsonl"], "", 2),
    (["check", "--text", "您好", "clean.txt"], "", 2),
    (["reply", "怎么付款"], "", 0),
    (["reply", "-"], "怎么付款\n", 0),
    (["reply"], "", 2),
    (["reply", "怎么", "付款"], "", 2),
    (["reply", "怎么付款", "--mood", "高兴"], "", 2),
    (["reply", "怎么付款", "--now", "明天"], "", 2),
    (["reply", "怎么付款", "--now", "0001-01-01"], "", 2),
    (["reply", "怎么付款", "--now", "9999-12-31"], "", 2),
    (["reply", "怎么付款", "--slot", "姓氏"], "", 2),
    (["reply", "怎么付款", "--slot", "姓氏=12345"], "", 2),
    (["reply", "怎么付款", "--slot", "星座=白羊"], "", 2),
    (["reply", "怎么付款", "--slot", "问候=您好"], "", 2),
    (["match", "怎么付款"], "", 0),
    (["match", "20480"], "", 0),
    (["match", "--jsonl", "messages.jsonl"], "", 0),
    (["match", "--jsonl", "-"], '{"text": "您好"}\n', 0),
    (["match", "--jsonl", "-"], "", 0),
    (["match", "--jsonl", "-"], "您好\n", 2),
    (["match", "--jsonl", "nowhere.jsonl"], "", 2),
    (["match", "怎么付款", "--train", "labelled.jsonl"], "", 0),
    (["match", "怎么付款", "--train", "one_label.jsonl"], "", 2),
    (["match", "怎么付款", "--train", "nowhere.jsonl"], "", 2),
    (["match"], "", 2),
    (["eval", "labelled.jsonl"], "", 0),
    (["eval", "empty.jsonl"], "", 2),
    (["eval", "clean.jsonl"], "", 2),
    (["eval", "nowhere.jsonl"], "", 2),
    (["eval"], "", 2),
    (["explain", "怎么付款"], "", 0),
    (["explain"], "", 2),
    (["lint"], "", 0),
    (["lint", "--strict"], "", 1),
    (["greet"], "", 2),
    (["--colour"], "", 2),
    (["check", "--colour"], "", 2),
    (["--library", "broken", "match", "怎么付款"], "", 2),
    (["--library", "broken", "lint"], "", 2),
    (["--library", "broken"], "怎么付款\n", 2),
    (["--library", "nowhere", "match", "怎么付款"], "", 2),
    (["--library", "nowhere", "lint"], "", 2),
    ([], "怎么付款\n", 0),
    ([], "", 0),
]


def spoken(arguments: list[str], stdin: str) -> str:
    return f"csbot {' '.join(arguments)}" + (f" < {stdin!r}" if stdin else "")


@pytest.fixture(scope="module")
def outcomes(small: Path, files: Path) -> dict[str, subprocess.CompletedProcess[str]]:
    """Run every row of the table, several at once: most of a run is the start of a process."""

    def run(row: tuple[list[str], str, int]) -> subprocess.CompletedProcess[str]:
        return csbot(*row[0], stdin=row[1], cwd=files, env=environment(CSBOT_LIBRARY=str(small)))

    with ThreadPoolExecutor() as pool:
        results = list(pool.map(run, EXIT_CODES))
    return {spoken(row[0], row[1]): done for row, done in zip(EXIT_CODES, results, strict=True)}


def test_the_table_names_each_run_once() -> None:
    assert len({spoken(arguments, stdin) for arguments, stdin, _ in EXIT_CODES}) == len(EXIT_CODES)


@pytest.mark.parametrize(("arguments", "stdin", "code"), EXIT_CODES, ids=[spoken(row[0], row[1]) for row in EXIT_CODES])
def test_exit_codes(
    arguments: list[str], stdin: str, code: int, outcomes: dict[str, subprocess.CompletedProcess[str]]
) -> None:
    done = outcomes[spoken(arguments, stdin)]
    assert done.returncode == code, done.stdout + done.stderr
    if code == 2:
        said = done.stderr or done.stdout  # lint reports on standard output
        assert any("\u4e00" <= character <= "\u9fff" for character in said), said
        assert not any(word in said for word in ("Error", "Usage", "Try ", "is not", "No such")), said
        assert "没有发现" not in done.stdout
    elif code == 0:
        assert done.stderr == ""


def test_a_reply_that_cannot_be_given_is_a_finding(silent: Path) -> None:
    now = ("--now", "2026-06-06T10:00")
    text = csbot("reply", "你好", *now, "--library", str(silent))
    assert (text.returncode, text.stdout) == (1, "")
    assert "没有可以发送的回复" in text.stderr
    as_json = csbot("reply", "你好", "--json", *now, "--library", str(silent))
    assert as_json.returncode == 1
    (row,) = json_output(as_json)
    assert list(row) == [*REPLY_KEYS, "why"]
    assert (row["reply"], row["variant"], row["open_slots"]) == (None, None, [])
    assert "greeting.regular" in row["why"]
    piped = csbot(*now, "--library", str(silent), stdin="你好\n怎么付款\n")
    assert piped.returncode == 1
    assert [row["reply"] is None for row in json_output(piped)] == [True, False]
    assert ["why" in row for row in json_output(piped)] == [True, False]
    assert csbot("reply", "你好", "--now", "2026-02-17", "--library", str(silent)).returncode == 0


def check_match(row: dict[str, Any]) -> None:
    assert row["decision"] in ("matched", "ambiguous", "unmatched")
    assert (row["intent"] is not None) == (row["decision"] == "matched")
    scores = [candidate["score"] for candidate in row["candidates"]]
    assert scores == sorted(scores, reverse=True)
    assert len(scores) <= 5
    assert all(isinstance(score, float) and 0 <= score <= 1 for score in [*scores, row["score"]])
    assert all(list(candidate) == ["intent", "score"] for candidate in row["candidates"])
    if row["candidates"]:
        assert row["score"] == scores[0]
    if row["decision"] == "matched":
        assert row["intent"] == row["candidates"][0]["intent"]
        assert row["intent"] in row["intents"]
    else:
        assert row["intents"] == []


PIPED = [
    "你们支持货到付款吗",
    "",
    "在吗",
    "今天天气真好啊",
    "hi",
    "我要投诉！！！",
    "20480",
    "[b]付款[/b]",
    "你们支持货到付款吗",
]


def test_piped_lines_are_answered_in_order() -> None:
    done = csbot("--now", "2026-03-03T09:30", stdin="\n".join(PIPED) + "\n")
    assert done.returncode == 0, done.stderr
    rows = json_output(done)
    assert [row["text"] for row in rows] == PIPED
    for row in rows:
        assert list(row) == REPLY_KEYS
        check_match(row)
        assert isinstance(row["reply"], str)
        assert row["reply"]
        assert isinstance(row["variant"], str)
        assert all(isinstance(each, str) for each in [*row["open_slots"], *row["next"]])
        assert all(f"【{name}】" in row["reply"] for name in row["open_slots"])
    assert rows[0]["intent"] == "payment.cash_on_delivery"
    assert rows[0]["reply"] != rows[-1]["reply"], "a conversation does not repeat itself"
    for row in rows:
        if row["decision"] != "matched":
            assert row["variant"].startswith("service.not_understood#")


def test_the_last_line_needs_no_line_break_and_a_carriage_return_makes_no_line(small: Path) -> None:
    done = csbot("--library", str(small), stdin="怎么付款\r\n能开\r发票吗")
    assert [row["text"] for row in json_output(done)] == ["怎么付款", "能开\r发票吗"]


def test_each_line_is_answered_before_the_next_is_sent(small: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-m", "csbot", "--library", str(small)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        env=environment(),
        cwd=ROOT,
    ) as running:
        assert running.stdin is not None
        assert running.stdout is not None
        for text in ("怎么付款", "能开发票吗"):
            running.stdin.write(f"{text}\n".encode())
            running.stdin.flush()
            assert json.loads(running.stdout.readline())["text"] == text
        running.stdin.close()
        assert running.wait(30) == 0


def test_reply_as_text_and_as_json_say_the_same() -> None:
    arguments = ("reply", "你们支持货到付款吗", "--now", "2026-03-03T09:30")
    text, as_json = csbot(*arguments), csbot(*arguments, "--json")
    (row,) = json_output(as_json)
    assert list(row) == REPLY_KEYS
    check_match(row)
    assert text.stdout == row["reply"] + "\n"
    assert "货到付款" in row["reply"]
    assert csbot(*arguments).stdout == text.stdout


def test_now_sets_the_greeting() -> None:
    def said(now: str) -> str:
        done = csbot("reply", "你好", "--now", now)
        assert done.returncode == 0, done.stderr
        return done.stdout

    assert "新年好" in said("2026-02-17T09:30")
    assert "早上好" in said("2026-03-03T09:30")
    assert "您好" in said("2026-03-03T15:30")
    group = csbot("--now", "2026-02-17T09:30", "reply", "你好")
    assert "新年好" in group.stdout


def test_slots_fill_the_reply(small: Path) -> None:
    arguments = ("reply", "怎么付款", "--library", str(small), "--now", "2026-03-03T15:30")
    done = csbot(*arguments, "--slot", "姓氏=王", "--slot", "称谓=女士", "--slot", "时限=3个工作日", "--json")
    (row,) = json_output(done)
    assert row["reply"] == "王女士，您可以用支付宝付款，3个工作日内到账。"
    assert row["open_slots"] == []
    wrong = csbot(*arguments, "--slot", "时限=很快")
    assert wrong.returncode == 2
    assert "时限" in wrong.stderr
    assert "24小时" in wrong.stderr, "the message shows how it is written"


def test_a_slot_value_passes_the_guard_too(small: Path) -> None:
    done = csbot("reply", "怎么付款", "--library", str(small), "--slot", "称谓=没办法", "--json")
    (row,) = json_output(done)
    assert "没办法" not in row["reply"]


def test_match_reads_a_file_and_standard_input(small: Path, files: Path) -> None:
    env = environment(CSBOT_LIBRARY=str(small))
    from_file = csbot("match", "--jsonl", "messages.jsonl", cwd=files, env=env)
    stdin = (files / "messages.jsonl").read_text(encoding="utf-8")
    assert csbot("match", "--jsonl", "-", stdin=stdin, cwd=files, env=env).stdout == from_file.stdout
    rows = json_output(from_file)
    assert [row["text"] for row in rows] == ["怎么付款", "今天天气真好", "", "20480", "发票"]
    for row in rows:
        assert list(row) == MATCH_KEYS
        check_match(row)
    assert rows[0]["intent"] == "payment.methods"
    assert rows[0]["candidates"]
    assert (rows[2]["decision"], rows[2]["candidates"], rows[2]["score"]) == ("unmatched", [], 0.0)


def test_match_of_one_message_as_json_is_the_same_object(small: Path) -> None:
    (row,) = json_output(csbot("match", "怎么付款", "--json", "--library", str(small)))
    (line,) = json_output(csbot("match", "--jsonl", "-", "--library", str(small), stdin=jsonl({"text": "怎么付款"})))
    assert row == line


def test_match_names_all_situations_of_a_message() -> None:
    text = "等了半天都没有人理我，另外你们支持货到付款吗"
    (row,) = json_output(csbot("match", "--json", text))
    check_match(row)
    assert len(row["intents"]) == len(set(row["intents"])) >= 1


def test_check_jsonl_gives_offsets_in_code_points(small: Path, files: Path) -> None:
    done = csbot("check", "--jsonl", "dirty.jsonl", cwd=files, env=environment(CSBOT_LIBRARY=str(small)))
    rows = json_output(done)
    assert [list(row) for row in rows] == [["text", "verdict", "hits"]] * 3
    assert [row["verdict"] for row in rows] == ["ok", "violation", "warning"]
    assert rows[0]["hits"] == []
    hits = rows[1]["hits"]
    assert [(hit["rule"], hit["start"], hit["end"], hit["found"]) for hit in hits] == [
        ("ten_donts.dont_know", 3, 6, "不知道"),
        ("ten_donts.no_way", 7, 10, "没办法"),
    ]
    for row in rows:
        for hit in row["hits"]:
            assert hit.keys() >= HIT_KEYS
            assert row["text"][hit["start"] : hit["end"]] == hit["found"]
            assert all(isinstance(hit[key], int) for key in ("start", "end"))
            assert all(isinstance(hit[key], str) for key in HIT_KEYS - {"start", "end"})
    assert hits[0]["severity"] == "error"
    assert rows[2]["hits"][0]["severity"] == "warning"
    assert (hits[0]["category"], hits[0]["banned"], hits[0]["source"]) == ("ten_donts", "不知道", "002 十不准第1条")


REWRITE = """\
    rewrite:
      - replace: span
        with: "帮您查一下"
    rewritten:
      - {draft: 我不知道, becomes: 我帮您查一下}
"""


@pytest.fixture(scope="module")
def rewording(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small library with one rule that says how a draft is reworded."""
    instead = "    instead: 我帮您查一下，马上回复您。\n"
    return write_library(tmp_path_factory.mktemp("rewording"), **edited("forbidden", instead, instead + REWRITE))


def test_check_adds_a_rewriting_only_where_it_is_asked_for(rewording: Path) -> None:
    rows = jsonl({"text": "😀这个我不知道"}, {"text": "真没办法"}, {"text": "请您稍等"})
    done = csbot("check", "--jsonl", "-", "--rewrite", "--library", str(rewording), stdin=rows)
    made = json_output(done)
    assert [list(row) for row in made] == [["text", "verdict", "hits", "rewrite"]] * 3
    assert [row["rewrite"] for row in made] == ["😀这个我帮您查一下", None, "请您稍等"]
    assert [row["verdict"] for row in made] == ["violation", "violation", "ok"]
    assert done.returncode == 1
    plain = json_output(csbot("check", "--jsonl", "-", "--library", str(rewording), stdin=rows))
    assert [list(row) for row in plain] == [["text", "verdict", "hits"]] * 3


@pytest.mark.parametrize(
    ("text", "shown", "code"),
    [
        ("这个我不知道", "整段改写：这个我帮您查一下\n", 1),
        ("真没办法", "整段改写：没有。「没办法」（ten_donts.no_way）", 1),
        ("请您稍等", "没有发现服务忌语\n", 0),
    ],
)
def test_check_shows_the_rewriting_of_a_text(text: str, shown: str, code: int, rewording: Path) -> None:
    done = csbot("check", "--text", text, "--rewrite", "--library", str(rewording))
    assert shown in done.stdout
    assert done.returncode == code
    made = csbot("check", "--text", text, "--rewrite", "--json", "--library", str(rewording))
    assert set(json.loads(made.stdout)) == {"verdict", "findings", "rewrite"}


def test_a_whole_file_is_not_reworded(rewording: Path, files: Path) -> None:
    done = csbot("check", "clean.txt", "--rewrite", "--library", str(rewording), cwd=files)
    assert done.returncode == 2
    assert "--rewrite" in done.stderr


@pytest.mark.parametrize(
    "text", ["我不知道", "😀我不知道", "é我不知道", "Ｈ…我不知道", "\u200b我不\u200b知道", "我不，知道"]
)
def test_offsets_hold_whatever_stands_before(text: str, small: Path) -> None:
    done = csbot("check", "--jsonl", "-", "--library", str(small), stdin=jsonl({"text": text}))
    (row,) = json_output(done)
    assert row["text"] == text
    for hit in row["hits"]:
        assert text[hit["start"] : hit["end"]] == hit["found"]
    if "，" not in text:
        assert row["hits"]


def test_check_of_files_names_place_rule_and_wording(small: Path, files: Path) -> None:
    env = environment(CSBOT_LIBRARY=str(small))
    done = csbot("check", "dirty.txt", "clean.txt", "warn.txt", cwd=files, env=env)
    assert "dirty.txt:2:5: ten_donts.dont_know 错误" in done.stdout
    assert "warn.txt:1:3: ten_donts.certainly 警告" in done.stdout
    assert "clean.txt" not in done.stdout
    assert "我帮您查一下" in done.stdout
    as_json = csbot("check", "--json", "dirty.txt", "-", cwd=files, env=env, stdin="没办法")
    report = json.loads(as_json.stdout)
    assert list(report) == ["verdict", "findings"]
    assert report["verdict"] == "violation"
    assert [(each["path"], each["line"], each["column"]) for each in report["findings"]] == [
        ("dirty.txt", 2, 5),
        ("<stdin>", 1, 1),
    ]


def test_an_unreadable_path_does_not_hide_the_others(small: Path, files: Path) -> None:
    done = csbot("check", "nowhere.txt", "dirty.txt", ".", cwd=files, env=environment(CSBOT_LIBRARY=str(small)))
    assert done.returncode == 2
    assert "dirty.txt:2:5: ten_donts.dont_know" in done.stdout
    assert "nowhere.txt:1:1: file.unreadable" in done.stderr
    assert "bad.jsonl:2:10: input.json" in done.stderr
    assert "clean.txt" not in done.stdout + done.stderr


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("bad.jsonl", "bad.jsonl:2:10: input.json"),
        ("list.jsonl", "list.jsonl:1:1: input.json"),
        ("notext.jsonl", "notext.jsonl:1:1: input.field"),
        ("number.jsonl", "number.jsonl:1:1: input.field"),
        ("nowhere.jsonl", "nowhere.jsonl:1:1: file.unreadable"),
        ("gbk.txt", "gbk.txt:1:1: file.encoding"),
    ],
)
@pytest.mark.parametrize("command", ["match", "check", "eval"])
def test_a_bad_line_is_named(command: str, name: str, place: str, small: Path, files: Path) -> None:
    arguments = [command, name] if command == "eval" else [command, "--jsonl", name]
    done = csbot(*arguments, cwd=files, env=environment(CSBOT_LIBRARY=str(small)))
    assert done.returncode == 2
    if command == "eval" and name == "bad.jsonl":
        place = "bad.jsonl:1:1: input.field"  # its first line has no intent
    assert done.stderr.startswith(place), done.stderr


@pytest.mark.parametrize("command", ["match", "check"])
def test_a_line_of_another_encoding_is_named_after_those_before_it(command: str, small: Path, tmp_path: Path) -> None:
    mixed = tmp_path / "mixed.jsonl"
    mixed.write_bytes('{"text": "您好"}\n{"text": "好'.encode() + b'\xff"}\n')
    done = csbot(command, "--jsonl", str(mixed), "--library", str(small))
    assert done.returncode == 2
    assert [row["text"] for row in json_output(done)] == ["您好"]
    assert done.stderr.startswith(f"{mixed}:2:12: file.encoding ")


def test_eval_reports_exactly_these_figures(small: Path, files: Path) -> None:
    env = environment(CSBOT_LIBRARY=str(small))
    (row,) = json_output(csbot("eval", "labelled.jsonl", "--json", "--train", "labelled.jsonl", cwd=files, env=env))
    assert row.keys() == EVAL_KEYS
    assert row["n"] == len(LABELLED) + 1
    assert row["top1"] == row["top3"] == 1.0
    assert row["matched"] + row["ambiguous"] + row["unmatched"] == pytest.approx(1, abs=0.001)
    assert all(isinstance(row[key], int | float) for key in EVAL_KEYS)
    (own,) = json_output(csbot("eval", "labelled.jsonl", "--json", cwd=files, env=env))
    assert own.keys() == EVAL_KEYS
    assert own["top1"] == 0.0, "the library knows none of these intents"
    strange = csbot("eval", "labelled.jsonl", cwd=files, env=env)
    assert "2 个话术库没有的情景，它们的消息都算认错：invoice、pay（" in strange.stdout
    text = csbot("eval", "labelled.jsonl", "--train", "labelled.jsonl", cwd=files, env=env)
    assert "首选正确 100.0%" in text.stdout
    assert "话术库没有" not in text.stdout
    assert "invoice" in text.stdout


def test_eval_without_messages_out_of_scope_has_no_auroc(small: Path) -> None:
    rows = jsonl({"text": "怎么付款", "intent": "payment.methods"})
    (row,) = json_output(csbot("eval", "-", "--json", "--library", str(small), stdin=rows))
    assert row["auroc"] is None
    assert row["top1"] == 1.0


def test_train_replaces_the_examples(small: Path, files: Path) -> None:
    env = environment(CSBOT_LIBRARY=str(small))
    (row,) = json_output(csbot("match", "能开发票吗", "--json", "--train", "labelled.jsonl", cwd=files, env=env))
    check_match(row)
    assert row["candidates"][0]["intent"] == "invoice"
    assert {candidate["intent"] for candidate in row["candidates"]} <= {"pay", "invoice"}


@pytest.mark.parametrize("by", ["option", "environment", "parent", "built-in"])
def test_which_library_is_used_is_said(by: str, small: Path, tmp_path: Path) -> None:
    arguments: list[str] = ["explain", "怎么付款"]
    env, cwd, origin, root = environment(), tmp_path, "", str(small)
    elsewhere = str(write_library(tmp_path / "elsewhere"))
    if by == "option":
        arguments += ["--library", root]
        env, cwd, origin = environment(CSBOT_LIBRARY=elsewhere), Path(elsewhere), "由 --library 指定"
    elif by == "environment":
        env, cwd, origin = environment(CSBOT_LIBRARY=root), Path(elsewhere), "由 CSBOT_LIBRARY 指定"
    elif by == "parent":
        cwd, origin = small / "phrasebook" / "forbidden", "当前文件夹或其上级"
    else:
        origin, root = "内置", str(ROOT)
    (steps,) = [json.loads(csbot(*arguments, "--json", cwd=cwd, env=env).stdout)]
    assert (steps["library"]["root"], steps["library"]["origin"]) == (root, origin)
    assert f"（{origin}）" in csbot(*arguments, cwd=cwd, env=env).stdout.splitlines()[0]


def test_explain_shows_every_step(small: Path) -> None:
    done = csbot("explain", "怎麼付款？", "--library", str(small), "--now", "2026-03-03T09:30", "--json")
    steps = json.loads(done.stdout)
    assert steps.keys() >= EXPLAIN_KEYS
    assert (steps["raw"], steps["normalised"]) == ("怎麼付款？", "怎么付款?")
    assert steps["candidates"][0]["intent"] == "payment.methods"
    assert steps["reply"] == "早上好，您可以用支付宝付款。"
    text = csbot("explain", "怎麼付款？", "--library", str(small)).stdout
    for label in ("话术库", "原文", "归一", "分词", "判定", "依据", "要素", "可选", "守门", "回复"):
        assert f"\n{label} " in "\n" + text


def test_explain_takes_a_rule_and_a_code(small: Path) -> None:
    rule = csbot("explain", "ten_donts.dont_know", "--library", str(small))
    assert rule.returncode == 0
    assert rule.stdout.startswith("ten_donts.dont_know\n")
    assert "002 十不准第1条" in rule.stdout
    assert "我帮您查一下" in rule.stdout
    (fields,) = json_output(csbot("explain", "thanks", "--library", str(small), "--json"))
    assert fields["rule"] == "thanks"
    code = csbot("explain", "yaml.duplicate-key", "--library", str(small))
    assert "两个相同的键" in code.stdout


@pytest.mark.parametrize(
    ("text", "meant"), [("ten_donts.dont_knwo", "（是不是 ten_donts.dont_know？）"), ("qq.zz", "")]
)
def test_explain_says_that_there_is_no_such_code(text: str, meant: str, small: Path) -> None:
    done = csbot("explain", text, "--library", str(small))
    assert done.returncode == 0
    assert done.stderr == f"csbot: 没有叫「{text}」的规则或错误代码{meant}，下面当作客户的话来说明\n"
    assert csbot("explain", "怎么付款", "--library", str(small)).stderr == ""


def test_lint_json(small: Path) -> None:
    report = json.loads(csbot("lint", "--json", "--library", str(small)).stdout)
    assert list(report) == ["library", "problems"]
    assert {each["code"] for each in report["problems"]} == {"intent.few-examples"}
    for problem in report["problems"]:
        assert list(problem) == ["path", "line", "column", "code", "severity", "message"]


def test_lint_of_a_dirty_library_is_a_finding(tmp_path: Path) -> None:
    write_library(tmp_path, **edited("scripts", "付款可以用支付宝，请您放心。", "我不知道，请用支付宝。"))
    done = csbot("lint", cwd=tmp_path)
    assert done.returncode == 1
    assert "scripts_library/small.yaml:10:17: reply.forbidden" in done.stdout


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["replay", "x"], "没有命令「replay」，是不是 reply？"),
        (["qqqq"], "没有命令「qqqq」（见"),
        (["inbox", "dismiss", "x"], "编号 的值不对，应是不小于 1 的整数"),
        (["serve", "--agents", ".", "--port", "x"], "--port 的值不对，应是 0 到 65535 的整数"),
        (["schema", "nope"], "名称 的值不对，可用：intents、"),
        (["reply", "x", "--jsn"], "--json"),
        (["reply"], "缺少参数"),
        (["reply", "x", "--mood", "高兴"], "生气"),
        (["reply", "x", "--now", "明天"], "2026-02-17T09:30"),
        (["reply", "x", "--slot"], "--slot"),
        (["reply", "x", "--slot", "姓氏"], "--slot 的值不对：「姓氏」应写成 名称=值"),
    ],
)
def test_usage_errors_say_what_to_do(arguments: list[str], said: str) -> None:
    done = csbot(*arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert done.stderr.startswith("csbot: ")


def test_a_reader_that_leaves_early_is_no_error(small: Path) -> None:
    command = f"'{sys.executable}' -m csbot --library '{small}' | head -n 1"
    done = subprocess.run(
        ["bash", "-o", "pipefail", "-c", command],
        input="怎么付款\n".encode() * 300,
        capture_output=True,
        env=environment(),
        cwd=ROOT,
        timeout=60,
        check=False,
    )
    assert done.stdout.count(b"\n") == 1
    assert done.stderr == b""


AT_THE_END = """
import atexit, sys, threading
from csbot import __main__
atexit.register(print, "at the end")
if "worker" in sys.argv:
    sys.argv.remove("worker")
    threading.Timer(0.5, print, ["the worker"]).start()
__main__.run()
"""


@pytest.mark.parametrize(
    ("arguments", "output", "code"),
    [
        (["--version"], ["at the end"], 0),
        (["--nothing"], ["at the end"], 2),
        (["worker", "--version"], ["the worker", "at the end"], 0),
    ],
)
def test_a_process_that_ends_at_once_does_what_is_left_to_do(
    arguments: list[str], output: list[str], code: int
) -> None:
    program = [sys.executable, "-c", AT_THE_END, *arguments]
    done = subprocess.run(program, capture_output=True, env=environment(), timeout=60, check=False)
    assert (done.stdout.decode().splitlines()[-len(output) :], done.returncode) == (output, code)


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_what_is_lost_at_the_very_end_is_told() -> None:
    with Path("/dev/full").open("wb") as full:
        program = [sys.executable, "-c", AT_THE_END, "--nothing"]
        buffered = {**environment(), "PYTHONUNBUFFERED": ""}
        done = subprocess.run(program, stdout=full, stderr=subprocess.PIPE, env=buffered, timeout=60, check=False)
    assert b"No space left" in done.stderr
    assert done.returncode == 120


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_output_that_cannot_be_written_is_an_error(small: Path) -> None:
    command = f"'{sys.executable}' -m csbot match 怎么付款 --library '{small}' > /dev/full"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, env=environment(), cwd=ROOT, timeout=60, check=False
    )
    assert done.returncode == 2
    assert done.stderr.decode().startswith("csbot: ")
    assert len(done.stderr.decode().splitlines()) == 1


@pytest.mark.parametrize(
    "run",
    [
        "<&-",
        "reply - <&-",
        "match --jsonl <&-",
        "check - <&-",
        "check --jsonl - <&-",
        "reply 怎么付款 >&-",
        "check --text 您好 >&-",
        "check --text 您好 --report sarif >&-",
    ],
)
def test_a_closed_stream_is_neither_empty_nor_written_to(run: str, small: Path) -> None:
    """A program that was started without standard input has read nothing: that is no clean pass."""
    command = f"CSBOT_LIBRARY='{small}' '{sys.executable}' -m csbot {run}"
    done = subprocess.run(
        ["bash", "-c", command], capture_output=True, env=environment(), cwd=ROOT, timeout=60, check=False
    )
    assert done.returncode == 2
    assert done.stdout == b""
    assert done.stderr.decode().rstrip("\n").endswith("标准输入或输出没有打开")
    assert len(done.stderr.decode().splitlines()) == 1


@pytest.mark.parametrize("arguments", [(), ("reply", "-", "--json")])
def test_a_byte_order_mark_is_not_part_of_the_first_message(arguments: tuple[str, ...], small: Path) -> None:
    (row,) = json_output(csbot(*arguments, "--library", str(small), stdin="\ufeff怎么付款\r\n"))
    assert row["text"] == "怎么付款"


def test_nothing_is_written_outside_the_cache(small: Path, tmp_path: Path) -> None:
    done = csbot("match", "怎么付款", "--library", str(small), cwd=tmp_path, env=environment(HOME=str(tmp_path)))
    assert done.returncode == 0
    assert list(tmp_path.iterdir()) == []


def test_without_a_cache_it_answers_the_same(small: Path) -> None:
    arguments = ("match", "怎么付款", "--json", "--library", str(small))
    assert csbot(*arguments, env=environment(CSBOT_CACHE_DIR="")).stdout == csbot(*arguments).stdout


def test_help_holds_no_word_of_click(tmp_path: Path) -> None:
    for command in (["serve"], ["schema"], ["inbox", "dismiss"], ["new"], ["check"], []):
        done = csbot(*command, "--help", cwd=tmp_path)
        assert done.returncode == 0
        assert not re.search(
            r"\[(default|required)|<=x|\[OPTIONS\]|Usage|\b(TEXT|INTEGER|PATH|RANGE)\b", done.stdout
        ), command
