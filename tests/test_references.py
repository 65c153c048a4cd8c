"""References inside a library, files that are missing or misplaced, and what is there twice."""

from __future__ import annotations

import os
import shutil
from datetime import datetime
from pathlib import Path

import pytest
from tests.support import PATHS, SCRIPTS, TEXTS, csbot, edited, place_of, places, refused, write_library

from csbot.library.load import load_library, read_documents
from csbot.library.locate import locate
from csbot.library.references import HOLDING
from csbot.lint.codes import CODES
from csbot.replying import responder
from csbot.replying.context import Context

# kind, what is replaced, by what, where the problem is seen, code, a word of the message.
DANGLING: dict[str, tuple[str, str, str, str, str, str]] = {
    "script without intent": (
        "scripts",
        "intent: payment.invoice",
        "intent: payment.invoise",
        "payment.invoise",
        "ref.unknown",
        "是不是「payment.invoice」",
    ),
    "element": ("scripts", "[pay_ways]", "[pay_wayz]", "pay_wayz", "ref.unknown", "是不是「pay_ways」"),
    "one of two elements": (
        "scripts",
        "[pay_ways]",
        "[pay_ways|nothing_like_it]",
        "pay_ways|",
        "ref.unknown",
        "先把它加上",
    ),
    "next": (
        "scripts",
        "next: [payment.invoice]",
        "next: [payment.invoice, payment.refund]",
        "payment.refund",
        "ref.unknown",
        "payment.refund",
    ),
    "covers": (
        "scripts",
        "next: [payment.invoice]",
        "next: []\n    covers: [payment.invoise]",
        "payment.invoise",
        "ref.unknown",
        "是不是「payment.invoice」（索要发票）",
    ),
    "covers itself": (
        "scripts",
        "next: [payment.invoice]",
        "next: []\n    covers: [payment.methods]",
        "payment.methods]",
        "script.covers",
        "不用写它自己",
    ),
    "covers twice": (
        "scripts",
        "next: [payment.invoice]",
        "next: []\n    covers: [greeting.regular, payment.invoice, greeting.regular]",
        "greeting.regular]",
        "script.covers",
        "写了两遍",
    ),
    "ask": (
        "scripts",
        "    next: [payment.methods]",
        "    next: [payment.methods]\n    ask: [性氏]",
        "性氏",
        "ref.unknown",
        "是不是「姓氏」",
    ),
    "slot in a reply": (
        "scripts",
        "发票会在{时限}内",
        "发票会在{时现}内",
        '"感谢您的来询',
        "ref.unknown",
        "是不是「时限」",
    ),
    "empty slot": ("scripts", "发票会在{时限}内", "发票会在{}内", '"感谢您的来询', "ref.unknown", "「」"),
    "festival": ("scripts", "when: {festival: any}", "when: {festival: 端午}", "端午", "ref.unknown", "节日"),
    "time": ("scripts", "when: {festival: any}", "when: {time: 半夜}", "半夜", "ref.unknown", "时段"),
    "opening brace": ("scripts", "发票会在{时限}内", "发票会在{时限内", '"感谢您的来询', "script.braces", "成对"),
    "closing brace": ("scripts", "发票会在{时限}内", "发票会在时限}内", '"感谢您的来询', "script.braces", "成对"),
    "nested braces": ("scripts", "发票会在{时限}内", "发票会在{{时限}}内", '"感谢您的来询', "script.braces", "占位符"),
    "shown braces": (
        "scripts",
        "发票会在{时限}内",
        "发票会在【时限】内",
        '"感谢您的来询',
        "script.braces",
        "原样发给客户",
    ),
    "line break": (
        "scripts",
        '"感谢您，发票已经在开，请留意邮箱。"',
        '"感谢您，\\n请留意邮箱。"',
        '"感谢您，\\n',
        "script.line-break",
        "一行",
    ),
    "customer intent without examples": (
        "intents",
        "trigger: agent",
        "trigger: customer",
        "service.not_understood",
        "ref.no-examples",
        "examples",
    ),
    "doubled rule": (
        "forbidden",
        "id: ten_donts.no_way",
        "id: ten_donts.dont_know",
        "ten_donts.dont_know\n    banned: 没",
        "ref.duplicate",
        "ten_donts.yaml:6 已有",
    ),
    "doubled element": (
        "elements",
        "id: ask_need",
        "id: thanks",
        "thanks\n    name: 询问",
        "ref.duplicate",
        "要素「thanks」",
    ),
    "doubled slot": (
        "slots",
        "{name: 称谓, type: 称谓",
        "{name: 姓氏, type: 称谓",
        "姓氏, type: 称谓",
        "ref.duplicate",
        "变量「姓氏」",
    ),
    "doubled period": ("occasions", "name: 其余时间", "name: 早上", '早上, from: "12', "ref.duplicate", "时段「早上」"),
    "phrase with an asterisk": ("elements", '["用支付宝"]', '["用*付"]', '"用*付"', "rule.phrase", "「*」"),
    "phrase of nothing": ("elements", '["用支付宝"]', '["…"]', '"…"', "rule.phrase", "没有具体文字"),
    "exception with a brace": ("forbidden", "[并不是没办法]", '["{并不是"]', '"{并不是"', "rule.phrase", "「{」"),
    "pattern that is none": (
        "forbidden",
        "    kind: phrase\n    except",
        "    kind: pattern\n    phrases: ['(a']\n    except",
        "'(a'",
        "rule.phrase",
        "正则",
    ),
}


@pytest.mark.parametrize("name", DANGLING)
def test_a_bad_reference_is_reported_at_its_place(name: str, tmp_path: Path) -> None:
    kind, old, new, seen_at, code, advice = DANGLING[name]
    override = edited(kind, old, new)
    write_library(tmp_path, **override)
    error = refused(tmp_path)
    found = {place: each.message for place, each in zip(places(error.problems, tmp_path), error.problems, strict=True)}
    place = f"{place_of(kind, override[kind], seen_at)}: {code}"
    assert place in found, error
    assert advice in found[place]
    assert code in CODES
    # What is renamed away may leave a gap of its own, in another place; nothing else may be reported.
    others = {each.rpartition(" ")[2] for each in found if each != place}
    assert others <= {"ref.unknown", "ref.no-script"}


def test_situations_that_cover_each_other_are_told_at_every_link(tmp_path: Path) -> None:
    text = TEXTS["scripts"].replace("    next: [payment.invoice]\n", "    next: []\n    covers: [payment.invoice]\n")
    text = text.replace(
        "    next: []\n  - intent: greeting", "    next: []\n    covers: [greeting.regular]\n  - intent: greeting"
    )
    text = text.replace(
        "    next: []\n  - intent: service", "    next: []\n    covers: [payment.methods]\n  - intent: service"
    )
    write_library(tmp_path, scripts=text)
    error = refused(tmp_path)
    assert places(error.problems, tmp_path) == [
        f"{place_of('scripts', text, wanted)}: script.covers"
        for wanted in ("payment.invoice]", "greeting.regular]", "payment.methods]")
    ]
    assert "「payment.methods」一并说到「payment.invoice」，「payment.invoice」一并说到" in error.problems[0].message


def test_an_intent_without_script(tmp_path: Path) -> None:
    extra = TEXTS["intents"].replace(
        "out_of_scope:", "  - {id: a.b, name: 甲, trigger: agent, cue: 乙, source: 丙}\nout_of_scope:"
    )
    write_library(tmp_path, intents=extra)
    _, problems = read_documents(tmp_path)
    assert places(problems, tmp_path) == [f"{place_of('intents', extra, 'a.b')}: ref.no-script"]


def test_a_doubled_intent(tmp_path: Path) -> None:
    override = edited("intents", "id: payment.invoice", "id: payment.methods")
    write_library(tmp_path, **override)
    _, problems = read_documents(tmp_path)
    second = place_of("intents", override["intents"], "payment.methods\n    name: 索要发票")
    assert f"{second}: ref.duplicate" in places(problems, tmp_path)


def test_a_script_that_stands_in_two_files_names_both(tmp_path: Path) -> None:
    write_library(tmp_path)
    (tmp_path / "scripts_library" / "again.yaml").write_text(SCRIPTS, encoding="utf-8")
    _, problems = read_documents(tmp_path)
    assert len(problems) == 4
    assert {each.code for each in problems} == {"ref.duplicate"}
    assert all("small.yaml" in each.path and "again.yaml:" in each.message for each in problems)


def test_a_library_must_be_able_to_say_that_it_did_not_understand(tmp_path: Path) -> None:
    assert HOLDING == responder.HOLDING
    intents = TEXTS["intents"].replace("service.not_understood", "service.closing")
    scripts = TEXTS["scripts"].replace("service.not_understood", "service.closing")
    write_library(tmp_path, intents=intents, scripts=scripts)
    _, problems = read_documents(tmp_path)
    assert [each.code for each in problems] == ["ref.no-script"]
    assert HOLDING in problems[0].message


@pytest.mark.parametrize("kind", [kind for kind in TEXTS if kind not in ("synonyms", "intents")])
def test_a_missing_file_is_named(kind: str, tmp_path: Path) -> None:
    write_library(tmp_path, **{kind: None})
    error = refused(tmp_path)
    path = PATHS[kind] if kind in ("slots", "occasions") else str(Path(PATHS[kind]).parent)
    assert places(error.problems, tmp_path) == [f"{path}:1:1: library.missing-file"]


@pytest.mark.parametrize("folder", ["scripts_library", "phrasebook", "phrasebook/forbidden", "phrasebook/elements"])
def test_a_missing_folder_is_named(folder: str, tmp_path: Path) -> None:
    write_library(tmp_path)
    shutil.rmtree(tmp_path / folder)
    error = refused(tmp_path)
    assert {each.code for each in error.problems} == {"library.missing-file"}
    assert len(error.problems) == (4 if folder == "phrasebook" else 1)


def test_synonyms_are_optional(tmp_path: Path) -> None:
    assert load_library(str(write_library(tmp_path, synonyms=None))).synonyms == ()


def test_no_reply_without_forbidden_rules(tmp_path: Path) -> None:
    write_library(tmp_path, forbidden=None)
    done = csbot("reply", "你好", "--library", str(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert "phrasebook/forbidden:1:1: library.missing-file" in done.stderr


@pytest.mark.parametrize("text", ["intents: []\n", "intents:\n"])
def test_a_library_without_intents(text: str, tmp_path: Path) -> None:
    _, problems = read_documents(write_library(tmp_path, intents=text))
    assert [each.code for each in problems] in (["schema.empty"], ["schema.type"])


@pytest.mark.parametrize("named", ["nowhere", ".", "file", "x" * 5000])
def test_a_named_library_that_is_not_there(named: str, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", encoding="utf-8")
    (tmp_path / "built-in").mkdir()
    done = csbot("match", "你好", "--library", named, cwd=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert "library.not-found" in done.stderr
    assert "--library" in done.stderr


def test_a_folder_in_the_place_of_a_file(tmp_path: Path) -> None:
    write_library(tmp_path, slots=None)
    (tmp_path / PATHS["slots"]).mkdir()
    (tmp_path / "scripts_library" / "folder.yaml").mkdir()
    _, problems = read_documents(tmp_path)
    assert sorted(places(problems, tmp_path)) == [
        "phrasebook/slots.yaml:1:1: library.missing-file",
        "phrasebook/slots.yaml:1:1: library.stray-file",
        "scripts_library/folder.yaml:1:1: file.unreadable",
    ]


def test_a_link_to_nowhere_is_unreadable(tmp_path: Path) -> None:
    write_library(tmp_path)
    (tmp_path / "scripts_library" / "link.yaml").symlink_to(tmp_path / "none.yaml")
    error = refused(tmp_path)
    assert places(error.problems, tmp_path) in (
        ["none.yaml:1:1: file.unreadable"],
        ["scripts_library/link.yaml:1:1: file.unreadable"],
    )


def test_an_unreadable_file_is_an_error(tmp_path: Path) -> None:
    write_library(tmp_path)
    path = tmp_path / PATHS["scripts"]
    path.chmod(0)
    if os.access(path, os.R_OK):
        path.unlink()
        path.mkdir()
    _, problems = read_documents(tmp_path)
    assert places(problems, tmp_path) == [f"{PATHS['scripts']}:1:1: file.unreadable"]


@pytest.mark.parametrize(
    "name", ["scripts_library/new.yml", "scripts_library/NEW.YAML", "phrasebook/extra.yaml", "phrasebook/others/x.yaml"]
)
def test_a_stray_file_is_an_error(name: str, tmp_path: Path) -> None:
    write_library(tmp_path)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text("x: y\n", encoding="utf-8")
    error = refused(tmp_path)
    assert places(error.problems, tmp_path) == [f"{name}:1:1: library.stray-file"]


@pytest.mark.parametrize(
    ("name", "text", "folder"),
    [
        ("退款.yaml", "topic: a\nname: 甲\nscripts:\n  - intent: a.b\n", "scripts_library"),
        ("phrasebook/公司.yaml", "category: a\nname: 甲\nrules:\n  - id: a.b\n", "phrasebook/forbidden"),
        ("phrasebook/要素.yaml", "category: a\nname: 甲\nelements:\n  - id: a\n", "phrasebook/elements"),
        ("对话.yaml", "name: 甲\nsteps:\n  - customer: 你好\n", "scripts_library/conversations"),
        ("scripts_library/对话.yaml", "name: 甲\nsteps:\n  - customer: 你好\n", "scripts_library/conversations"),
        ("scripts_library/conversations/话术.yaml", "topic: a\nname: 甲\nscripts: []\n", "scripts_library"),
        ("phrasebook/elements/规则.yaml", "category: a\nname: 甲\nrules: []\n", "phrasebook/forbidden"),
    ],
)
def test_a_file_in_the_wrong_folder_is_told_where_it_belongs(name: str, text: str, folder: str, tmp_path: Path) -> None:
    write_library(tmp_path)
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text, encoding="utf-8")
    _, problems = read_documents(tmp_path)
    assert [(each.code, each.message.rpartition("请移到 ")[2]) for each in problems if each.severity == "error"] == [
        ("library.stray-file", f"{folder} 里")
    ]


def test_other_files_beside_a_library_are_nobodys_business(tmp_path: Path) -> None:
    write_library(tmp_path)
    (tmp_path / "五个情景.yaml").write_text("- name: 催发货\n  cue: 催\n", encoding="utf-8")
    (tmp_path / "mkdocs.yaml").write_text("site_name: x\nnav: []\n", encoding="utf-8")
    assert not [each for each in read_documents(tmp_path)[1] if each.severity == "error"]


def test_files_in_folders_below_are_read(tmp_path: Path) -> None:
    write_library(tmp_path)
    (tmp_path / "scripts_library" / "sub").mkdir()
    (tmp_path / PATHS["scripts"]).rename(tmp_path / "scripts_library" / "sub" / "moved.yaml")
    assert load_library(str(tmp_path)).scripts.keys() == load_library(str(tmp_path)).intents.keys()


def test_a_file_name_that_is_not_utf8(tmp_path: Path) -> None:
    write_library(tmp_path)
    odd = os.fsdecode(os.fsencode(tmp_path / "scripts_library") + b"/\xff.yaml")
    try:
        (tmp_path / PATHS["scripts"]).rename(odd)
    except OSError:
        pytest.skip("this file system takes UTF-8 names only")
    done = csbot("reply", "怎么付款", "--library", str(tmp_path), "--slot", "姓氏=王")
    assert done.returncode == 0, done.stderr


def test_which_library_is_used(tmp_path: Path) -> None:
    first, second, third = (write_library(tmp_path / name) for name in ("first", "second", "third"))
    inside = third / "a" / "b"
    inside.mkdir(parents=True)
    assert locate(str(first), {"CSBOT_LIBRARY": str(second)}, inside) == (first, "由 --library 指定")
    assert locate(None, {"CSBOT_LIBRARY": str(second)}, inside) == (second, "由 CSBOT_LIBRARY 指定")
    assert locate(None, {"CSBOT_LIBRARY": ""}, inside) == (third, "当前文件夹或其上级")
    root, why = locate(None, {}, tmp_path)
    assert why == "内置"
    assert (root / "intents.yaml").is_file()


@pytest.mark.parametrize("day", ["0229", "2026-02-29", "2026-2-9"])
def test_impossible_dates_never_reach_a_reply(day: str, tmp_path: Path) -> None:
    override = edited("occasions", 'lunar: "01-01"', f'dates: [{{from: "{day}", to: "{day}"}}]')
    error = refused(write_library(tmp_path, **override))
    assert {each.code for each in error.problems} == {"schema.format"}


def test_the_small_library_answers(tmp_path: Path) -> None:
    answers = responder.Responder(load_library(str(write_library(tmp_path))))
    response = answers.respond("怎么付款", Context(datetime(2026, 3, 3, 9, 30)))
    assert response.best is not None
    assert response.best.filled.text == "早上好，您可以用支付宝付款。"


def test_a_library_that_recognises_nothing_is_refused(tmp_path: Path) -> None:
    write_library(tmp_path, intents=TEXTS["intents"].replace("trigger: customer", "trigger: agent"))
    _, problems = read_documents(tmp_path)
    assert "ref.no-examples" in [each.code for each in problems]
