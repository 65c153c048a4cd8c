"""Joint replies: one greeting, one apology, one rounding off, and nothing lost of what each reply has to say."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csbot.library.models import Library
from csbot.replying.compose import PART_ORDER, ROUNDING_OFF, SAID_ONCE, elements_of, in_order, join, sentences_of
from csbot.replying.responder import Responder
from csbot.rules.scan import RuleSet
from csbot.rules.wording.model import PhraseRule


def element(identifier: str, *phrases: str) -> PhraseRule:
    return PhraseRule(identifier, identifier, "test", "试", "—", phrases=phrases, tolerant=False)


ELEMENTS = RuleSet(
    [
        element("greeting", "您好"),
        element("apology", "抱歉", "对不起"),
        element("thanks_patience", "感谢您的耐心"),
        element("understanding", "理解您"),
        element("ask_need", "有什么可以帮您"),
        element("ask_more", "还有其他", "还需要"),
        element("farewell", "再见", "祝您"),
        element("welcome_again", "欢迎"),
        element("offer_options", "您看是"),
        element("deadline", "24小时内"),
        element("apology_inconvenience", "带来不便，抱歉"),
        element("our_duty", "应该做的"),
        element("understand_urgency", "知道您急"),
        element("invite_details", "说说经过"),
        element("complaint_channel", "投诉热线"),
    ]
)
MORE = "请问还有其他需要吗？"


def joined(*texts: str, declared: Sequence[str] = ()) -> str:
    return join([("body", text, declared) for text in texts], ELEMENTS, ("您好", "早上好"))


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([f"可以用微信。{MORE}", f"可以开票。{MORE}"], f"可以用微信。可以开票。{MORE}"),
        ([f"可以用微信。{MORE}", "可以开票。"], "可以用微信。可以开票。"),
        (["可以用微信。", f"可以开票。{MORE}"], f"可以用微信。可以开票。{MORE}"),
        ([f"甲。{MORE}", f"乙。{MORE}", f"丙。{MORE}"], f"甲。乙。丙。{MORE}"),
        (["感谢您的耐心等候，请问有什么可以帮您？", "可以开票。"], "感谢您的耐心等候。可以开票。"),
        (["可以用微信，如有疑问，欢迎再来。", "可以开票。"], "可以用微信。可以开票。"),
        (["如有疑问，欢迎再来。", "可以开票。"], "可以开票。"),
        (["以后有任何问题，如需帮助，欢迎再来。", "可以开票。"], "以后有任何问题。可以开票。"),
        (["如果已经付款，请您放心。", "可以开票。"], "如果已经付款，请您放心。可以开票。"),
        (["可以用微信，您看是现在付吗，请您放心！", "可以开票。"], "可以用微信，请您放心。可以开票。"),
        (["可以用微信！", "可以开票？好的。"], "可以用微信！可以开票？好的。"),
        (["可以用微信，如有疑问，欢迎再来。"], "可以用微信，如有疑问，欢迎再来。"),
        (["没有句号", "可以开票"], "没有句号可以开票"),
        (["感谢您的来电，再见。", "祝您生活愉快，再见！"], "感谢您的来电。祝您生活愉快，再见！"),
    ],
    ids=[
        "twice",
        "first only",
        "last only",
        "three times",
        "a clause of a sentence",
        "with its condition",
        "nothing else",
        "only the condition next to it",
        "a condition of something else",
        "in the middle",
        "nothing to drop",
        "a single reply",
        "no marks",
        "farewells",
    ],
)
def test_a_joint_reply_is_rounded_off_once(texts: list[str], expected: str) -> None:
    assert joined(*texts) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (["您好，甲。", "您好，乙。"], "您好，甲。乙。"),
        (["甲。", "早上好！乙。"], "甲。乙。"),
        (["甲。", "您好乙。"], "甲。您好乙。"),
        (["早上好，甲。", "您好，乙。", "您好。丙。"], "早上好，甲。乙。丙。"),
    ],
)
def test_only_the_first_reply_greets(texts: list[str], expected: str) -> None:
    assert joined(*texts) == expected


@pytest.mark.parametrize(
    ("first", "second", "declared", "expected"),
    [
        ("很抱歉。", "对不起。可以开票。", ["apology"], "很抱歉。可以开票。"),
        ("很抱歉。", "对不起，24小时内答复您。", ["apology", "deadline"], "很抱歉。对不起，24小时内答复您。"),
        ("很抱歉。", "对不起，24小时内答复您。", ["apology", "other|deadline"], "很抱歉。对不起，24小时内答复您。"),
        ("很抱歉。", "对不起，24小时内答复您。", ["apology"], "很抱歉。"),
        ("很抱歉。", "非常理解您，对不起。", ["apology"], "很抱歉。非常理解您。"),
        ("很抱歉，理解您。", "非常理解您，对不起。好。", [], "很抱歉，理解您。好。"),
        ("好。", "很抱歉。对不起。", ["apology"], "很抱歉。对不起。好。"),
        ("很抱歉。", "带来不便，抱歉。", ["apology_inconvenience"], "很抱歉。带来不便，抱歉。"),
    ],
    ids=[
        "repeated",
        "does more",
        "either will do",
        "says nothing of its own",
        "says it first",
        "both",
        "within one",
        "must apologise",
    ],
)
def test_what_was_said_is_not_said_again(first: str, second: str, declared: list[str], expected: str) -> None:
    assert join([("body", first, []), ("body", second, declared)], ELEMENTS) == expected


@given(
    st.permutations(
        [("closing", "四。"), ("body", "三。"), ("apology", "二。"), ("opening", "一。"), ("greeting", "零。")]
    )
)
def test_parts_have_their_order_however_they_come(parts: list[tuple[str, str]]) -> None:
    assert join([(part, text, []) for part, text in parts], ELEMENTS) == "零。一。二。三。四。"


def test_who_is_in_a_hurry_is_not_asked_beside_the_matter() -> None:
    """The matter asks for what it needs; what only soothes keeps what it has to say, and asks nothing."""
    hurry = ("apology", "我理解您，马上处理。请直接发订单号。", ("understanding",))
    matter = ("body", "请先换个网络再试一次。", ("offer_options",))
    assert join([hurry, matter], ELEMENTS) == "我理解您，马上处理。请先换个网络再试一次。"
    assert join([hurry], ELEMENTS) == "我理解您，马上处理。请直接发订单号。"


def test_who_is_hurt_comes_before_every_apology() -> None:
    hurt = ("urgent", "请先就医，24小时内与您联系。", ("deadline",))
    claim = ("apology", "很抱歉，24小时内答复您。", ("apology", "deadline"))
    assert join([claim, hurt], ELEMENTS, labels=["赔偿", "受伤"]) == (
        "请先就医，24小时内与您联系。另外，关于赔偿，很抱歉，24小时内答复您。"
    )


@pytest.mark.parametrize(
    ("replies", "expected"),
    [
        (
            [
                ("opening", "谢谢，这是我们应该做的。", ["our_duty"]),
                ("opening", "不客气，这是应该做的！", ["our_duty"]),
            ],
            "谢谢，这是我们应该做的。不客气。",
        ),
        ([("opening", "不客气，这是应该做的。", ["our_duty"])], "不客气，这是应该做的。"),
        (
            [("apology", "知道您急，马上办。", ["apology"]), ("body", "知道您急用。请报单号。", ["deadline"])],
            "知道您急，马上办。请报单号。",
        ),
        (
            [
                ("apology", "很抱歉，让您久等。", ["apology"]),
                ("opening", "我在。", []),
                ("apology", "好的，马上。", ["thanks"]),
            ],
            "我在。很抱歉，让您久等。马上。",
        ),
        (
            [
                ("apology", "很抱歉，24小时内答复您。", ["apology", "deadline"]),
                ("apology", "今天人多，感谢您的耐心等候，请问有什么可以帮您？", ["thanks_patience"]),
            ],
            "很抱歉，24小时内答复您。今天人多，感谢您的耐心等候。",
        ),
        (
            [("opening", "很高兴认识您。", ["greeting"]), ("opening", "请问有什么可以帮您？", ["ask_need"])],
            "很高兴认识您。请问有什么可以帮您？",
        ),
        (
            [("body", "24小时内答复您。", ["deadline"]), ("body", "请问有什么可以帮您？", [])],
            "24小时内答复您。请问有什么可以帮您？",
        ),
    ],
    ids=["their duty", "said once", "a hurry", "consent", "what is needed was told", "who only greets", "own words"],
)
def test_what_only_soothes_is_not_doubled(replies: list[tuple[str, str, list[str]]], expected: str) -> None:
    assert join(replies, ELEMENTS) == expected


@pytest.mark.parametrize(
    ("declared", "beside", "expected"),
    [
        ("invite_details|complaint_channel", "body", "投诉热线在这里，24小时内答复。请报单号。"),
        ("invite_details", "body", "投诉热线在这里，24小时内答复。请您说说经过。请报单号。"),
        ("invite_details|complaint_channel", "opening", "请报单号。投诉热线在这里，24小时内答复。请您说说经过。"),
    ],
    ids=["the matter is told", "it must ask", "no matter beside it"],
)
def test_who_told_the_matter_is_not_asked_what_happened(declared: str, beside: str, expected: str) -> None:
    complaint = ("apology", "投诉热线在这里，24小时内答复。请您说说经过。", (declared, "deadline"))
    joint = join([complaint, (beside, "请报单号。", ("offer_options",))], ELEMENTS, labels=["投诉", "请报"])
    assert joint.replace("另外，", "") == expected


def test_replies_of_one_part_stay_as_they_came() -> None:
    assert joined("乙。", "甲。", "丙。") == "乙。甲。丙。"


CLAUSES = [
    "您好",
    "很抱歉",
    "可以用微信",
    "24小时内答复您",
    "如有疑问",
    "请问还有其他需要吗",
    "欢迎再来",
    "再见",
    "理解您",
]
REPLIES = st.lists(
    st.tuples(
        st.sampled_from(PART_ORDER),
        st.lists(st.lists(st.sampled_from(CLAUSES), min_size=1, max_size=4).map("，".join), min_size=1, max_size=3).map(
            lambda sentences: "".join(f"{each}。" for each in sentences)
        ),
        st.lists(st.sampled_from(["apology", "deadline", "ask_more", "farewell|welcome_again"]), max_size=2),
    ),
    min_size=1,
    max_size=4,
)


@given(REPLIES)
def test_every_joint_reply_is_sound(replies: list[tuple[str, str, list[str]]]) -> None:
    result = join(replies, ELEMENTS)
    ordered = in_order(replies, ELEMENTS)
    if len(replies) == 1:
        assert result == replies[0][1]
    for _, text, _ in replies:
        if "24小时内" in text and all("deadline" in declared for _, _, declared in replies):
            assert "24小时内" in result, "what a reply has to say is lost"
    for mark in ("，。", "。。", "，，"):
        assert mark not in result
    assert not result.startswith(("，", "。"))
    # What rounds off stands nowhere but in what the last reply brought.
    ending = ordered[-1][1]
    assert len(elements_of(result, ELEMENTS, ROUNDING_OFF) - elements_of(ending, ELEMENTS, ROUNDING_OFF)) == 0
    assert sum(map(result.count, CLAUSES)) <= sum(text.count(clause) for _, text, _ in replies for clause in CLAUSES)


@pytest.mark.slow
@given(REPLIES)
def test_joining_changes_nothing_the_second_time(replies: list[tuple[str, str, list[str]]]) -> None:
    once = join(replies, ELEMENTS)
    assert join([("body", once, [])], ELEMENTS) == once
    assert join(replies, ELEMENTS) == once


def test_what_is_said_once_and_what_rounds_off_are_elements_of_this_library(responder: Responder) -> None:
    assert [name for name in (*SAID_ONCE, *ROUNDING_OFF) if name not in responder.elements] == []


def test_any_two_situations_of_this_library_are_joined_well(responder: Responder, library: Library) -> None:
    """The last reply keeps all its elements but those said once; the first its own but what rounds it off."""
    scripts = [script for script in library.scripts.values() if library.intents[script.intent].trigger == "customer"]
    spare = {*SAID_ONCE, *ROUNDING_OFF}
    pairs = list(zip(scripts, scripts[1:] + scripts[:1], strict=True))[::4]
    assert len(pairs) >= 15
    for pair in pairs:
        parts = [
            (library.intents[each.intent].part, each.replies[0].text.replace("{", "").replace("}", ""), each.elements)
            for each in pair
        ]
        text = join(parts, responder.elements, ("您好",))
        for place, (_, alone, declared) in enumerate(in_order(parts, responder.elements)):
            ends = [each for each in sentences_of(alone) if elements_of(each, responder.elements, ROUNDING_OFF)]
            kept = "".join(each for each in sentences_of(alone) if place or each not in ends)
            for entry in declared:
                names = entry.split("|")
                if not spare.isdisjoint(names) or not elements_of(kept, responder.elements, names):
                    continue
                assert elements_of(text, responder.elements, names), (pair[0].intent, pair[1].intent, entry, text)
        endings = [each for each in sentences_of(text) if elements_of(each, responder.elements, ("ask_more",))]
        assert len(endings) <= 1, text


def test_of_several_elements_those_are_carried_that_fire(responder: Responder, library: Library) -> None:
    names = (*SAID_ONCE, *ROUNDING_OFF, "deadline", "no.such_element")
    elements = responder.elements
    texts = [reply.text for script in library.scripts.values() for reply in script.replies[:1]]
    for text in [sentence for reply in texts for sentence in sentences_of(reply)][::2]:
        alone = {name for name in names if name in elements and elements.fires(name, text)}
        assert elements_of(text, elements, names) == alone, text
        assert elements_of(text, elements, list(names)) == alone, "what is remembered"


def test_of_many_matters_the_later_ones_say_only_what_they_must() -> None:
    replies = [
        ("body", "可以开票。抬头请看仔细。", ("offer_options", "greeting")),
        ("body", "请问您看是换货吗？包装请留好。24小时内答复您。", ("offer_options",)),
        ("body", "请留下电话，您看是几点打？我们周日也在。", ("offer_options",)),
    ]
    two, three = join(replies[:2], ELEMENTS), join(replies, ELEMENTS)
    assert "包装请留好" in two
    assert "抬头请看仔细" in three
    assert "24小时内答复您" in three
    assert "包装请留好" not in three
    assert "我们周日也在" not in three
