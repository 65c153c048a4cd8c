"""Layers of a library: what each may add, supplement, replace and switch off, and what is said where it may not."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import ROOT, csbot, environment, write_library

from csbot.library.layers import layers_of
from csbot.library.load import load_fresh, load_library, read_documents
from csbot.library.locate import locate
from csbot.library.models import Library
from csbot.library.problems import LibraryError
from csbot.lint.run import Checks, lint

COMPANY = "level: 公司\nname: 示例公司\nextends: ../base\n"
TEAM = "level: 团队\nname: 一组\nextends: ../base\n"
PERSONAL = "level: 个人\nname: 小李\nextends: ../base\n"
LEVELS = {"公司": COMPANY, "团队": TEAM, "个人": PERSONAL}

RULES = 'category: own\nname: 自己的\nsource: "良好实践"\nseverity: error\nrules:\n'
NEW_RULE = (
    "  - {id: own.busy, banned: 我很忙, kind: phrase, instead: 请您稍等, reason: 推脱, source: 良好实践,\n"
    "     bad: [我很忙, 我很忙的, 今天我很忙], good: [请您稍等, 我马上来]}\n"
)


def write(folder: Path, name: str, files: dict[str, str]) -> Path:
    """Write a layer beside the small complete library in ``base``; return its folder."""
    if not (folder / "base").exists():
        write_library(folder / "base")
    for path, text in files.items():
        target = folder / name / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
    return folder / name


def said(root: Path) -> list[str]:
    """Return what is wrong with a library that must not load, paths from the folder of the layers."""
    with pytest.raises(LibraryError) as caught:
        load_fresh(root)
    parent = f"{root.parent.resolve().as_posix()}/"
    return [str(each).replace(parent, "").replace(f"{root.parent.as_posix()}/", "") for each in caught.value.problems]


SCRIPTS = "topic: own\nname: 自己的\nscripts:\n"
NEW_INTENT = (
    "intents:\n  - {id: own.repair, name: 维修, trigger: customer, cue: 要维修, source: 良好实践, examples: [来修]}\n"
)
NEW_SCRIPT = (
    SCRIPTS + "  - intent: own.repair\n    source: 良好实践\n    elements: [thanks]\n"
    "    replies: [{text: 感谢您的来询。}, {text: 谢谢您。}, {text: 感谢您，我来登记。}]\n"
    "    coaching: {use: 要维修时用。, avoid: 别的不用。, never: []}\n    next: [payment.invoice]\n"
)


def texts(library: Library, intent: str) -> list[str]:
    return [reply.text for reply in library.scripts[intent].replies]


# What a layer says → what the library is then. Each is tried at every level that may do it.
Check = Callable[[Library], Any]
CHANGES: dict[str, tuple[dict[str, str], Check, Any]] = {
    "add a situation": (
        {"intents.yaml": NEW_INTENT, "scripts_library/own.yaml": NEW_SCRIPT},
        lambda library: (len(library.intents), library.intents["own.repair"].name, texts(library, "own.repair")[0]),
        (5, "维修", "感谢您的来询。"),
    ),
    "supplement a situation": (
        {"intents.yaml": "intents:\n  - {id: payment.invoice, change: add, examples: [开张水费发票], name: 要发票}\n"},
        lambda library: (library.intents["payment.invoice"].examples[-2:], library.intents["payment.invoice"].name),
        (("麻烦给我开个票", "开张水费发票"), "要发票"),
    ),
    "replace the examples of a situation": (
        {"intents.yaml": "intents:\n  - {id: payment.invoice, change: replace, examples: [开张水费发票]}\n"},
        lambda library: (library.intents["payment.invoice"].examples, library.intents["payment.invoice"].keywords),
        (("开张水费发票",), ("发票",)),
    ),
    "add messages out of scope": (
        {"intents.yaml": "out_of_scope: [你是谁的孩子]\n"},
        lambda library: library.out_of_scope[-2:],
        ("你觉得猫可爱还是狗可爱", "你是谁的孩子"),
    ),
    "switch a situation off": (
        {"off": "  - {situation: payment.invoice, reason: 不开}\n"},
        lambda library: (
            list(library.intents),
            "payment.invoice" in library.scripts,
            library.scripts["payment.methods"].next,
        ),
        (["payment.methods", "greeting.regular", "service.not_understood"], False, ()),
    ),
    "say what a script speaks for": (
        {
            "scripts_library/own.yaml": SCRIPTS
            + "  - {intent: payment.methods, change: add, covers: [payment.invoice]}\n"
        },
        lambda library: library.scripts["payment.methods"].covers,
        ("payment.invoice",),
    ),
    "supplement a script": (
        {
            "scripts_library/own.yaml": SCRIPTS
            + "  - {intent: payment.invoice, change: add, replies: [{text: 感谢您。}], coaching: {never: [没有],"
            " use: 开票, avoid: 无}}\n"
        },
        lambda library: (
            len(texts(library, "payment.invoice")),
            texts(library, "payment.invoice")[-1],
            library.scripts["payment.invoice"].coaching["never"],
            library.scripts["payment.invoice"].coaching["use"],
        ),
        (4, "感谢您。", ["不知道", "没有"], "开票"),
    ),
    "replace the replies of a script": (
        {
            "scripts_library/own.yaml": SCRIPTS
            + "  - {intent: payment.invoice, change: replace, replies: [{text: 感谢您。}]}\n"
        },
        lambda library: (texts(library, "payment.invoice"), library.scripts["payment.invoice"].elements),
        (["感谢您。"], ("thanks",)),
    ),
    "add a forbidden rule": (
        {"phrasebook/forbidden/own.yaml": RULES + NEW_RULE},
        lambda library: {rule.id for rule in library.forbidden} >= {"own.busy", "ten_donts.dont_know"},
        True,
    ),
    "make a forbidden rule find more": (
        {
            "phrasebook/forbidden/own.yaml": RULES
            + "  - {id: ten_donts.dont_know, change: add, phrases: [搞不清], bad: [搞不清]}\n"
        },
        lambda library: (
            library.forbidden[0].phrases,
            library.forbidden[0].category,
            library.forbidden[0].positives[-1],
        ),
        (("不知道", "搞不清"), "ten_donts", "搞不清"),
    ),
    "add an element": (
        {
            "phrasebook/elements/own.yaml": "category: own\nname: 自己的\nelements:\n  - {id: own_hint, name: 提示,"
            " source: 良好实践, phrases: [请留意], present: [请留意, 请留意短信, 也请留意], absent: [留下, 注意]}\n"
        },
        lambda library: "own_hint" in {rule.id for rule in library.elements},
        True,
    ),
    "add a slot": (
        {"phrasebook/slots.yaml": "slots:\n  - {name: 门店, type: 文字, prompt: 哪家店}\n"},
        lambda library: list(library.slots)[-1],
        "门店",
    ),
    "replace the default of a slot": (
        {"phrasebook/slots.yaml": "slots:\n  - {name: 时限, change: replace, default: 48小时}\n"},
        lambda library: (library.slots["时限"].default, library.slots["时限"].type),
        ("48小时", "时长"),
    ),
    "add a festival": (
        {
            "phrasebook/occasions.yaml": "festivals:\n"
            "  - {name: 店庆, greeting: 店庆快乐, solar: 08-08, named_by: [店庆]}\n"
        },
        lambda library: [each.name for each in library.festivals],
        ["春节", "店庆"],
    ),
    "supplement a festival": (
        {"phrasebook/occasions.yaml": "festivals: [{name: 春节, change: add, named_by: [拜年], greeting: 过年好}]\n"},
        lambda library: (library.festivals[0].named_by, library.festivals[0].greeting),
        (("春节快乐", "拜年"), "过年好"),
    ),
    "switch a festival off": ({"off": "  - {festival: 春节, reason: 不过}\n"}, lambda library: library.festivals, ()),
    "replace a period of the day": (
        {"phrasebook/occasions.yaml": "day_periods:\n  - {name: 早上, change: replace, greeting: 早安}\n"},
        lambda library: [each.greeting for each in library.day_periods],
        ["早安", "您好"],
    ),
    "add and replace synonyms": (
        {"phrasebook/synonyms.yaml": "synonyms:\n  - [支付宝, 阿里付]\n  - [发票, fapiao]\n"},
        lambda library: library.synonyms,
        (("支付宝", "阿里付"), ("发票", "fapiao")),
    ),
    "name more goods": (
        {"phrasebook/synonyms.yaml": "synonyms: []\ngoods:\n  - [书架, 手表]\n"},
        lambda library: library.goods,
        ("挂钟", "书架", "手表"),
    ),
    "switch synonyms off": ({"off": "  - {synonym: 支付宝, reason: 没有}\n"}, lambda library: library.synonyms, ()),
    "set the settings": (
        {"phrasebook/settings.yaml": 'profiles: [电商]\nreview_days: "30"\n'},
        lambda library: (library.profiles, library.review_days),
        (frozenset({"电商"}), 30),
    ),
    "add conventions of rewriting": (
        {"phrasebook/rewriting.yaml": "keeps: [您好]\n"},
        lambda library: library.polish.keeps,
        ("您好",),
    ),
}

# What only a company may do, and says why; the code and the place that the others get.
LOOSENING: dict[str, tuple[dict[str, str], Check, Any]] = {
    "switch a rule off": (
        {"off": "  - {rule: ten_donts.dont_know, reason: 法务同意}\n"},
        lambda library: [rule.id for rule in library.forbidden],
        ["ten_donts.no_way", "ten_donts.certainly"],
    ),
    "spare more": (
        {
            "phrasebook/forbidden/own.yaml": RULES
            + "  - {id: ten_donts.dont_know, change: add, except: [不知道您], change_reason: 法务同意}\n"
        },
        lambda library: library.forbidden[0].exceptions,
        ("不知道您",),
    ),
    "make a rule milder": (
        {
            "phrasebook/forbidden/own.yaml": RULES
            + "  - {id: ten_donts.no_way, change: replace, severity: warning, change_reason: 法务同意}\n"
        },
        lambda library: library.forbidden[1].severity.value,
        "warning",
    ),
    "switch an element off": (
        {"off": "  - {element: pay_ways, reason: 不支持}\n"},
        lambda library: (len(library.elements), library.scripts["payment.methods"].elements),
        (2, ()),
    ),
    "accept more for an element": (
        {
            "phrasebook/elements/own.yaml": "category: own\nname: 自己的\nelements:\n"
            "  - {id: thanks, change: add, phrases: [多谢], change_reason: 培训组同意}\n"
        },
        lambda library: next(rule for rule in library.elements if rule.id == "thanks").phrases[-1],
        "多谢",
    ),
    "ask less of a script": (
        {
            "scripts_library/own.yaml": SCRIPTS
            + "  - {intent: payment.methods, change: replace, elements: [thanks], change_reason: 培训组同意}\n"
        },
        lambda library: library.scripts["payment.methods"].elements,
        ("thanks",),
    ),
}


def layer(folder: Path, level: str, files: dict[str, str]) -> Path:
    files = dict(files)
    off = files.pop("off", "")
    return write(folder, "own", {"layer.yaml": LEVELS[level] + (f"off:\n{off}" if off else ""), **files})


@pytest.mark.parametrize("level", LEVELS)
@pytest.mark.parametrize("name", CHANGES)
def test_a_layer_changes_what_is_below(name: str, level: str, tmp_path: Path) -> None:
    files, check, wanted = CHANGES[name]
    assert check(load_fresh(layer(tmp_path, level, files))) == wanted


@pytest.mark.parametrize("name", LOOSENING)
def test_a_company_may_loosen_with_a_reason(name: str, tmp_path: Path) -> None:
    files, check, wanted = LOOSENING[name]
    library = load_fresh(layer(tmp_path, "公司", files))
    assert check(library) == wanted
    assert all(change.reason for change in library.layer_changes)


@pytest.mark.parametrize("level", ["团队", "个人"])
@pytest.mark.parametrize("name", LOOSENING)
def test_a_team_or_a_person_may_not_loosen(name: str, level: str, tmp_path: Path) -> None:
    problems = said(layer(tmp_path, level, LOOSENING[name][0]))
    assert [re.sub(r"^own/\S+:\d+:\d+: ", "", each).split()[0] for each in problems] == ["layer.guard"]


@pytest.mark.parametrize("name", [name for name, (files, _, _) in LOOSENING.items() if "off" not in files])
def test_a_company_that_loosens_must_say_why(name: str, tmp_path: Path) -> None:
    files = {path: re.sub(r", change_reason: \S+}", "}", text) for path, text in LOOSENING[name][0].items()}
    (problem,) = said(layer(tmp_path, "公司", files))
    assert "layer.guard" in problem
    assert "change_reason" in problem


def test_the_type_of_a_slot_decides_what_is_masked(tmp_path: Path) -> None:
    slots = {"phrasebook/slots.yaml": "slots:\n  - {name: 姓氏, change: replace, type: 订单号}\n"}
    assert "own/phrasebook/slots.yaml:2:39: layer.guard" in said(layer(tmp_path, "团队", slots))[0]


def test_a_whole_category_that_is_off_does_not_take_later_rules_with_it(tmp_path: Path) -> None:
    off = "off:\n  - {rule: ten_donts, reason: 试用}\n"
    keeping = {"phrasebook/forbidden/own.yaml": RULES + NEW_RULE}
    write(tmp_path, "company", {"layer.yaml": COMPANY + off, **keeping})
    strict = RULES.replace("category: own", "category: ten_donts") + NEW_RULE.replace("own.busy", "ten_donts.idle")
    team = {
        "layer.yaml": TEAM.replace("../base", "../company"),
        "phrasebook/forbidden/more.yaml": strict,
    }
    assert {rule.id for rule in load_fresh(write(tmp_path, "team", team)).forbidden} == {"own.busy", "ten_donts.idle"}


WRONG: dict[str, tuple[dict[str, str], str]] = {
    "the same situation again": (
        {"intents.yaml": NEW_INTENT.replace("own.repair", "payment.invoice")},
        "own/intents.yaml:2:10: layer.exists 下层已有情景「payment.invoice」（base/intents.yaml:17）："
        "要补充写 change: add，要替换写 change: replace，不相干就改名",
    ),
    "a misspelt situation": (
        {"intents.yaml": "intents:\n  - {id: payment.invoise, change: add, examples: [开票]}\n"},
        "own/intents.yaml:2:35: layer.nothing-below 下层没有情景「payment.invoise」，是不是「payment.invoice」？",
    ),
    "a reason without a change": (
        {"phrasebook/slots.yaml": "slots:\n  - {name: 门店, type: 文字, prompt: 哪家店, change_reason: 新的}\n"},
        "own/phrasebook/slots.yaml:2:54: layer.nothing-below 下层没有变量「门店」：change_reason 和 change 一起写",
    ),
    "switching off on the quiet": (
        {"phrasebook/settings.yaml": "profiles: []\nswitched_off: [ten_donts.no_way]\n"},
        "own/phrasebook/settings.yaml:2:15: layer.guard 在下层上面停用规则要写明理由："
        "请改写在 layer.yaml 的 off 里，例如 - {rule: 编号, reason: 理由}",
    ),
    "an unknown name switched off": (
        {"off": "  - {festival: 春結, reason: 不过}\n"},
        "own/layer.yaml:5:16: ref.unknown 下层没有叫「春結」的节日，是不是「春节」？",
    ),
    "two things switched off in one": (
        {"off": "  - {festival: 春节, period: 早上, reason: 不过}\n"},
        "own/layer.yaml:5:5: layer.off 每一项停用一样："
        "situation、rule、element、slot、festival、period、synonym 里写一个",
    ),
    "no reason": (
        {"off": "  - {festival: 春节}\n"},
        "own/layer.yaml:5:5: schema.missing-key 这里缺少「reason」（理由），请补上一行「reason: …」",
    ),
    "a slot that is used": (
        {"off": "  - {slot: 时限, reason: 不用}\n"},
        "own/layer.yaml:5:12: layer.in-use 变量「时限」不能停用：话术「payment.methods」第 2 条回复在用它，"
        "请先替换那份话术",
    ),
    "the answer to what is not understood": (
        {"off": "  - {situation: service.not_understood, reason: 不用}\n"},
        "own/layer.yaml:5:17: layer.in-use 情景「service.not_understood」不能停用："
        "认不出的消息由它来回答；可以用 change: replace 换掉它的回复",
    ),
    "a reference to nothing": (
        {"scripts_library/own.yaml": SCRIPTS + "  - {intent: payment.invoice, change: add, next: [own.repear]}\n"},
        "own/scripts_library/own.yaml:4:51: ref.unknown 没有叫「own.repear」的情景，请检查拼写或先把它加上；"
        "全部的情景用 csbot library --list situations 看",
    ),
    "all rules switched off": (
        {"off": "  - {rule: ten_donts, reason: 不用}\n"},
        "own/layer.yaml:5:12: library.no-rules 不能关掉全部禁用规则：没有规则就不能放行任何回复，请至少留一类",
    ),
    "a change that says nothing of what": (
        {"intents.yaml": "intents:\n  - {change: add, examples: [开票]}\n"},
        "own/intents.yaml:2:5: schema.missing-key 这里缺少「id」（编号），请补上一行「id: …」",
    ),
    "a key that is not there": (
        {"intents.yaml": "intents:\n  - {id: payment.invoice, change: add, exampels: [开票]}\n"},
        "own/intents.yaml:2:40: schema.unknown-key 不认识的键「exampels」，是不是「examples」（例句）？",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_wrong_is_said_at_its_place(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files, wanted = WRONG[name]
    root = layer(tmp_path, "公司", files)
    monkeypatch.chdir(tmp_path)
    assert said(root) == [wanted]


CHAINS = {
    "no extends": ({"own": "level: 公司\nname: 甲\n"}, "own/layer.yaml:1:1: layer.extends"),
    "nothing there": ({"own": COMPANY.replace("../base", "../nowhere")}, "own/layer.yaml:3:10: layer.extends"),
    "a circle": (
        {"own": COMPANY.replace("base", "other"), "other": COMPANY.replace("base", "own")},
        "own/layer.yaml:3:10: layer.extends",
    ),
    "a company upon a team": (
        {"own": COMPANY.replace("base", "other"), "other": TEAM},
        "own/layer.yaml:1:8: layer.order 公司层不能放在团队层「一组」的上面",
    ),
    "an unknown level": ({"own": COMPANY.replace("公司", "公司们", 1)}, "own/layer.yaml:1:8: schema.value"),
}


@pytest.mark.parametrize("name", CHAINS)
def test_a_chain_that_does_not_hold(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    layers, wanted = CHAINS[name]
    for each, text in layers.items():
        write(tmp_path, each, {"layer.yaml": text})
    monkeypatch.chdir(tmp_path)
    (problem,) = said(tmp_path / "own")
    assert problem.startswith(wanted)


def test_a_complete_library_has_nothing_to_change(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    root = write_library(tmp_path / "base")
    path = root / "phrasebook" / "slots.yaml"
    path.write_text(
        path.read_text(encoding="utf-8").replace("type: 姓氏,", "type: 姓氏, change: add,"), encoding="utf-8"
    )
    monkeypatch.chdir(tmp_path)
    assert said(root) == [
        "base/phrasebook/slots.yaml:2:34: layer.nothing-below 这个话术库没有下层，不用写 change；"
        "要放在别的话术库上面，先写 layer.yaml"
    ]


def without_account(library: Library) -> dict[str, Any]:
    """Return the files of a library as one tells them: without layers, empty settings and the numbers of layers."""
    return {name: data for name, data in library.data.items() if name != "layer.yaml"}


@given(count=st.integers(1, 4))
def test_empty_layers_change_nothing(count: int, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("layers")
    base = write_library(folder / "base")
    for number in range(count):
        below = f"../own{number - 1}" if number else "../base"
        write(folder, f"own{number}", {"layer.yaml": f"level: 公司\nname: 第{number}层\nextends: {below}\n"})
    top = folder / f"own{count - 1}"
    assert without_account(load_fresh(top)) == load_fresh(base).data
    plain, _ = read_documents(base)
    layered, problems = read_documents(top)
    assert problems == []
    for name, document in plain.items():
        assert layered[name].data == document.data
        for key in document.places:
            assert layered[name].place(key) == document.place(key), key
            assert layered[name].path_at(key) == document.path


def test_the_built_in_library_is_itself_under_an_empty_layer(tmp_path: Path) -> None:
    write(tmp_path, "own", {"layer.yaml": "level: 公司\nname: 空的\nextends: 内置\n"})
    plain, layered = load_library(str(ROOT)), load_fresh(tmp_path / "own")
    for part in ("intents", "scripts", "forbidden", "elements", "slots", "festivals", "day_periods", "synonyms"):
        assert getattr(layered, part) == getattr(plain, part), part
    assert layered.recognition == plain.recognition


def test_each_reply_and_rule_knows_its_layer(tmp_path: Path) -> None:
    write(
        tmp_path,
        "company",
        {
            "layer.yaml": COMPANY,
            "scripts_library/own.yaml": CHANGES["supplement a script"][0]["scripts_library/own.yaml"],
        },
    )
    team = {
        "layer.yaml": TEAM.replace("../base", "../company"),
        "phrasebook/forbidden/own.yaml": RULES + NEW_RULE,
        "scripts_library/team.yaml": SCRIPTS
        + "  - {intent: greeting.regular, change: replace, replies: [{text: 您好，请问需要什么帮助？}]}\n",
    }
    library = load_fresh(write(tmp_path, "team", team))
    assert [layer.title for layer in library.layers] == ["基础", "公司（示例公司）", "团队（一组）"]
    titles = [getattr(library.layer_of_reply("payment.invoice", at), "title", "") for at in range(4)]
    assert titles == ["基础", "基础", "基础", "公司（示例公司）"]
    assert getattr(library.layer_of_reply("greeting.regular", 0), "title", "") == "团队（一组）"
    assert getattr(library.layer_of_rule("own.busy"), "title", "") == "团队（一组）"
    assert getattr(library.layer_of_rule("ten_donts.no_way"), "title", "") == "基础"


def test_a_change_anywhere_in_the_stack_is_noticed(tmp_path: Path) -> None:
    own = layer(tmp_path, "公司", CHANGES["add a slot"][0])
    assert load_library(str(own)).slots["时限"].default == "24小时"
    below = tmp_path / "base" / "phrasebook" / "slots.yaml"
    below.write_text(below.read_text(encoding="utf-8").replace("24小时", "36小时"), encoding="utf-8")
    assert load_library(str(own)).slots["时限"].default == "36小时"


# ── the personal layer ──


def test_the_personal_layer_stands_above_what_nobody_works_in(tmp_path: Path) -> None:
    base, empty = write_library(tmp_path / "base"), tmp_path / "empty"
    empty.mkdir()
    own = write(tmp_path, "own", {"layer.yaml": "level: 个人\nname: 小李\n", "intents.yaml": "out_of_scope: [嗯]\n"})
    personal = {"CSBOT_PERSONAL": str(own)}
    assert locate(None, personal, empty)[0] == own
    assert locate(None, {**personal, "CSBOT_LIBRARY": str(base)}, empty)[0] == own
    assert locate(str(base), personal, empty)[0] == base
    assert locate(None, personal, base)[0] == base
    assert locate(None, {"CSBOT_PERSONAL": ""}, empty)[1] == "内置"


def test_the_personal_layer_follows_the_library_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = write_library(tmp_path / "base")
    own = write(tmp_path, "own", {"layer.yaml": "level: 个人\nname: 小李\n"})
    monkeypatch.setenv("CSBOT_PERSONAL", str(own))
    monkeypatch.setenv("CSBOT_LIBRARY", str(base))
    assert [layer.root for layer in layers_of(own)] == [base, own]


@pytest.mark.parametrize(
    ("text", "code"),
    [("level: 公司\nname: 小李\n", "layer.order"), ("level: 个人\nname: 小李\nextends: 内置\n", "layer.extends")],
)
def test_the_personal_layer_is_personal(text: str, code: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    own = write(tmp_path, "own", {"layer.yaml": text})
    monkeypatch.setenv("CSBOT_PERSONAL", str(own))
    assert code in said(own)[0]


# ── commands ──


def test_lint_leaves_the_lower_layers_own_problems_out(tmp_path: Path) -> None:
    few = {"scripts_library/own.yaml": CHANGES["replace the replies of a script"][0]["scripts_library/own.yaml"]}
    problems, library = lint(layer(tmp_path, "公司", few))
    assert library is not None
    assert [(problem.code, Path(problem.path).name) for problem in problems] == [("reply.few-variants", "own.yaml")]


@pytest.mark.slow
@pytest.mark.parametrize("name", [*CHANGES, *LOOSENING])
def test_what_is_the_same_below_need_not_be_checked_again(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = write_library(tmp_path / "base")
    path = base / "scripts_library" / "small.yaml"  # the base has a finding of its own
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("谢谢您", "谢谢您，这个我不知道", 1), encoding="utf-8")
    files = {**CHANGES, **LOOSENING}[name][0]
    root = layer(tmp_path, "公司", files)
    monkeypatch.setenv("CSBOT_CACHE_DIR", "")

    def found() -> list[tuple[str, int, str]]:
        return [(each.path, each.line, each.code) for each in lint(root)[0]]

    quick = found()
    monkeypatch.setattr(Checks, "_below", None)
    assert quick == found()


def test_what_a_layer_brings_about_below_comes_last_and_says_what_to_do(tmp_path: Path) -> None:
    rules = RULES + (
        "  - {id: own.thanks, banned: 感谢您的来询, kind: phrase, instead: 谢谢您, reason: 生硬, source: 良好实践,\n"
        "     bad: [感谢您的来询, 感谢您的来询。, 感谢您的来询吧], good: [谢谢您, 我马上来]}\n"
    )
    stolen = "intents:\n  - {id: payment.methods, change: add, examples: [能开发票吗麻烦了, 能开发票吗谢谢]}\n"
    root = layer(tmp_path, "团队", {"phrasebook/forbidden/own.yaml": rules, "intents.yaml": stolen})
    problems, _ = lint(root)
    lower = [each for each in problems if "base" in each.path]
    assert lower
    assert problems[-len(lower) :] == lower
    for each in lower:
        assert "由这一层" in each.message
        assert each.message.endswith("）")
    assert {each.code for each in lower} >= {"reply.forbidden"}
    assert [each for each in lint(tmp_path / "base")[0] if each.code == "reply.forbidden"] == []


def test_an_element_that_only_a_script_switched_off_asked_for_is_no_matter(tmp_path: Path) -> None:
    root = layer(tmp_path, "团队", {"off": "  - {situation: payment.invoice, reason: 不开}\n"})
    problems, library = lint(root)
    assert library is not None
    assert [each.code for each in problems if "base" in each.path] == []


@pytest.mark.slow
def test_suggestions_of_a_layer_are_those_of_its_own_examples(tmp_path: Path) -> None:
    files = {"intents.yaml": "intents:\n  - {id: payment.methods, change: add, examples: [怎么付款？]}\n"}
    for root, own in ((layer(tmp_path, "公司", files), True), (tmp_path / "base", False)):
        done = csbot("suggest", "--json", "--limit", "50", cwd=root)
        result = json.loads(done.stdout)
        found = [each for each in result["twins"] if "？" in each["text"] + (each["other"] or "")]
        assert bool(found) is own
        assert all("base" not in each["place"] for each in result["isolated"]) or not own
        assert ("只列和最上面这一层" in csbot("suggest", cwd=root).stdout) is own


def test_the_tests_of_a_lower_layer_are_its_own(tmp_path: Path) -> None:
    base = write_library(tmp_path / "base")
    path = base / "scripts_library" / "small.yaml"
    test = "    tests: [{customer: 能开发票吗, expect: {contains: [感谢您的来询]}}]\n"
    text = path.read_text(encoding="utf-8").replace(
        "    next: []\n  - intent: greeting", f"    next: []\n{test}  - intent: greeting"
    )
    path.write_text(text, encoding="utf-8")
    own = SCRIPTS + (
        "  - intent: payment.invoice\n    change: replace\n    replies: [{text: 谢谢您。}]\n"
        "    tests: [{customer: 能开发票吗, expect: {contains: [谢谢您]}}]\n"
    )
    done = csbot("--library", str(layer(tmp_path, "公司", {"scripts_library/own.yaml": own})), "test")
    assert (done.returncode, done.stdout) == (0, "测试 1 个（1 步，其中对话 0 个）：通过 1，失败 0\n")


@pytest.mark.slow
def test_the_library_command_tells_every_change_and_why(tmp_path: Path) -> None:
    files = {**LOOSENING["make a rule milder"][0], "off": "  - {festival: 春节, reason: 不过}\n"}
    layer(tmp_path, "公司", files)
    done = csbot("--library", "own", "library", cwd=tmp_path)
    assert done.stdout.splitlines()[3:] == [
        "第 2 层  公司（示例公司）  own",
        "  停用 节日 春节  own/layer.yaml:5  理由：不过",
        "  替换 禁用语规则 ten_donts.no_way  own/phrasebook/forbidden/own.yaml:6  理由：法务同意",
        "第 1 层  基础  base",
    ]
    explained = csbot("--library", "own", "explain", "怎么付款", cwd=tmp_path).stdout
    assert "各层    基础 < 公司（示例公司）" in explained
    assert "来自    基础" in explained


@pytest.mark.slow
def test_a_broken_layer_stops_every_command_with_its_place(tmp_path: Path) -> None:
    root = layer(tmp_path, "公司", {"intents.yaml": "intents:\n  - id：own.x\n"})
    for arguments in (["lint"], ["reply", "你好"], ["library"], ["check", "-"]):
        done = csbot("--library", str(root), *arguments, cwd=tmp_path, stdin="你好", env=environment())
        assert done.returncode == 2, arguments
        assert "own/intents.yaml:2:5: schema.type" in done.stdout + done.stderr, arguments


# ── the guide ──


@pytest.mark.slow  # two lints of the built-in library
def test_the_layer_of_the_guide_is_right(tmp_path: Path) -> None:
    guide = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")
    snippets = re.findall(r"^```text\n# (company/\S+\.yaml)\n(.*?)^```$", guide, re.MULTILINE | re.DOTALL)
    assert len(snippets) == 3
    write(tmp_path, ".", dict(snippets))
    problems, library = lint(tmp_path / "company")
    assert [str(problem) for problem in problems if problem.severity == "error"] == []
    assert library is not None
    assert library.layers[-1].title == "公司（示例公司）"
