"""``csbot new``: new situations, rules and festivals, written where they belong once they are found good."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click

from csbot.commands.errors import EXIT_CLEAN, EXIT_FINDINGS, EXIT_USAGE, InvalidInputError
from csbot.commands.founding import layer, library
from csbot.commands.help import Command, Group
from csbot.commands.help import command as chinese_command
from csbot.commands.options import json_option, library_option, open_library
from csbot.commands.output import keep, to_json, write_line
from csbot.commands.progress import waiting
from csbot.text.normalise import visible

if TYPE_CHECKING:
    from csbot.authoring.asking import Asker
    from csbot.authoring.proposal import Added, Entry, Proposal, ProposalError
    from csbot.library.amending import Amendment
    from csbot.library.models import Library

Adder = Callable[["Amendment", "Library", "Proposal"], "Added"]
Questions = Callable[["Asker", "Library", "Entry"], "Entry"]
MAXIMUM_BYTES = 32 * 1024 * 1024

from_option = click.option("--from", "source_file", metavar="文件", help="照这个 YAML 文件写（- 表示标准输入）。")
dry_run_option = click.option("--dry-run", is_flag=True, help="只显示会怎样写，不写入。")


def _text(name: str, explained: str) -> Callable[..., Any]:
    return click.option(f"--{name}", name.replace("-", "_"), metavar="文字", help=explained)


def _texts(name: str, variable: str, explained: str) -> Callable[..., Any]:
    return click.option(f"--{name}", variable, metavar="文字", multiple=True, help=f"{explained}（可以写多次）。")


class _New(Group):
    """A group that has options of its own: without a sub-command they describe a situation."""

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write what else can be made."""
        with formatter.section("也可以新建"):
            formatter.write_dl([(name, self.commands[name].get_short_help_str(80)) for name in self.commands])


@click.group(
    "new",
    cls=_New,
    invoke_without_command=True,
    short_help="新建情景、话术、禁用语规则、节日，或自己的话术库、一层话术",
    options_metavar="[选项]",
    subcommand_metavar="[rule|festival|library|layer …]",
)
@_text("name", "情景的名称，如 催发货。")
@_text("cue", "什么时候用，一句话。")
@_texts("example", "examples", "客户会怎么说")
@_texts("reply", "replies", "怎样回复，至少 3 条")
@_text("id", "编号，如 order.urge；不写就照名称的拼音。")
@_text("topic", "写进哪个主题的文件，如 order；不写就看编号，再不然是 company（本公司）。")
@_texts("element", "elements", "每条回复必须有的要素；不写就从回复里看")
@_texts("keyword", "keywords", "关键词")
@_text("source", "出自手册哪一节；不写就是良好实践。")
@_text("label", "拿不准时请客户选择用的短词。")
@_text("use", "给坐席的提示：什么时候用。")
@_text("avoid", "给坐席的提示：什么时候不用。")
@_texts("never", "never", "给坐席的提示：绝不能说什么")
@_texts("next", "next_", "接下来通常用到的情景的编号")
@from_option
@dry_run_option
@json_option
@library_option
@click.pass_context
def command(ctx: click.Context, /, **given: Any) -> None:
    """新建一个情景和它的话术。在终端里逐项询问；写了选项或 --from 就不问。写入以前先载入改好的话术库检查一遍，有错就一个字也不写。"""  # noqa: D415, E501
    if ctx.invoked_subcommand is not None:
        return
    from csbot.authoring.asking import ask_situation
    from csbot.authoring.situations import KIND, add_situations

    entry: dict[str, Any] = {name: given[name] for name in ("name", "cue", "id", "topic", "source", "label")}
    entry |= {name: list(given[name]) for name in ("examples", "elements", "keywords")}
    entry |= {"replies": [{"text": text} for text in given["replies"]], "next": list(given["next_"])}
    coaching = {"use": given["use"], "avoid": given["avoid"], "never": list(given["never"])}
    entry["coaching"] = {name: value for name, value in coaching.items() if value}
    make(ctx, given, entry, KIND, ("name", "cue", "replies"), add_situations, ask_situation)


@chinese_command("rule", short_help="新建一条禁用语规则")
@_text("banned", "不能说的话。")
@_text("instead", "改说什么。")
@_text("reason", "为什么不能说。")
@_texts("bad", "bad", "必须命中的例子，至少 3 句")
@_texts("good", "good", "不能误伤的例子，至少 2 句")
@_texts("phrase", "phrases", "要查的短语；不写就查 --banned 的文字")
@_text("id", "编号，如 company.calm_down；不写就照拼音。")
@_text("category", "写进哪一类，如 ten_donts；不写就是 company（本公司）。")
@_text("source", "出自手册哪一节。")
@from_option
@dry_run_option
@json_option
@library_option
@click.pass_context
def rule(ctx: click.Context, /, **given: Any) -> None:
    """新建一条禁用语规则。写入以前先用它自己的例子试，再看话术库里有没有回复用着这句话。"""  # noqa: D415
    from csbot.authoring.asking import ask_rule
    from csbot.authoring.rules import KIND, add_rules

    entry = {name: given[name] for name in ("banned", "instead", "reason", "id", "category", "source")}
    entry |= {name: list(given[name]) for name in ("bad", "good", "phrases")}
    make(ctx, given, entry, KIND, ("banned", "instead", "bad", "good"), add_rules, ask_rule)


@chinese_command("festival", short_help="新建一个节日")
@_text("name", "节日名，如 端午。")
@_text("greeting", "怎样问候，如 端午安康。")
@_text("solar", "公历 月-日，如 05-01。")
@_text("lunar", "农历 月-日，如 05-05。")
@_text("days", "一共几天；不写就是 1。")
@_texts("named-by", "named_by", "客户会怎么提到它")
@click.option("--teach", is_flag=True, help="问候不是要素认得的说法时，让那些要素认得它。")
@from_option
@dry_run_option
@json_option
@library_option
@click.pass_context
def festival(ctx: click.Context, /, **given: Any) -> None:
    """新建一个节日：那一天怎样问候。"""  # noqa: D415
    from csbot.authoring.asking import ask_festival
    from csbot.authoring.festivals import KIND, add_festivals

    entry = {name: given[name] for name in ("name", "greeting", "solar", "lunar", "days")}
    entry["named_by"] = list(given["named_by"])
    make(
        ctx,
        given,
        entry,
        KIND,
        ("name", "greeting", "named_by"),
        partial(add_festivals, teach=given["teach"]),
        ask_festival,
    )


for each in (rule, festival, library, layer):
    assert isinstance(each, Command)
    command.add_command(each)


def make(
    ctx: click.Context,
    given: dict[str, Any],
    entry: dict[str, Any],
    kind: str,
    required: Sequence[str],
    add: Adder,
    questions: Questions,
    after: Callable[[], None] | None = None,
) -> None:
    """Take what was given, ask in a terminal for what is missing, and write it once it is found good.

    ``after`` is called when it has been written.
    Leaves with 0 where it was written, 1 where the checks refuse it, 2 where it has not the right form.
    """
    from csbot.authoring.proposal import ProposalError, given_proposal, read_proposal
    from csbot.library.amending import Amendment
    from csbot.library.editing import EditError
    from csbot.library.problems import LibraryError

    entry = {name: value for name, value in entry.items() if value}
    source = given["source_file"]
    if source is not None and entry:
        raise InvalidInputError("csbot: --from 和其他选项只能用一样")
    content = _content(source) if source is not None else b""
    loaded = own_library(ctx, given["library"])
    asker = None if source is not None else asker_of(ctx)
    missing = [name for name in required if name not in entry]
    if source is None and asker is None and missing:
        options = {"examples": "example", "replies": "reply", "named_by": "named-by"}
        raise InvalidInputError(f"csbot: 缺少选项 {'、'.join('--' + options.get(name, name) for name in missing)}")
    if not missing:
        asker = None
    try:
        amendment = Amendment(loaded.root)
        if asker is not None:
            entry = answered(asker, questions, loaded, entry)
        shown = "<stdin>" if source == "-" else source
        with waiting():
            proposal = read_proposal(content, shown, kind) if shown is not None else given_proposal(entry, kind)
            added = add(amendment, loaded, proposal)
        finish(ctx, amendment, added, asker, dry_run=given["dry_run"], as_json=given["as_json"], after=after)
    except ProposalError as error:
        if asker is None:
            refuse(ctx, error)
        name = keep(entry, Path.cwd())
        try:  # once more, so that every fault is told at its line of the file
            add(Amendment(loaded.root), loaded, read_proposal(Path(name).read_bytes(), name, kind))
        except ProposalError as located:
            error = located
        command = "new" if ctx.info_name == "new" else f"new {ctx.info_name}"
        asker.tell(f"您填的都存在 {name}：改好以后运行 csbot {command} --from {name}")
        refuse(ctx, error)
    except EditError as error:
        raise InvalidInputError(f"csbot: {error}") from None
    except LibraryError as error:
        from csbot.commands.options import library_error_text

        raise InvalidInputError(library_error_text(error)) from None


def own_library(ctx: click.Context, named: str | None) -> Library:
    """Return the library to write into; the built-in one is nobody's own."""
    from csbot.library.locate import built_in

    loaded = open_library(ctx, named)
    if loaded.origin == "内置" or (loaded.root.resolve() == built_in() and built_in().name == "data"):
        message = (
            "内置的话术库升级时会换掉，不往里面写：先用 csbot new layer 文件夹 在它上面建自己的一层，"
            "再用 --library 指定；"
            "只给自己用，就 csbot new layer --level 个人"
        )
        raise InvalidInputError(f"csbot: {message}")
    return loaded


def asker_of(ctx: click.Context) -> Asker | None:
    """Return where questions can be put to a person; None where input and output are not both a terminal."""
    make_asker = (ctx.find_root().obj or {}).get("asker")
    if make_asker is None or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return None
    asker: Asker = make_asker()
    return asker


def answered(asker: Asker, questions: Questions, loaded: Library, entry: dict[str, Any]) -> dict[str, Any]:
    """Return an entry with the answers. Leaves with 130 where the person stops, as after any Ctrl-C."""
    from csbot.authoring.asking import StoppedError

    try:
        return questions(asker, loaded, entry)
    except StoppedError:
        asker.tell("没有写入。")
        raise click.Abort from None


def _content(name: str) -> bytes:
    """Return the bytes of a file, ``-`` for standard input."""
    from csbot.library.problems import reason_of

    try:
        if name == "-":
            return sys.stdin.buffer.read(MAXIMUM_BYTES)
        with Path(name).open("rb") as stream:
            return stream.read(MAXIMUM_BYTES)
    except OSError as error:
        raise InvalidInputError(f"{name}:1:1: file.unreadable 文件读不了：{reason_of(error)}") from None


def refuse(ctx: click.Context, error: ProposalError) -> NoReturn:
    """Say what is wrong with what was proposed, and leave: nothing was written."""
    from csbot.commands.problems import problem_lines

    for line in problem_lines(error.problems):
        click.echo(line, err=True)
    click.echo("csbot: 没有写入，先改好上面的问题", err=True)
    ctx.exit(EXIT_USAGE if error.invalid else EXIT_FINDINGS)


def finish(
    ctx: click.Context,
    amendment: Amendment,
    added: Added,
    asker: Asker | None,
    *,
    dry_run: bool,
    as_json: bool,
    after: Callable[[], None] | None = None,
) -> None:
    """Show what will be written, ask for a last word where somebody is there, and write it."""
    names = sorted(amendment.changed)
    if not as_json and (dry_run or asker is not None):
        for line in difference(amendment):
            write_line(visible(line))
    if dry_run:
        ctx.exit(EXIT_CLEAN)
    if asker is not None and _declined(asker):
        asker.tell("没有写入。")
        raise click.Abort
    amendment.write()
    if after is not None:
        after()
    if as_json:
        warnings = [{"code": each.code, "message": each.message} for each in added.warnings]
        write_line(to_json({"added": list(added.ids), "files": names, "warnings": warnings}))
        ctx.exit(EXIT_CLEAN)
    write_line(visible(f"已写入 {'、'.join(added.ids)}：{'、'.join(names)}"))
    for each in added.warnings:
        write_line(visible(f"  {each.code} {each.message}"))
    write_line(visible(f"  再用 csbot{_where(amendment.root)} lint 查一遍"))
    ctx.exit(EXIT_CLEAN)


def _where(root: Path) -> str:
    """Return the option that names a library, nothing where it is the one that is taken from the current folder."""
    from csbot.library.locate import ENVIRONMENT_VARIABLE

    here = Path.cwd()
    if root.resolve() in (here, *here.parents) and not os.environ.get(ENVIRONMENT_VARIABLE):
        return ""
    return f" --library {os.fspath(root)}"


def _declined(asker: Asker) -> bool:
    answer = asker.ask("写入吗？（回车写入，n 不写）：")
    return answer is None or answer.strip().lower() in ("n", "no", "不", "否", "不写")


def difference(amendment: Amendment) -> list[str]:
    """Return what is new in every file, line by line, with a heading for each."""
    from difflib import unified_diff

    lines: list[str] = []
    for name, text in sorted(amendment.changed.items()):
        path = amendment.root / name
        before = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
        lines.append(f"{name}：")
        lines += [f"  {line}" for line in list(unified_diff(before, text.splitlines(), lineterm="", n=0))[2:]]
    return [line for line in lines if not line.startswith("  @@")]
