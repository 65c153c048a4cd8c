"""Exit codes, and what a person is told when a command was called wrongly."""

from __future__ import annotations

import click

EXIT_CLEAN = 0
EXIT_FINDINGS = 1
EXIT_USAGE = 2


class InvalidInputError(click.ClickException):
    """Input that cannot be read or is not valid; the message is complete, in Chinese."""

    exit_code = EXIT_USAGE


def _takes_none(ctx: click.Context | None) -> bool:
    """Tell whether a command has nothing but options."""
    return ctx is not None and not any(isinstance(each, click.Argument) for each in ctx.command.params)


def _whole(ctx: click.Context | None) -> str:
    """Return what to write instead of an argument where a command takes none."""
    match ctx.command.name if ctx is not None else None:
        case "lint":
            return "它查整个话术库，不写文件名；换一个话术库用 --library 文件夹，查坐席要发的话用 csbot check 文件"
        case "watch" | "coverage" | "library":
            return "它看的是整个话术库，不写文件名；换一个话术库用 --library 文件夹"
        case _:
            return "每个值都写在它的选项后面"


def usage_message(error: click.ClickException) -> str:
    """Return the Chinese message for an error of the command line."""
    if isinstance(error, InvalidInputError):
        return error.message
    command = f"（见 {error.ctx.command_path} --help）" if isinstance(error, click.UsageError) and error.ctx else ""
    match error:
        case click.NoSuchOption():
            near = f"，是不是 {error.possibilities[0]}？" if error.possibilities else ""
            return f"csbot: 没有选项 {error.option_name}{near}{command}"
        case click.MissingParameter():
            name = error.param.make_metavar(error.ctx) if error.param and error.ctx else ""
            return f"csbot: 缺少参数 {name}{command}"
        case click.BadOptionUsage():
            return f"csbot: 选项 {error.option_name} 用法不对：它的值缺了或多了{command}"
        case click.BadParameter():
            hint = error.param_hint if isinstance(error.param_hint, str) else "参数"
            name = error.param.opts[0] if error.param and error.param.opts else hint
            if isinstance(error.param, click.Argument):
                name = str(error.param.metavar or name).strip("[]…")
            if error.param is not None and isinstance(error.param.type, click.IntRange):
                least, most = error.param.type.min, error.param.type.max
                wanted = f" {least} 到 {most} 的整数" if most is not None else f"不小于 {least} 的整数"
                return f"csbot: {name} 的值不对，应是{wanted}{command}"
            if error.param is not None and isinstance(error.param.type, click.Choice):
                return f"csbot: {name} 的值不对，可用：{'、'.join(map(str, error.param.type.choices))}{command}"
            return f"csbot: {name} 的值不对：{error.message}{command}"
        case click.UsageError() if error.message.startswith("No such command"):
            from difflib import get_close_matches

            name = error.message.split("'")[1] if "'" in error.message else ""
            group = error.ctx.command if error.ctx else None
            others = group.list_commands(error.ctx) if error.ctx and isinstance(group, click.Group) else []
            close = get_close_matches(name, others, n=1, cutoff=0.6)
            hint = f"，是不是 {close[0]}？" if close else ""
            return f"csbot: 没有命令「{name}」{hint}{command}"
        case click.UsageError() if "unexpected extra argument" in error.message and _takes_none(error.ctx):
            return f"csbot: 多了参数：{_whole(error.ctx)}{command}"
        case click.UsageError() if "unexpected extra argument" in error.message:
            return f"csbot: 多了参数；有空格的文字请用引号括起来{command}"
        case click.UsageError():
            return f"csbot: 用法不对：{error.message}{command}"
        case _:
            return f"csbot: {error.format_message()}"
