"""``csbot try``: what the edit in the working tree changes against a revision."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from csbot.commands.errors import EXIT_CLEAN, EXIT_FINDINGS, InvalidInputError
from csbot.commands.help import command as chinese_command
from csbot.commands.options import json_option, library_error_text, library_option, moment, now_option, open_library
from csbot.commands.output import json_lines, to_json, write_line
from csbot.library.load import load_with_tests
from csbot.library.models import Library
from csbot.library.problems import LibraryError, reason_of
from csbot.library.revisions import GitError
from csbot.text.normalise import visible

if TYPE_CHECKING:
    from csbot.trials.base import Base
    from csbot.trials.cases import Case
    from csbot.trials.compare import Answer, Difference

WORTH_A_BAR = 200  # messages from which a person is shown how far it is
NAMED = 3  # messages that are quoted of those with the same change
_DECISIONS = {"ambiguous": "拿不准，请客户选择或再说", "unmatched": "没有识别"}


@chinese_command("try", short_help="看改动以后哪些消息的识别和回复变了")
@click.argument("texts", nargs=-1, metavar="[文字|文件|-]…")
@click.option("--against", "revision", metavar="版本", default="HEAD", help="和哪个 git 版本相比；不写是 HEAD。")
@click.option("--examples", is_flag=True, help="另试全部例句、反例、无关的话，以及测试里客户说的话。")
@json_option
@now_option
@library_option
@click.pass_context
def command(
    ctx: click.Context,
    texts: tuple[str, ...],
    revision: str,
    examples: bool,
    as_json: bool,
    now: datetime | None,
    library: str | None,
) -> None:
    """试试话术库还没有提交的改动：和上一次提交相比，哪些消息的识别变了，哪些回复变了。

    文件里一行一条消息；.jsonl 文件每行是 {"text": …}。没有变化返回 0，有变化返回 1。
    """  # noqa: D415
    if not texts and not examples:
        raise click.UsageError("请写出要试的消息或文件，或者用 --examples 试全部例句和测试")
    loaded = open_library(ctx, library)
    messages = [message for text in texts for message in _messages(text)]
    base = opened_base(loaded, revision)
    from csbot.trials.base import responders
    from csbot.trials.compare import compared, messages_of

    if examples:
        messages += messages_of((loaded, base.library), _cases(loaded))
    messages = list(dict.fromkeys(messages))
    if not messages:
        raise InvalidInputError("csbot: 没有要试的消息：文件里没有内容")
    before, after = responders(loaded, base.library)
    # The same files answer the same: no message needs to be tried.
    found = iter(()) if base.library.data == loaded.data else compared(before, after, messages, moment(ctx, now))
    with click.progressbar(
        found,
        length=len(messages),
        label="正在试",
        file=sys.stderr,
        hidden=len(messages) < WORTH_A_BAR or not sys.stderr.isatty(),
    ) as progress:
        differences = [difference for difference in progress if difference is not None]
    if as_json:
        write_line(to_json(_as_dict(base, revision, len(messages), differences), 2))
    else:
        for line in _lines(loaded, base, revision, len(messages), differences):
            write_line(visible(line))
    ctx.exit(EXIT_FINDINGS if differences else EXIT_CLEAN)


def opened_base(library: Library, revision: str) -> Base:
    """Return the library of a revision; what stands in the way stops the command with exit code 2."""
    from csbot.trials.base import base_of

    try:
        return base_of(library, revision)
    except GitError as error:
        raise InvalidInputError(f"csbot: {error}") from None
    except LibraryError as error:
        raise InvalidInputError(library_error_text(error)) from None


def _messages(text: str) -> Iterator[str]:
    if text == "-" or text.endswith(".jsonl"):
        if text == "-":
            yield from (line for each in sys.stdin if (line := each.strip()))
        else:
            yield from (entry["text"] for entry in json_lines(text, "text"))
        return
    path = Path(text)
    try:
        is_file = path.is_file()
    except (OSError, ValueError):  # a long message is no name of a file
        is_file = False
    if not is_file:
        yield text
        return
    try:
        content = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise InvalidInputError(f"{text}:1:1: file.unreadable 文件读不了：{reason_of(error)}") from None
    except UnicodeDecodeError:
        raise InvalidInputError(f"{text}:1:1: file.encoding 文件不是 UTF-8 编码") from None
    yield from (line for each in content.split("\n") if (line := each.strip()))


def _cases(library: Library) -> list[Case]:
    from csbot.trials.cases import cases_of

    try:
        return cases_of(*load_with_tests(library.root))
    except LibraryError as error:
        raise InvalidInputError(library_error_text(error)) from None


def _as_dict(base: Base, revision: str, count: int, differences: Sequence[Difference]) -> dict[str, object]:
    return {
        "against": revision,
        "commit": base.commit,
        "messages": count,
        "differences": [
            {
                "text": each.text,
                "change": "situation" if each.elsewhere else "reply",
                "before": each.before.as_dict(),
                "after": each.after.as_dict(),
            }
            for each in differences
        ],
    }


def _lines(library: Library, base: Base, revision: str, count: int, differences: Sequence[Difference]) -> Iterator[str]:
    groups: dict[tuple[bool, Answer, Answer], list[str]] = {}
    for each in differences:
        groups.setdefault((each.elsewhere, each.before, each.after), []).append(each.text)
    for (elsewhere, before, after), texts in sorted(groups.items(), key=lambda item: not item[0][0]):
        new = _taken_for(library, after)
        if elsewhere:
            yield f"识别变了（{len(texts)} 条）：{_taken_for(base.library, before)} → {new}"
        else:
            yield f"回复变了（{len(texts)} 条）：{new}"
        more = f" 等 {len(texts)} 条" if len(texts) > NAMED else ""
        yield f"    客户说：{'、'.join(f'「{text}」' for text in texts[:NAMED])}{more}"
        if before.reply != after.reply:
            yield f"    原来：{before.reply or '（没有可以发送的回复）'}"
            yield f"    现在：{after.reply or '（没有可以发送的回复）'}"
    elsewhere_count = sum(each.elsewhere for each in differences)
    yield (
        f"和 {revision}（{base.commit[:7]}）相比，{count} 条消息里：识别变了 {elsewhere_count} 条，"
        f"只是回复变了 {len(differences) - elsewhere_count} 条，不变 {count - len(differences)} 条"
    )


def _taken_for(library: Library, answer: Answer) -> str:
    if not answer.situations:
        return _DECISIONS[answer.decision]
    return "、".join(f"{each}（{library.intents[each].name}）" for each in answer.situations)
