"""``csbot diff``: what changed for agents since a revision, in words."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import click

from csbot.commands.errors import EXIT_CLEAN
from csbot.commands.help import command as chinese_command
from csbot.commands.options import json_option, library_option, open_library
from csbot.commands.output import to_json, write_line
from csbot.commands.trying import opened_base
from csbot.library.models import Library
from csbot.text.normalise import visible

if TYPE_CHECKING:
    from csbot.trials.changes import Change

_HEADINGS = {
    "situation": "情景和话术",
    "rule": "禁用语规则",
    "element": "要素",
    "slot": "变量",
    "setting": "设置",
}


@chinese_command("diff", short_help="用文字说明话术库改了什么")
@click.argument("revision", metavar="[版本]", default="HEAD")
@json_option
@library_option
@click.pass_context
def command(ctx: click.Context, revision: str, as_json: bool, library: str | None) -> None:
    """说明话术库和一个 git 版本（不写是 HEAD）相比，对坐席来说改了什么。输出 Markdown，可以贴进合并请求。"""  # noqa: D415
    loaded = open_library(ctx, library)
    base = opened_base(loaded, revision)
    from csbot.trials.changes import changes_between

    changes = changes_between(base.library, loaded)
    if as_json:
        report = {"against": revision, "commit": base.commit, "changes": [each.as_dict() for each in changes]}
        write_line(to_json(report, 2))
    else:
        for line in _markdown(changes, base.library, loaded, revision, base.commit[:7]):
            write_line(line)
    ctx.exit(EXIT_CLEAN)


def _markdown(changes: Sequence[Change], before: Library, after: Library, revision: str, commit: str) -> Iterator[str]:
    named = "".join(visible(revision).split()).replace("`", "")
    yield f"## 话术库的改动：和 `{named}`（{commit}）相比"
    yield ""
    if not changes:
        yield "对坐席来说没有改动。"
        return
    counts = {kind: sum(each.kind == kind for each in changes) for kind in ("added", "changed", "removed")}
    yield f"新增 {counts['added']} 处，修改 {counts['changed']} 处，去掉 {counts['removed']} 处。"
    for subject, heading in _HEADINGS.items():
        subjects = (subject, "reply") if subject == "situation" else (subject,)
        of_subject = [each for each in changes if each.subject in subjects]
        if not of_subject:
            continue
        yield ""
        yield f"### {heading}"
        groups: dict[str, list[Change]] = {}
        for each in of_subject:
            groups.setdefault(each.id.partition("#")[0] if subject == "situation" else "", []).append(each)
        for intent, group in groups.items():
            yield ""
            if intent:
                name = (after.intents.get(intent) or before.intents[intent]).name
                yield f"**{_plain(name)}** `{intent}`"
                yield ""
            for each in group:
                yield from _item(each, of_situation=bool(intent))


def _item(change: Change, *, of_situation: bool) -> Iterator[str]:
    number = change.id.partition("#")[2]
    place = f"第 {number} 条：" if number else "" if of_situation else f"`{change.id}` "
    yield f"- {place}{_plain(change.what)}"
    if change.before:
        yield f"  - 原来：{_plain(change.before)}"
    if change.after:
        yield f"  - 现在：{_plain(change.after)}"


def _plain(text: str) -> str:
    """Return text of a library on one line, safe for a terminal and with nothing that Markdown or HTML would read."""
    return re.sub(r"([\\`*_\[\]<>|#~])", r"\\\1", " ".join(visible(text).split()))
