"""``csbot coverage``: what of the library comes from which section of the manuals."""

from __future__ import annotations

from typing import Any

import click

from csbot.commands.errors import EXIT_CLEAN, EXIT_FINDINGS
from csbot.commands.help import command as chinese_command
from csbot.commands.options import json_option, library_option, open_library
from csbot.commands.output import to_json, write_line
from csbot.library.models import Library


@chinese_command("coverage", short_help="手册逐节对照")
@json_option
@library_option
@click.pass_context
def command(ctx: click.Context, as_json: bool, library: str | None) -> None:
    """逐节列出手册的服务内容落在哪些情景、规则和设置上，哪些没有、为什么。有情景没有出处时返回 1。"""  # noqa: D415
    loaded = open_library(ctx, library)
    report = coverage(loaded)
    if as_json:
        write_line(to_json(report, 2))
    else:
        _write(report)
    ctx.exit(EXIT_FINDINGS if report["situations_without_section"] else EXIT_CLEAN)


def coverage(library: Library) -> dict[str, Any]:
    """Return the sections of every manual with what comes from them, and the situations that no section names."""
    named = {
        identifier for manual in library.manuals for section in manual.sections for identifier in section.situations
    }
    return {
        "manuals": [
            {
                "id": manual.id,
                "name": manual.name,
                "sections": [
                    {
                        "title": section.title,
                        "situations": list(section.situations),
                        "rules": list(section.rules),
                        "settings": list(section.settings),
                        "none": section.none or None,
                    }
                    for section in manual.sections
                ],
            }
            for manual in library.manuals
        ],
        "situations": len(library.intents),
        "situations_without_section": [identifier for identifier in library.intents if identifier not in named],
    }


def _write(report: dict[str, Any]) -> None:
    for manual in report["manuals"]:
        covered = [section for section in manual["sections"] if section["none"] is None]
        write_line(
            f"手册 {manual['id']}  {manual['name']}：{len(manual['sections'])} 节，{len(covered)} 节有内容进入话术库"
        )
        for section in manual["sections"]:
            write_line(f"  {section['title']}")
            for label, field in (("情景", "situations"), ("规则", "rules"), ("设置", "settings")):
                if section[field]:
                    write_line(f"    {label}：{'、'.join(section[field])}")
            if section["none"]:
                write_line(f"    没有：{section['none']}")
    missing = report["situations_without_section"]
    write_line(f"情景 {report['situations']} 个，{len(missing)} 个没有对应的章节")
    for identifier in missing:
        write_line(f"  {identifier}")
