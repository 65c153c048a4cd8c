"""Commands that check a draft or tell about the library."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from csbot.console.state.desk import Desk
    from csbot.library.models import Library

DONE = {"new": "新增", "add": "补充", "replace": "替换", "off": "停用"}


def check_draft(desk: Desk, argument: str) -> None:
    """Check the agent's own words: each finding with its place, its reason and what to say instead.

    Where the rules can reword the whole draft, that is shown below and may be copied in its place.
    """
    draft = argument
    if not draft.strip():
        draft = desk.terminal.edit(desk, "要检查的话：") or ""
    draft = draft.strip()
    if not draft:
        desk.view.note("没有要检查的内容。")
        return
    desk.conversation.ready, desk.conversation.draft = judge(desk, draft), True
    if desk.conversation.ready == draft:
        desk.view.note("回车＝复制这段话。")


def judge(desk: Desk, draft: str) -> str:
    """Show what the guard finds in a text, and how it may be reworded.

    Returns what may be copied: the text where nothing was found, else its rewriting, else nothing.
    """
    context = {"customer_type": desk.conversation.context.customer_type}
    hits = desk.responder.guard.findings(draft)
    if hits:
        desk.view.findings(draft, hits, context)
        desk.view.console.print()
    desk.view.verdict(hits, context)
    rewriting = desk.responder.guard.rewriting(draft, desk.conversation.address)
    desk.conversation.refused = draft if hits else ""
    if hits:
        desk.view.rewriting(rewriting)
    return rewriting.text or ""


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
            *((f"第 {number} 层", _layer(library, number)) for number in range(len(library.layers), 0, -1)),
        ],
        12,
    )


def _layer(library: Library, number: int) -> str:
    """Return what there is to say of a layer, counted from 1: its name, how much it changes, what it switches off."""
    changes = [each for each in library.layer_changes if each.layer == number - 1]
    counts = {how: sum(each.how == how for each in changes) for how in DONE}
    done = "，".join(f"{DONE[how]} {count} 处" for how, count in counts.items() if count)
    off = "、".join(f"{each.what}「{each.name}」（{each.reason}）" for each in changes if each.how == "off")
    return "；".join(filter(None, (library.layers[number - 1].title, done, f"停用的：{off}" if off else "")))
