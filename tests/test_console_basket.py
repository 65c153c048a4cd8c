"""The basket: replies stacked to one, judged as one, copied as one, and nothing lost by a slip."""

from __future__ import annotations

import os
import stat
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.test_console_commands import Bench as Scripted

from csbot.console.commands.external import EditorError, edit_outside
from csbot.console.prompt.toolbar import toolbar
from csbot.console.serving.progress import missing, stages
from csbot.console.state.basket import MOST, STATES_KEPT, Basket, Item
from csbot.console.state.keeping import Keeping
from csbot.replying.responder import Responder
from csbot.store.habits import Habits
from csbot.store.ledger import Ledger

NOW = datetime(2026, 3, 10, 15, 0)
GREETING, COMPLAINT, CLOSING = "greeting.regular", "complaint.want_to_complain", "service.closing"


class Bench(Scripted):
    """A desk with stores, a scripted terminal and a screen that can be read."""

    def __init__(self, responder: Responder, folder: Path) -> None:
        self.ledger = Ledger(folder / "promises.sqlite", lambda: NOW)
        super().__init__(responder, lambda: NOW, Keeping(self.ledger, Habits(folder / "habits.sqlite")))
        self.library = responder.library

    @property
    def basket(self) -> Basket:
        return self.desk.conversation.basket

    @property
    def ready(self) -> str:
        return self.desk.conversation.ready

    @property
    def situations(self) -> list[tuple[str, ...]]:
        return [item.situations for item in self.basket.items]


@pytest.fixture
def bench(responder: Responder, tmp_path: Path) -> Bench:
    return Bench(responder, tmp_path)


@pytest.fixture
def stacked(bench: Bench) -> Bench:
    """A basket of a closing, a complaint and a greeting, added in that order."""
    bench.enter("/加 " + CLOSING)
    bench.enter("/加 " + COMPLAINT)
    bench.enter("/加 " + GREETING)
    return bench


def test_replies_are_stacked_in_their_natural_order_and_copied_as_one(stacked: Bench) -> None:
    assert stacked.situations == [(GREETING,), (COMPLAINT,), (CLOSING,)]
    whole = stacked.ready
    assert whole.count("您好") == 1
    assert whole.startswith("您好")
    assert "抱歉" in whole
    assert stacked.desk.responder.guard.passes(whole)
    assert "拼 3 段" in "".join(piece[1] for piece in toolbar(stacked.desk)())
    assert "拼接已清空" in stacked.enter("")
    assert stacked.copied == [whole]
    assert stacked.basket.items == ()
    stacked.enter("")  # the paste went wrong: once more
    assert stacked.copied == [whole, whole]


def test_the_reply_on_the_screen_is_added_and_the_whole_shown(bench: Bench) -> None:
    bench.enter("请问有哪些付款方式")
    reply = bench.ready
    shown = bench.enter("/加")
    assert "拼接（1 段）" in shown
    assert "回车＝复制整段" in shown
    assert bench.ready == reply
    assert "屏幕上的就是拼好的整段" in bench.enter("/加")
    bench.enter("/下一步 1")
    assert "已经在里面" not in bench.enter("/加")
    assert len(bench.basket.items) == 2
    assert bench.basket.items[0].text == reply


def test_a_choice_of_the_screen_is_added_by_its_number(bench: Bench) -> None:
    bench.enter("请问有哪些付款方式")
    turn = bench.desk.conversation.turn
    assert turn is not None
    shown, second = turn.current, turn.variant(turn.order[1])
    assert second is not None
    bench.enter("/加 2")
    assert [item.text for item in bench.basket.items] == [second.filled.text]
    assert turn.current == shown
    assert "已经在里面" in bench.enter("/加 2")
    bench.enter("/找 结束")
    bench.enter("/加 1")
    assert len(bench.basket.items) == 2


def test_situations_are_found_as_everywhere(bench: Bench) -> None:
    shown = bench.enter("/加 结束")
    assert "service.closing" in shown
    assert "/加 数字" in shown
    assert not bench.basket.items
    assert "还没有可以加" in bench.enter("/加")
    assert "没有找到" in bench.enter("/加 量子力学")
    bench.enter("/加 service.closing#2")
    (item,) = bench.basket.items
    assert item.text == bench.library.scripts[CLOSING].replies[1].text


def test_own_words_are_added_and_drafts_too(bench: Bench) -> None:
    bench.enter("/加 > 我这就去仓库看一下。")
    bench.enter("> 看完马上告诉您。")
    bench.enter("/加")
    assert [item.title for item in bench.basket.items] == ["自己的话", "自己的话"]
    assert bench.ready == "我这就去仓库看一下。看完马上告诉您。"


def test_open_slots_are_asked_for_and_what_is_not_filled_is_not_added(bench: Bench) -> None:
    assert "没有加进去" in bench.enter("/加 service.thanks_for_waiting", None)
    assert not bench.basket.items
    bench.enter("/加 service.thanks_for_waiting", "包裹已取走")
    assert "包裹已取走" in bench.ready
    shown = bench.enter("/加 service.transfer", "售后部", "这事我不清楚", None)
    assert "shirking.not_clear" in shown
    assert len(bench.basket.items) == 1


def test_items_are_moved_removed_reworded_and_all_of_it_is_undone(stacked: Bench) -> None:
    stacked.enter("/拼 移 3 1")
    assert stacked.situations == [(CLOSING,), (GREETING,), (COMPLAINT,)]
    stacked.enter("/拼删 1")
    assert stacked.situations == [(GREETING,), (COMPLAINT,)]
    stacked.enter("/拼 改 1", "您好，")
    assert stacked.terminal.defaults[-1].startswith("您好，请问")
    assert stacked.ready.startswith("您好，给您")
    stacked.enter("／拼 改 2 我马上为您登记。")
    assert stacked.ready == "您好，我马上为您登记。"
    stacked.enter("/拼 改", "您好，我这就登记。")
    assert stacked.ready == "您好，我这就登记。"
    assert len(stacked.basket.items) == 1
    assert "已清空" in stacked.enter("/拼 清空")
    assert stacked.ready == ""
    for count in (1, 2, 2, 2, 3, 3):
        stacked.enter("/拼 撤销")
        assert len(stacked.basket.items) == count
    assert stacked.situations == [(GREETING,), (COMPLAINT,), (CLOSING,)]


def test_the_command_for_replies_edits_the_whole_where_it_is_shown(stacked: Bench) -> None:
    stacked.enter("/改", "您好，我这就登记。")
    assert [item.text for item in stacked.basket.items] == ["您好，我这就登记。"]
    stacked.enter("")
    assert stacked.copied == ["您好，我这就登记。"]
    assert not stacked.basket.items


@pytest.mark.parametrize("line", ["/拼 删", "/拼 删 9", "/拼 删 0", "/拼 移 1", "/拼 移 1 9", "/拼 改 7", "/拼 跳舞"])
def test_what_cannot_be_done_changes_nothing(stacked: Bench, line: str) -> None:
    before = stacked.basket.items
    shown = stacked.enter(line)
    assert "编号" in shown or "没有第" in shown or "写法" in shown
    assert stacked.basket.items == before


@pytest.mark.parametrize("answer", [None, "", "  "])
def test_an_edit_that_is_given_up_changes_nothing(stacked: Bench, answer: str | None) -> None:
    before = stacked.basket.items
    for line in ("/拼 改", "/拼 改 2"):
        assert "没有改动" in stacked.enter(line, answer)
        assert stacked.basket.items == before
        assert stacked.ready


def test_an_empty_basket_says_how_to_fill_it(bench: Bench) -> None:
    for line in ("/拼", "/拼 删 1", "/拼 清空"):
        assert "F5" in bench.enter(line)
    assert "没有可以撤销" in bench.enter("/拼 撤销")


def test_the_whole_is_judged_and_a_violation_is_never_copied(stacked: Bench) -> None:
    shown = stacked.enter("/加 > 这人真是有病")
    assert "不能发送" in shown
    assert stacked.ready == ""
    stacked.enter("")
    assert stacked.copied == []
    shown = stacked.enter("/拼 改 3 这个我不清楚。")
    assert "shirking.not_clear" in shown or "有病" in shown
    stacked.enter("/拼 清空")
    stacked.enter("/加 > 这个我不清楚。")
    assert stacked.ready == "这个我帮您核实清楚后回复您。"  # the rewriting
    stacked.enter("")
    assert stacked.copied == ["这个我帮您核实清楚后回复您。"]
    assert stacked.basket.items == ()


def test_a_whole_that_was_refused_can_only_be_sent_as_a_step_of_its_own(stacked: Bench) -> None:
    stacked.enter("/加 > 这人真是有病。")
    shown = stacked.enter("/仍要发送")
    assert "理由" in shown
    assert stacked.copied == []
    assert stacked.basket.items


def test_what_two_clean_parts_make_together_is_judged(bench: Bench) -> None:
    bench.enter("/加 > 这件事我也没")
    assert bench.ready
    shown = bench.enter("/加 > 办法，请您稍候。")
    assert "shirking.me_no_way" in shown
    assert "我也没办法" not in bench.ready


def test_an_open_slot_typed_into_the_whole_is_not_copied(stacked: Bench) -> None:
    assert "还有没填的变量" in stacked.enter("/拼 改 2 【时限】内给您答复。")
    assert stacked.ready == ""


def test_the_whole_feeds_the_ledger_once(stacked: Bench) -> None:
    stacked.enter("")
    stacked.enter("")
    stacked.enter("/拼 撤销")
    stacked.enter("/拼 改 1 您好，")
    stacked.enter("")
    (promise,) = stacked.ledger.open_promises()
    assert promise.text == stacked.copied[-1]
    stacked.enter("/加 " + COMPLAINT)  # a new basket, a new promise
    stacked.enter("")
    assert len(stacked.ledger.open_promises()) == 2


def test_a_copied_basket_counts_for_the_progress(bench: Bench) -> None:
    bench.enter("我要投诉")
    bench.enter("/加")
    bench.enter("/加 " + GREETING)
    bench.enter("/加 " + CLOSING)
    bench.enter("")
    conversation = bench.desk.conversation
    assert conversation.waiting_since is None
    assert list(conversation.progress.taken) == [GREETING, COMPLAINT, CLOSING]
    assert missing(conversation, bench.library) == []
    assert [name for name, done in stages(conversation, bench.library) if done] == ["接待", "理解", "留住"]


def test_a_reworded_item_must_say_itself_what_is_required(bench: Bench) -> None:
    bench.enter("我要投诉")
    bench.enter("/加")
    bench.enter("/拼 改 1 好的，请您告诉我事情的经过。")
    bench.enter("")
    lacking = missing(bench.desk.conversation, bench.library)
    assert any("致歉" in name for name in lacking)


def test_a_variant_in_the_basket_counts_as_used(bench: Bench) -> None:
    bench.enter("/加 " + CLOSING)
    bench.enter("/加 " + CLOSING)
    first, second = bench.basket.items
    assert first.text != second.text


def test_another_reply_does_not_touch_the_basket(stacked: Bench) -> None:
    stacked.enter("请问有哪些付款方式")
    assert "拼接里还有 3 段" in stacked.enter("")
    assert len(stacked.basket.items) == 3
    assert "3 段" in stacked.enter("/拼")
    stacked.enter("")
    assert len(stacked.copied) == 2


def test_every_customer_has_a_basket(stacked: Bench) -> None:
    stacked.enter("/新客户")
    assert stacked.basket.items == ()
    assert "拼接：" in stacked.enter("/切换 1")
    assert len(stacked.basket.items) == 3
    stacked.enter("/结束", None)
    assert "拼了 3 段没复制" in stacked.terminal.asked[-1]
    assert len(stacked.desk.conversations) == 2


def test_the_basket_is_bounded(bench: Bench) -> None:
    for number in range(MOST + 3):
        shown = bench.enter(f"/加 > 第{number}件事我来办。")
    assert len(bench.basket.items) == MOST
    assert "太长了" in shown


texts = st.text(st.characters(codec="utf-8"), min_size=1, max_size=5)


@given(st.lists(st.tuples(texts, st.sampled_from(("greeting", "body", "closing"))), max_size=12), st.data())
def test_undoing_everything_leaves_an_empty_basket(parts: list[tuple[str, str]], data: st.DataObject) -> None:
    basket = Basket()
    for text, part in parts:
        basket.add(Item(text, "", part))
    assert sorted(item.text for item in basket.items) == sorted(text for text, _ in parts)
    ranks = [("greeting", "body", "closing").index(item.part) for item in basket.items]
    assert ranks == sorted(ranks)
    if parts:
        before = basket.items
        position, target = (data.draw(st.integers(1, len(parts))) for _ in range(2))
        basket.move(position, target)
        assert basket.items[target - 1] is before[position - 1]
        basket.undo()
        assert basket.items == before
    while basket.undo():
        pass
    assert basket.items == ()


def test_only_so_many_states_are_kept() -> None:
    basket = Basket()
    for number in range(STATES_KEPT + 5):
        basket.add(Item(str(number), ""))
    undone = 0
    while basket.undo():
        undone += 1
    assert undone == STATES_KEPT


def editor(folder: Path, script: str) -> str:
    """Return an editor that runs a shell script over the file, and tells the file's name and mode."""
    path = folder / "editor.sh"
    path.write_text(f'#!/bin/sh\nstat -c "%a %n" "$1" > "{folder}/seen"\n{script}\n', encoding="utf-8")
    path.chmod(0o700)
    return str(path)


def seen(folder: Path) -> tuple[str, Path]:
    mode, _, name = (folder / "seen").read_text(encoding="utf-8").strip().partition(" ")
    return mode, Path(name)


needs_shell = pytest.mark.skipif(os.name != "posix", reason="the editor of the test is a shell script")


@needs_shell
def test_the_own_editor_sees_a_private_file_that_is_gone_afterwards(
    stacked: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", editor(tmp_path, "printf '您好，我这就登记。\\n' > \"$1\""))
    stacked.enter("/拼 编辑 2")
    assert stacked.basket.items[1].text == "您好，我这就登记。"
    mode, name = seen(tmp_path)
    assert int(mode, 8) == stat.S_IRUSR | stat.S_IWUSR
    assert not name.exists()
    stacked.enter("/拼 编辑")
    assert stacked.ready == "您好，我这就登记。"


@needs_shell
@pytest.mark.parametrize(
    ("script", "expected"),
    [
        ("exit 1", "没能打开"),
        ("printf '\\377\\376' > \"$1\"", "读不出来"),
        ("exit 0", "没有改动"),
        (': > "$1"', "没有改动"),
        ('rm "$1"', "读不出来"),
    ],
)
def test_an_editor_that_fails_changes_nothing(
    stacked: Bench, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, script: str, expected: str
) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    monkeypatch.setenv("EDITOR", editor(tmp_path, script))
    before = stacked.basket.items
    assert expected in stacked.enter("/拼 编辑")
    assert stacked.basket.items == before
    assert not seen(tmp_path)[1].exists()


def test_an_editor_that_is_not_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("VISUAL", raising=False)
    for command in ("/nowhere/editor", "vi 'unclosed"):
        monkeypatch.setenv("EDITOR", command)
        with pytest.raises(EditorError):
            edit_outside("您好")
