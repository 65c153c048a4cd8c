"""What agents meet is kept without what tells of anybody, and one command makes it part of the library."""

from __future__ import annotations

import json
import os
import sqlite3
import stat
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.support import INTENTS, Clock, csbot, environment, write_library
from tests.test_console_commands import Bench

from csbot.authoring.restoring import MARK, restored
from csbot.console.state.keeping import Keeping, keeping_at
from csbot.library.load import load_fresh
from csbot.library.models import Library
from csbot.library.values import Reply
from csbot.replying.responder import Responder
from csbot.store import inbox as module
from csbot.store.database import StoreError, data_directory
from csbot.store.inbox import FILE_NAME, KEPT, Inbox, Kind

NOW = datetime(2026, 11, 20, 15, 0)
SECRET = "阿依古丽"


def files(root: Path) -> dict[str, bytes]:
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in root.rglob("*") if path.is_file()}


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def inbox(tmp_path: Path, clock: Clock) -> Inbox:
    return Inbox(tmp_path / "data" / FILE_NAME, clock)


def test_what_was_met_is_kept_anonymous_and_counted(inbox: Inbox, clock: Clock) -> None:
    for number in ("13800138000", "13900139000"):
        inbox.add(Kind.UNMATCHED, f"刻字吗，我叫王小明，{number}")
        clock.now += timedelta(hours=1)
    inbox.add(Kind.AMBIGUOUS, "刻字吗")
    first, second = inbox.all()
    assert (first.kind, first.text, first.times) == (Kind.UNMATCHED, "刻字吗，我叫【某人】，【号码】", 2)
    assert first.last == NOW + timedelta(hours=1)
    assert (second.kind, second.text, second.times) == (Kind.AMBIGUOUS, "刻字吗", 1)
    assert inbox.remove([first.id, 99]) == 1
    assert inbox.clear() == 1
    assert inbox.all() == []


def test_every_text_is_made_anonymous(inbox: Inbox) -> None:
    secret = "订单SF1234567890，阿依古丽"
    inbox.add(Kind.EDITED, secret, variant="a.b#1", reply=secret, wording=secret, known=["阿依古丽"])
    (met,) = inbox.all()
    assert {met.text, met.reply, met.wording} == {"订单【号码】，【资料】"}
    inbox.close()
    content = b"".join(path.read_bytes() for path in inbox._database.path.parent.iterdir())
    assert "阿依古丽".encode() not in content
    assert b"1234567890" not in content


def test_a_reason_joins_the_rating_that_it_is_of(inbox: Inbox) -> None:
    inbox.add(Kind.BAD, "能退吗", variant="a.b#1", reply="好的")
    inbox.add(Kind.BAD, "能退吗", variant="a.b#1", reply="好的", wording="没说多久")
    assert [(each.wording, each.times) for each in inbox.all()] == [("没说多久", 1)]


def test_what_is_old_and_what_is_too_much_goes(inbox: Inbox, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "MOST", 3)
    inbox.add(Kind.UNMATCHED, "最早的话")
    clock.now += KEPT + timedelta(seconds=1)
    assert inbox.all() == []
    for text in ("甲的话", "乙的话", "丙的话", "丁的话"):
        clock.now += timedelta(minutes=1)
        inbox.add(Kind.UNMATCHED, text)
    assert [each.text for each in inbox.all()] == ["乙的话", "丙的话", "丁的话"]


@pytest.mark.skipif(os.name != "posix", reason="modes are those of POSIX")
def test_the_file_is_its_owners_alone(inbox: Inbox) -> None:
    inbox.add(Kind.UNMATCHED, "刻字吗")
    for path in inbox._database.path.parent.iterdir():
        assert stat.S_IMODE(path.stat().st_mode) == 0o600, path


def test_a_file_that_is_no_database_is_told_in_chinese(inbox: Inbox) -> None:
    inbox._database.path.parent.mkdir()
    inbox._database.path.write_bytes(b"x" * 5000)
    with pytest.raises(StoreError, match="收件箱已损坏"):
        inbox.add(Kind.UNMATCHED, "刻字吗")


@pytest.mark.slow
@given(st.text(max_size=60), st.text(max_size=60))
def test_any_text_can_be_kept(tmp_path_factory: pytest.TempPathFactory, text: str, wording: str) -> None:
    inbox = Inbox(tmp_path_factory.mktemp("inbox") / FILE_NAME, lambda: NOW)
    inbox.add(Kind.BAD, text, variant="a.b#1", reply=text, wording=wording)
    assert len(inbox.all()) == 1
    inbox.close()


# In the console.


@pytest.fixture
def bench(responder: Responder, inbox: Inbox) -> Bench:
    bench = Bench(responder)
    bench.desk.keeping = Keeping(inbox=inbox)
    return bench


def test_the_console_keeps_what_it_does_not_recognise(bench: Bench, inbox: Inbox) -> None:
    bench.enter("今天天气怎么样")
    bench.enter("我要投诉")
    bench.enter("今天天气怎么样")
    assert [(each.kind, each.text, each.times) for each in inbox.all()] == [(Kind.UNMATCHED, "今天天气怎么样", 2)]


@pytest.mark.parametrize(
    ("line", "kind", "wording"),
    [
        ("+", Kind.GOOD, ""),
        ("＋", Kind.GOOD, ""),
        ("/好", Kind.GOOD, ""),
        ("-", Kind.BAD, ""),
        ("- 太长了", Kind.BAD, "太长了"),
        ("－ 太长了", Kind.BAD, "太长了"),
        ("/差 太长了", Kind.BAD, "太长了"),
        ("/差", Kind.BAD, ""),
    ],
)
def test_one_key_rates_the_reply_on_the_screen(bench: Bench, inbox: Inbox, line: str, kind: Kind, wording: str) -> None:
    bench.enter("我要投诉")
    turn, ready = bench.desk.conversation.turn, bench.ready
    assert "记下了" in bench.enter(line)
    assert bench.desk.conversation.turn is turn
    assert bench.ready == ready
    (met,) = inbox.all()
    assert (met.kind, met.text, met.wording) == (kind, "我要投诉", wording)
    assert met.variant.startswith("complaint.want_to_complain#")


def test_without_a_reply_there_is_nothing_to_rate(bench: Bench, inbox: Inbox) -> None:
    assert "还没有可以评价的回复" in bench.enter("/好")
    bench.enter("-5度能用吗")
    assert bench.desk.conversation.turn is not None
    assert bench.desk.conversation.turn.message == "-5度能用吗"
    bench.enter("-10度呢")
    assert bench.desk.conversation.turn.message == "-10度呢"
    assert {each.kind for each in inbox.all()} <= {Kind.UNMATCHED, Kind.AMBIGUOUS}


def test_a_reply_that_an_agent_reworded_is_kept_once_it_is_good(bench: Bench, inbox: Inbox) -> None:
    bench.enter("我要投诉")
    before = bench.ready
    bench.enter("/改", "这个我不知道", "非常抱歉，您的投诉我来登记。")
    (met,) = inbox.all()
    assert (met.kind, met.text, met.wording) == (Kind.EDITED, "我要投诉", "非常抱歉，您的投诉我来登记。")
    assert met.reply == before[:300]


def test_a_company_may_switch_it_off(bench: Bench, inbox: Inbox, library: Library) -> None:
    off = Library(
        library.root, "", "", {**library.data, "phrasebook/settings.yaml": {"profiles": [], "inbox": "false"}}
    )
    assert library.keeps_inbox
    assert not off.keeps_inbox
    real = bench.desk.responder.library
    try:
        bench.desk.responder.library = off
        bench.enter("今天天气怎么样")
        assert "没有地方存" in bench.enter("+")
    finally:
        bench.desk.responder.library = real
    assert inbox.all() == []


def test_nothing_is_kept_without_a_data_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CSBOT_DATA_DIR", "")
    assert keeping_at(lambda: NOW, data_directory()).inbox is None
    monkeypatch.setenv("CSBOT_DATA_DIR", str(tmp_path))
    assert keeping_at(lambda: NOW, data_directory()).inbox is not None


def test_a_full_disk_stops_no_answer(bench: Bench, inbox: Inbox) -> None:
    def refuse(*_: object, **__: object) -> sqlite3.Connection:
        raise sqlite3.OperationalError("database or disk is full")

    inbox._database._connect = refuse
    assert "没有完全理解" in bench.enter("今天天气怎么样") or bench.ready
    assert "评价没有存下" in bench.enter("+")


# The command.


# Messages of no situation: a handful of examples alone would take strangers for customers.
STRANGERS = (
    "上海的房价还会涨吗",
    "附近有什么好吃的",
    "帮我写首诗",
    "周末去哪里玩好",
    "这道题怎么做",
    "猫为什么怕水",
    "停车场在哪一层",
    "杯子是什么材料",
    "字写得好看有什么窍门",
    "哪里可以学游泳",
    "衣服上可以印照片吗",
    "刻一个章要多久",
    "昨天的球赛谁赢了",
    "明天会下雨么",
)


def written(folder: Path) -> Path:
    return write_library(folder, intents=INTENTS + "".join(f"  - {text}\n" for text in STRANGERS))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    return written(tmp_path / "库")


@pytest.fixture
def env(tmp_path: Path) -> dict[str, str]:
    return environment(CSBOT_DATA_DIR=str(tmp_path / "data"))


def filled(inbox: Inbox) -> Inbox:
    for text in ("杯子上可以刻字吗", "杯子上可以刻字么，我叫王小明", "附近哪里有停车场"):
        inbox.add(Kind.UNMATCHED, text)
    inbox.add(Kind.BAD, "能开发票吗", variant="payment.invoice#1", reply="感谢您", wording="没说税号")
    inbox.close()
    return inbox


def test_an_empty_inbox_is_said_to_be_empty(root: Path, env: dict[str, str], tmp_path: Path) -> None:
    for each in (env, environment(CSBOT_DATA_DIR="")):
        done = csbot("--library", str(root), "inbox", env=each)
        assert (done.returncode, done.stdout) == (0, "收件箱是空的。\n")
    assert not (tmp_path / "data").exists()


@pytest.mark.slow
def test_messages_are_listed_in_groups(root: Path, env: dict[str, str], inbox: Inbox) -> None:
    filled(inbox)
    done = csbot("--library", str(root), "inbox", "--now", "2026-11-20T16:00", env=env)
    assert done.returncode == 1
    assert "没认出来的话（2 组，3 次）" in done.stdout
    assert "  #1  2 次" in done.stdout
    assert "「杯子上可以刻字么，我叫【某人】」" in done.stdout
    assert "  #4  payment.invoice#1  1 次  原因：没说税号" in done.stdout
    done = csbot("--library", str(root), "inbox", "--now", "2026-11-20T16:00", "--json", env=env)
    said = json.loads(done.stdout)
    assert [[each["id"] for each in group["messages"]] for group in said["groups"]] == [[1, 2], [3]]
    assert said["replies"][0]["wording"] == "没说税号"


@pytest.mark.slow
def test_a_group_becomes_examples(root: Path, env: dict[str, str], inbox: Inbox) -> None:
    filled(inbox)
    now = ("--now", "2026-11-20T16:00")
    before = (root / "intents.yaml").read_bytes()
    done = csbot("--library", str(root), *now, "inbox", "example", "2", "payment.methods", "--dry-run", env=env)
    assert "+      - 杯子上可以刻字么" in done.stdout
    assert (root / "intents.yaml").read_bytes() == before
    done = csbot("--library", str(root), *now, "inbox", "example", "2", "payment.methods", env=env)
    assert done.returncode == 0, done.stderr
    assert load_fresh(root).intents["payment.methods"].examples[-2:] == ("杯子上可以刻字吗", "杯子上可以刻字么")
    assert [each.id for each in inbox.all()] == [3, 4]


@pytest.mark.slow
def test_a_group_becomes_a_situation(root: Path, env: dict[str, str], inbox: Inbox) -> None:
    filled(inbox)
    replies = [word for text in ("可以", "能", "行的") for word in ("--reply", f"感谢您来问，{text}刻字。")]
    arguments = ("--library", str(root), "--now", "2026-11-20T16:00", "inbox", "new", "1", "--name", "刻字")
    done = csbot(*arguments, "--cue", "客户问刻字", *replies, env=env)
    assert done.returncode == 0, done.stderr
    assert load_fresh(root).intents["company.ke_zi"].examples == ("杯子上可以刻字吗", "杯子上可以刻字么")
    assert [each.id for each in inbox.all()] == [3, 4]


@pytest.mark.slow
def test_what_is_refused_stays_in_the_inbox(root: Path, env: dict[str, str], inbox: Inbox) -> None:
    filled(inbox)
    before = (root / "intents.yaml").read_bytes()
    now = ("--library", str(root), "--now", "2026-11-20T16:00", "inbox")
    bad = [word for text in ("可以", "能", "行的") for word in ("--reply", f"感谢您来问，{text}，别的不知道。")]
    cases: list[tuple[int, str, list[str]]] = [
        (2, "是不是「payment.methods」", ["example", "1", "payment.method"]),
        (2, "由坐席选用", ["example", "1", "service.not_understood"]),
        (2, "没有 #9", ["example", "9", "payment.methods"]),
        (2, "没有 #9", ["dismiss", "9"]),
        (2, "写明去掉哪几组", ["dismiss"]),
        (2, "缺少选项 --name、--cue、--reply", ["new", "1"]),
        (1, "reply.forbidden", ["new", "1", "--name", "刻字", "--cue", "刻字", *bad]),
    ]
    for code, said, arguments in cases:
        done = csbot(*now, *arguments, env=env)
        assert done.returncode == code, done.stderr
        assert said in done.stderr
    assert len(inbox.all()) == 4
    assert (root / "intents.yaml").read_bytes() == before


@pytest.mark.slow
def test_entries_are_dismissed_by_group_by_one_or_all(root: Path, env: dict[str, str], inbox: Inbox) -> None:
    filled(inbox)
    now = ("--library", str(root), "--now", "2026-11-20T16:00", "inbox", "dismiss")
    assert csbot(*now, "1", "--one", env=env).stdout == "去掉了 1 条。\n"
    assert [each.id for each in inbox.all()] == [2, 3, 4]
    inbox.add(Kind.UNMATCHED, "怎么付款")  # an example of the library: recognised by now
    assert csbot(*now, "--recognised", env=env).stdout == "去掉了 1 条。\n"
    assert csbot(*now, "--all", env=env).stdout == "去掉了 3 条。\n"
    assert inbox.all() == []


@pytest.mark.slow
def test_a_situation_of_a_lower_layer_is_supplemented(tmp_path: Path, env: dict[str, str], inbox: Inbox) -> None:
    base, layer = written(tmp_path / "base"), tmp_path / "layer"
    layer.mkdir()
    (layer / "layer.yaml").write_text("level: 公司\nname: 示例\nextends: ../base\n", encoding="utf-8")
    filled(inbox)
    now = ("--library", str(layer), "--now", "2026-11-20T16:00", "inbox")
    done = csbot(*now, "example", "1", "payment.invoice", env=env)
    assert done.returncode == 0, done.stderr
    assert "change: add" in (layer / "intents.yaml").read_text(encoding="utf-8")
    assert load_fresh(layer).intents["payment.invoice"].examples[-1] == "杯子上可以刻字么"
    done = csbot(*now, "example", "3", "payment.invoice", env=env)
    assert done.returncode == 0, done.stderr
    assert (layer / "intents.yaml").read_text(encoding="utf-8").count("payment.invoice") == 1
    assert base.exists()


def test_a_broken_inbox_is_no_traceback(root: Path, env: dict[str, str], tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / FILE_NAME).write_bytes(b"x" * 5000)
    for arguments in (("inbox",), ("inbox", "dismiss", "--all"), ("inbox", "example", "1", "payment.methods")):
        done = csbot("--library", str(root), *arguments, env=env)
        assert done.returncode == 2
        assert "收件箱已损坏" in done.stderr


# A reply that an agent reworded becomes one more wording of it.


@pytest.mark.parametrize(
    ("template", "shown", "wording", "wanted"),
    [
        ("{时限}内答复您。", "24小时内答复您。", "24小时内一定回电。", "{时限}内一定回电。"),
        ("{时限}内答复您。", "24小时内答复您。", "我来查，24小时内答复。", "我来查，{时限}内答复。"),
        ("{姓氏}{称谓}，您好。", "【某人】女士，您好。", "【某人】女士，早。", "{姓氏}{称谓}，早。"),
        (
            "{姓氏}{称谓}，您好。",
            "王女士，您好。",
            "您好，王女士，国王牌也有货。",
            "您好，{姓氏}{称谓}，国王牌也有货。",
        ),
        ("{问候}，请稍等。", "早上好，请稍等。", "早上好！请您稍等。", "{问候}！请您稍等。"),
        ("请稍等。", "请稍等。", "请稍等，{您}。", "请稍等，{您}。"),
        ("{时限}内、{等待时间}内", "2天内、2天内", "2天内、2天内办", "{时限}内、{等待时间}内办"),
        ("别的回复{时限}", "24小时内答复您。", "24小时内办。", "24小时内办。"),
    ],
)
def test_what_was_filled_in_goes_back_to_its_slot(template: str, shown: str, wording: str, wanted: str) -> None:
    found = restored(template, shown, wording)
    assert found.text == wanted
    assert found.masked == tuple(MARK.findall(wanted))


TEMPLATE = "感谢您的来询，发票会在{时限}内寄出。"
EDITED = "感谢您的来询，电子发票会在48小时内发到您的邮箱。"
RESTORED = "感谢您的来询，电子发票会在{时限}内发到您的邮箱。"


def reworded(
    inbox: Inbox, wording: str = EDITED, known: tuple[str, ...] = (), variant: str = "payment.invoice#1"
) -> None:
    shown = TEMPLATE.replace("{时限}", "48小时")
    inbox.add(Kind.EDITED, "能开发票吗", variant=variant, reply=shown, wording=wording, known=known)
    inbox.close()


@pytest.mark.slow
def test_a_reworded_reply_becomes_one_more_wording(root: Path, env: dict[str, str], inbox: Inbox) -> None:
    reworded(inbox)
    now = ("--library", str(root), "--now", "2026-11-20T16:00", "inbox")
    assert "csbot inbox reply 编号" in csbot(*now, env=env).stdout
    before = files(root)
    done = csbot(*now, "reply", "1", "--dry-run", env=env)
    assert RESTORED in done.stdout
    assert files(root) == before
    done = csbot(*now, "reply", "1", env=env)
    assert done.returncode == 0, done.stderr
    assert done.stdout.startswith("已写入 payment.invoice#4：scripts_library/small.yaml")
    assert load_fresh(root).scripts["payment.invoice"].replies[-1] == Reply(RESTORED, "短", ())
    assert inbox.all() == []


def test_a_reworded_reply_keeps_its_conditions(root: Path, env: dict[str, str], inbox: Inbox) -> None:
    path = root / "scripts_library" / "small.yaml"
    text = path.read_text(encoding="utf-8")
    line = f'      - text: "{TEMPLATE}"\n'
    path.write_text(text.replace(line, f"{line}        when: {{mood: 着急}}\n"), encoding="utf-8")
    reworded(inbox)
    done = csbot("--library", str(root), "--now", "2026-11-20T16:00", "inbox", "reply", "1", env=env)
    assert done.returncode == 0, done.stderr
    assert load_fresh(root).scripts["payment.invoice"].replies[-1].when == (("mood", "着急"),)


@pytest.mark.parametrize(
    ("wording", "arguments", "code", "said"),
    [
        ("感谢您，这个我不知道。", [], 1, "（回复）:1:1: reply.forbidden 第 4 条回复含有「不知道」"),
        ("发票会在48小时内寄出。", [], 1, "reply.element 第 4 条回复缺少要素「致谢」"),
        (f"感谢您，{SECRET}的发票寄出了。", [], 2, "请用 --text 写出整句"),
        (f"感谢您，{SECRET}的发票寄出了。", ["--text", "感谢您，【资料】的发票。"], 2, "还有遮住的地方：【资料】"),
        ("感谢您" + "，这就办" * 80, [], 2, "只留了前 300 个字"),
        ("感谢您的来询，发票会在48小时内寄出。", [], 1, "reply.duplicate"),
        ("感谢您，{编号}。", [], 2, "没有叫「编号」的变量"),
        (EDITED, ["--intent", "payment.invoce"], 2, "是不是「payment.invoice」"),
    ],
)
def test_a_wording_that_is_not_good_stays_in_the_inbox(
    root: Path, env: dict[str, str], inbox: Inbox, wording: str, arguments: list[str], code: int, said: str
) -> None:
    reworded(inbox, wording, known=(SECRET,))
    before = files(root)
    now = ("--library", str(root), "--now", "2026-11-20T16:00", "inbox")
    done = csbot(*now, "reply", "1", *arguments, env=env)
    assert done.returncode == code, done.stdout + done.stderr
    assert said in done.stderr
    assert SECRET not in done.stderr
    assert files(root) == before
    assert len(inbox.all()) == 1


@pytest.mark.slow
def test_what_is_no_reworded_reply_needs_a_text_and_a_situation(root: Path, env: dict[str, str], inbox: Inbox) -> None:
    filled(inbox)
    now = ("--library", str(root), "--now", "2026-11-20T16:00", "inbox", "reply")
    assert "没有 #9" in csbot(*now, "9", env=env).stderr
    assert "请加 --intent" in csbot(*now, "1", env=env).stderr
    assert "不是坐席改过的回复" in csbot(*now, "4", env=env).stderr
    done = csbot(*now, "4", "--text", "感谢您，请把税号发给我。", env=env)
    assert done.returncode == 0, done.stderr
    assert load_fresh(root).scripts["payment.invoice"].replies[-1].text == "感谢您，请把税号发给我。"


def test_a_script_of_a_lower_layer_is_supplemented(tmp_path: Path, env: dict[str, str], inbox: Inbox) -> None:
    base, layer = written(tmp_path / "base"), tmp_path / "layer"
    before = files(base)
    layer.mkdir()
    (layer / "layer.yaml").write_text("level: 公司\nname: 示例\nextends: ../base\n", encoding="utf-8")
    reworded(inbox)
    done = csbot("--library", str(layer), "--now", "2026-11-20T16:00", "inbox", "reply", "1", env=env)
    assert done.returncode == 0, done.stderr
    assert load_fresh(layer).scripts["payment.invoice"].replies[-1].text == RESTORED
    assert files(base) == before
