"""Keystrokes and seconds for a reply: csbot beside a text file of canned replies that is searched with grep.

Seconds are those of the keystroke-level model (Card, Moran & Newell, "The keystroke-level model for user performance
time with interactive systems", Communications of the ACM 23(7), 1980): a sum of operators, the same for both ways.
What the system needs is measured.
"""

from __future__ import annotations

import re
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.tables import print_note, print_table

if TYPE_CHECKING:
    from csbot.replying.responder import Responder
    from csbot.searching.index import SearchIndex

AVERAGE, GOOD = 0.28, 0.20  # K, seconds a key: an average typist (40 words a minute), a good one (55)
POINT, CLICK, HOME, THINK = 1.1, 0.2, 0.4, 1.35  # P, BB, H, M
GLANCE = 0.23  # one eye movement (Card, Moran & Newell 1983): what a line costs that is read and passed over
NOW = datetime(2026, 11, 22, 10, 0)


@dataclass(frozen=True, slots=True)
class Case:
    """A message, the situations that it is of, and for each the words that an agent would search for, in order."""

    kind: str
    message: str
    wanted: tuple[str, ...]
    words: tuple[tuple[str, ...], ...]


CLEAR, EVERYDAY, UPSET, LONG_WINDED, GIVEN, TWO = (
    "plain",
    "colloquial, typing errors",
    "upset",
    "long",
    "with data",
    "two matters",
)

CASES = (
    Case(CLEAR, "可以货到付款吗", ("payment.cash_on_delivery",), (("货到付款",),)),
    Case(CLEAR, "我要开发票", ("payment.invoice",), (("发票",),)),
    Case(CLEAR, "怎么修改密码", ("password.change",), (("修改密码", "密码"),)),
    Case(CLEAR, "我想取消订单", ("order.cancel",), (("取消",),)),
    Case(CLEAR, "这件衣服还有货吗", ("order.stock",), (("有货", "货"),)),
    Case(CLEAR, "会员卡丢了怎么办", ("member.card_lost",), (("会员卡", "遗失"),)),
    Case(EVERYDAY, "俺的快递咋还没到咧", ("order.where_is_it",), (("快递", "物流"),)),
    Case(EVERYDAY, "能不能便宜点儿呀", ("order.price_discount",), (("便宜", "优惠"),)),
    Case(EVERYDAY, "密马忘了登不上去", ("password.forgot",), (("忘记密码", "密码"),)),
    Case(EVERYDAY, "付钱付不了，老是转圈圈", ("payment.failed",), (("付款", "支付"),)),
    Case(EVERYDAY, "你们几点下班啊", ("service.hours_contact",), (("服务时间", "时间"),)),
    Case(EVERYDAY, "给我转人工，别机器人了", ("service.human_agent",), (("人工",),)),
    Case(UPSET, "等了一个小时都没人理我，你们都死了吗", ("complaint.slow_response",), (("回应慢", "久等", "等"),)),
    Case(UPSET, "什么破公司，开着有什么用", ("complaint.company_worthless",), (("公司",),)),
    Case(UPSET, "我要投诉你们的送货员", ("complaint.want_to_complain",), (("投诉",),)),
    Case(UPSET, "叫你们经理来跟我说", ("complaint.want_manager",), (("经理", "领导"),)),
    Case(UPSET, "上一个客服说话太难听了，什么态度", ("complaint.other_agent_attitude",), (("态度",),)),
    Case(UPSET, "你们这是乱扣费，莫名其妙扣我两次钱", ("complaint.overcharge",), (("扣费", "扣款"),)),
    Case(
        LONG_WINDED,
        "你好，我上个月在你们这里买了一台洗衣机，用了还不到三个星期就漏水，地板都泡坏了，这质量也太差了吧",
        ("order.quality_problem",),
        (("质量",),),
    ),
    Case(
        LONG_WINDED,
        "我前几天反映的那个问题，当时说会有人联系我，到现在三天过去了一个电话都没有，到底处理得怎么样了",
        ("complaint.progress",),
        (("进度",),),
    ),
    Case(
        LONG_WINDED,
        "这个月话费单子出来吓我一跳，平时也就五六十块钱，这次怎么跳到两百多了，我也没打什么长途",
        ("telecom.bill_too_high",),
        (("话费",),),
    ),
    Case(
        LONG_WINDED,
        "收到的包裹打开一看，里面只有两件，我明明下单的是三件，少的那件是不是你们忘记装了",
        ("order.missing_item",),
        (("少发",),),
    ),
    Case(GIVEN, "帮我查一下订单20261122001到哪里了", ("order.where_is_it",), (("物流",),)),
    Case(GIVEN, "我姓王，订单QX20261120不想要了，帮我退了", ("order.return_exchange",), (("退货", "退换"),)),
    Case(GIVEN, "发票抬头开错了，订单号2026111500017，麻烦重开", ("payment.invoice_reissue",), (("重开", "发票"),)),
    Case(GIVEN, "我是李女士，我的手机摔坏了想修一下", ("order.repair",), (("维修",),)),
    Case(
        TWO,
        "可以货到付款吗？另外能开发票吗",
        ("payment.cash_on_delivery", "payment.invoice"),
        (("货到付款",), ("发票",)),
    ),
    Case(
        TWO,
        "等半天没人回我。我的快递到底到哪了",
        ("complaint.slow_response", "order.where_is_it"),
        (("回应慢", "久等", "等"), ("物流",)),
    ),
    Case(
        TWO, "密码忘了怎么办？还有积分怎么查", ("password.forgot", "member.points"), (("忘记密码", "密码"), ("积分",))
    ),
    Case(TWO, "谢谢你帮我解决了问题，再见", ("courtesy.customer_thanks", "courtesy.goodbye"), (("致谢",), ("告别",))),
)


@dataclass(slots=True)
class Cost:
    """What a reply costs: keys, clicks, and the operators of the model beside them; ``system`` in seconds."""

    keys: int = 0
    clicks: int = 0
    points: int = 0
    homes: int = 0
    thoughts: int = 0
    glances: int = 0
    system: float = 0.0
    notes: list[str] = field(default_factory=list)

    def seconds(self, key: float) -> float:
        """Return the seconds at so many seconds a key."""
        hands = self.keys * key + self.clicks * CLICK + self.points * POINT + self.homes * HOME
        return hands + self.thoughts * THINK + self.glances * GLANCE + self.system

    def mouse(self, clicks: int) -> None:
        """Take the mouse, point at something, click, and go back to the keyboard."""
        self.homes += 2
        self.points += 1
        self.clicks += clicks


def typed(text: str) -> int:
    """Return the keys that a text takes: full pinyin without tones for every run of Chinese, and one to select it."""
    from csbot.text.pinyin import reading

    keys = 0
    for run in re.findall("[\u4e00-\u9fff]+|[^\u4e00-\u9fff]+", text):
        chinese = "\u4e00" <= run[0] <= "\u9fff"
        keys += sum(len(reading(character)) for character in run) + 1 if chinese else len(run)
    return keys


VALUES = {"姓氏": "王", "称谓": "女士", "订单号": "20261122001"}  # of any other slot its example


def _send(cost: Cost) -> None:
    """Go back to the chat window (Alt-Tab), paste (Ctrl-V), send (Enter): the same for both."""
    cost.keys += 2 + 2 + 1


def _search(cost: Cost, index: SearchIndex, wanted: str, words: Sequence[str]) -> str:
    """Look for a situation with a slash and a word, as far as the words go, and take it from the list by its number."""
    for word in words:
        cost.thoughts += 1
        cost.keys += 1 + typed(word) + 1
        found = [each.id for each in index.search(word, {}, 9)]
        if wanted in found:
            cost.glances += found.index(wanted) + 1 if len(found) > 1 else 0
            cost.keys += 2 if len(found) > 1 else 0  # the number, Enter; a single one is taken at once
            return "searched"
        cost.glances += len(found)
    return "not found"


def with_csbot(case: Case, responder: Responder, index: SearchIndex) -> Cost:
    """Return what a reply costs with csbot, as it really answers the message."""
    from csbot.replying.context import Context

    cost = Cost()
    cost.mouse(3)  # select the message in the chat window by three clicks,
    cost.keys += 2 + 2 + 2 + 1  # copy it, turn to the console, paste, Enter
    context = Context(NOW)
    start = time.perf_counter()
    context.slots.update(responder.stated(case.message, context))
    response = responder.respond(case.message, context)
    cost.system += time.perf_counter() - start
    cost.thoughts += 1  # is this the right one?
    answered = set(response.match.intents)
    if answered and set(case.wanted) != answered and not answered >= set(case.wanted):
        cost.notes.append("partly" if answered & set(case.wanted) else "other situation")
    parts: list[tuple[str, ...]] = [case.wanted] if answered >= set(case.wanted) else []
    if not parts:
        offered = [each.intent for each in response.match.candidates if each.score >= 0.05]  # those with a letter
        for wanted, words in zip(case.wanted, case.words, strict=True):
            parts.append((wanted,))
            if wanted in answered and len(case.wanted) == 1:
                continue
            if wanted in offered:
                cost.glances += offered.index(wanted) + 1
                cost.keys += 2  # its letter, Enter
            else:
                cost.notes.append(_search(cost, index, wanted, words))
        if len(parts) > 1:
            cost.keys += len(parts) + 1  # F5 after each, Enter copies the whole
    slots = responder.library.slots
    for part in parts:
        answer = response if len(parts) == 1 and answered >= set(part) else None
        if answer is None:
            answer = responder.answer(response.match, part, case.message, context, context.slots)
        best = answer.best
        assert best is not None
        for name in best.filled.open_slots:
            cost.thoughts += 1
            cost.keys += typed(VALUES.get(name, slots[name].example)) + 1
    cost.keys += 1  # Enter copies
    _send(cost)
    return cost


def with_grep(case: Case, file: Path, replies: dict[str, str], responder: Responder) -> Cost:
    """Return what a reply costs with the file: ``g WORD`` (an alias of grep), a glance at each line, select, paste."""
    cost, grep = Cost(), shutil.which("grep") or "grep"
    for wanted, words in zip(case.wanted, case.words, strict=True):
        target, found = f"{responder.library.intents[wanted].name}\t{replies[wanted]}", False
        for word in words:
            cost.keys += 2 + 2 + typed(word) + 1  # turn to the terminal, "g ", the word, Enter
            cost.thoughts += 1  # which word?
            start = time.perf_counter()
            done = subprocess.run([grep, "-F", word, str(file)], capture_output=True, check=False)
            cost.system += time.perf_counter() - start
            lines = done.stdout.decode().splitlines()
            if target in lines:
                cost.glances += lines.index(target)
                found = True
                break
            cost.glances += len(lines)
            cost.notes.append("another word")
        if not found:
            cost.notes.append("not found")
        cost.thoughts += 1  # is this the right one?
        cost.mouse(3)  # its line is selected by three clicks, which copies it
        for name in re.findall("【([^【】]*)】", replies[wanted]):
            cost.thoughts += 1
            cost.mouse(2)  # the blank is selected by two clicks in the chat window, and written over
            cost.keys += typed(VALUES.get(name, responder.library.slots[name].example))
        _send(cost)
    cost.keys -= len(case.wanted) - 1  # several replies are sent at once
    return cost


def run(library: Path, _data: Path | None, _repeat: int) -> None:
    """Count both ways for every message, and print them by sort of message."""
    from csbot.library.load import load_library
    from csbot.matching.result import Decision, Match
    from csbot.replying.context import Context
    from csbot.replying.responder import Responder
    from csbot.searching.entries import entries_of
    from csbot.searching.index import SearchIndex
    from csbot.text.pinyin import readings

    responder = Responder(load_library(str(library)))
    index = SearchIndex(entries_of(responder.library), readings)
    replies = {}
    for intent in responder.library.intents:
        best = responder.answer(Match("", Decision.UNMATCHED, (), ()), (intent,), "", Context(NOW), {}).best
        if best is not None:
            replies[intent] = best.filled.text.replace("\n", " ")
    responder.respond("你好，请问在吗", Context(NOW))  # a console has answered something before
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "replies.txt"
        lines = [f"{responder.library.intents[intent].name}\t{text}\n" for intent, text in replies.items()]
        file.write_text("".join(lines), encoding="utf-8")
        both = [(case, with_csbot(case, responder, index), with_grep(case, file, replies, responder)) for case in CASES]
    columns = ["messages", "number", "keys: csbot", "grep", "clicks: csbot", "grep"]
    columns += ["s, K=0.28: csbot", "grep", "s, K=0.20: csbot", "grep"]
    kinds = list(dict.fromkeys(case.kind for case in CASES))
    rows = [_means(kind, [each for each in both if each[0].kind == kind]) for kind in kinds]
    print_table("Keystrokes and seconds for a reply, means", columns, [*rows, _means("all", both)])
    print_table("By message", ["message", "csbot keys", "s", "grep keys", "s", "what happened"], _single(both))
    faster = sum(csbot.seconds(AVERAGE) < grep.seconds(AVERAGE) for _, csbot, grep in both)
    print_note(f"csbot is faster for {faster} of {len(both)} messages; {len(replies)} lines in the file")


Both = Sequence[tuple[Case, Cost, Cost]]


def _means(name: str, both: Both) -> list[str]:
    csbot, grep = [each[1] for each in both], [each[2] for each in both]
    cells = [name, str(len(both))]
    for costs in (csbot, grep):
        cells.append(f"{statistics.mean(each.keys for each in costs):.1f}")
    for costs in (csbot, grep):
        cells.append(f"{statistics.mean(each.clicks for each in costs):.1f}")
    for key in (AVERAGE, GOOD):
        for costs in (csbot, grep):
            cells.append(f"{statistics.mean(each.seconds(key) for each in costs):.1f}")
    return cells


def _single(both: Both) -> list[list[str]]:
    rows = []
    for case, csbot, grep in both:
        said = [f"csbot: {', '.join(csbot.notes)}"] if csbot.notes else []
        said += [f"grep: {', '.join(grep.notes)}"] if grep.notes else []
        short = case.message if len(case.message) <= 18 else case.message[:17] + "…"
        figures = [f"{value}" for cost in (csbot, grep) for value in (cost.keys, f"{cost.seconds(AVERAGE):.1f}")]
        rows.append([short, *figures, "; ".join(said)])
    return rows
