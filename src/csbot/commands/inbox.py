"""``csbot inbox``: what agents met at the console, for a trainer to learn from; one command makes use of each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import click

from csbot.commands.adopting import reply
from csbot.commands.errors import EXIT_CLEAN, EXIT_FINDINGS, InvalidInputError
from csbot.commands.help import Group
from csbot.commands.help import command as chinese_command
from csbot.commands.met import named_library, opened, remover
from csbot.commands.new import dry_run_option, finish, make, own_library, refuse
from csbot.commands.options import json_option, library_option, now_option, open_library
from csbot.commands.output import to_json, write_line
from csbot.text.normalise import visible

if TYPE_CHECKING:
    from csbot.library.models import Library
    from csbot.store.inbox import Inbox, Met

SHOWN = 6  # messages of a group


@dataclass(frozen=True, slots=True)
class MessageGroup:
    """Messages that are like each other. ``number`` is the lowest of their entries; any of them names the group."""

    members: tuple[Met, ...]
    nearest: str | None

    @property
    def number(self) -> int:
        """The number under which the group is shown."""
        return min(each.id for each in self.members)

    @property
    def times(self) -> int:
        """How often such a message was met."""
        return sum(each.times for each in self.members)


class _Listing(Group):
    """A group that lists what there is where no sub-command is named."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write what can be done with an entry."""
        with formatter.section("怎样处理"):
            formatter.write_dl([(name, self.commands[name].get_short_help_str(80)) for name in self.commands])


@click.group(
    "inbox",
    cls=_Listing,
    invoke_without_command=True,
    short_help="坐席遇到的、没有认出来的话和评价，留给培训师",
    options_metavar="[选项]",
    subcommand_metavar="[example|new|reply|dismiss …]",
)
@json_option
@library_option
@now_option
@click.pass_context
def command(ctx: click.Context, /, as_json: bool, library: str | None, **now: Any) -> None:
    """列出控制台里没有认出来的话（相似的归在一组）、评为好和差的回复、坐席改过的回复。个人信息已经遮住。有一条，退出码是 1；没有是 0；读不了是 2。"""  # noqa: D415, E501
    if ctx.invoked_subcommand is not None:
        ctx.obj = {**(ctx.obj or {}), "inbox_library": library, "inbox_now": now["now"]}
        return
    with opened(ctx, now["now"]) as inbox:
        met = inbox.all() if inbox is not None else []
    groups, recognised = _grouped(open_library(ctx, library), met) if met else ([], [])
    rated = [each for each in met if each.variant]
    if as_json:
        write_line(to_json(_fields(groups, rated, recognised), 2))
    else:
        for line in _lines(groups, rated, recognised):
            write_line(visible(line))
    ctx.exit(EXIT_FINDINGS if met else EXIT_CLEAN)


@chinese_command("example", short_help="把一组没认出来的话加成某个情景的例句")
@click.argument("number", metavar="编号", type=click.IntRange(1))
@click.argument("intent", metavar="情景")
@click.option("--one", is_flag=True, help="只用这一条，不用整组。")
@dry_run_option
@json_option
@library_option
@click.pass_context
def example(
    ctx: click.Context, number: int, intent: str, one: bool, dry_run: bool, as_json: bool, library: str | None
) -> None:
    """把编号的那一组话加成情景的例句，写进话术库，并从收件箱里去掉。遮住的地方不写进例句。"""  # noqa: D415
    from csbot.authoring.proposal import Added, ProposalError
    from csbot.authoring.situations import add_examples
    from csbot.library.amending import Amendment
    from csbot.library.editing import EditError
    from csbot.replying.anonymous import without_marks

    loaded = own_library(ctx, named_library(ctx, library))
    with opened(ctx, None) as inbox:
        members = _members(inbox, loaded, number, one=one)
        assert inbox is not None
        amendment = Amendment(loaded.root)
        try:
            fresh = add_examples(amendment, loaded, intent, [without_marks(each.text) for each in members])
            after = remover(inbox, members)
            if not fresh:
                after()
                write_line(visible(f"「{intent}」里已经都有了，从收件箱里去掉。"))
                ctx.exit(EXIT_CLEAN)
            added = Added(tuple(fresh) if as_json else (f"{intent} 的例句 {len(fresh)} 条",))
            finish(ctx, amendment, added, None, dry_run=dry_run, as_json=as_json, after=after)
        except ProposalError as error:
            refuse(ctx, error)
        except EditError as error:
            raise InvalidInputError(f"csbot: {error}") from None


@chinese_command("new", short_help="照一组没认出来的话新建情景")
@click.argument("number", metavar="编号", type=click.IntRange(1))
@click.option("--one", is_flag=True, help="只用这一条，不用整组。")
@click.option("--name", metavar="文字", help="情景的名称。")
@click.option("--cue", metavar="文字", help="什么时候用。")
@click.option("--reply", "replies", metavar="文字", multiple=True, help="怎样回复，至少 3 条（可以写多次）。")
@click.option("--id", metavar="文字", help="编号；不写就照名称的拼音。")
@click.option("--topic", metavar="文字", help="写进哪个主题的文件。")
@dry_run_option
@json_option
@library_option
@click.pass_context
def new(ctx: click.Context, /, **given: Any) -> None:
    """把编号的那一组话当作例句，新建情景和话术；在终端里，缺的逐项询问，和 csbot new 一样。"""  # noqa: D415
    from csbot.authoring.asking import ask_situation
    from csbot.authoring.situations import KIND, add_situations
    from csbot.replying.anonymous import without_marks

    given |= {"source_file": None, "library": named_library(ctx, given["library"])}
    loaded = own_library(ctx, given["library"])
    with opened(ctx, None) as inbox:
        members = _members(inbox, loaded, given["number"], one=given["one"])
        assert inbox is not None
        entry: dict[str, Any] = {name: given[name] for name in ("name", "cue", "id", "topic")}
        entry["replies"] = [{"text": text} for text in given["replies"]]
        entry["examples"] = list(dict.fromkeys(filter(None, (without_marks(each.text) for each in members))))
        after = remover(inbox, members)
        make(ctx, given, entry, KIND, ("name", "cue", "replies"), add_situations, ask_situation, after)


@chinese_command("dismiss", short_help="看过了，从收件箱里去掉")
@click.argument("numbers", metavar="[编号]…", type=click.IntRange(1), nargs=-1)
@click.option("--one", is_flag=True, help="只去掉写出的那几条，不去掉整组。")
@click.option("--recognised", is_flag=True, help="去掉现在已经认得出来的。")
@click.option("--all", "everything", is_flag=True, help="全部去掉。")
@library_option
@click.pass_context
def dismiss(
    ctx: click.Context,
    numbers: Sequence[int],
    one: bool,
    recognised: bool,
    everything: bool,
    library: str | None,
) -> None:
    """从收件箱里去掉几组，或者全部；去掉以后文件里也没有了。"""  # noqa: D415
    if not (numbers or recognised or everything):
        raise InvalidInputError("csbot: 写明去掉哪几组的编号，或者 --recognised、--all")
    with opened(ctx, None) as inbox:
        if everything:
            count = inbox.clear() if inbox is not None else 0
        else:
            loaded = open_library(ctx, named_library(ctx, library))
            gone = {each.id for number in numbers for each in _members(inbox, loaded, number, one=one)}
            if recognised and inbox is not None:
                gone |= {each.id for each in _grouped(loaded, inbox.all())[1]}
            count = inbox.remove(gone) if inbox is not None else 0
    write_line(f"去掉了 {count} 条。")
    ctx.exit(EXIT_CLEAN)


for each in (example, new, reply, dismiss):
    command.add_command(each)


def _grouped(library: Library, met: Sequence[Met]) -> tuple[list[MessageGroup], list[Met]]:
    """Return the messages in groups, and those that the library recognises by now."""
    from csbot.matching.matcher import Matcher
    from csbot.matching.suggesting import groups
    from csbot.replying.anonymous import without_marks

    by_text: dict[str, list[Met]] = {}
    for each in met:
        if not each.variant:
            by_text.setdefault(without_marks(each.text) or each.text, []).append(each)
    found = groups(Matcher.for_library(library), list(by_text), least=1) if by_text else []
    result = [MessageGroup(tuple(one for text in each.texts for one in by_text[text]), each.intent) for each in found]
    seen = {one.id for each in result for one in each.members}
    recognised = [each for entries in by_text.values() for each in entries if each.id not in seen]
    return sorted(result, key=lambda group: (-group.times, group.number)), recognised


def _members(inbox: Inbox | None, library: Library, number: int, *, one: bool) -> Sequence[Met]:
    """Return the entries of the group that the entry with a number belongs to. Raises InvalidInputError."""
    met = inbox.all() if inbox is not None else []
    entry = next((each for each in met if each.id == number), None)
    if entry is None:
        raise InvalidInputError(f"csbot: 收件箱里没有 #{number}")
    if one or entry.variant:
        return (entry,)
    return next((each.members for each in _grouped(library, met)[0] if entry in each.members), (entry,))


def _lines(groups: Sequence[MessageGroup], rated: Sequence[Met], recognised: Sequence[Met]) -> Iterator[str]:
    if groups:
        yield f"没认出来的话（{len(groups)} 组，{sum(each.times for each in groups)} 次）"
    for group in groups:
        near = f"  最接近 {group.nearest}" if group.nearest else ""
        yield f"  #{group.number}  {group.times} 次{near}"
        for each in group.members[:SHOWN]:
            yield f"      「{each.text}」" + (f"  {each.times} 次" if each.times > 1 else "")
        if len(group.members) > SHOWN:
            yield f"      ……还有 {len(group.members) - SHOWN} 条"
    headings = {"bad": "评为差的回复", "edited": "坐席改过的回复", "good": "评为好的回复"}
    for kind, heading in headings.items():
        entries = sorted((each for each in rated if each.kind == kind), key=lambda each: (-each.times, each.id))
        if entries:
            yield f"{heading}（{len(entries)} 条）"
        for each in entries:
            why = f"  原因：{each.wording}" if each.wording and kind == "bad" else ""
            yield f"  #{each.id}  {each.variant}  {each.times} 次{why}"
            yield f"      客户说：「{each.text}」"
            yield f"      回复：{each.reply}"
            if kind == "edited":
                yield f"      改成：{each.wording}"
    if recognised:
        yield f"另有 {len(recognised)} 条现在已经认得出来（csbot inbox dismiss --recognised 去掉）"
    ways = ["csbot inbox example 编号 情景；csbot inbox new 编号"] if groups else []
    ways += ["csbot inbox reply 编号（改过的加成新回复）"] if any(each.kind == "edited" for each in rated) else []
    if ways:
        yield f"怎样处理：{'；'.join(ways)}；csbot inbox dismiss 编号"
    if not (groups or rated or recognised):
        yield "收件箱是空的。"


def _fields(groups: Sequence[MessageGroup], rated: Sequence[Met], recognised: Sequence[Met]) -> dict[str, Any]:
    return {
        "groups": [
            {
                "id": group.number,
                "times": group.times,
                "nearest": group.nearest,
                "messages": [
                    {"id": each.id, "text": each.text, "kind": each.kind, "times": each.times, "last": _stamp(each)}
                    for each in group.members
                ],
            }
            for group in groups
        ],
        "replies": [
            {
                "id": each.id,
                "kind": each.kind,
                "variant": each.variant,
                "text": each.text,
                "reply": each.reply,
                "wording": each.wording,
                "times": each.times,
                "last": _stamp(each),
            }
            for each in rated
        ],
        "recognised": [each.id for each in recognised],
    }


def _stamp(entry: Met) -> str:
    """Return when something was met last by RFC 3339, with the offset of the local time."""
    return entry.last.astimezone().isoformat(timespec="seconds")
