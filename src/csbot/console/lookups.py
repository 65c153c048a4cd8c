"""Commands that look something up or check something: drafts, situations, the library."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

from csbot.console.answering import use_intent
from csbot.console.state import Kind

if TYPE_CHECKING:
    from csbot.console.desk import Desk
    from csbot.library.models import Intent

FOUND_SHOWN = 9


def check_draft(desk: Desk, argument: str) -> None:
    """Check the agent's own words: each finding with its place, its reason and what to say instead.

    Where the rules can reword the whole draft, that is shown below and may be copied in its place.
    """
    draft = argument
    if not draft.strip():
        draft = desk.terminal.ask("要检查的话：") or ""
    draft = draft.strip()
    if not draft:
        desk.view.note("没有要检查的内容。")
        return
    context = {"customer_type": desk.conversation.context.customer_type}
    hits = desk.responder.guard.findings(draft)
    if hits:
        desk.view.findings(draft, hits, context)
        desk.view.console.print()
    desk.view.verdict(hits, context)
    rewriting = desk.responder.guard.rewriting(draft, address_of(desk))
    desk.conversation.ready = rewriting.text or ""
    if hits:
        desk.view.rewriting(rewriting)
    else:
        desk.view.note("回车＝复制这段话。")


def address_of(desk: Desk) -> str:
    """Return how the customer is addressed, 「王先生」; empty where the name or the form of address is not known."""
    slots = desk.conversation.context.slots
    return slots["姓氏"] + slots["称谓"] if {"姓氏", "称谓"} <= slots.keys() else ""


def find(desk: Desk, argument: str) -> None:
    """List situations by a fragment of their name, id or keywords; those that only agents call up included."""
    from csbot.text.normalise import normalise

    library = desk.responder.library
    wanted = normalise(argument).text.split()
    found = [intent for intent in library.intents.values() if all(_rank(intent, word) for word in wanted)]
    found.sort(key=lambda intent: -min((_rank(intent, word) for word in wanted), default=0))
    if not found:
        desk.view.warn(f"没有找到「{argument}」。可以换个词，或只用 /找 列出全部情景。")
        return
    shown = found if not wanted else found[:FOUND_SHOWN]
    labels = desk.conversation.offer(Kind.INTENT, [intent.id for intent in shown])
    labels += [""] * (len(shown) - len(labels))
    rows = [
        (label or " ", intent.name + ("（坐席主动用）" if intent.trigger == "agent" else ""), intent.id)
        for label, intent in zip(labels, shown, strict=True)
    ]
    desk.view.choices(rows)
    hidden = len(found) - len(shown)
    desk.view.note((f"还有 {hidden} 个，词写长一点可以缩小范围。" if hidden else "") + "输入数字选用，或 /用 编号。")


def _rank(intent: Intent, word: str) -> int:
    """Return how well a word fits a situation: 3 by name, 2 by id or keyword, 1 by when it is used, 0 not at all."""
    from csbot.text.normalise import normalise

    if word in normalise(intent.name).text:
        return 3
    if word in intent.id or any(word in normalise(keyword).text for keyword in intent.keywords):
        return 2
    return int(word in normalise(intent.cue).text)


def use(desk: Desk, argument: str) -> None:
    """Use the script of a situation directly, by its id or its exact name."""
    names = desk.names
    if not argument:
        desk.view.warn("请写出情景的编号，如 /用 service.closing；用 /找 词 可以查编号。")
        return
    by_name = {name: identifier for identifier, name in names.items()}
    intent = argument if argument in names else by_name.get(argument)
    if intent is None:
        near = get_close_matches(argument, [*names, *by_name], n=1, cutoff=0.5)
        desk.view.warn(
            f"没有情景「{argument}」" + (f"，是不是「{near[0]}」？" if near else "。") + "用 /找 词 可以查。"
        )
        return
    use_intent(desk, intent, instead=False)


def show_library(desk: Desk, _argument: str) -> None:
    """Tell which library is used, and what it holds."""
    library = desk.responder.library
    desk.view.pairs(
        [
            ("话术库", f"{library.root}（{library.origin}）"),
            (
                "情景",
                f"{len(library.intents)} 个，回复 {sum(len(each.replies) for each in library.scripts.values())} 条",
            ),
            ("禁用语规则", f"{len(library.forbidden)} 条"),
            ("版本", library.digest[:12]),
        ],
        12,
    )
