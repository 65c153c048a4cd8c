"""Search at the console: what ``/`` and a fragment find, what agents ask for, what ``/找`` lists, and favourites."""

from __future__ import annotations

from typing import TYPE_CHECKING

from csbot.console.serving.answering import AS_A_MESSAGE, use_intent
from csbot.console.state.conversation import Choice, Kind

if TYPE_CHECKING:
    from csbot.console.state.desk import Desk
    from csbot.searching.entries import Found

FOUND_SHOWN = 9
ALIKE_SHOWN = 6  # for an agent's question
SAID_BY_CUSTOMERS = 0.3  # of the probability that customers speak so, which counts for an agent's question


def search(desk: Desk, fragment: str, limit: int = FOUND_SHOWN) -> list[Found]:
    """Return what a fragment finds, best first; nothing while the library is being loaded."""
    if desk.loader.responder is None:
        return []
    return desk.loader.index.search(fragment, desk.keeping.habits(), limit)


def is_named(desk: Desk, fragment: str) -> bool:
    """Tell whether a situation has the whole of a fragment in its name, label or keywords."""
    from csbot.text.normalise import normalise

    wanted = normalise(fragment).text
    intents = desk.responder.library.intents
    found = [intents[each.id] for each in search(desk, fragment)]
    return any(wanted in normalise("\n".join((each.name, each.label, *each.keywords))).text for each in found)


def take_fragment(desk: Desk, fragment: str) -> bool:
    """Answer with what a fragment finds, or list it where it is not clear; False where nothing is found."""
    _ = desk.responder  # wait for the library
    found = search(desk, fragment, len(desk.loader.index))
    exact = [each for each in found if each.exact]
    clear = exact if len(exact) == 1 else found
    if len(clear) == 1:
        use_found(desk, clear[0].address)
    elif found:
        list_found(desk, found)
    return bool(found)


def take_question(desk: Desk, line: str) -> bool:
    """List what may answer an agent's own question (「客户骂人该怎么回」); False where a line is a customer's.

    The conversation with the customer stays as it is.
    """
    conversation = desk.conversation
    if not desk.responder.matcher.sought(line):
        return False
    match = desk.responder.match(line, conversation.context)
    besides = {each.intent: SAID_BY_CUSTOMERS * each.score for each in match.candidates}
    intents = desk.responder.library.intents.values()
    own = {each.id for each in intents if each.trigger == "agent"}  # what only agents begin, no customer's words show
    found = desk.loader.index.alike(match.sought, besides, ALIKE_SHOWN, own)
    desk.view.note(f"这句像是您在找话术（{match.sought}），没有当作客户的话：")
    if found:
        list_found(desk, found)
    else:
        desk.view.warn("没有找到相近的。换个词，或用 /找 列出全部情景。")
    conversation.choices["0"], conversation.listed = Choice(Kind.MESSAGE, line), True
    desk.view.choices([("0", AS_A_MESSAGE, "")])
    return True


def use_found(desk: Desk, address: str, *, instead: bool = False) -> None:
    """Answer with a situation, by its id, or with one reply of it (``payment.invoice#2``)."""
    intent, number, _ = address.partition("#")
    use_intent(desk, intent, instead=instead, variant=address if number else "")


def list_found(desk: Desk, found: list[Found]) -> None:
    """List results with numbers to choose by, the favourites marked."""
    habits, shown = desk.keeping.habits(), found[:FOUND_SHOWN]
    labels = desk.conversation.offer(Kind.INTENT, [each.address for each in shown])
    desk.conversation.listed = True
    intents = desk.responder.library.intents
    rows = []
    for label, each in zip(labels, shown, strict=True):
        habit = habits.get(each.id)
        mark = "★" if habit is not None and habit.favourite else ""
        agent = "（坐席主动用）" if intents[each.id].trigger == "agent" else ""
        reason = f"：{each.detail}" if each.reply is not None else ""
        rows.append((label, f"{mark}{each.name}{agent}{reason}", each.address))
    desk.view.choices(rows)
    hidden = len(found) - len(shown)
    desk.view.note((f"还有 {hidden} 个，词写长一点可以缩小范围。" if hidden else "") + "输入数字选用，或 /用 编号。")


def find(desk: Desk, argument: str) -> None:
    """List what a fragment finds; without one all situations."""
    if not argument.strip():
        intents = desk.responder.library.intents.values()
        labels = desk.conversation.offer(Kind.INTENT, [intent.id for intent in intents])
        desk.conversation.listed = True
        labels += [""] * (len(intents) - len(labels))
        rows = [
            (label or " ", intent.name + ("（坐席主动用）" if intent.trigger == "agent" else ""), intent.id)
            for label, intent in zip(labels, intents, strict=True)
        ]
        desk.view.choices(rows)
        desk.view.note("输入数字选用，或 /用 编号。")
        return
    _ = desk.responder
    found = search(desk, argument, len(desk.loader.index))
    if found:
        list_found(desk, found)
    else:
        desk.view.warn(f"没有找到「{argument}」。可以换个词，或只用 /找 列出全部情景。")


def use(desk: Desk, argument: str) -> None:
    """Use the script of a situation directly, by its id, its number, its name or a fragment."""
    if not argument:
        desk.view.warn("请写出情景的编号，如 /用 service.closing；用 /找 词 可以查编号。")
    elif not take_fragment(desk, argument):
        near = _nearest(desk, argument)
        hint = f"，是不是「{near}」？" if near else "。"
        desk.view.warn(f"没有情景「{argument}」{hint}用 /找 词 可以查。")


def _nearest(desk: Desk, argument: str) -> str:
    from difflib import get_close_matches

    names = desk.names
    return next(iter(get_close_matches(argument, [*names, *names.values()], n=1, cutoff=0.5)), "")


def favourite(desk: Desk, argument: str) -> None:
    """Make the situation on the screen, or one that is named, a favourite, or take that back."""
    from csbot.store.database import StoreError

    _ = desk.responder
    turn = desk.conversation.turn
    if argument:
        found = search(desk, argument, 2)
        intents = [each.id for each in found if each.exact or len(found) == 1][:1]
        if not intents:
            desk.view.warn(f"不清楚是哪个情景：「{argument}」。请写编号，如 /收藏 service.closing")
            return
    else:
        intents = list(turn.intents or turn.response.match.intents) if turn else []
    if not intents:
        desk.view.warn("先选一个情景，或写出编号，如 /收藏 service.closing")
        return
    for intent in intents:
        try:
            now = desk.keeping.toggle_favourite(intent)
        except StoreError as error:
            desk.view.warn(f"{error}。")
            return
        if now is None:
            desk.view.warn("没有数据文件夹，收藏不会保存（CSBOT_DATA_DIR 可以指定一个）。")
            return
        told = "已收藏，搜索时排在前面" if now else "不再收藏"
        desk.view.note(f"「{desk.names[intent]}」{told}。")
