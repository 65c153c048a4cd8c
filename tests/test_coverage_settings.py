"""What a company sets for itself: its trades, rules it does without; and the map from the manuals to the library."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any, cast

import pytest
from click.testing import CliRunner
from tests.support import FORBIDDEN, INTENTS, SCRIPTS, place_of, places, write_library

from csbot.commands.coverage import command, coverage
from csbot.commands.reply import command as reply_command
from csbot.library.load import load_library
from csbot.library.models import Library
from csbot.library.problems import LibraryError
from csbot.library.values import Section
from csbot.matching import reading as reading_module
from csbot.matching.index import NONE, Example, Index
from csbot.matching.matcher import Matcher
from csbot.matching.result import Candidate, Decision, Match
from csbot.replying.context import Context
from csbot.replying.guard import Guard
from csbot.replying.responder import HOLDING, Responder
from csbot.replying.response import Response

ORDINARY = datetime(2026, 11, 23, 15, 0)
SETTINGS, MANUALS = "phrasebook/settings.yaml", "phrasebook/manuals.yaml"


def write(folder: Path, settings: str = "", manuals: str = "", **overrides: str) -> Path:
    """Write the small library with settings and a map of the manuals, and return its folder."""
    write_library(folder, **overrides)
    for name, text in ((SETTINGS, settings), (MANUALS, manuals)):
        if text:
            (folder / name).write_text(text, encoding="utf-8")
    return folder


def load(folder: Path, settings: str = "", manuals: str = "", **overrides: str) -> Library:
    return load_library(str(write(folder, settings, manuals, **overrides)))


def problems_of(folder: Path, **files: str) -> list[str]:
    with pytest.raises(LibraryError) as caught:
        load(folder, **files)
    return places(caught.value.problems, folder)


# ── the map of the manuals ───────────────────────────────────────────────────────────────────────────────────

MAP = """\
manuals:
  - id: "002"
    name: 课件
    sections:
      - title: 心理准备
        none: 讲职业心态
      - title: 十不准
        rules: [ten_donts.dont_know, thanks]
  - id: "004"
    name: 细则
    sections:
      - title: 付款
        situations: [payment.methods, payment.invoice]
        settings: [时限, 早上, 春节]
      - title: 开头语与没有听清
        situations: [greeting.regular, service.not_understood]
"""


def section(title: str, none: str | None = None, **fields: list[str]) -> dict[str, Any]:
    return {"title": title, "situations": [], "rules": [], "settings": [], **fields, "none": none}


def test_the_report_follows_the_map(tmp_path: Path) -> None:
    assert coverage(load(tmp_path, manuals=MAP)) == {
        "manuals": [
            {
                "id": "002",
                "name": "课件",
                "sections": [
                    section("心理准备", "讲职业心态"),
                    section("十不准", rules=["ten_donts.dont_know", "thanks"]),
                ],
            },
            {
                "id": "004",
                "name": "细则",
                "sections": [
                    section(
                        "付款", situations=["payment.methods", "payment.invoice"], settings=["时限", "早上", "春节"]
                    ),
                    section("开头语与没有听清", situations=["greeting.regular", "service.not_understood"]),
                ],
            },
        ],
        "situations": 4,
        "situations_without_section": [],
    }


@pytest.mark.parametrize(
    ("manuals", "missing", "code"),
    [
        (MAP, [], 0),
        (MAP.replace("payment.methods, ", ""), ["payment.methods"], 1),
        (
            MAP.replace("        situations: [payment.methods, payment.invoice]\n", ""),
            ["payment.methods", "payment.invoice"],
            1,
        ),
        ("", ["payment.methods", "payment.invoice", "greeting.regular", "service.not_understood"], 1),
    ],
    ids=["all", "one", "two, in the order of the file", "no map"],
)
def test_situations_of_no_section_are_findings(manuals: str, missing: list[str], code: int, tmp_path: Path) -> None:
    folder = str(write(tmp_path, manuals=manuals))
    told = CliRunner().invoke(command, ["--library", folder])
    structured = CliRunner().invoke(command, ["--library", folder, "--json"])
    assert (told.exit_code, structured.exit_code) == (code, code)
    assert json.loads(structured.stdout) == coverage(load_library(folder))
    assert json.loads(structured.stdout)["situations_without_section"] == missing
    assert told.stdout.splitlines()[-1 - len(missing) :] == [
        f"情景 4 个，{len(missing)} 个没有对应的章节",
        *(f"  {identifier}" for identifier in missing),
    ]


def test_the_report_as_text(tmp_path: Path) -> None:
    told = CliRunner().invoke(command, ["--library", str(write(tmp_path, manuals=MAP))])
    assert told.stdout.splitlines()[:8] == [
        "手册 002  课件：2 节，1 节有内容进入话术库",
        "  心理准备",
        "    没有：讲职业心态",
        "  十不准",
        "    规则：ten_donts.dont_know、thanks",
        "手册 004  细则：2 节，2 节有内容进入话术库",
        "  付款",
        "    情景：payment.methods、payment.invoice",
    ]


@pytest.mark.parametrize(
    ("old", "new", "marked", "code"),
    [
        ("        none: 讲职业心态\n", "", "title: 心理准备", "manual.section"),
        ("none: 讲职业心态", "rules: []\n        none: 讲职业心态", "title: 心理准备", "manual.section"),
        ("none: 讲职业心态", "none: 讲心态\n        rules: [thanks]", "title: 心理准备", "manual.section"),
        ("payment.methods", "payment.method", "payment.method,", "ref.unknown"),
        ("rules: [ten_donts.dont_know", "rules: [ten_donts.dont_knw", "ten_donts.dont_knw", "ref.unknown"),
        (", thanks]", ", payment.methods]", "payment.methods]", "ref.unknown"),
        ("春节]", "夏至]", "夏至]", "ref.unknown"),
        ("settings: [时限", "settings: [thanks", "thanks, 早上", "ref.unknown"),
        ('"002"', "第二册", "第二册", "schema.format"),
    ],
)
def test_a_wrong_map_is_refused_at_its_place(old: str, new: str, marked: str, code: str, tmp_path: Path) -> None:
    assert MAP.count(old) == 1
    text = MAP.replace(old, new)
    (found,) = problems_of(tmp_path, manuals=text)
    before, _, _ = text.partition(marked)
    line, column = before.count("\n") + 1, len(before) - (before.rfind("\n") + 1) + 1
    assert found == f"{MANUALS}:{line}:{column}: {code}"


def test_a_section_that_comes_close_to_a_name_is_told_which(tmp_path: Path) -> None:
    with pytest.raises(LibraryError, match=r"是不是「payment\.methods」"):
        load(tmp_path, manuals=MAP.replace("payment.methods", "payment.method"))


def test_the_map_of_this_library_is_whole(library: Library) -> None:
    report = coverage(library)
    assert report["situations"] == len(library.intents)
    # What no manual speaks of says so in its source.
    beyond = {name for name, each in library.intents.items() if each.source.startswith("良好实践")}
    assert set(report["situations_without_section"]) == beyond
    assert [manual["id"] for manual in report["manuals"]] == ["000", "001", "002", "003", "004"]
    for manual in report["manuals"]:
        titles = [each["title"] for each in manual["sections"]]
        assert len(set(titles)) == len(titles), manual["id"]


GOOD_PRACTICE = ("良好实践", "行业惯例")
# What a source adds to the title of a section, from the least to the most that is left out: 「×」 and the number of a
# line; then a remark in brackets; then the number of a paragraph.
REFERENCES = (r"[①-⑩×]|第\d+条", r"[①-⑩×]|第\d+条|（[^）]*）", r"[①-⑩×]|第\d+条|（[^）]*）|\d[\d.–、]*")


def sources_of(data: object) -> Iterator[tuple[str, str]]:
    """Yield each source in what was read from a file, with the id of what it is the source of."""
    if isinstance(data, dict):
        if "source" in data:
            named = next(str(data[key]) for key in ("id", "intent", "category") if key in data)
            yield named, str(data["source"])
        for value in data.values():
            yield from sources_of(value)
    elif isinstance(data, list):
        for value in data:
            yield from sources_of(value)


def sections_of(source: str, library: Library) -> list[Section]:
    """Return the sections that one part of a source names: 「000 待客礼节 6」, 「004 服务忌语 (2)①」."""
    label = source[4:].replace("(", "（").replace(")", "）").replace(" （", "（")
    sections = [each for manual in library.manuals if source.startswith(f"{manual.id} ") for each in manual.sections]
    for reference in REFERENCES:
        words = re.sub(reference, " ", label).split()
        found = [
            each
            for each in sections
            if all(word in each.title or word in re.sub(r"（[^）]*）", "", each.title) for word in words)
        ]
        if words and found:
            return found
    return []


def test_every_source_names_a_section_of_the_map(library: Library) -> None:
    """A source says which manual and which section, or that it is good practice beyond the manuals."""
    unknown = {
        (named, part)
        for data in library.data.values()
        for named, source in sources_of(data)
        if not source.startswith(GOOD_PRACTICE)
        for part in source.split("；")
        if not part.startswith(GOOD_PRACTICE) and not sections_of(part, library)
    }
    assert unknown == set()


def test_what_a_section_is_the_source_of_stands_under_it(library: Library) -> None:
    """A situation, rule or element said to come from a section is listed there, for every section it names."""
    told = [(each.id, each.source) for each in library.intents.values()]
    told += [(each.id, each.source) for each in (*library.forbidden, *library.elements)]
    strayed = {
        (named, part)
        for named, source in told
        for part in source.split("；")
        if (sections := sections_of(part, library))
        and not any(named in (*section.situations, *section.rules) for section in sections)
    }
    assert strayed == set()


def test_a_script_has_the_source_of_its_situation(library: Library) -> None:
    differing = [
        script.intent for script in library.scripts.values() if script.source != library.intents[script.intent].source
    ]
    assert differing == []


# ── trades ───────────────────────────────────────────────────────────────────────────────────────────────────

TRADES = INTENTS.replace("    name: 询问付款方式\n", "    name: 询问付款方式\n    profiles: [电商, 门店]\n").replace(
    "    name: 索要发票\n", "    name: 索要发票\n    profiles: [物业]\n"
)
PAY, INVOICE, HELLO = "怎么付款", "能开发票吗", "你好"


@pytest.fixture(scope="module")
def trades(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Library]:
    """The same small library for a company without a trade, of one, of two, and of one that nothing belongs to."""
    return {
        name: load(tmp_path_factory.mktemp("trades"), settings=f"profiles: [{name}]\n", intents=TRADES)
        for name in ("", "物业", "物业, 电商", "医疗")
    }


@pytest.mark.parametrize(
    ("own", "asked", "known"),
    [
        ("", "", {PAY, INVOICE, HELLO}),
        ("", "电商", {PAY, HELLO}),
        ("", "门店", {PAY, HELLO}),
        ("", "物业", {INVOICE, HELLO}),
        ("", "医疗", {HELLO}),
        ("物业", "", {INVOICE, HELLO}),
        ("物业", "物业", {INVOICE, HELLO}),
        ("物业", "电商", {PAY, HELLO}),
        ("物业, 电商", "", {PAY, INVOICE, HELLO}),
        ("物业, 电商", "物业", {INVOICE, HELLO}),
        ("医疗", "", {HELLO}),
    ],
)
def test_situations_of_other_trades_do_not_compete(
    own: str, asked: str, known: set[str], trades: dict[str, Library]
) -> None:
    intents = {PAY: "payment.methods", INVOICE: "payment.invoice", HELLO: "greeting.regular"}
    matcher = Matcher.for_library(trades[own]).of_trade(asked)
    for text, intent in intents.items():
        match = matcher.match(text)
        named = {candidate.intent for candidate in match.candidates}
        if text in known:
            assert match.intents == (intent,), text
        else:
            assert intent not in named | set(match.intents), text


def test_a_matcher_of_one_trade_leaves_the_other_as_it_was(trades: dict[str, Library]) -> None:
    matcher = Matcher.for_library(trades[""])
    before = [matcher.match(text) for text in (PAY, INVOICE, f"{PAY}，{INVOICE}")]
    for trade in ("物业", "电商", "物业"):
        other = matcher.of_trade(trade)
        assert other is not matcher
        assert matcher.of_trade(trade) is other, "nothing is compiled twice"
        shown = {"物业": "payment.invoice", "电商": "payment.methods"}[trade]
        assert set(other.match(f"{PAY}，{INVOICE}").intents) <= {shown}
    assert [matcher.match(text) for text in (PAY, INVOICE, f"{PAY}，{INVOICE}")] == before
    assert matcher.of_trade("") is matcher
    alone = Matcher.for_library(trades["物业"])
    assert alone.of_trade("物业") is alone


@pytest.mark.parametrize("warm", [False, True], ids=["one by one", "at once"])
def test_a_trade_reads_by_what_was_learnt_for_all(
    trades: dict[str, Library], monkeypatch: pytest.MonkeyPatch, *, warm: bool
) -> None:
    monkeypatch.setattr(Index, "is_warm", warm)
    matcher = Matcher.for_library(trades[""])

    def refuse(*_: object) -> None:
        raise AssertionError("compiled")

    monkeypatch.setattr(reading_module, "load_index", refuse)
    for trade in ("物业", "电商", "医疗"):
        other = matcher.of_trade(trade)
        left_out = matcher.situations - other.situations
        assert left_out
        for text in (PAY, INVOICE, f"{PAY}，{INVOICE}", "付款", "你好，在吗"):
            whole, part = matcher.index.read(text), other.index.read(text)
            kept = {intent: score for intent, score in part.scores.items() if score > -math.inf}
            assert kept.keys() == other.situations | ({NONE} & whole.scores.keys())
            assert all(score == pytest.approx(whole.scores[intent]) for intent, score in kept.items())
            other.read_ahead([text, f"{text}，{PAY}"])
            named = {each.intent for each in (*other.match(text).candidates, *other.candidates(text))}
            named |= {each.intent for each in other.candidates(f"{text}，{PAY}")}
            named |= other.odds(other.read(text)).keys()
            won = {other.winner(text), *other.winners([text, PAY])}
            assert not (named | won) & left_out
    nothing = matcher.narrowed({})
    nothing.read_ahead([PAY, f"{PAY}，{INVOICE}"])
    assert not nothing.situations
    assert nothing.candidates(PAY) == nothing.match(PAY).candidates == ()


@pytest.mark.parametrize(
    ("arguments", "intents"),
    [((), ["payment.invoice"]), (("--profile", "物业"), ["payment.invoice"]), (("--profile", "电商"), [])],
)
def test_the_profile_of_the_command(arguments: Sequence[str], intents: list[str], trades: dict[str, Library]) -> None:
    folder = str(trades[""].root)
    done = CliRunner().invoke(reply_command, [INVOICE, "--json", "--library", folder, *arguments])
    assert done.exit_code == 0
    assert json.loads(done.stdout)["intents"] == intents


@pytest.mark.parametrize(
    ("text", "trade"),
    [("楼上太吵了", "物业"), ("我要装修", "物业"), ("手机没信号", "电信"), ("忘记密码了", "电信")],
)
def test_trades_of_this_library(text: str, trade: str, responder: Responder) -> None:
    found = responder.matcher.match(text).intents
    assert len(found) == 1
    assert responder.library.intents[found[0]].profiles == (trade,)
    assert responder.matcher.of_trade(trade).match(text).intents == found
    assert not set(responder.matcher.of_trade("销售").match(text).intents) & set(found)


def test_a_trade_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    text = "profiles: [物流]\n"
    assert problems_of(tmp_path, settings=text)[0].startswith(f"{SETTINGS}:1:")
    done = CliRunner().invoke(reply_command, ["你好", "--profile", "物流", "--library", str(write_library(tmp_path))])
    assert done.exit_code == 2


# ── rules that are switched off ──────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("off", "left"),
    [
        ("[]", {"ten_donts.dont_know", "ten_donts.no_way", "ten_donts.certainly"}),
        ("[ten_donts.no_way]", {"ten_donts.dont_know", "ten_donts.certainly"}),
        ("[ten_donts.no_way, ten_donts.certainly]", {"ten_donts.dont_know"}),
    ],
)
def test_rules_that_are_switched_off_do_not_fire(off: str, left: set[str], tmp_path: Path) -> None:
    library = load(tmp_path, settings=f"profiles: []\nswitched_off: {off}\n")
    assert {rule.id for rule in library.forbidden} == left
    found = Guard(library).findings("我不知道，没办法，肯定没问题")
    assert {hit.rule.id for hit in found} == left


def test_a_category_is_switched_off_as_a_whole(tmp_path: Path) -> None:
    write_library(tmp_path)
    kept = FORBIDDEN.replace("ten_donts", "others").replace("不知道", "没听说过")
    (tmp_path / "phrasebook" / "forbidden" / "others.yaml").write_text(kept, encoding="utf-8")
    (tmp_path / SETTINGS).write_text("profiles: []\nswitched_off: [ten_donts]\n", encoding="utf-8")
    assert {rule.category for rule in load_library(str(tmp_path)).forbidden} == {"others"}


def test_not_every_rule_can_be_switched_off(tmp_path: Path) -> None:
    """Without rules nothing passes the guard."""
    text = "profiles: []\nswitched_off: [ten_donts]\n"
    assert problems_of(tmp_path, settings=text) == [f"{SETTINGS}:2:15: library.no-rules"]


def test_switching_off_what_is_not_there_is_refused(tmp_path: Path) -> None:
    text = "profiles: []\nswitched_off: [ten_donts.no_way, ten_donts.no_wayy, thanks]\n"
    assert problems_of(tmp_path, settings=text) == [f"{SETTINGS}:2:34: ref.unknown", f"{SETTINGS}:2:53: ref.unknown"]


def test_nothing_is_switched_off_in_this_library(library: Library) -> None:
    assert library.profiles == frozenset()
    written = [
        rule
        for name, file in library.data.items()
        if name.startswith("phrasebook/forbidden/")
        for rule in file["rules"]
    ]
    assert len(library.forbidden) == len(written)


# ── the type of a complaint ──────────────────────────────────────────────────────────────────────────────────

TYPED = SCRIPTS.replace(
    '      - text: "付款可以用支付宝，请您放心。"\n',
    """\
      - {text: "非常理解您，您可以用支付宝付款。", when: {complaint_type: 感性}}
      - {text: "步骤如下，您可以用支付宝付款。", when: {complaint_type: 理性}}
      - {text: "非常理解您着急，您可以用支付宝付款。", when: {complaint_type: 感性, mood: 着急}}
""",
)


def answered(responder: Responder, context: Context, *intents: str) -> Response:
    return responder.answer(Match("", Decision.MATCHED, (), intents), intents, "", context, dict(context.slots))


@pytest.mark.parametrize(
    ("kind", "mood", "first", "never"),
    [
        ("", "", "您好，您", ("非常理解", "步骤如下")),
        ("感性", "", "非常理解您，", ("步骤如下", "非常理解您着急")),
        ("理性", "", "步骤如下，", ("非常理解",)),
        ("感性", "着急", "非常理解您着急，", ("步骤如下",)),
        ("理性", "着急", "步骤如下，", ("非常理解",)),
    ],
)
def test_the_type_of_a_complaint_chooses_the_wording(
    kind: str, mood: str, first: str, never: tuple[str, ...], tmp_path: Path
) -> None:
    responder = Responder(load(tmp_path, scripts=TYPED))
    response = answered(responder, Context(ORDINARY, mood=mood, complaint_type=kind), "payment.methods")
    assert response.best is not None
    assert response.best.filled.text.startswith(first)
    assert not any(variant.filled.text.startswith(never) for variant in response.variants)


def test_the_type_of_a_complaint_as_an_option(tmp_path: Path) -> None:
    folder = str(write(tmp_path, scripts=TYPED))
    said = [
        CliRunner().invoke(reply_command, [PAY, "--library", folder, "--complaint-type", kind]).stdout
        for kind in ("感性", "理性")
    ]
    assert said == ["非常理解您，您可以用支付宝付款。\n", "步骤如下，您可以用支付宝付款。\n"]
    assert CliRunner().invoke(reply_command, [PAY, "--library", folder, "--complaint-type", "生气"]).exit_code == 2


def test_a_type_of_complaint_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    text = TYPED.replace("complaint_type: 理性", "complaint_type: 冷静")
    found = problems_of(tmp_path, scripts=text)
    line = place_of("scripts", SCRIPTS, '- text: "付款可以用').split(":")[1]
    assert [each.split(":")[:2] for each in found] == [["scripts_library/small.yaml", str(int(line) + 1)]]


# ── what a customer is asked to choose from ──────────────────────────────────────────────────────────────────

LABELLED = INTENTS
for _identifier, _label in (("payment.methods", "付款方式"), ("payment.invoice", "开发票")):
    LABELLED = LABELLED.replace(f"id: {_identifier}\n", f"id: {_identifier}\n    label: {_label}\n")


class Told:
    """Stands in for the matcher of a responder: says what it was told, whatever the message."""

    def __init__(self, decision: Decision, *scores: tuple[str, float]) -> None:
        candidates = tuple(Candidate(*score) for score in scores)
        intents = (candidates[0].intent,) if decision is Decision.MATCHED else ()
        self.result = Match("那个", decision, candidates, intents, ("试",))

    def of_trade(self, _profile: str) -> Matcher:
        return cast(Matcher, self)

    def match(self, _text: str, _before: object = None, *, of_customer: bool = False) -> Match:  # noqa: ARG002
        return self.result


METHODS, RECEIPT, GREETING = "payment.methods", "payment.invoice", "greeting.regular"
TWO = "付款方式，还是开发票"


@pytest.mark.parametrize(
    ("decision", "scores", "options"),
    [
        (Decision.AMBIGUOUS, [(METHODS, 0.5), (RECEIPT, 0.3)], TWO),
        (Decision.AMBIGUOUS, [(RECEIPT, 0.5), (METHODS, 0.3)], "开发票，还是付款方式"),
        (Decision.AMBIGUOUS, [(METHODS, 0.5), (GREETING, 0.2), (RECEIPT, 0.1)], TWO),
        (Decision.AMBIGUOUS, [(METHODS, 0.5), (RECEIPT, 0.09)], ""),
        (Decision.AMBIGUOUS, [(METHODS, 0.5), (GREETING, 0.4)], ""),
        (Decision.AMBIGUOUS, [(METHODS, 0.4), (GREETING, 0.2), (HOLDING, 0.2), (RECEIPT, 0.2)], ""),
        (Decision.UNMATCHED, [(METHODS, 0.3), (RECEIPT, 0.3)], ""),
    ],
    ids=["two", "best first", "unlabelled left out", "unlikely", "one label", "beyond the third", "unmatched"],
)
def test_what_a_holding_reply_offers(
    decision: Decision, scores: list[tuple[str, float]], options: str, tmp_path: Path
) -> None:
    responder = Responder(load(tmp_path, intents=LABELLED))
    responder.__dict__["matcher"] = Told(decision, *scores)
    response = responder.respond("那个", Context(ORDINARY))
    texts = [variant.filled.text for variant in response.variants]
    assert all(variant.intents == (HOLDING,) for variant in response.variants)
    assert [text for text in texts if "请问您想了解的是" in text] == (
        [f"请问您想了解的是{options}吗？请问有什么可以帮您？"] if options else []
    )
    assert options in texts[0]
    assert not any("【" in text or "{" in text for text in texts[:1])


def test_three_choices_are_listed(tmp_path: Path) -> None:
    intents = LABELLED.replace(f"id: {GREETING}\n", f"id: {GREETING}\n    label: 问好\n")
    responder = Responder(load(tmp_path, intents=intents))
    responder.__dict__["matcher"] = Told(Decision.AMBIGUOUS, (GREETING, 0.4), (RECEIPT, 0.3), (METHODS, 0.2))
    best = responder.respond("那个", Context(ORDINARY)).best
    assert best is not None
    assert "问好、开发票，还是付款方式吗" in best.filled.text


def test_what_was_matched_offers_no_choice(tmp_path: Path) -> None:
    responder = Responder(load(tmp_path, intents=LABELLED))
    responder.__dict__["matcher"] = Told(Decision.MATCHED, (METHODS, 0.97), (RECEIPT, 0.2))
    response = responder.respond("那个", Context(ORDINARY))
    assert {variant.intents for variant in response.variants} == {(METHODS,)}


def test_labels_of_this_library_read_well_in_every_holding_reply(responder: Responder, library: Library) -> None:
    """Each label stands where a customer reads it: short, no mark of its own, and nothing the guard would stop."""
    labels = {intent.id: intent.label for intent in library.intents.values() if intent.label}
    assert len(labels) >= 20
    assert len(set(labels.values())) == len(labels), "two situations under one name are no choice"
    for identifier, label in labels.items():
        assert library.intents[identifier].trigger == "customer", identifier
        assert 2 <= len(label) <= 12, label
        assert not set(label) & set("，。？！、{}【】?,"), label
        assert responder.guard.findings(f"请问您想了解的是{label}，还是其他呢？") == [], label


# ── slots read from a message ────────────────────────────────────────────────────────────────────────────────


@pytest.mark.parametrize(
    ("text", "given", "opening"),
    [
        ("我姓王，怎么付款", {}, "王【称谓】，"),
        ("我姓王，怎么付款", {"姓氏": "李"}, "李【称谓】，"),
        ("我姓王，怎么付款", {"称谓": "女士"}, "王女士，"),
        ("怎么付款", {"姓氏": "李", "称谓": "先生"}, "李先生，"),
    ],
)
def test_the_agents_own_values_win_over_those_of_a_message(
    text: str, given: dict[str, str], opening: str, tmp_path: Path
) -> None:
    responder = Responder(load(tmp_path))
    responder.__dict__["matcher"] = Told(Decision.MATCHED, (METHODS, 0.97))
    context = Context(ORDINARY, dict(given))
    texts = {variant.indexes: variant.filled.text for variant in responder.respond(text, context).variants}
    assert texts[1,].startswith(opening)
    assert context.slots == given, "what a message says is for this reply alone"


# ── a matcher of mere examples ───────────────────────────────────────────────────────────────────────────────


def test_a_matcher_of_examples_knows_nothing_else() -> None:
    examples = [
        Example(text, intent)
        for intent, texts in {
            "book": ["我想借书", "图书馆几点开门", "借的书怎么还"],
            "sport": ["篮球场怎么预约", "健身房在哪", "游泳馆多少钱"],
        }.items()
        for text in texts
    ]
    matcher = Matcher.for_examples("examples", examples)
    assert sorted(matcher.index.labels) == ["book", "sport"]
    assert matcher.index.counter_examples.texts == []
    assert [matcher.winner(example.text) for example in examples] == [example.intent for example in examples]
    assert matcher.match("借书").candidates[0].intent == "book"
    assert matcher.of_trade("物业").match("借书") == matcher.match("借书")
    changed = Matcher.for_examples("examples", [*examples, Example("借书", "sport"), Example("要借书啊", "sport")])
    assert changed.match("借书").candidates != matcher.match("借书").candidates, "examples are their own key"


def test_another_trade_of_the_same_library_is_not_answered_from_the_cache(
    tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CSBOT_CACHE_DIR", str(tmp_path_factory.mktemp("cache")))
    found = []
    for settings in ("profiles: []\n", "profiles: [电商]\n", "profiles: [物业]\n"):
        matcher = Matcher.for_library(load(tmp_path, settings=settings, intents=TRADES))
        winners = {matcher.match(text).candidates[0].intent for text in ("怎么付款", "能开发票吗")}
        found.append(sorted(winners & {"payment.methods", "payment.invoice"}))
    assert found == [["payment.invoice", "payment.methods"], ["payment.methods"], ["payment.invoice"]]
