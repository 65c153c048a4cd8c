"""Help in Chinese: click writes its own few words in English."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import click

from csbot.text.regex import regex

_RANGE = regex(r"  \[[\d<=]*x[\d<=>]*\]")  # what click adds of a range; who goes beyond it is told


class _ChineseHelp(click.Command):
    """The parts of click's help that carry words of its own."""

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the line that shows how the command is called."""
        formatter.write_usage(ctx.command_path, " ".join(self.collect_usage_pieces(ctx)), prefix="用法：")

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options under a Chinese heading, then the commands of a group."""
        options = [param for param in self.get_params(ctx) if isinstance(param, click.Option)]
        records = [
            (name, _RANGE.sub("", text).replace("  [required]", "（必填）"))
            for option in options
            if (record := option.get_help_record(ctx)) is not None
            for name, text in (record,)
        ]
        if records:
            with formatter.section("选项"):
                formatter.write_dl(records)
        if isinstance(self, click.Group):
            self.format_commands(ctx, formatter)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the help option, described in Chinese."""
        option = super().get_help_option(ctx)
        if option is not None:
            option.help = "显示这份说明。"
        return option


class Command(_ChineseHelp):
    """A command with help in Chinese."""


class Group(_ChineseHelp, click.Group):
    """A group of commands with help in Chinese."""


def command(name: str, **settings: Any) -> Callable[[Callable[..., Any]], Command]:
    """Return the decorator that makes a function a command with help in Chinese; settings as in click."""
    return click.command(name, cls=Command, options_metavar="[选项]", **settings)
