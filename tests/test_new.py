"""``csbot new``: what a trainer knows becomes a situation, a rule, a festival or a library, or nothing is written."""

from __future__ import annotations

import json
import re
import shlex
import sys
import time
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import pytest
from tests.support import PATHS, ROOT, TIMEOUT, csbot, environment, write_library

from csbot.authoring.asking import ask_situation
from csbot.commands import progress
from csbot.library.load import load_fresh
from csbot.lint.run import lint
from csbot.store.inbox import FILE_NAME, Inbox, Kind

pytestmark = pytest.mark.slow  # csbot is started as a program, again and again

SITUATION = """\
name: 催发货
cue: 客户催发货
topic: small
examples: [怎么还不发货, 都三天了还没发出来]
replies:
  - 感谢您的耐心，请您提供订单号，{时限}内给您答复。
  - text: 谢谢您，我马上催仓库，{时限}内给您答复。
    when: {mood: 着急}
  - 感谢您告诉我们，{时限}内给您准信。
  - 感谢您，我来催，{时限}内回复您。
"""
RULE = """\
banned: 稍安勿躁
instead: 我马上为您查询。
bad: [请您稍安勿躁, 您稍安勿躁好吗, 稍 安 勿 躁]
good: [请您稍等, 我马上为您查询]
"""
FESTIVAL = 'name: 端午\ngreeting: 端午安康\nlunar: "05-05"\nnamed_by: [端午安康, 端午节]\n'


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return write_library(tmp_path / "库")


def files_of(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


def assert_only_inserted(before: bytes, after: bytes) -> None:
    head = next((at for at, pair in enumerate(zip(before, after, strict=False)) if pair[0] != pair[1]), len(before))
    assert after.endswith(before[head:])
    assert len(after) > len(before)


def test_a_situation_from_a_file_is_completed_and_written_where_it_belongs(root: Path) -> None:
    before = files_of(root)
    done = csbot("--library", str(root), "new", "--from", "-", "--json", stdin=SITUATION)
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert said["added"] == ["small.cui_fa_huo"]
    assert said["files"] == ["intents.yaml", PATHS["scripts"]]
    assert [each["code"] for each in said["warnings"]] == ["intent.few-examples"]
    library = load_fresh(root)
    intent, script = library.intents["small.cui_fa_huo"], library.scripts["small.cui_fa_huo"]
    assert (intent.trigger, intent.source) == ("customer", "良好实践：催发货")
    assert intent.examples == ("怎么还不发货", "都三天了还没发出来")
    assert script.elements == ("thanks",)
    assert script.replies[1].when == (("mood", "着急"),)
    assert script.coaching["use"] == "客户催发货时用。"
    for name, text in files_of(root).items():
        if name in said["files"]:
            assert_only_inserted(before[name], text)
        else:
            assert text == before[name]
    assert not [problem for problem in lint(root)[0] if problem.severity == "error"]


def test_options_do_the_same_and_a_new_topic_gets_a_file(root: Path) -> None:
    replies = [f"感谢您{number}，请您稍等。" for number in ("来询", "来信", "来电")]
    options = ["--name", "问营业时间", "--cue", "客户问几点开门", "--example", "几点开门"]
    options += [word for reply in replies for word in ("--reply", reply)]
    done = csbot("--library", str(root), "new", *options)
    assert done.returncode == 0, done.stderr
    assert "company.wen_ying_ye_shi_jian" in done.stdout
    text = (root / "scripts_library/company.yaml").read_text(encoding="utf-8")
    assert text.startswith("# yaml-language-server: $schema=../phrasebook/schemas/scripts.json\ntopic: company\n")
    assert [reply.text for reply in load_fresh(root).scripts["company.wen_ying_ye_shi_jian"].replies] == replies


def test_several_situations_are_taken_all_or_none(root: Path) -> None:
    before = files_of(root)
    one = "- " + SITUATION.replace("\n", "\n  ").rstrip() + "\n"
    other = one.replace("催发货", "查物流").replace("怎么还不发货", "到哪了").replace("都三天了还没发出来", "走到哪了")
    assert csbot("--library", str(root), "new", "--from", "-", stdin=one + one).returncode == 2  # the same id
    same = one.replace("催发货", "催一催")  # the same examples
    assert csbot("--library", str(root), "new", "--from", "-", stdin=one + same).returncode == 1
    assert files_of(root) == before
    assert csbot("--library", str(root), "new", "--from", "-", stdin=one + other).returncode == 0
    assert {"small.cui_fa_huo", "small.cha_wu_liu"} <= load_fresh(root).intents.keys()


def test_everything_wrong_with_several_situations_is_told_at_once_with_its_line(root: Path) -> None:
    one = "- " + SITUATION.replace("\n", "\n  ").rstrip() + "\n"
    bare = one.replace("催发货", "查物流").replace("感谢您，我来催", "我来催").replace("怎么还不发货", "能开发票吗")
    (root.parent / "几个.yaml").write_text(one.replace("我马上催仓库", "我不知道") + bare, encoding="utf-8")
    done = csbot("--library", str(root), "new", "--from", "几个.yaml", cwd=root.parent)
    assert done.returncode == 1
    first, shown, mark, second, *_ = done.stderr.splitlines()
    assert first.startswith("几个.yaml:7:13: reply.forbidden 第 2 条回复含有「不知道」")
    assert (shown.strip()[:8], mark.strip("^ ")) == ("- text: ", "")
    assert second.startswith("几个.yaml:16:5: reply.element 情景「查物流」")
    for text, said in (
        (
            one.replace("怎么还不发货", "能开发票吗"),
            "在「payment.invoice」（索要发票）里已有：同一句话不能属于两个情景",
        ),
        (one.replace("topic: small", "topic: 订单"), "可以用拼音：ding_dan；中文的名称写在 topic_name"),
    ):
        done = csbot("--library", str(root), "new", "--from", "-", stdin=text)
        assert done.returncode > 0
        assert said in done.stderr


def test_a_reply_that_a_new_rule_forbids_is_told_with_the_way_out(root: Path) -> None:
    path = root / PATHS["scripts"]
    path.write_text(path.read_text(encoding="utf-8").replace("请您放心", "费用要您自己扛"), encoding="utf-8")
    rule = "banned: 你自己看\ninstead: 我来看。\nbad: [你自己看吧, 你自己看看, 你自己看去]\ngood: [我来看, 请稍等]\n"
    done = csbot("--library", str(root), "new", "rule", "--from", "-", stdin=rule)
    assert done.returncode == 1
    assert "话术「询问付款方式」（payment.methods）第 3 条回复里有「您自己扛」（人称互换、谐音字）" in done.stderr
    assert "except: [费用要您自己扛]" in done.stderr
    done = csbot("--library", str(root), "new", "rule", "--from", "-", stdin=f"{rule}except: [费用要您自己扛]\n")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_new_rule_whose_examples_are_found_already_is_told_so(root: Path) -> None:
    rule = "banned: 就是不知道\nid: company.{id}\ninstead: 我来查。\ngood: [我来查, 请稍等]\n"
    rule += "bad: [就是不知道, 就是不知道啊, {last}]\n"
    told = "  rule.needless 「就是不知道」的例子，原来的规则（ten_donts.dont_know）都查得出来"
    done = csbot("--library", str(root), "new", "rule", "--from", "-", stdin=rule.format(id="one", last="我就是不知道"))
    assert (done.returncode, told in done.stdout) == (0, True)
    rule = rule.format(id="two", last="爱莫能助") + "phrases: [就是不知道, 爱莫能助]\n"
    done = csbot("--library", str(root), "new", "rule", "--from", "-", stdin=rule)
    assert (done.returncode, "rule.needless" in done.stdout) == (0, False)


@pytest.mark.parametrize(
    ("kind", "text", "code", "said"),
    [
        (
            (),
            SITUATION.replace("我马上催仓库", "我不知道"),
            1,
            "<stdin>:7:11: reply.forbidden 第 2 条回复含有「不知道」",
        ),
        ((), SITUATION.replace("我马上催仓库", "我不知道"), 1, "建议改说：我帮您查一下，马上回复您。"),
        ((), SITUATION.replace("怎么还不发货", "能开发票吗"), 1, "<stdin>:4:12: intent.duplicate-example"),
        ((), SITUATION.replace("感谢您，我来催", "我来催"), 1, "第 4 条一样也没有"),
        ((), SITUATION.replace("感谢您，我来催，{时限}内回复您", "我不知道"), 1, "reply.forbidden 第 4 条回复含有"),
        ((), SITUATION.replace("感谢您，我来催，{时限}内回复您", "我来催"), 1, "例如 致谢（thanks）"),
        ((), SITUATION.replace("{时限}", "{期限}"), 2, "ref.unknown"),
        ((), SITUATION.replace("cue:", "cuee:"), 2, "<stdin>:2:1: schema.unknown-key"),
        (
            (),
            SITUATION + "never: [自己催]\n",
            2,
            "<stdin>:11:1: schema.unknown-key 不认识的键「never」：它应当写在「coaching」",
        ),
        (
            (),
            SITUATION + "elements: [致谢]\n",
            2,
            "<stdin>:11:12: ref.unknown 没有叫「致谢」的要素，是不是「thanks」（致谢）",
        ),
        ((), SITUATION + "elements: [zzz_qqq]\n", 2, "csbot library --list elements"),
        ((), SITUATION + "next: [nothing.there]\n", 2, "<stdin>:11:8: ref.unknown"),
        ((), SITUATION.replace("{时限}内给您准信", "{期限}内给您准信"), 2, "<stdin>:9:5: ref.unknown 没有叫「期限」"),
        ((), SITUATION.replace("name: 催发货\n", ""), 2, "schema.missing-key"),
        ((), SITUATION + "id: payment.invoice\n", 2, "ref.duplicate"),
        ((), SITUATION + "next: [nothing.there]\n", 2, "ref.unknown"),
        ((), "name: [", 2, "yaml.syntax"),
        ((), "", 2, "yaml.empty"),
        ((), "- 1\n", 2, "schema.type"),
        ((), "x: &a [1]\n", 2, "yaml.alias"),
        ((), b"\xff\xfe\x00", 2, "file.encoding"),
        (("rule",), RULE.replace("稍 安 勿 躁", "别着急"), 1, "rule.bad-missed"),
        (("rule",), RULE.replace("请您稍等", "稍安勿躁"), 1, "rule.good-hit"),
        (("rule",), RULE.replace(", 稍 安 勿 躁", ""), 1, "rule.few-examples"),
        (("rule",), RULE.replace("稍安勿躁", "感谢您"), 1, "就发不出去"),
        (("rule",), RULE + 'phrases: ["[甲"]\n', 2, "<stdin>:5:11: rule.phrase"),
        (("rule",), RULE + "id: ten_donts.no_way\n", 2, "ref.duplicate"),
        (("festival",), FESTIVAL.replace('lunar: "05-05"\n', ""), 2, "没有写是哪一天"),
        (("festival",), FESTIVAL.replace("05-05", "13-05"), 2, "schema.format"),
        (("festival",), FESTIVAL.replace("name: 端午", "name: 春节"), 2, "ref.duplicate"),
        (("festival",), FESTIVAL.replace("端午安康\nlunar", "没办法\nlunar"), 1, "reply.forbidden"),
    ],
)
def test_what_is_not_good_is_told_at_its_place_and_nothing_is_written(
    root: Path, kind: tuple[str, ...], text: str | bytes, code: int, said: str
) -> None:
    before = files_of(root)
    done = csbot("--library", str(root), "new", *kind, "--from", "-", stdin=text)
    assert done.returncode == code, done.stdout + done.stderr
    assert said in done.stderr
    assert done.stdout == ""
    assert files_of(root) == before


def test_a_festival_whose_greeting_takes_an_element_from_replies_is_not_written(root: Path) -> None:
    scripts, elements = root / PATHS["scripts"], root / PATHS["elements"]
    text = scripts.read_text(encoding="utf-8")
    scripts.write_text(text.replace("{节日问候}，请问有什么可以帮您？", "{节日问候}！"), encoding="utf-8")
    known = elements.read_text(encoding="utf-8").replace('["有什么可以帮您"', '["有什么可以帮您", 新年好, 快乐')
    elements.write_text(known, encoding="utf-8")
    before = files_of(root)
    done = csbot("--library", str(root), "new", "festival", "--from", "-", stdin=FESTIVAL)
    assert done.returncode == 1, done.stdout + done.stderr
    assert (
        "<stdin>:2:11: reply.element 「端午安康」不是这些要素认得的说法：「询问需求」（ask_need，1 条回复）"
        in done.stderr
    )
    assert "--teach" in done.stderr
    assert files_of(root) == before
    elements.write_text(known.replace("新年好", "新年好, 安康"), encoding="utf-8")
    assert csbot("--library", str(root), "new", "festival", "--from", "-", stdin=FESTIVAL).returncode == 0


def test_an_element_may_learn_the_greeting_of_a_festival(root: Path) -> None:
    scripts, elements = root / PATHS["scripts"], root / PATHS["elements"]
    text = scripts.read_text(encoding="utf-8")
    scripts.write_text(text.replace("{节日问候}，请问有什么可以帮您？", "{节日问候}！"), encoding="utf-8")
    known = elements.read_text(encoding="utf-8").replace('["有什么可以帮您"', '["有什么可以帮您", 新年好, 快乐')
    elements.write_text(known, encoding="utf-8")
    done = csbot("--library", str(root), "new", "festival", "--teach", "--from", "-", stdin=FESTIVAL)
    assert done.returncode == 0, done.stderr
    library = load_fresh(root)
    assert next(rule for rule in library.elements if rule.id == "ask_need").phrases[-1] == "端午安康"
    assert "端午" in [each.name for each in library.festivals]


def test_a_rule_and_a_festival_are_added_to_their_files(root: Path) -> None:
    before = files_of(root)
    assert csbot("--library", str(root), "new", "rule", "--from", "-", stdin=RULE).returncode == 0
    own = (
        RULE.replace("稍安勿躁", "没有门").replace("稍 安 勿 躁", "没 有 门")
        + "category: ten_donts\nid: ten_donts.door\n"
    )
    assert csbot("--library", str(root), "new", "rule", "--from", "-", stdin=own).returncode == 0
    done = csbot("--library", str(root), "new", "festival", "--from", "-", stdin=FESTIVAL)
    assert done.returncode == 0, done.stderr
    library = load_fresh(root)
    assert {"company.shao_an_wu_zao", "ten_donts.door"} <= {rule.id for rule in library.forbidden}
    assert library.festivals[-1].lunar == (5, 5)
    after = files_of(root)
    assert after["phrasebook/forbidden/company.yaml"].startswith(b"# yaml-language-server: $schema=../schemas/forb")
    assert after[PATHS["occasions"]].endswith("named_by: [端午安康, 端午节]}\n".encode())
    assert_only_inserted(before[PATHS["occasions"]], after[PATHS["occasions"]])
    assert csbot("--library", str(root), "check", "--text", "您稍安勿躁").returncode == 1


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "缺少选项 --name、--cue、--reply"),
        (("--name", "催发货"), "缺少选项 --cue、--reply"),
        (("rule", "--banned", "x"), "缺少选项 --instead、--bad、--good"),
        (("festival",), "缺少选项 --name、--greeting、--named-by"),
        (("--from", "nothing.yaml"), "file.unreadable"),
        (("--from", "-", "--name", "x"), "只能用一样"),
        (("nothing",), "没有命令「nothing」"),
        (("library",), "缺少参数"),
        (("--nothing",), "没有选项"),
        (("rule", "不知道"), "多了参数：每个值都写在它的选项后面"),
        (
            ("festival", "--name", "店庆", "--greeting", "您好", "--named-by", "店庆", "--solar", "5月20日"),
            "（选项 --solar）:1:1: schema.format 「5月20日」的写法不对，应写成月-日，如 01-01，是不是「05-20」？",
        ),
    ],
)
def test_a_wrong_call_leaves_with_two(root: Path, arguments: tuple[str, ...], said: str) -> None:
    before = files_of(root)
    done = csbot("--library", str(root), "new", *arguments)
    assert done.returncode == 2
    assert said in done.stderr
    assert files_of(root) == before


def test_a_dry_run_shows_what_would_be_new_and_writes_nothing(root: Path) -> None:
    before = files_of(root)
    done = csbot("--library", str(root), "new", "--from", "-", "--dry-run", stdin=SITUATION)
    assert done.returncode == 0
    assert "  +  - id: small.cui_fa_huo" in done.stdout
    assert files_of(root) == before


def test_the_library_that_comes_with_csbot_is_not_written_into(tmp_path: Path) -> None:
    done = csbot("new", "--from", "-", stdin=SITUATION, cwd=tmp_path)
    assert done.returncode == 2
    assert "csbot new layer 文件夹" in done.stderr


@pytest.mark.slow
def test_a_new_library_is_whole_clean_and_answers(tmp_path: Path) -> None:
    root = tmp_path / "ours"
    done = csbot("new", "library", str(root), "--name", "星河", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "星河的话术库" in (root / "README.md").read_text(encoding="utf-8")
    for path in [root / "intents.yaml", *root.rglob("scripts_library/**/*.yaml"), *root.rglob("phrasebook/*.yaml")]:
        assert path.read_text(encoding="utf-8").startswith("# yaml-language-server: $schema="), path
    done = csbot("lint", cwd=root)
    assert done.returncode == 0
    assert "0 处错误" in done.stdout
    assert "element.unused" in done.stdout
    assert csbot("test", cwd=root).stdout.startswith("测试 1 个（4 步，其中对话 1 个）：通过 1，失败 0")
    assert json.loads(csbot("reply", "你好", "--json", cwd=root).stdout)["intent"] == "greeting.regular"
    assert json.loads(csbot("reply", "能开发票吗", "--json", cwd=root).stdout)["intent"] is None
    added = SITUATION.replace("topic: small\n", "")
    assert csbot("new", "--from", "-", stdin=added, cwd=root).returncode == 0
    assert json.loads(csbot("reply", "怎么还不发货", "--json", cwd=root).stdout)["intent"] == "company.cui_fa_huo"


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    (tmp_path / "file").write_text("x", encoding="utf-8")
    for folder in (tmp_path, tmp_path / "file", tmp_path / "file" / "inside"):
        done = csbot("new", "library", str(folder))
        assert done.returncode == 2
        assert done.stderr.startswith("csbot: ")
    assert {path.name for path in tmp_path.iterdir()} == {"mine.txt", "file"}


def test_a_repository_that_was_just_begun_may_hold_a_new_library(tmp_path: Path) -> None:
    (tmp_path / ".git").mkdir()
    (tmp_path / ".github").mkdir()
    (tmp_path / ".github" / "CODEOWNERS").write_text("x", encoding="utf-8")
    assert csbot("new", "library", str(tmp_path)).returncode == 0
    assert (tmp_path / ".github" / "workflows" / "csbot.yml").exists()
    assert (tmp_path / ".github" / "CODEOWNERS").read_text(encoding="utf-8") == "x"
    load_fresh(tmp_path)


ANSWERS = [
    ("名称", "催发货"),
    ("什么时候用", "客户催发货"),
    ("例句 1", "怎么还不发货"),
    ("例句 2", "能开发票吗"),  # stands in another situation
    ("例句 2", ""),
    ("主题", "small"),  # what an empty answer means does not stand there to be typed behind
    ("编号", ""),
    ("回复 1", "感谢您，这个我不知道。"),  # refused, with what to say instead
    ("回复 1", "\x15感谢您的耐心，我马上查。"),
    ("回复 2", "感谢您，{期限}内答复。"),  # there is no such slot
    ("回复 2", "\x15感谢您，{时限}内给您答复。"),
    ("回复 3", ""),  # too few
    ("回复 3", "感谢您来问，我来催。"),
    ("回复 4", ""),
    ("要素", ""),
    ("关键词", "催、发货"),
    ("拿不准", ""),
    ("出处", ""),
    ("写入吗", ""),
]


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
@pytest.mark.parametrize("terminal", ["xterm-256color", "dumb"])
def test_in_a_terminal_everything_is_asked_until_it_is_right(root: Path, terminal: str) -> None:
    pexpect = pytest.importorskip("pexpect")
    child = pexpect.spawn(
        sys.executable,
        ["-m", "csbot", "--library", str(root), "new"],
        env=environment(TERM=terminal),
        timeout=TIMEOUT,
        encoding="utf-8",
        dimensions=(50, 100),
    )
    for question, answer in ANSWERS:
        child.expect_exact(question)
        child.expect("：")
        child.send((answer.removeprefix("\x15") if terminal == "dumb" else answer) + "\r")
    child.expect_exact("已写入 small.cui_fa_huo")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 0
    library = load_fresh(root)
    intent, script = library.intents["small.cui_fa_huo"], library.scripts["small.cui_fa_huo"]
    assert intent.examples == ("怎么还不发货",)
    assert intent.keywords == ("催", "发货")
    assert intent.label == "催发货"
    assert [reply.text for reply in script.replies] == [
        "感谢您的耐心，我马上查。",
        "感谢您，{时限}内给您答复。",
        "感谢您来问，我来催。",
    ]


class Scripted:
    """Answers questions that begin as it was told; keeps what it was shown."""

    def __init__(self, answers: list[tuple[str, str]]) -> None:
        self.answers = list(answers)
        self.offered: list[str] = []
        self.told: list[str] = []

    def ask(self, question: str, default: str = "", choices: Sequence[str] = ()) -> str | None:  # noqa: ARG002
        expected, answer = self.answers.pop(0)
        assert question.startswith(expected)
        self.offered.append(default)
        return answer or default

    def tell(self, text: str) -> None:
        self.told.append(text)


TOLD = {"name": "停卡", "cue": "客户要停卡", "examples": ["我要停卡"], "keywords": [], "source": "良好实践：停卡"}


def test_replies_without_an_element_in_common_are_asked_for_again(root: Path) -> None:
    asker = Scripted(
        [
            ("主题", "gym"),
            ("这个主题的中文名称", "健身"),
            ("编号", ""),
            ("回复 1", "可以停卡。"),
            ("回复 2", "感谢您，我来停。"),
            ("回复 3", "感谢您，我马上停。"),
            ("回复 4", ""),
            ("回复 1", "感谢您，可以停卡。"),  # of what was written, only this one lacks something
            ("回复 2", ""),
            ("回复 3", ""),
            ("要素", "询问需求"),
            ("要素", "致谢"),
            ("拿不准", ""),
        ]
    )
    entry = ask_situation(asker, load_fresh(root), TOLD)
    assert not asker.answers
    assert (entry["topic"], entry["topic_name"], entry["label"]) == ("gym", "健身", "停卡")
    assert [each["text"] for each in entry["replies"]] == [
        "感谢您，可以停卡。",
        "感谢您，我来停。",
        "感谢您，我马上停。",
    ]
    assert entry["elements"] == ["thanks"]
    assert asker.offered[7:10] == ["可以停卡。", "感谢您，我来停。", "感谢您，我马上停。"]
    assert any("第 1 条一样也没有" in each and "致谢（thanks）" in each for each in asker.told)
    assert any(each.startswith("第 1、2、3 条回复里没有「询问需求」") for each in asker.told)


@pytest.mark.parametrize(
    ("answer", "said"),
    [("道谢", "没有要素「道谢」，是不是「致谢」；"), ("thank", "没有要素「thank」，是不是「thanks」；")],
)
def test_an_element_that_there_is_not_is_told_with_the_nearest(root: Path, answer: str, said: str) -> None:
    replies = [{"text": text} for text in ("感谢您，可以。", "感谢您，我来停。", "感谢您，我马上停。")]
    asker = Scripted([("主题", ""), ("编号", ""), ("要素", answer), ("要素", "致谢"), ("拿不准", "")])
    entry = ask_situation(asker, load_fresh(root), {**TOLD, "replies": replies})
    assert any(each.startswith(said) and "library --list elements" in each for each in asker.told)
    assert (entry["topic"], entry["elements"]) == ("company", ["thanks"])


@pytest.mark.parametrize("terminal", [True, False])
def test_who_waits_at_a_terminal_is_told_why(
    terminal: bool, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys.stderr, "isatty", lambda: terminal)
    monkeypatch.setattr(progress, "QUIET", 0.01)
    with progress.waiting():
        time.sleep(0.3)
    assert capsys.readouterr().err == (f"{progress.WAITING}\n" if terminal else "")
    monkeypatch.setattr(progress, "QUIET", 0.2)
    with progress.waiting():
        pass
    time.sleep(0.3)
    assert capsys.readouterr().err == ""


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
def test_what_was_answered_and_cannot_be_written_is_kept(root: Path, tmp_path: Path) -> None:
    pexpect = pytest.importorskip("pexpect")
    before = files_of(root)
    (tmp_path / "没有写入.yaml").write_text("mine", encoding="utf-8")
    child = pexpect.spawn(
        sys.executable,
        ["-m", "csbot", "--library", str(root), "new", "rule", "--banned", "稍安勿躁", "--instead", "我马上查。"],
        env=environment(TERM="dumb"),
        cwd=str(tmp_path),
        timeout=TIMEOUT,
        encoding="utf-8",
        dimensions=(50, 100),
    )
    answers = ["教训客户。", "请稍安勿躁", "您稍安勿躁", "别急", "", "请稍等", "我来查", "", ""]
    for answer in answers:
        child.expect("：(?:.company. )?$")
        child.send(answer + "\r")
    child.expect_exact("您填的都存在 没有写入1.yaml：改好以后运行 csbot new rule --from 没有写入1.yaml")
    child.expect("没有写入1.yaml:4:.* rule.bad-missed")  # at its line, like any file
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 1
    assert files_of(root) == before
    kept = tmp_path / "没有写入1.yaml"
    kept.write_text(kept.read_text(encoding="utf-8").replace("别急", "稍安勿躁嘛"), encoding="utf-8")
    done = csbot("--library", str(root), "new", "rule", "--from", str(kept), cwd=tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="no pseudo-terminals")
@pytest.mark.parametrize("key", ["\x03", "\x04"])
def test_who_stops_in_the_middle_has_written_nothing(root: Path, key: str) -> None:
    pexpect = pytest.importorskip("pexpect")
    before = files_of(root)
    arguments = ["-m", "csbot", "--library", str(root), "new", "--name", "催发货"]
    child = pexpect.spawn(sys.executable, arguments, env=environment(TERM="xterm"), timeout=TIMEOUT, encoding="utf-8")
    child.expect_exact("什么时候用")
    child.expect("：")
    child.send(key)
    child.expect_exact("没有写入")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 130
    assert files_of(root) == before


GUIDE = (ROOT / "docs" / "library.md").read_text(encoding="utf-8")


def shown(command: str) -> list[str]:
    """Return what the guide shows of a command: each time the line that is typed, and all output below it."""
    bodies = re.findall(r"^```console\n(.*?)^```$", GUIDE, re.MULTILINE | re.DOTALL)
    return [body for body in bodies if body.startswith(f"$ csbot {command}\n")]


def assert_as_shown(body: str, folder: Path, env: dict[str, str]) -> None:
    command, _, output = body.partition("\n")
    done = csbot(*shlex.split(command.removeprefix("$ csbot ")), cwd=folder, env=env)
    assert done.stdout + done.stderr == output


@pytest.mark.slow
def test_what_the_guide_shows_is_real(tmp_path: Path) -> None:
    env = environment(CSBOT_DATA_DIR=str(tmp_path / "data"))
    inbox = Inbox(tmp_path / "data" / FILE_NAME, datetime.now)
    for text in ("杯子上能刻字吗", "你们的杯子上能刻字吗，我叫王小明", "附近有停车场吗"):
        inbox.add(Kind.UNMATCHED, text)
    (listed,) = shown("inbox")
    (reply,) = re.findall("回复：(.*)", listed)
    inbox.add(Kind.BAD, "附近有停车场吗", variant="service.not_understood#3", reply=reply, wording="没有停车的话术")
    inbox.add(Kind.UNMATCHED, "刻字要加钱吗 13800138000")
    inbox.close()
    assert csbot("new", "library", str(tmp_path / "theirs"), env=env).returncode == 0
    assert_as_shown(listed, tmp_path / "theirs", env)
