"""What people have already: own tables with their own headings, canned replies of other programs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from openpyxl import load_workbook
from tests.sheets import files_of, imported, put, workbook
from tests.support import write_library

from csbot.library.load import load_fresh
from csbot.sheets.foreign import text_of_html
from csbot.sheets.headings import ALIASES
from csbot.sheets.run import Wishes, plan_import
from csbot.sheets.untrusted import one_line

GOOD = "付款可以用支付宝，麻烦您在订单里点付款。"
OTHER = "您可以用支付宝付款，付完我来核对。"
BAD = "这个不知道，用支付宝"


@pytest.fixture
def library(tmp_path: Path) -> Path:
    return write_library(tmp_path / "库")


def replies(folder: Path, situation: str = "payment.methods") -> list[str]:
    return [reply.text for reply in load_fresh(folder).scripts[situation].replies][3:]


def csv_file(folder: Path, text: str, encoding: str = "utf-8", name: str = "表.csv") -> Path:
    path = folder / name
    path.write_bytes(text.replace("\n", "\r\n").encode(encoding))
    return path


SITUATIONS = ["情景", "场景", "标题", "意图", "Title", "情景编号", "情景名称", "快捷码", "分组", "分类"]
SITUATIONS += ["问题类型", "话术标题", "Macro Title", "Saved Reply Name", "二级分类", "一级分组"]
REPLIES = ["回复", "话术", "答案", "内容", "回复内容*", " 标准回复 ", "Content", "快捷短语（必填）"]
REPLIES += ["Comment/description", "Saved Reply Body", "body", "客服回复", "短语"]


@pytest.mark.parametrize(
    ("situation", "reply"), [*((each, "话术") for each in SITUATIONS), *(("情景", each) for each in REPLIES)]
)
def test_columns_are_known_by_many_names(library: Path, tmp_path: Path, situation: str, reply: str) -> None:
    file = workbook(tmp_path / "表.xlsx", [[situation, reply], ["询问付款方式", GOOD], ["payment.methods", OTHER]])
    done = imported(library, file)
    assert done.returncode == 0, done.stdout
    assert replies(library) == [GOOD, OTHER]


def test_the_names_of_columns_are_all_in_the_guide() -> None:
    guide = (Path(__file__).parent.parent / "docs" / "library.md").read_text(encoding="utf-8")
    section = guide.partition("\n## 用表格编辑")[2].partition("\n## ")[0]
    for name, aliases in ALIASES.items():
        for each in (name, *aliases):
            assert f"{each}" in section, f"{each}（{name}）"


def test_columns_that_nobody_knows_are_named_and_may_be_explained(library: Path, tmp_path: Path) -> None:
    file = csv_file(tmp_path, f"话术汇总\n业务,问什么,答什么\n询问付款方式,能刷卡不,{GOOD}\n,,{OTHER}\n")
    done = imported(library, file)
    assert done.returncode == 2
    assert "第 2 行是「业务」、「问什么」、「答什么」，不认识" in done.stderr
    assert "--column 答什么=回复" in done.stderr
    done = imported(library, file, "--column", "业务=情景", "--column", "答什么＝话术", "--column", "问什么=例句")
    assert done.returncode == 0, done.stderr
    assert replies(library) == [GOOD, OTHER]


@pytest.mark.parametrize(
    ("word", "said"), [("答什么", "请写成「表格里的列名=列」"), ("答什么=答法", "没有「答法」这样的列")]
)
def test_a_column_that_cannot_be_is_refused(library: Path, tmp_path: Path, word: str, said: str) -> None:
    done = imported(library, csv_file(tmp_path, "情景,话术\n"), "--column", word)
    assert done.returncode == 2
    assert said in done.stderr


def test_a_table_without_headings_is_told_so(library: Path, tmp_path: Path) -> None:
    done = imported(library, csv_file(tmp_path, f"询问付款方式,{GOOD}\n"))
    assert done.returncode == 2
    assert "像是内容" in done.stderr
    assert "请在最上面加一行列名" in done.stderr


def test_a_csv_file_that_was_renamed_is_known_for_one(library: Path, tmp_path: Path) -> None:
    file = csv_file(tmp_path, f"情景,话术\n询问付款方式,{GOOD}\n", "gb18030", "话术.xlsx")
    done = imported(library, file)
    assert done.returncode == 2
    assert "像是 CSV：请把扩展名改成 .csv" in done.stderr


def test_a_reply_between_quotation_marks_is_not_taken(library: Path, tmp_path: Path) -> None:
    done = imported(library, csv_file(tmp_path, f"情景,话术\n询问付款方式,“{GOOD}”\n询问付款方式,请点“付款”\n"))
    assert "表.csv:2:8: sheet.quotes" in done.stdout
    assert done.stdout.count("sheet.quotes") == 1


def test_of_many_problems_the_first_are_listed(library: Path, tmp_path: Path) -> None:
    rows = "".join(f"kj{number},谢谢您，第{number}号活动请您留意。,活动\n" for number in range(400))
    done = imported(library, csv_file(tmp_path, f"快捷短语编码,快捷短语,快捷短语分组\n{rows}"))
    assert done.returncode == 1
    assert done.stdout.count("sheet.no-situation") == 300
    assert "…… 还有 100 处问题，加 --json 全部列出\n有 400 处问题，什么也没有写" in done.stdout


def test_a_table_with_merged_cells_a_title_and_examples(library: Path, tmp_path: Path) -> None:
    table: list[list[Any]] = [
        ["客服话术表 2026", None, None, None],
        ["场景", "客户问法", "话术", "关键词"],
        ["询问付款方式", "刷卡可以吗\n能刷卡不", GOOD, "刷卡、付款方式"],
        [None, None, OTHER, None],
    ]
    done = imported(library, workbook(tmp_path / "表.xlsx", table))
    assert done.returncode == 0, done.stdout
    assert replies(library) == [GOOD, OTHER]
    intent = load_fresh(library).intents["payment.methods"]
    assert intent.examples[-2:] == ("刷卡可以吗", "能刷卡不")
    assert intent.keywords == ("付款方式", "刷卡")


THIRD = "您可以用支付宝付款，有问题我来处理。"


@pytest.mark.parametrize(
    "headings",
    [
        ("话术1", "话术2", "话术3"),
        ("回复一", "回复二", "回复三"),
        ("话术（一）", "话术（二）", "话术（三）"),
        ("话术①", "话术②", "话术③"),
        ("标准话术", "备用话术", "参考话术2"),
        ("话术", "话术", "话术"),
        ("第1条话术", "第二条话术", "第3种回复"),
        ("回复A", "回复B", "回复-C"),
        ("Reply 1", "reply_2", "reply3"),
    ],
)
def test_columns_beside_each_other_are_variants(library: Path, tmp_path: Path, headings: tuple[str, ...]) -> None:
    table: list[list[Any]] = [["序号", "场景", *headings, "备注"], [1, "询问付款方式", GOOD, OTHER, None, "常用"]]
    table.append([2, None, None, THIRD, None, None])
    done = imported(library, workbook(tmp_path / "表.xlsx", table))
    assert done.returncode == 0, done.stdout
    assert replies(library) == [GOOD, OTHER, THIRD]


def test_a_variant_that_may_not_be_said_is_found_in_its_own_cell(library: Path, tmp_path: Path) -> None:
    file = csv_file(tmp_path, f"场景,话术1,话术2\n询问付款方式,{GOOD},{BAD}\n")
    done = imported(library, file)
    assert done.returncode == 1
    assert done.stdout.startswith(f"表.csv:2:{len(f'询问付款方式,{GOOD},') + 1}: reply.forbidden ")


def test_headings_in_two_rows_below_a_title(library: Path, tmp_path: Path) -> None:
    table: list[list[Any]] = [
        ["星河客服话术汇总（2026 版）", None, None, None, None],
        ["序号", "业务场景", "客户怎么问", "话术", None],
        [None, None, "相似问1", "话术1", "话术2"],
        [1, "询问付款方式", "刷卡可以吗", GOOD, OTHER],
        [2, None, "能刷卡不", None, THIRD],
    ]
    done = imported(library, workbook(tmp_path / "表.xlsx", table))
    assert done.returncode == 0, done.stdout
    assert replies(library) == [GOOD, OTHER, THIRD]
    assert load_fresh(library).intents["payment.methods"].examples[-2:] == ("刷卡可以吗", "能刷卡不")
    text = f"话术汇总,,\n场景,话术,\n,话术1,话术2\n询问付款方式,{GOOD},{OTHER}\n"
    done = imported(library, csv_file(tmp_path, text))
    assert (done.returncode, done.stdout) == (0, "2 行话术库里已有，不重复写\n没有要改的\n")


@pytest.mark.parametrize("heading", ["场景", "情景编号"])
def test_a_merged_situation_below_a_topic_that_is_repeated(library: Path, tmp_path: Path, heading: str) -> None:
    table: list[list[Any]] = [["主题", heading, "话术"], ["付款", "payment.methods", GOOD], ["付款", None, OTHER]]
    table += [["发票", None, "发票请在订单里申请，{时限}内开好。"]]
    done = imported(library, workbook(tmp_path / "表.xlsx", table))
    assert done.returncode == 1
    assert "sheet.no-situation Sheet1!A4：话术库里没有「发票」对应的情景" in done.stdout
    assert imported(library, tmp_path / "表.xlsx", "--skip-bad").returncode == 1
    assert replies(library) == [GOOD, OTHER]


def test_a_column_of_contents_is_not_the_reply_where_another_one_is(library: Path, tmp_path: Path) -> None:
    file = csv_file(tmp_path, f"标题,内容,回复\n询问付款方式,客户问怎么付钱,{GOOD}\n")
    assert imported(library, file).returncode == 0
    assert replies(library) == [GOOD]


def test_a_table_without_a_base_never_writes_over_what_is_there(library: Path, tmp_path: Path) -> None:
    table = [["编号", "名称", "什么时候用", "关键词", "出处"], ["payment.methods", "付款", "", "付款方式", "004 别的"]]
    file = workbook(tmp_path / "表.xlsx", table, "情景")
    before = files_of(library)
    done = imported(library, file)
    assert done.returncode == 1
    assert "表.xlsx:2:2: sheet.conflict 情景!B2：「名称」表格没有底稿，看不出哪边是新的" in done.stdout
    assert files_of(library) == before
    assert imported(library, file, "--prefer", "sheet").returncode == 0
    intent = load_fresh(library).intents["payment.methods"]
    assert (intent.name, intent.source, intent.cue) == ("付款", "004 别的", "客户问怎么付款")


@pytest.mark.parametrize(
    ("headings", "said"),
    [
        (["情景编号", "情景名称", "长短"], "这张表缺少「回复」这一列"),
        (["情景", "回复语"], "这张表缺少「回复」这一列，一行也没有导入，「回复语」是不是「回复」？"),
        (["回复"], "这张表缺少「情景编号」"),
    ],
)
def test_a_sheet_that_lacks_a_column_is_not_passed_over(
    library: Path, tmp_path: Path, headings: list[str], said: str
) -> None:
    file = workbook(tmp_path / "表.xlsx", [headings, ["payment.methods", GOOD, "短"][: len(headings)]], title="回复")
    before = files_of(library)
    done = imported(library, file)
    assert done.returncode == 2
    assert "表.xlsx:1:1: sheet.header " in done.stderr
    assert said in done.stderr
    book = load_workbook(file)  # the same beside a sheet in which everything is there
    book.create_sheet("情景").append(["编号", "名称", "触发", "什么时候用", "出处"])
    book["情景"].append(["payment.methods", "询问付款方式", "客户", "客户问怎么付款", "004 客户询问付款方式"])
    book.save(file)
    done = imported(library, file)
    assert done.returncode == 1
    assert said in done.stdout
    assert files_of(library) == before


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_shortcut_phrases_in_any_encoding(library: Path, tmp_path: Path, encoding: str) -> None:
    text = "快捷短语编码,快捷短语,快捷短语分组\n"  # as 千牛 writes it
    text += "".join(f"00{number},{reply},询问付款方式\n" for number, reply in enumerate((GOOD, BAD, GOOD), start=1))
    file = csv_file(tmp_path, text, encoding)
    done = imported(library, file, "--skip-bad")
    assert done.returncode == 1
    assert done.stdout.startswith(
        "表.csv:3:5: reply.forbidden 回复含有「不知道」（规则 ten_donts.dont_know），"
        "建议改说：我帮您查一下，马上回复您。"
    )
    assert "1 行话术库里已有，不重复写\n" in done.stdout
    assert replies(library) == [GOOD]


def test_a_group_with_a_title_and_no_situation_is_kept_as_a_proposal(library: Path, tmp_path: Path) -> None:
    text = f"分组,标题,内容\n付款,付款方法,{GOOD}\n售后,退货,{BAD}\n付款,很像,谢谢您，电子发票可以在订单里下载。\n"
    file = csv_file(tmp_path, text)
    before = files_of(library)
    done = imported(library, file)
    assert done.returncode == 1
    assert "表.csv:2:4: sheet.no-situation 话术库里没有「付款方法／付款」对应的情景" in done.stdout
    assert files_of(library) == before
    done = imported(library, file, "--proposals", "待定.xlsx")
    assert (done.returncode, done.stdout) == (
        0,
        "2 条认不出属于哪个情景，写进 待定.xlsx：填上情景编号再导入\n1 行话术库里已有，不重复写\n没有要改的\n",
    )
    book = load_workbook(tmp_path / "待定.xlsx")
    sheet = book["待定的话术"]
    assert [cell.value for cell in sheet[2]][1:5] == ["payment.methods 询问付款方式", "付款方法／付款", None, GOOD]
    assert "规则 ten_donts.dont_know" in sheet.cell(3, 6).value
    assert imported(library, tmp_path / "待定.xlsx").returncode == 1
    put(sheet, 2, "情景编号", "payment.methods")
    sheet.delete_rows(3)
    book.save(tmp_path / "待定.xlsx")
    assert imported(library, tmp_path / "待定.xlsx").returncode == 0
    assert replies(library) == [GOOD]
    done = imported(library, file, "--proposals", "待定.xlsx")
    assert done.returncode == 2
    assert "已经存在" in done.stderr


CHATWOOT = [
    {"id": 1, "account_id": 3, "short_code": "payment.methods", "content": GOOD},
    {"id": 2, "account_id": 3, "short_code": "询问付款方式", "content": BAD},
    {"id": 3, "account_id": 3, "short_code": "询问付款方式", "content": "{{contact.name}}，可以用支付宝。"},
]


@pytest.mark.parametrize("wrapped", [CHATWOOT, {"payload": CHATWOOT}, {"data": CHATWOOT}])
def test_canned_responses_of_chatwoot(library: Path, tmp_path: Path, wrapped: Any) -> None:
    file = tmp_path / "chatwoot.json"
    file.write_text(json.dumps(wrapped, ensure_ascii=False, indent=1), encoding="utf-8")
    done = imported(library, file, "--skip-bad")
    assert done.returncode == 1
    lines = file.read_text(encoding="utf-8").split("\n")
    (bad,) = [number for number, line in enumerate(lines, start=1) if BAD in line]
    found = [each.split(" ")[:2] for each in done.stdout.splitlines() if each.startswith("chatwoot.json:")]
    assert [place.split(":")[1] for place, _ in found] == [str(bad), str(bad + 6)]
    assert {code for _, code in found} == {"reply.forbidden", "script.braces"}
    assert replies(library) == [GOOD]


def test_canned_responses_of_chatwoot_as_csv(library: Path, tmp_path: Path) -> None:
    file = csv_file(tmp_path, f'short_code,content\npayment.methods,"{GOOD}"\n')
    assert imported(library, file).returncode == 0
    assert replies(library) == [GOOD]


def test_macros_of_zendesk(library: Path, tmp_path: Path) -> None:
    html = "<p>付款可以用<b>支付宝</b>，</p><div>麻烦您在订单里点付款。</div><script>alert(1)</script>"
    macros = [
        {"title": "询问付款方式", "active": True, "actions": [{"field": "comment_value_html", "value": html}]},
        {"title": "付款::询问付款方式", "actions": [{"field": "comment_value", "value": ["channel:all", OTHER]}]},
        {"title": "询问付款方式", "active": False, "actions": [{"field": "comment_value", "value": BAD}]},
        {  # a note among colleagues
            "title": "询问付款方式",
            "actions": [
                {"field": "comment_mode_is_public", "value": "false"},
                {"field": "comment_value", "value": "谢谢您，付款可以用支付宝，我来登记。"},
            ],
        },
        {"title": "改状态", "actions": [{"field": "status", "value": "solved"}]},
    ]
    file = tmp_path / "macros.json"
    file.write_text(json.dumps({"macros": macros, "count": 5}, ensure_ascii=False), encoding="utf-8")
    done = imported(library, file)
    assert done.returncode == 0, done.stdout
    assert replies(library) == [GOOD, OTHER]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>您好&nbsp;&amp;谢谢</p>", "您好 &谢谢"),
        ("一<br>二<br/>三", "一\n二\n三"),
        ("<style>p{}</style><ul><li>甲</li><li>乙</li></ul>", "甲\n乙"),
        ("没有 < 标记", "没有 < 标记"),
        ("<script>x</script></script>后面", "后面"),
    ],
)
def test_html_is_read_as_a_reader_sees_it(html: str, text: str) -> None:
    assert text_of_html(html) == text


@pytest.mark.parametrize(
    ("text", "line"),
    [("您好，\n请稍等。\r\n谢谢", "您好，请稍等。谢谢"), ("第一\n\n 第二", "第一 第二"), ("", ""), ("一行", "一行")],
)
def test_a_reply_of_several_lines_becomes_one(text: str, line: str) -> None:
    assert one_line(text) == line


def test_every_part_of_an_import_says_how_far_it_is(library: Path, tmp_path: Path) -> None:
    rows = "".join(f"询问付款方式,您可以用支付宝付款，第{number}步我来核对。\n" for number in range(150))
    file = csv_file(tmp_path, f"情景,话术\n{rows}")
    told: dict[str, list[tuple[int, int | None]]] = {}

    def progress(what: str, done: int, total: int | None) -> None:
        told.setdefault(what, []).append((done, total))

    done = plan_import(load_fresh(library), str(file), file.name, None, Wishes(), progress)
    assert len(done.changes) == 150
    assert [*told] == ["读表格", "和话术库对照", "检查回复", "写进各个文件", "试着载入"]
    assert told["读表格"] == [(100, None)]
    assert told["和话术库对照"] == [(0, 150), (100, 150)]
    assert told["检查回复"][-1] == (150, 150)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (f"情景，话术\n询问付款方式，{GOOD}\n", "表.csv:1:1: sheet.header 各格之间是中文逗号「，」"),
        (
            "情景,话术\n询问付款方式,您可以用支付宝付款,付完我来核对。\n",
            "表.csv:2:18: sheet.cells 这一行有 3 格，列名只有 2 个，多半是话里有英文逗号",
        ),
    ],
)
def test_commas_that_are_the_wrong_ones(library: Path, tmp_path: Path, text: str, said: str) -> None:
    before = files_of(library)
    done = imported(library, csv_file(tmp_path, text))
    assert done.returncode in (1, 2)
    assert (done.stdout + done.stderr).startswith(said)
    assert files_of(library) == before


def test_questions_and_answers_without_a_situation(library: Path, tmp_path: Path) -> None:
    rows = f"怎么付款,{GOOD}\n询问付款方式,{OTHER}\n有没有实体店,谢谢您，我来查一下。\n"
    file = csv_file(tmp_path, f"标准问题,标准答案\n{rows}")
    done = imported(library, file)
    assert done.returncode == 1
    assert done.stdout.count("sheet.no-situation") == 1
    assert "表.csv:4:1: sheet.no-situation 话术库里没有「有没有实体店」对应的情景" in done.stdout
    assert imported(library, file, "--proposals", "待定.xlsx").returncode == 0
    assert replies(library) == [GOOD, OTHER]
    sheet = load_workbook(tmp_path / "待定.xlsx")["待定的话术"]
    assert "有没有实体店" in [cell.value for cell in sheet[2]]
