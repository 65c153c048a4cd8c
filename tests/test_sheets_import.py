"""``csbot import``: what is taken from a sheet, what is refused, and that nobody's work is written over."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from tests.sheets import append, column, edit, exported, files_of, imported, put, rows, workbook
from tests.support import ROOT, csbot, edited, write_library

from csbot.commands.importing import _files
from csbot.library.load import load_fresh
from csbot.library.values import Reply
from csbot.library.yaml_reader import parse_yaml

GOOD = "付款可以用支付宝，麻烦您在订单里点付款。"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return write_library(tmp_path / "库")


def replace(folder: Path, name: str, old: str, new: str) -> None:
    path = folder / name
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, (old, text.count(old))
    path.write_text(text.replace(old, new), encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "options"),
    [
        ("a.xlsx", ()),
        ("a.csv", ()),
        ("a.csv", ("--encoding", "gb18030")),
        ("a.csv", ("--table", "回复")),
        ("a.csv", ("--table", "例句")),
        ("a.csv", ("--table", "情景")),
        ("a.csv", ("--table", "禁用语")),
    ],
)
def test_a_round_trip_changes_no_byte(library: Path, name: str, options: tuple[str, ...]) -> None:
    before = files_of(library)
    file = exported(library, name, *options)
    for arguments in (("--dry-run",), ()):
        done = imported(library, file, *arguments)
        assert (done.returncode, done.stdout, done.stderr) == (0, "没有要改的\n", "")
    assert files_of(library) == before


@pytest.mark.slow
@pytest.mark.parametrize(("name", "options"), [("a.xlsx", ()), ("a.csv", ("--encoding", "gb18030"))])
def test_a_round_trip_of_our_library_changes_no_byte(tmp_path: Path, name: str, options: tuple[str, ...]) -> None:
    folder = tmp_path / "库"
    for each, content in files_of(ROOT).items():
        if each.startswith(("intents.yaml", "scripts_library/", "phrasebook/")):
            (folder / each).parent.mkdir(parents=True, exist_ok=True)
            (folder / each).write_bytes(content)
    before = files_of(folder)
    done = imported(folder, exported(folder, name, *options))
    assert (done.returncode, done.stdout) == (0, "没有要改的\n")
    assert files_of(folder) == before


def test_sorting_and_filtering_rows_changes_nothing(library: Path) -> None:
    before = files_of(library)
    file = exported(library)

    def turn(sheets: Any) -> None:
        for sheet in list(sheets.values())[1:]:
            content = [[cell.value for cell in row] for row in sheet.iter_rows(min_row=2)]
            for number, row in enumerate(reversed(content), start=2):
                for index, text in enumerate(row, start=1):
                    sheet.cell(number, index).value = text

    edit(file, turn)
    assert imported(library, file).stdout == "没有要改的\n"
    assert files_of(library) == before


def test_a_line_break_in_the_cell_of_a_reply_is_no_change(library: Path) -> None:
    file = exported(library)

    def wrap(sheets: Any) -> None:
        (row,) = rows(sheets["回复"], 回复="付款可以用支付宝，请您放心。")
        put(sheets["回复"], row, "回复", "付款可以用支付宝，\n请您放心。")

    edit(file, wrap)
    assert imported(library, file, "--dry-run").stdout == "没有要改的\n"


def test_what_was_changed_in_the_sheet_is_taken_and_nothing_else(library: Path) -> None:
    before = files_of(library)
    file = exported(library)

    def change(sheets: Any) -> None:
        situations, replies, examples = sheets["情景"], sheets["回复"], sheets["例句"]
        (row,) = rows(situations, 编号="payment.methods")
        put(situations, row, "关键词", "付款方式\n怎么付")
        put(situations, row, "提示（辅导）", "先问用什么手机。")
        put(situations, row, "到期日期", "2099/1/2")
        put(replies, rows(replies, 回复="付款可以用支付宝，请您放心。")[0], "情绪", "着急")
        put(examples, rows(examples, 例句="怎么付款")[0], "例句", "钱怎么付")
        put(replies, rows(replies, 回复="付款可以用支付宝，请您放心。")[0], "说到", "怎么付、刷卡")
        append(replies, 情景编号="payment.methods", 回复=GOOD, 长短="短", 渠道="在线", 说到="刷卡\n扫码")
        append(examples, 情景编号="询问付款方式", 种类="例句", 例句="刷卡行吗")

    edit(file, change)
    dry = imported(library, file, "--dry-run")
    assert dry.returncode == 0, dry.stdout
    assert files_of(library) == before
    assert dry.stdout == (
        "payment.methods（询问付款方式）\n"
        "  「关键词」：加 怎么付\n"
        "  「提示（辅导）」：先问用什么手机。\n"
        "  「到期日期」：2099-01-02\n"
        "  例句第 1 条：怎么付款 → 钱怎么付\n"
        "  回复第 3 条：说到「」；情绪「」 → 说到「怎么付、刷卡」；情绪「着急」\n"
        "  加例句：刷卡行吗\n"
        f"  加回复：{GOOD}\n"
        "会改 7 处：intents.yaml、scripts_library/small.yaml（试运行，没有写）\n"
    )
    done = imported(library, file)
    assert done.returncode == 0
    assert done.stdout.endswith("已写入 7 处：intents.yaml、scripts_library/small.yaml\n")
    after = files_of(library)
    assert [name for name in before if before[name] != after[name]] == ["intents.yaml", "scripts_library/small.yaml"]
    loaded = load_fresh(library)
    assert loaded.intents["payment.methods"].keywords == ("付款方式", "怎么付")
    assert loaded.intents["payment.methods"].examples[0] == "钱怎么付"
    assert loaded.intents["payment.methods"].examples[-1] == "刷卡行吗"
    script = loaded.scripts["payment.methods"]
    assert (script.coaching["tip"], script.expires) == ("先问用什么手机。", "2099-01-02")
    assert script.replies[2].conditions == {"mood": "着急", "mentions": ["怎么付", "刷卡"]}
    assert script.replies[3] == Reply(GOOD, "短", (("channel", "在线"),), ("刷卡", "扫码"))
    again = imported(library, file)
    assert (again.returncode, again.stdout) == (0, "2 行话术库里已有，不重复写\n没有要改的\n")


def test_changed_on_one_side_only_needs_no_decision(library: Path) -> None:
    file = exported(library)
    edit(file, lambda sheets: put(sheets["情景"], rows(sheets["情景"], 编号="payment.methods")[0], "名称", "付款"))
    replace(library, "intents.yaml", "cue: 客户问怎么付款", "cue: 客户问付款的事")
    replace(library, "scripts_library/small.yaml", "谢谢您，电子发票可以", "谢谢您，您的电子发票可以")
    done = imported(library, file)
    assert done.returncode == 0, done.stdout
    loaded = load_fresh(library)
    assert (loaded.intents["payment.methods"].name, loaded.intents["payment.methods"].cue) == ("付款", "客户问付款的事")
    assert loaded.scripts["payment.invoice"].replies[1].text.startswith("谢谢您，您的")


def test_the_same_change_on_both_sides_is_no_conflict(library: Path) -> None:
    file = exported(library)
    edit(file, lambda sheets: put(sheets["情景"], rows(sheets["情景"], 编号="payment.methods")[0], "名称", "付款"))
    replace(library, "intents.yaml", "name: 询问付款方式", "name: 付款")
    assert imported(library, file).stdout == "没有要改的\n"


@pytest.mark.parametrize(("prefer", "name"), [("", "问付款"), ("sheet", "付款"), ("library", "问付款")])
def test_changed_on_both_sides_is_a_conflict(library: Path, prefer: str, name: str) -> None:
    file = exported(library)

    def change(sheets: Any) -> None:
        situations = sheets["情景"]
        put(situations, rows(situations, 编号="payment.methods")[0], "名称", "付款")
        put(situations, rows(situations, 编号="payment.invoice")[0], "名称", "开发票")

    edit(file, change)
    replace(library, "intents.yaml", "name: 询问付款方式", "name: 问付款")
    before = files_of(library)
    done = imported(library, file, *(["--prefer", prefer] if prefer else []))
    loaded = load_fresh(library)
    assert loaded.intents["payment.methods"].name == name
    assert done.returncode == (0 if prefer else 1)
    assert loaded.intents["payment.invoice"].name == ("开发票" if prefer else "索要发票")
    if not prefer:
        assert files_of(library) == before
        assert done.stdout == (
            "库-表.xlsx:2:2: sheet.conflict 情景!B2：「名称」导出以后表格和话术库都改了："
            "表格是「付款」，话术库是「问付款」\n"
            "payment.invoice（索要发票）\n"
            "  「名称」：索要发票 → 开发票\n"
            "有 1 处问题，什么也没有写；加 --skip-bad 可以跳过它们，写入其余 1 处；"
            "冲突的地方用表格的加 --prefer sheet，留话术库的加 --prefer library\n"
        )


def test_a_row_is_found_again_although_rows_came_and_went_before_it(library: Path) -> None:
    file = exported(library)
    edit(
        file, lambda sheets: put(sheets["例句"], rows(sheets["例句"], 例句="支付宝可以付吗")[0], "例句", "支付宝行不行")
    )
    replace(library, "intents.yaml", "      - 怎么付款\n", "      - 新来的一句\n      - 又一句\n      - 怎么付款\n")
    replace(library, "intents.yaml", "      - 可以用什么方式付钱\n", "")
    assert imported(library, file).returncode == 0
    examples = load_fresh(library).intents["payment.methods"].examples
    assert examples == (
        "新来的一句",
        "又一句",
        "怎么付款",
        "你们支持哪些付款方式",
        "能用微信付款吗",
        "支付宝行不行",
        "我想问一下怎么支付",
    )


def test_a_row_that_the_library_lost_and_the_sheet_changed_is_a_conflict(library: Path) -> None:
    file = exported(library)
    edit(
        file, lambda sheets: put(sheets["例句"], rows(sheets["例句"], 例句="支付宝可以付吗")[0], "例句", "支付宝行不行")
    )
    replace(library, "intents.yaml", "      - 支付宝可以付吗\n", "")
    done = imported(library, file)
    assert done.returncode == 1
    assert "sheet.conflict 例句!D6：表格改了这一条，而话术库里它后来改掉或去掉了" in done.stdout
    assert imported(library, file, "--prefer", "sheet").returncode == 0
    assert "支付宝行不行" in load_fresh(library).intents["payment.methods"].examples


def test_rows_that_are_gone_are_removed_only_when_asked(library: Path) -> None:
    file = exported(library)
    before = files_of(library)
    edit(file, lambda sheets: sheets["例句"].delete_rows(rows(sheets["例句"], 例句="能用微信付款吗")[0]))
    done = imported(library, file)
    assert (done.returncode, done.stdout) == (
        0,
        "表格里少了 1 行，话术库里留着；要一起去掉，加 --remove-missing\n没有要改的\n",
    )
    assert files_of(library) == before
    done = imported(library, file, "--remove-missing")
    assert done.stdout == (
        "payment.methods（询问付款方式）\n  去掉例句第 4 条：能用微信付款吗\n已写入 1 处：intents.yaml\n"
    )
    assert "能用微信付款吗" not in load_fresh(library).intents["payment.methods"].examples


def test_a_row_that_was_copied_and_changed_is_a_new_one(library: Path) -> None:
    file = exported(library)

    def change(sheets: Any) -> None:
        sheet = sheets["回复"]
        (row,) = rows(sheet, 回复="付款可以用支付宝，请您放心。")
        sheet.append([cell.value for cell in sheet[row]])
        put(sheet, sheet.max_row, "回复", GOOD)

    edit(file, change)
    assert imported(library, file).returncode == 0
    replies = [reply.text for reply in load_fresh(library).scripts["payment.methods"].replies]
    assert replies[2:] == ["付款可以用支付宝，请您放心。", GOOD]


REFUSED: list[tuple[str, dict[str, str], str, str]] = [
    (
        "回复",
        {"情景编号": "payment.methods", "回复": "这个我不知道。"},
        "reply.forbidden",
        "建议改说：我帮您查一下，马上回复您。",
    ),
    (
        "回复",
        {"情景编号": "payment.invoice", "回复": "肯定没问题，谢谢您。"},
        "reply.forbidden",
        "建议改说：我们会尽力。",
    ),
    (
        "回复",
        {"情景编号": "payment.methods", "回复": "请您稍等。"},
        "reply.element",
        "每条回复都要说到「说明付款方式」（pay_ways），这一条没有",
    ),
    ("回复", {"情景编号": "payment.methods", "回复": "用支付宝<b>付</b>"}, "sheet.markup", "网页标记「<b>」"),
    ("回复", {"情景编号": "payment.methods", "回复": "用支付宝\u200b付"}, "sheet.control", "U+200B"),
    ("回复", {"情景编号": "payment.methods", "回复": "用支付宝付，{快递}已发"}, "ref.unknown", "没有叫「快递」的变量"),
    ("回复", {"情景编号": "payment.methods", "回复": "用支付宝付，{{name}}"}, "script.braces", "别的软件的占位符"),
    ("回复", {"情景编号": "payment.methods", "回复": GOOD, "节日": "过节"}, "ref.unknown", "没有叫「过节」的节日"),
    ("回复", {"情景编号": "payment.methods", "回复": GOOD, "情绪": "高兴"}, "schema.value", "高兴"),
    ("回复", {"情景编号": "没有的", "回复": GOOD}, "sheet.no-situation", "话术库里没有「没有的」对应的情景"),
    (
        "回复",
        {"情景编号": "payment.method", "回复": GOOD},
        "sheet.no-situation",
        "是不是「payment.methods」（询问付款方式）？",
    ),
    ("例句", {"情景编号": "payment.methods", "种类": "例句", "例句": "=1+1"}, "sheet.formula", "这一格是公式"),
    (
        "例句",
        {"情景编号": "payment.methods", "种类": "例句", "例句": "能开发票吗"},
        "intent.duplicate-example",
        "在「payment.invoice」里已有",
    ),
    ("情景", {"编号": "payment.new", "名称": "新的"}, "sheet.required", "新的一行要填「触发」"),
    ("情景", {"名称": "没有编号"}, "sheet.required", "「编号」不能空着"),
    ("禁用语", {"编号": "nowhere.rule", "类别": "nowhere"}, "ref.unknown", "没有「nowhere」这个类别，现有：ten_donts"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("sheet", "cells", "code", "said"), REFUSED)
def test_a_bad_row_keeps_everything_out_or_itself(
    library: Path, sheet: str, cells: dict[str, str], code: str, said: str
) -> None:
    file = exported(library)
    lines: list[int] = []

    def change(sheets: Any) -> None:
        append(sheets[sheet], **cells)
        lines.append(sheets[sheet].max_row)
        put(sheets["情景"], rows(sheets["情景"], 编号="payment.methods")[0], "提示（辅导）", "先问。")

    edit(file, change)
    before = files_of(library)
    done = imported(library, file)
    assert done.returncode == 1
    found = [line for line in done.stdout.splitlines() if f" {code} {sheet}!" in line]
    assert found, done.stdout
    assert found[0].startswith(f"库-表.xlsx:{lines[0]}:")
    assert any(said in line for line in found), found
    assert files_of(library) == before
    done = imported(library, file, "--skip-bad")
    assert done.returncode == 1
    assert load_fresh(library).scripts["payment.methods"].coaching["tip"] == "先问。"
    changed = {name for name, content in files_of(library).items() if content != before[name]}
    assert changed == {"scripts_library/small.yaml"}


@pytest.mark.parametrize(
    ("heading", "text", "code"),
    [
        ("触发", "谁都行", "schema.value"),
        ("名称", None, "sheet.required"),
        ("复核日期", "去年", "schema.format"),
        ("要素", "thanks", "reply.element"),
        ("要素", "没有的", "ref.unknown"),
        ("下一步", "payment.invoce", "ref.unknown"),
        ("编号", "payment.other", "sheet.id-changed"),
        ("行业", "电商、火星", "schema.value"),
    ],
)
def test_a_bad_cell_is_told_at_its_place(library: Path, heading: str, text: str | None, code: str) -> None:
    file = exported(library)
    place: list[str] = []

    def change(sheets: Any) -> None:
        (row,) = rows(sheets["情景"], 编号="payment.methods")
        put(sheets["情景"], row, heading, text)
        place.append(f"库-表.xlsx:{row}:{column(sheets['情景'], heading)}: {code} ")

    edit(file, change)
    before = files_of(library)
    done = imported(library, file)
    assert done.returncode == 1
    assert place[0] in done.stdout, done.stdout
    assert files_of(library) == before


def new_situation(sheets: Any, topic: str = "delivery 配送") -> None:
    append(
        sheets["情景"],
        编号="delivery.when",
        名称="询问送达时间",
        触发="客户",
        什么时候用="客户问什么时候送到",
        出处="良好实践：先查再答",
        主题=topic,
        话术出处="良好实践：先查再答",
        要素="thanks",
        关键词="送到、送达",
        **{"何时用（辅导）": "客户问送达时用。", "何时不用（辅导）": "催发货不用。", "绝不能说（辅导）": "等着"},
    )
    for text in ("感谢您的耐心，{时限}内送到。", "谢谢您，正在派送。", "感谢您，已在路上。"):
        append(sheets["回复"], 情景编号="delivery.when", 回复=text)
    for text in ("什么时候送到", "今天能送达吗", "多久能到货"):
        append(sheets["例句"], 情景编号="delivery.when", 种类="例句", 例句=text)
    append(sheets["例句"], 情景编号="询问送达时间", 种类="反例", 例句="送到了谢谢")


@pytest.mark.parametrize(
    ("topic", "file"), [("delivery 配送", "scripts_library/delivery.yaml"), ("small", "scripts_library/small.yaml")]
)
def test_a_new_situation_comes_with_its_script(library: Path, topic: str, file: str) -> None:
    sheet = exported(library)
    edit(sheet, lambda sheets: new_situation(sheets, topic))
    done = imported(library, sheet)
    assert done.returncode == 0, done.stdout
    assert "  新情景：询问送达时间（回复 3 条，例句 3 条，反例 1 条）\n" in done.stdout
    assert done.stdout.endswith(f"已写入 1 处：intents.yaml、{file}\n")
    loaded = load_fresh(library)
    assert loaded.intents["delivery.when"].examples == ("什么时候送到", "今天能送达吗", "多久能到货")
    assert loaded.intents["delivery.when"].keywords == ("送到", "送达")
    assert loaded.scripts["delivery.when"].topic == topic.split()[0]
    assert loaded.scripts["delivery.when"].coaching["never"] == ["等着"]
    assert imported(library, sheet).returncode == 0


def test_a_new_situation_with_a_bad_reply_is_not_half_written(library: Path) -> None:
    sheet = exported(library)

    def change(sheets: Any) -> None:
        new_situation(sheets)
        append(sheets["回复"], 情景编号="delivery.when", 回复="不知道，谢谢您。")

    edit(sheet, change)
    before = files_of(library)
    done = imported(library, sheet, "--skip-bad")
    assert done.returncode == 1
    assert "reply.forbidden 回复!C17" in done.stdout
    assert files_of(library) == before


def test_a_new_rule_comes_in(library: Path) -> None:
    sheet = exported(library)
    cells = {"改说": "请您稍等。", "原因": "推脱。", "出处": "002 十不准", "怎样算命中": "出现就算"}
    edit(
        sheet,
        lambda sheets: append(
            sheets["禁用语"],
            编号="ten_donts.busy",
            类别="ten_donts",
            禁用的说法="正忙着呢",
            必须命中="我正忙着呢\n正忙着呢，等会\n现在正忙着呢",
            必须不命中="请您稍等\n马上就好",
            **cells,
        ),
    )
    done = imported(library, sheet)
    assert done.returncode == 0, done.stdout
    rule = next(rule for rule in load_fresh(library).forbidden if rule.id == "ten_donts.busy")
    assert rule.name == "正忙着呢"


def test_a_column_that_is_only_shown_is_left_alone(library: Path) -> None:
    sheet = exported(library)
    edit(sheet, lambda sheets: put(sheets["情景"], 2, "主题", "other 别的"))
    done = imported(library, sheet)
    assert (done.returncode, done.stdout) == (
        0,
        "库-表.xlsx:2:11: sheet.read-only 情景!K2：「主题」只供阅读，这里的改动不算数（警告）\n没有要改的\n",
    )


@pytest.mark.slow
def test_the_template_is_skipped_until_it_is_made_ones_own(library: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "模板.xlsx"
    assert csbot("--library", str(library), "export", "--template", str(sheet)).returncode == 0
    assert imported(library, sheet).stdout == "没有要改的\n"
    edit(sheet, lambda sheets: put(sheets["回复"], 2, "情景编号", "payment.methods"))
    edit(sheet, lambda sheets: put(sheets["回复"], 2, "回复", GOOD))
    done = imported(library, sheet)
    assert done.returncode == 0, done.stdout
    assert load_fresh(library).scripts["payment.methods"].replies[-1].text == GOOD


def test_of_many_files_the_first_are_named() -> None:
    names = [f"{number}.yaml" for number in range(12)]
    assert _files(names[:3]) == "0.yaml、1.yaml、2.yaml"
    assert _files(names).endswith("、9.yaml 等 12 个文件")


def test_json_says_the_same(library: Path) -> None:
    sheet = exported(library)
    edit(sheet, lambda sheets: append(sheets["回复"], 情景编号="payment.methods", 回复=GOOD))
    edit(sheet, lambda sheets: append(sheets["回复"], 情景编号="payment.methods", 回复="不知道，用支付宝"))
    done = imported(library, sheet, "--json")
    assert done.returncode == 1
    said = json.loads(done.stdout)
    assert [(each["what"], each["after"], each["line"]) for each in said["changes"]] == [("加回复", GOOD, 14)]
    assert [(each["code"], each["sheet"], each["line"]) for each in said["findings"]] == [
        ("reply.forbidden", "回复", 15)
    ]
    assert said["written"] == []


def test_what_an_installed_csbot_brings_is_not_written_to(tmp_path: Path) -> None:
    file = workbook(tmp_path / "a.xlsx", [["情景", "话术"], ["索要发票", "谢谢您"]])
    done = csbot("import", file.name, cwd=tmp_path)
    assert done.returncode == 2
    assert done.stderr.startswith("csbot: 现在用的是随 csbot 安装的内置话术库，不能往里写")


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.xlsx", b"PK\x03\x04not", "a.xlsx:1:1: table.workbook "),
        ("a.xlsx", b"", "a.xlsx:1:1: table.workbook "),
        ("a.csv", "列一,列二\n甲,乙\n".encode(), "a.csv:1:1: sheet.header "),
        ("a.csv", b"", "a.csv:1:1: sheet.header "),
        ("a.csv", '情景,话术\n甲,"乙\n'.encode(), "a.csv:2:1: table.quote "),
        ("a.csv", b"\x00\x01", "a.csv:1:1: file.binary "),
        ("a.json", b"{", "a.json:1:2: json.syntax "),
        ("a.json", b'{"macros": 1}', "a.json:1:1: sheet.format "),
        ("a.json", b'[{"a": 1}]', "a.json:1:1: sheet.format "),
        ("a.txt", b"", "csbot: 读得了 .xlsx"),
        ("没有.csv", None, "没有.csv:1:1: file.unreadable "),
    ],
)
def test_what_cannot_be_read_is_said(
    library: Path, tmp_path: Path, name: str, content: bytes | None, said: str
) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    before = files_of(library)
    done = imported(library, tmp_path / name)
    assert done.returncode == 2
    assert done.stderr.startswith(said), done.stderr
    assert files_of(library) == before


def test_a_broken_library_is_told_and_not_written(library: Path, tmp_path: Path) -> None:
    file = exported(library)
    write_library(library, **edited("intents", "name: 询问付款方式", "nam: 询问付款方式"))
    done = imported(library, file)
    assert done.returncode == 2
    assert "schema.unknown-key" in done.stderr


LAYER = {
    "layer.yaml": "level: 公司\nname: 示例\nextends: ../库\n",
    "scripts_library/own.yaml": (
        "topic: own\nname: 本公司\nscripts:\n  - intent: payment.invoice\n    change: add  # 多一条\n"
        "    replies:\n      - text: 谢谢您，发票随货寄出。\n"
    ),
}


def test_of_a_library_in_layers_only_the_uppermost_is_written(library: Path) -> None:
    layer = library.parent / "层"
    for name, text in LAYER.items():
        (layer / name).parent.mkdir(parents=True, exist_ok=True)
        (layer / name).write_text(text, encoding="utf-8")
    below, before = files_of(library), files_of(layer)
    file = exported(layer)
    assert imported(layer, file).stdout == "没有要改的\n"
    assert files_of(layer) == before

    def change(sheets: Any) -> None:
        append(sheets["回复"], 情景编号="payment.invoice", 回复="感谢您，发票稍后发到邮箱。")
        append(sheets["回复"], 情景编号="payment.methods", 回复=GOOD)
        append(sheets["回复"], 情景编号="询问付款方式", 回复="您可以用支付宝付款，付完我来核对。", 情绪="着急")
        append(sheets["回复"], 情景编号="payment.methods", 回复="这个不知道，用支付宝")
        append(sheets["例句"], 情景编号="payment.methods", 例句="能刷卡不")
        new_situation(sheets)

    edit(file, change)
    done = imported(layer, file, "--dry-run")
    assert done.returncode == 1
    assert files_of(layer) == before
    done = imported(layer, file, "--skip-bad")
    assert done.returncode == 1
    assert "reply.forbidden 回复!C6：" in done.stdout
    assert "payment.methods（询问付款方式）\n  加例句：能刷卡不\n" in done.stdout
    assert files_of(library) == below
    after = files_of(layer)
    assert after["scripts_library/own.yaml"].decode() == (
        LAYER["scripts_library/own.yaml"] + "      - text: 感谢您，发票稍后发到邮箱。\n"
    )
    assert parse_yaml(after["scripts_library/small.yaml"], "").data["scripts"][0] == {
        "intent": "payment.methods",
        "change": "add",
        "replies": [
            {"text": GOOD},
            {"text": "您可以用支付宝付款，付完我来核对。", "when": {"mood": "着急"}},
        ],
    }
    intents = parse_yaml(after["intents.yaml"], "").data["intents"]
    assert {"id": "payment.methods", "change": "add", "examples": ["能刷卡不"]} in intents
    merged = load_fresh(layer)
    assert merged.scripts["payment.methods"].replies[-2].text == GOOD
    assert merged.intents["payment.methods"].examples[-1] == "能刷卡不"
    # What was written is the layer's own from now on: exported, compared and merged like everything else in it.
    assert "没有要改的" in imported(layer, file, "--skip-bad").stdout
    assert files_of(layer) == after
    file = exported(layer)

    def reword(sheets: Any) -> None:
        (row,) = rows(sheets["回复"], 回复=GOOD)
        put(sheets["回复"], row, "回复", "付款可以用支付宝，请您在订单里点付款。")

    edit(file, reword)
    assert imported(layer, file).returncode == 0
    assert load_fresh(layer).scripts["payment.methods"].replies[-2].text == "付款可以用支付宝，请您在订单里点付款。"


def test_what_a_lower_layer_says_is_not_written_again(library: Path, tmp_path: Path) -> None:
    layer = library.parent / "层"
    for name, text in LAYER.items():
        (layer / name).parent.mkdir(parents=True, exist_ok=True)
        (layer / name).write_text(text, encoding="utf-8")
    before = files_of(layer)
    said = load_fresh(library).scripts["payment.methods"].replies[0].text
    file = workbook(tmp_path / "表.xlsx", [["情景", "话术", "关键词"], ["询问付款方式", said, "付款方式"]])
    assert imported(layer, file).stdout == "1 行话术库里已有，不重复写\n没有要改的\n"
    file = workbook(
        tmp_path / "表.xlsx", [["情景", "话术", "关键词"], ["询问付款方式", "这个可以用支付宝付款", "花呗"]]
    )
    done = imported(layer, file)
    assert done.returncode == 0, done.stdout
    assert load_fresh(layer).intents["payment.methods"].keywords[-1] == "花呗"
    assert files_of(layer).keys() - before.keys() == {"intents.yaml", "scripts_library/small.yaml"}


@pytest.mark.parametrize(
    "written", [" payment.methods ", "ｐayment．methods", "payment.\u200bmethods", "payment.methods\u3000"]
)
def test_an_id_is_the_same_in_full_width_and_with_spaces(library: Path, written: str) -> None:
    file = exported(library)

    def change(sheets: Any) -> None:
        (row,) = rows(sheets["情景"], 编号="payment.methods")
        put(sheets["情景"], row, "编号", written)
        put(sheets["情景"], row, "名称", "怎样付款")
        first = rows(sheets["回复"], 情景编号="payment.methods")[0]
        put(sheets["回复"], first, "情景编号", written)
        put(sheets["回复"], first, "回复", "您可以用支付宝付款，请您放心选用。")

    edit(file, change)
    done = imported(library, file)
    assert done.returncode == 0, done.stdout
    loaded = load_fresh(library)
    assert loaded.intents["payment.methods"].name == "怎样付款"
    assert loaded.scripts["payment.methods"].replies[0].text == "您可以用支付宝付款，请您放心选用。"
    assert len(loaded.scripts["payment.methods"].replies) == 3


def test_a_value_that_cannot_be_is_told_in_the_words_of_the_sheet(library: Path) -> None:
    file = exported(library)
    edit(file, lambda sheets: put(sheets["情景"], 2, "触发", "用户"))
    done = imported(library, file)
    assert "schema.value 情景!C2：「用户」不是可用的值，可用：客户、坐席" in done.stdout


@pytest.mark.parametrize("name", ["merged", "named otherwise"])
def test_a_row_whose_id_was_merged_away_is_not_taken_for_one_that_is_gone(library: Path, name: str) -> None:
    file = exported(library)
    before = files_of(library)

    def change(sheets: Any) -> None:
        first, second, third = rows(sheets["回复"], 情景编号="payment.methods")
        for row in (second, third):
            put(sheets["回复"], row, "情景编号", None)
            put(sheets["回复"], row, "情景名称", None if name == "merged" else "索要发票")
        sheets["回复"].merge_cells(f"A{first}:A{third}")

    edit(file, change)
    done = imported(library, file, "--remove-missing")
    if name == "merged":
        assert (done.returncode, done.stdout, files_of(library)) == (0, "没有要改的\n", before)
    else:  # somebody moved them
        assert "回复!C3：这个情景的每条回复都要说到「致谢」" in done.stdout, "which those of payment.invoice must"
        assert "去掉回复" not in done.stdout, "what was refused where it came to stays where it was"
        done = imported(library, file, "--skip-bad", "--remove-missing")
        assert (done.returncode, files_of(library)) == (1, before)


@pytest.mark.parametrize(
    ("heading", "text", "stays"),
    [("例句", "发票抬头能不能换", False), ("例句", "怎么付款", True), ("情景编号", "payment.nothing", True)],
)
def test_an_example_that_was_moved_is_gone_only_where_it_came_to_be(
    library: Path, heading: str, text: str, *, stays: bool
) -> None:
    file = exported(library)
    before = files_of(library)

    def change(sheets: Any) -> None:
        row = rows(sheets["例句"], 情景编号="payment.methods", 种类="例句")[1]
        put(sheets["例句"], row, "情景编号", "payment.invoice")
        put(sheets["例句"], row, heading, text)

    edit(file, change)
    done = imported(library, file, "--skip-bad", "--remove-missing")
    assert ("去掉例句第 2 条" not in done.stdout) is stays
    assert (files_of(library) == before) is stays


def test_a_kind_of_example_that_there_is_not_is_no_example(library: Path) -> None:
    file = exported(library)
    before = files_of(library)
    edit(file, lambda sheets: put(sheets["例句"], rows(sheets["例句"], 种类="反例")[0], "种类", "返例"))
    done = imported(library, file, "--skip-bad", "--remove-missing")
    assert done.returncode == 1
    assert (
        "schema.value 例句!C8：「返例」不是可用的种类，可用：例句、反例、范围外；空着就是例句，是不是「反例」？"
        in done.stdout
    )
    assert files_of(library) == before


def test_a_row_with_a_formula_is_not_taken_for_one_that_is_gone(library: Path) -> None:
    file = exported(library)
    before = files_of(library)
    edit(file, lambda sheets: put(sheets["回复"], 2, "回复", '=A1&"付款"'))
    done = imported(library, file, "--skip-bad", "--remove-missing")
    assert done.returncode == 1
    assert "sheet.formula 回复!C2" in done.stdout
    assert files_of(library) == before


@pytest.mark.parametrize(
    ("table", "old", "new"), [("例句", "可以用什么方式付钱", "可以用什么方式,付钱"), ("回复", "内到账。", "内,到账。")]
)
def test_a_row_that_a_comma_cuts_in_two_is_not_taken_for_one_that_is_gone(
    library: Path, table: str, old: str, new: str
) -> None:
    file = exported(library, "表.csv", "--table", table)
    text = file.read_text(encoding="utf-8-sig")
    assert old in text
    file.write_text(text.replace(old, new, 1), encoding="utf-8-sig")
    before = files_of(library)
    done = imported(library, file, "--skip-bad", "--remove-missing")
    assert done.returncode == 1
    assert "sheet.cells" in done.stdout
    assert files_of(library) == before
