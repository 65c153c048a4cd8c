"""``csbot inbox reply``: what an agent made of a reply becomes one more wording of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from csbot.commands.errors import InvalidInputError
from csbot.commands.help import command as chinese_command
from csbot.commands.met import named_library, opened, remover
from csbot.commands.new import asker_of, dry_run_option, finish, own_library, refuse
from csbot.commands.options import json_option, library_option

if TYPE_CHECKING:
    from csbot.authoring.asking import Asker
    from csbot.authoring.restoring import Restored
    from csbot.library.models import Library
    from csbot.store.inbox import Met


@chinese_command("reply", short_help="把坐席改过的回复加成这个情景的一条新回复")
@click.argument("number", metavar="编号", type=click.IntRange(1))
@click.option(
    "--text", metavar="文字", help="改成这样再加，变量写成 {时限}；不写就用坐席的原话，填过的地方还原成变量。"
)
@click.option("--intent", metavar="情景", help="加到哪个情景；不写就是坐席改的那一条所在的情景。")
@dry_run_option
@json_option
@library_option
@click.pass_context
def reply(ctx: click.Context, /, number: int, text: str | None, intent: str | None, **given: Any) -> None:
    """把编号的那一条（坐席改过的回复）加成情景的一条新回复，写进话术库，并从收件箱里去掉。填过的内容还原成变量；遮住的地方认不出是什么的，在终端里询问，否则用 --text 写明。写入以前先过禁用语和要素检查。"""  # noqa: D415, E501
    from csbot.authoring.proposal import ProposalError
    from csbot.authoring.replies import add_reply
    from csbot.authoring.restoring import MARK
    from csbot.library.amending import Amendment
    from csbot.library.editing import EditError

    loaded = own_library(ctx, named_library(ctx, given["library"]))
    with opened(ctx, None) as inbox:
        met = next((each for each in (inbox.all() if inbox is not None else []) if each.id == number), None)
        if inbox is None or met is None:
            raise InvalidInputError(f"csbot: 收件箱里没有 #{number}")
        owner, when = _origin(loaded, met)
        if (owner := intent or owner) is None:
            raise InvalidInputError(
                f"csbot: #{number} 不是一条回复改成的（{met.variant or '客户的话'}），请加 --intent 情景"
            )
        asker = asker_of(ctx) if text is None else None
        wanted = " ".join((text or _wording(loaded, met, asker)).split())
        if left := MARK.findall(wanted):
            raise InvalidInputError(f"csbot: 还有遮住的地方：{'、'.join(left)}，请写成变量，如 {{姓氏}}")
        amendment = Amendment(loaded.root)
        try:
            added = add_reply(amendment, loaded, owner, wanted, when)
            after = remover(inbox, [met])
            finish(ctx, amendment, added, asker, dry_run=given["dry_run"], as_json=given["as_json"], after=after)
        except ProposalError as error:
            refuse(ctx, error)
        except EditError as error:
            raise InvalidInputError(f"csbot: {error}") from None


def _origin(library: Library, met: Met) -> tuple[str | None, dict[str, str | list[str]]]:
    """Return the situation of the reply that was reworded, and its conditions; None where that is not one reply."""
    owner, _, number = met.variant.partition("#")
    script = library.scripts.get(owner)
    if script is None or "+" in met.variant:
        return None, {}
    reply = script.replies[int(number) - 1] if number.isdigit() and 0 < int(number) <= len(script.replies) else None
    return owner, reply.conditions if reply is not None else {}


def _template(library: Library, met: Met) -> str:
    owner, _, number = met.variant.partition("#")
    script = library.scripts.get(owner)
    known = script is not None and number.isdigit() and 0 < int(number) <= len(script.replies)
    return script.replies[int(number) - 1].text if script is not None and known else ""


def _wording(library: Library, met: Met, asker: Asker | None) -> str:
    """Return the agent's wording with its slots; what cannot be known is asked for, or told."""
    from csbot.authoring.restoring import restored
    from csbot.replying.anonymous import LONGEST
    from csbot.store.inbox import Kind

    if met.kind is not Kind.EDITED:
        raise InvalidInputError(f"csbot: #{met.id} 不是坐席改过的回复，没有可以加的话；要自己写一条，用 --text")
    found = restored(_template(library, met), met.reply, met.wording)
    cut = len(met.wording) >= LONGEST
    if not found.masked and not cut:
        return found.text
    why = f"存下时只留了前 {LONGEST} 个字" if cut else f"遮住的 {'、'.join(found.masked)} 认不出是哪个变量"
    if asker is None:
        raise InvalidInputError(f"csbot: {why}，请用 --text 写出整句（变量写成 {{姓氏}}）：{found.text}")
    return _asked(asker, why, found)


def _asked(asker: Asker, why: str, found: Restored) -> str:
    from csbot.authoring.asking import StoppedError, ask_text
    from csbot.authoring.restoring import MARK

    asker.tell(f"{why}，请改成变量，如 {{姓氏}}，或者删掉。")
    try:
        return ask_text(
            asker,
            "回复：",
            found.text,
            check=lambda text: ("还有遮住的地方：" + "、".join(MARK.findall(text)), "") if MARK.search(text) else None,
        )
    except StoppedError:
        asker.tell("没有写入。")
        raise click.Abort from None
