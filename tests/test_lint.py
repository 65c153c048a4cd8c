"""Each finding of ``csbot lint`` can be provoked, and stands at the line to mend."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.support import ROOT, TEXTS, csbot, edited, place_of, places, write_library

from csbot.library.load import load_library, read_documents
from csbot.library.problems import Problem
from csbot.lint import run
from csbot.lint.codes import CODES
from csbot.lint.kept import Findings, Item
from csbot.lint.places import Places
from csbot.lint.run import lint
from csbot.matching.progress import reporter
from csbot.replying.guard import Guard

USUAL = {"intent.few-examples"}  # the small library is small


def found(folder: Path) -> list[Problem]:
    problems, library = lint(folder)
    assert library is not None, problems
    return [problem for problem in problems if problem.code not in USUAL]


def test_the_small_library_is_clean_but_small(tmp_path: Path) -> None:
    problems, library = lint(write_library(tmp_path))
    assert library is not None
    assert [(each.code, each.severity) for each in problems] == [("intent.few-examples", "warning")] * 3


# kind, what is replaced, by what, where it is seen, code, severity, a word of the message.
PROVOKED: dict[str, tuple[str, str, str, str, str, str, str]] = {
    "phrase that an exception always covers": (
        "forbidden",
        "except: [并不是没办法]",
        'phrases: ["没办法", "没[有|]辙了"]\n    except: ["并不是没办法", "没[有|]辙[了|]"]',
        '"没[有|]辙了"',
        "rule.never-fires",
        "error",
        "没[有|]辙了",
    ),
    "single character": (
        "forbidden",
        "banned: 肯定没问题\n    kind: phrase\n",
        'banned: 肯定没问题\n    kind: phrase\n    phrases: ["肯定没问题", "[包|]赚"]\n',
        '"[包|]赚"',
        "rule.single-character",
        "warning",
        "只有一个字",
    ),
    "forbidden": (
        "scripts",
        "付款可以用支付宝，请您放心。",
        "我不知道，请用支付宝。",
        '"我不知道',
        "reply.forbidden",
        "error",
        "ten_donts.dont_know",
    ),
    "forbidden warning": (
        "scripts",
        "付款可以用支付宝，请您放心。",
        "肯定没问题，请用支付宝。",
        '"肯定',
        "reply.forbidden",
        "error",
        "我们会尽力",
    ),
    "forbidden through a default": (
        "slots",
        "default: 24小时",
        "default: 不知道几天",
        "",
        "reply.forbidden",
        "error",
        "不知道",
    ),
    "forbidden through an example": (
        "slots",
        "example: 女士",
        "example: 没办法",
        "",
        "reply.forbidden",
        "error",
        "没办法",
    ),
    "forbidden on a festival": (
        "occasions",
        "greeting: 新年好",
        "greeting: 不知道",
        "",
        "reply.forbidden",
        "error",
        "不知道",
    ),
    "forbidden at an hour": (
        "occasions",
        "greeting: 早上好",
        "greeting: 没办法",
        "",
        "reply.forbidden",
        "error",
        "没办法",
    ),
    "element": (
        "scripts",
        "付款可以用支付宝，请您放心。",
        "付款很方便，请您放心。",
        '"付款很方便',
        "reply.element",
        "error",
        "说明付款方式",
    ),
    "few variants": (
        "scripts",
        '      - text: "付款可以用支付宝，请您放心。"\n',
        "",
        "payment.methods",
        "reply.few-variants",
        "error",
        "2 条",
    ),
    "rule misses": (
        "forbidden",
        "bad: [我不知道, ",
        "bad: [我毫无头绪, ",
        "我毫无头绪",
        "rule.bad-missed",
        "error",
        "我毫无头绪",
    ),
    "rule hits": (
        "forbidden",
        "good: [我帮您查一下, ",
        "good: [您不知道也没关系, ",
        "您不知道也",
        "rule.good-hit",
        "error",
        "您不知道",
    ),
    "element misses": (
        "elements",
        "present: [感谢您, ",
        "present: [多谢, ",
        "多谢",
        "rule.bad-missed",
        "error",
        "多谢",
    ),
    "element hits": (
        "elements",
        "absent: [不客气, ",
        "absent: [不用感谢您, ",
        "不用感谢您",
        "rule.good-hit",
        "error",
        "不用感谢您",
    ),
    "few bad": (
        "forbidden",
        "bad: [我不知道, 这个不知道, 不清楚也不知道]",
        "bad: [我不知道, 我不知道, 这个不知道]",
        "ten_donts.dont_know",
        "rule.few-examples",
        "error",
        "3 个 bad",
    ),
    "few absent": (
        "elements",
        "absent: [不客气, 再见]",
        "absent: [不客气]",
        "thanks",
        "rule.few-examples",
        "error",
        "2 个 absent",
    ),
    "doubled example": (
        "intents",
        "      - 电子发票怎么下载\n",
        "      - 能开发票吗?\n",
        "能开发票吗?",
        "intent.duplicate-example",
        "warning",
        "payment.invoice",
    ),
    "shared example": (
        "intents",
        "      - 电子发票怎么下载\n",
        "      - 怎么付款\n",
        "怎么付款\n      - 发票抬头",
        "intent.duplicate-example",
        "error",
        "payment.methods",
    ),
    "agent situation out of reach": (
        "intents",
        "    keywords: [没听懂]\n",
        "",
        "service.not_understood",
        "intent.unreachable",
        "error",
        "next",
    ),
    "unused element": (
        "scripts",
        "elements: [thanks]",
        "elements: [ask_need|pay_ways]",
        "",
        "element.unused",
        "warning",
        "thanks",
    ),
    "unreachable": (
        "scripts",
        '      - text: "请问您想了解的是{选项}吗？请问有什么可以帮您？"\n        when: {options: any}\n',
        "",
        "service.not_understood",
        "reply.few-variants",
        "error",
        "2 条",
    ),
}


@pytest.mark.parametrize("name", PROVOKED)
def test_a_finding_stands_at_the_line_to_mend(name: str, tmp_path: Path) -> None:
    kind, old, new, seen_at, code, severity, said = PROVOKED[name]
    override = edited(kind, old, new)
    problems = [each for each in found(write_library(tmp_path, **override)) if each.code == code]
    assert problems, found(tmp_path)
    assert {each.severity for each in problems} == {severity}
    assert any(said in each.message for each in problems), problems
    if seen_at:
        assert f"{place_of(kind, override[kind], seen_at)}: {code}" in places(problems, tmp_path)
    assert code in CODES


@pytest.mark.slow
@pytest.mark.parametrize("name", PROVOKED)
def test_what_was_found_before_is_not_believed_after_a_change(name: str, tmp_path: Path) -> None:
    kind, old, new, *_ = PROVOKED[name]
    before = found(write_library(tmp_path))
    assert found(tmp_path) == before
    changed = found(write_library(tmp_path, **edited(kind, old, new)))
    assert any(each.code == PROVOKED[name][4] for each in changed)
    assert found(tmp_path) == changed
    assert found(write_library(tmp_path)) == before


def test_what_was_found_before_is_not_looked_for_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = found(write_library(tmp_path))

    def fail(*_: object, **__: object) -> None:
        raise AssertionError("looked again")

    of_rules = ("check_rule", "check_shadow", "check_rewritten")
    for check in (*of_rules, "check_touched", "check_script", "check_duplicates", "check_overlaps"):
        monkeypatch.setattr(run, check, fail)
    assert found(tmp_path) == before
    monkeypatch.setenv("CSBOT_CACHE_DIR", "")
    with pytest.raises(AssertionError, match="looked again"):
        found(tmp_path)


def test_who_waits_for_a_lint_is_told_what_is_being_done(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CSBOT_CACHE_DIR", "")
    told: list[tuple[float, str]] = []
    token = reporter.set(lambda share, what: told.append((share, what)))
    try:
        found(write_library(tmp_path))
    finally:
        reporter.reset(token)
    for work in ("检查回复", "试禁用语规则的例子", "比较例句"):
        shares = [share for share, what in told if what == work]
        assert shares == sorted(shares)
        assert shares[0] == 0.0
        assert shares[-1] == 1.0


def test_checks_that_were_stopped_go_on_from_there(tmp_path: Path) -> None:
    documents, _ = read_documents(write_library(tmp_path))
    done: list[str] = []

    def check(name: str) -> Callable[[Places], list[Problem]]:
        def find(places: Places) -> list[Problem]:
            done.append(name)
            return [places.problem("forbidden", name, ("id",), "rule.bad-missed", "没有命中")]

        return find

    def stop() -> None:
        if len(done) == 2:
            raise KeyboardInterrupt

    names = ["ten_donts.dont_know", "ten_donts.no_way", "ten_donts.certainly"]
    checks = [Item(name, name, check(name)) for name in names]
    with pytest.raises(KeyboardInterrupt):
        list(Findings("here", Places(documents), stop).of_each("some", "", checks))
    later = list(Findings("here", Places(documents), lambda: None).of_each("some", "", checks))
    assert done == names
    assert [problem.line for problem in later] == [6, 14, 23]
    list(Findings("", Places(documents), lambda: None).of_each("some", "", checks))
    assert done == [*names, *names]  # without a name nothing is kept


SHADOWED = """\
  - id: ten_donts.shadowed
    banned: 知道
    kind: phrase
    severity: warning
    instead: 我帮您查一下。
    reason: 推脱。
    source: "002 十不准第4条"
    bad: [我不知道, 这个不知道, 您不知道吗]
    good: [我帮您查一下, 请您稍等]
"""


@pytest.mark.parametrize(
    ("bad", "excepted", "why"),
    [
        ("没事的", "", "里面没有「死不了」这样的说法"),
        ("这点小病死不了", "", "「死不了」的字在别的词里（病死）"),
        ("您说的“死不了”，我们很重视", "", "因为是引述客户的话"),
        ("它死不了的", "死不了的", "被自己的例外「死不了的」盖住"),
    ],
)
def test_a_missed_example_says_why(bad: str, excepted: str, why: str, tmp_path: Path) -> None:
    rules = TEXTS["forbidden"] + (
        "  - {id: ten_donts.die, banned: 死不了, kind: phrase, instead: 医生会尽力。, reason: 冷漠。, "
        f'source: "002 十不准", except: [{excepted}], bad: [死不了, 放心死不了, 说死不了, {bad}], '
        "good: [医生会尽力, 您好]}\n"
    )
    (problem,) = [each for each in found(write_library(tmp_path, forbidden=rules)) if each.code == "rule.bad-missed"]
    assert why in problem.message


def test_documents_that_nobody_reads_are_told_as_a_warning(tmp_path: Path) -> None:
    write_library(tmp_path)
    for name in ("话术.docx", "旧表.xlsx", "README.md", "~$话术.docx"):
        (tmp_path / "scripts_library" / name).write_bytes(b"PK\x03\x04")
    strays = [each for each in found(tmp_path) if each.code == "library.stray-file"]
    assert [(Path(each.path).name, each.severity) for each in strays] == [
        ("旧表.xlsx", "warning"),
        ("话术.docx", "warning"),
    ]


def test_a_rule_that_another_one_always_covers_is_found(tmp_path: Path) -> None:
    text = TEXTS["forbidden"] + SHADOWED
    (problem,) = found(write_library(tmp_path, forbidden=text))
    assert (problem.code, problem.severity) == ("rule.shadowed", "warning")
    assert "ten_donts.dont_know" in problem.message
    assert places([problem], tmp_path) == [f"{place_of('forbidden', text, 'ten_donts.shadowed')}: rule.shadowed"]


@pytest.mark.parametrize(
    "changed",
    [
        pytest.param(SHADOWED.replace("您不知道吗", "谁知道呢"), id="an example of its own"),
        pytest.param(SHADOWED.replace("banned: 知道", "banned: 不知道"), id="the same place"),
        pytest.param(
            SHADOWED.replace("    severity: warning\n", "").replace("banned: 知道", "banned: 我不知道"), id="longer"
        ),
    ],
)
def test_a_rule_that_is_reported_at_least_once_is_not_covered(changed: str, tmp_path: Path) -> None:
    problems = found(write_library(tmp_path, forbidden=TEXTS["forbidden"] + changed))
    assert "rule.shadowed" not in {each.code for each in problems}


@pytest.mark.parametrize("more", ['    except: ["赚钱"]\n', "    kind: clause\n"])
def test_a_single_character_with_context_is_no_finding(more: str, tmp_path: Path) -> None:
    kind = "" if "kind" in more else "    kind: phrase\n"
    override = edited(
        "forbidden",
        "banned: 肯定没问题\n    kind: phrase\n",
        f'banned: 肯定没问题\n{kind}    phrases: ["肯定没问题", "赚"]\n{more}',
    )
    assert "rule.single-character" not in {each.code for each in found(write_library(tmp_path, **override))}


@pytest.mark.parametrize(
    ("source", "why"),
    [
        ("(?=不)行", "前后断言"),
        ("(?<!可)不行", "前后断言"),
        (r"(不)\\1", "反向引用"),
        ("不行(", "括号没有成对"),
        ("(不{1,1000}){1,1000}行", "重复的次数太多"),
    ],
)
def test_an_expression_that_could_blow_up_is_refused_with_the_reason(source: str, why: str, tmp_path: Path) -> None:
    override = edited(
        "forbidden",
        "banned: 肯定没问题\n    kind: phrase\n",
        f'banned: 肯定没问题\n    kind: pattern\n    phrases: ["{source}"]\n',
    )
    problems, library = lint(write_library(tmp_path, **override))
    assert library is None, "nothing is half-loaded"
    (problem,) = problems
    assert (problem.code, problem.severity) == ("rule.phrase", "error")
    assert why in problem.message
    assert places(problems, tmp_path) == [
        f"{place_of('forbidden', override['forbidden'], chr(34) + source)}: rule.phrase"
    ]


def test_an_expression_that_hangs_other_engines_comes_to_an_end(tmp_path: Path) -> None:
    override = edited(
        "forbidden",
        "banned: 肯定没问题\n    kind: phrase\n",
        'banned: 肯定没问题\n    kind: pattern\n    phrases: ["(不+)+行", "肯定没问题"]\n',
    )
    library = load_library(str(write_library(tmp_path, **override)))
    started = time.process_time()
    assert Guard(library).findings("不" * 30_000 + "，" + "不" * 20_000) == []
    assert time.process_time() - started < 5, "not linear"


@pytest.mark.parametrize(
    ("wrong", "marked"),
    [("付款可以用支付宝，这个我不知道，抱歉。", "不知道"), ("付款可以用支付宝，不～知道。", "不～知道")],
)
def test_what_is_forbidden_in_a_reply_is_marked_where_it_stands(tmp_path: Path, wrong: str, marked: str) -> None:
    write_library(tmp_path, **edited("scripts", "付款可以用支付宝，请您放心。", wrong))
    lines = TEXTS["scripts"].replace("付款可以用支付宝，请您放心。", wrong).splitlines()
    line = next(at for at, each in enumerate(lines, start=1) if wrong in each)
    column = lines[line - 1].index(marked) + 1
    shown = csbot("--library", str(tmp_path), "lint").stdout.splitlines()
    at = next(at for at, each in enumerate(shown) if f":{line}:{column}: reply.forbidden" in each)
    assert shown[at + 2].strip() == "^" * 2 * len(marked), "each character takes two columns"
    problems = json.loads(csbot("--library", str(tmp_path), "lint", "--json").stdout)["problems"]
    assert (line, column) in [(each["line"], each["column"]) for each in problems if each["code"] == "reply.forbidden"]


def test_a_hit_only_in_one_filling_is_found_and_told_once(tmp_path: Path) -> None:
    override = edited("slots", "default: 24小时", "default: 不知道几天")
    problems = [each for each in found(write_library(tmp_path, **override)) if each.code == "reply.forbidden"]
    using = [at for at, line in enumerate(TEXTS["scripts"].splitlines(), start=1) if "{时限}" in line]
    assert sorted(each.line for each in problems) == using


def test_an_element_that_only_a_festival_removes_is_found(tmp_path: Path) -> None:
    scripts = TEXTS["scripts"].replace(
        'elements: [ask_need]\n    replies:\n      - text: "{问候}，',
        'elements: [ask_need, hello]\n    replies:\n      - text: "{问候}，',
    )
    elements = TEXTS["elements"] + (
        '  - id: hello\n    name: 问候\n    source: x\n    phrases: ["您好", "早上好"]\n'
        "    present: [您好, 早上好, 您好啊]\n    absent: [再见, 新年好]\n"
    )
    problems = found(write_library(tmp_path, scripts=scripts, elements=elements))
    assert [each.code for each in problems] == ["reply.element", "reply.element"]
    assert f"{place_of('scripts', scripts, chr(34) + '{问候}，请问')}: reply.element" in places(problems, tmp_path)


def test_a_script_silent_on_ordinary_days_is_found(tmp_path: Path) -> None:
    scripts = TEXTS["scripts"].replace(
        '      - text: "{问候}，请问有什么可以帮您？"\n      - text: "您好，请问需要什么帮助？"\n', ""
    )
    problems = [each for each in found(write_library(tmp_path, scripts=scripts)) if each.code == "reply.unreachable"]
    (problem,) = problems
    assert "平日" in problem.message
    where = place_of("scripts", scripts, '- text: "{节日问候}')
    assert places([problem], tmp_path) == [f"{where}: reply.unreachable"]


def test_a_script_silent_on_a_festival_is_found(tmp_path: Path) -> None:
    reply = "        when: {festival: none}\n"
    scripts = TEXTS["scripts"]
    for text in (
        "感谢您的来询，发票会在{时限}内寄出。",
        "谢谢您，电子发票可以在订单里下载。",
        "感谢您，发票已经在开，请留意邮箱。",
    ):
        scripts = scripts.replace(f'"{text}"\n', f'"{text}"\n{reply}')
    problems = [each for each in found(write_library(tmp_path, scripts=scripts)) if each.code == "reply.unreachable"]
    assert ["春节" in each.message for each in problems] == [True]


@pytest.mark.parametrize(
    ("mentions", "codes"),
    [("发票", []), ("专票, 发票", []), ("税号, 抬头纸", ["reply.unmentioned"])],
)
def test_a_reply_for_what_nobody_mentions_is_found(mentions: str, codes: list[str], tmp_path: Path) -> None:
    reply = '      - text: "谢谢您，电子发票可以在订单里下载。"\n'
    scripts = TEXTS["scripts"].replace(reply, f"{reply}        when: {{mentions: [{mentions}]}}\n" + reply)
    problems = found(write_library(tmp_path, scripts=scripts))
    assert [each.code for each in problems] == codes
    for problem in problems:
        assert "税号、抬头纸" in problem.message
        assert places([problem], tmp_path) == [f"{place_of('scripts', scripts, '[税号')}: reply.unmentioned"]


def test_a_stolen_example_is_found(tmp_path: Path) -> None:
    stolen = TEXTS["intents"].replace("out_of_scope:\n", "out_of_scope:\n" + "  - 在吗\n" * 5)
    (problem,) = found(write_library(tmp_path, intents=stolen))
    assert (problem.code, problem.severity) == ("intent.stolen-example", "warning")
    assert "「在吗」会被识别成「（无关）」" in problem.message
    assert places([problem], tmp_path) == [f"{place_of('intents', stolen, '在吗')}: intent.stolen-example"]


def test_a_counter_example_that_is_still_matched_is_found(tmp_path: Path) -> None:
    text = "我不要发票，怎么付款"
    override = edited("intents", "付款方式被我填错了咋改", text)
    (problem,) = found(write_library(tmp_path, **override))
    assert (problem.code, problem.severity) == ("intent.negative-matched", "warning")
    assert places([problem], tmp_path) == [f"{place_of('intents', override['intents'], text)}: intent.negative-matched"]


def test_all_findings_are_listed_at_once(tmp_path: Path) -> None:
    write_library(
        tmp_path,
        **edited("scripts", "付款可以用支付宝，请您放心。", "我不知道，没办法。"),
        **edited("forbidden", "bad: [我没办法, ", "bad: [我束手无策, "),
        **edited("elements", "absent: [不客气, 再见]", "absent: [不客气]"),
    )
    codes = [each.code for each in found(tmp_path)]
    assert sorted(codes) == [
        "reply.element",
        "reply.forbidden",
        "reply.forbidden",
        "rule.bad-missed",
        "rule.few-examples",
    ]


def test_findings_come_in_order_of_place(tmp_path: Path) -> None:
    problems, _ = lint(
        write_library(tmp_path, **edited("scripts", "付款可以用支付宝，请您放心。", "我不知道，没办法。"))
    )
    assert problems == sorted(problems)
    assert len(set(problems)) == len(problems)


def test_every_code_that_the_sources_name_is_explained() -> None:
    import re

    named: set[str] = set()
    for path in (ROOT / "src" / "csbot").rglob("*.py"):
        named |= set(
            re.findall(
                r'"((?:yaml|schema|library|ref|script|rule|reply|intent|element|file)\.[a-z-]+)"',
                path.read_text("utf-8"),
            )
        )
    assert named <= CODES.keys()
    assert len(named) > 25


def test_every_code_has_a_chinese_meaning() -> None:
    for code, meaning in CODES.items():
        assert code.isascii()
        assert meaning.endswith("。")


@pytest.mark.slow
def test_the_library_of_the_repository_has_no_errors() -> None:
    problems, library = lint(ROOT)
    assert library is not None
    assert [str(each) for each in problems if each.severity == "error"] == []


@pytest.mark.slow
def test_the_command_says_so_too() -> None:
    done = csbot("lint", "--library", str(ROOT))
    assert done.returncode == 0, done.stdout[-2000:]
    assert "0 处错误" in done.stdout.splitlines()[-1]
