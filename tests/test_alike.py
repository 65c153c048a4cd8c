"""Expressions with characters that look like others, told by their parts, and what no list of marks holds."""

from __future__ import annotations

import pytest

from csbot.replying.guard import Guard
from csbot.rules import scan
from csbot.rules.judging.ways import LOOK_ALIKE
from csbot.text.looks import Looks

FOUND = {
    "自痴，遥控器装反了电池": "vulgar.idiot",
    "袖经病吧，半夜要开发票": "vulgar.psycho",
    "直讨厌，又要改地址": "ten_donts.so_annoying",
    "我们家的锁木可能被撬开": "overpromise.impossible",
    "到站时间找不知道，您看大屏": "ten_donts.dont_know",
    "这不是找的错，您问司机": "shirking.this_not_my_fault",
    "您的押金艳对能退": "overpromise.absolutely",
    "这是公同规定，改不了": "shirking.company_policy",
}
INNOCENT = (
    "评分四点五分，还行，离您也近。",
    "这批木行道树苗下周到店。",
    "电梯不往地下二层开，请您走楼梯。",
    "您可以去北京站取票。",
    "有疾控中心的证明就可以。",
    "这次没问题，您放心。",
    "医保卡在任一走廊的自助机上都能查。",
)


def _ids(guard: Guard, text: str) -> set[str]:
    return {hit.rule.id for hit in guard.findings(text)}


@pytest.mark.parametrize(
    ("character", "alike"),
    [
        ("神", "袖伸"),
        ("真", "直"),
        ("白", "自百"),
        ("不", "木丕"),
        ("痴", "知"),
        ("公", "分松"),
        ("绝", "艳"),
        ("证", "怔"),
    ],
)
def test_characters_look_alike_by_their_parts(character: str, alike: str) -> None:
    assert set(alike) <= set(Looks().alike(character))


@pytest.mark.parametrize(("one", "other"), [("法", "河"), ("好", "妈"), ("行", "猫"), ("知", "识")])
def test_a_radical_alone_makes_nothing_alike(one: str, other: str) -> None:
    assert other not in Looks().alike(one)


def test_characters_are_taken_apart() -> None:
    assert {"女子", "子女"} <= set(Looks().apart("好"))
    assert "讠舌" in Looks().apart("话")


@pytest.mark.parametrize(("text", "rule"), FOUND.items())
def test_expressions_with_look_alikes_are_found(text: str, rule: str, guard: Guard) -> None:
    assert rule in _ids(guard, text)
    assert any(LOOK_ALIKE in hit.ways for hit in guard.findings(text))


@pytest.mark.parametrize("text", INNOCENT)
def test_what_merely_looks_like_an_expression_is_spared(text: str, guard: Guard) -> None:
    assert _ids(guard, text) == set()


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("谁\u3164让你\u3164买了", "arrogant.who_made_you_buy"),
        ("我\uffa0不\uffa0知道", "ten_donts.dont_know"),
        ("我\u115f不\u1160知道", "ten_donts.dont_know"),
        ("我\u2800没\u2800法\u2800查", "shirking.cannot_check"),
        ("我不\U000e0041知\ufe0f道", "ten_donts.dont_know"),
        ("我不\u034f知\u20dd道", "ten_donts.dont_know"),
        ("挂失要几天，wо bu zhi dаo", "ten_donts.dont_know"),  # Cyrillic о and а
        ("shei rang ni mai le", "arrogant.who_made_you_buy"),
        ("shéi ràng nǐ mǎi le", "arrogant.who_made_you_buy"),
        ("wo3 bu4 zhi1 dao4", "ten_donts.dont_know"),
        ("我bu4zhi1dao4", "ten_donts.dont_know"),
        ("买家是个shazi，运费险都不看", "vulgar.fool"),
        ("俺bu晓得嘞", "ten_donts.dont_know"),
        ("神jing并，别再打了", "vulgar.psycho"),
        ("ＧＵＮ，别再来我们店", "vulgar.get_lost"),
        ("T.M.D.刚下班又来电话", "vulgar.damn"),
        ("没啊这回事", "shirking.no_such_thing"),
        ("到货时间wo zhen de bu zhi dao。", "ten_donts.dont_know"),
        ("寄错了na bu shi wo de cuo。", "ten_donts.that_not_my_fault"),
        ("改好了，hai you wen ti ma？", "opening.any_question"),
        ("这ㄅ可能", "overpromise.impossible"),
        ("他妈の，又来", "vulgar.damn"),
        ("没有单号我-没-法-查", "shirking.cannot_check"),
        ("我布吉岛航班几点起飞", "ten_donts.dont_know"),
        ("这不素我的错", "shirking.this_not_my_fault"),
        ("您可以投诉我们，怕您啊", "blame.complain_about_me"),
    ],
)
def test_what_no_list_holds_is_seen_through(text: str, rule: str, guard: Guard) -> None:
    assert rule in _ids(guard, text)


@pytest.mark.parametrize(
    "text",
    [
        "TMD门诊在口腔科五诊室。",
        "Gun，您好，您的包裹到了。",
        "房间号是bu3和zhi4，请您核对。",
        "机型α7和β版固件都有货。",
        "保-证-金已退。",
        "没有单号我没法查，请您提供手机号。",
        "这批货不造成污染，请您放心。",
        "您要的橱柜由欧肯定制，量尺排在周六上午。",
        "您要的亚麻料在南门布行，老板姓何。",
        "停课那天的补课能改到周末，请您选时段。",
        "要不是您提醒，我还不知道这个入口关了，谢谢您。",
        "群里流传的“医保卡肯定要换”不准确，旧卡可以继续用。",
        "您说什么时段方便，师傅就按什么时段上门。",
        "不啊，知道您忙，所以先打电话。",
    ],
)
def test_letters_and_particles_that_mean_themselves_are_spared(text: str, guard: Guard) -> None:
    assert _ids(guard, text) == set()


@pytest.mark.slow
def test_a_long_text_gives_the_same(guard: Guard, monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [*FOUND, *INNOCENT]
    text = "\n".join(lines * 3)
    expected = [(hit.rule.id, hit.found) for line in lines for hit in guard.rules.scan(line)]
    for least in ("LONG_TEXT", "AGAIN"):
        monkeypatch.setattr(scan, least, len(text))
    found = [(hit.rule.id, hit.found) for hit in guard.rules.scan(text)]
    assert found[: len(expected)] == expected
    assert len(found) == len(expected) * text.count(lines[0])
