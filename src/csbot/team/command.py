"""``csbot serve``: the console for a whole team, over SSH."""

from __future__ import annotations

import importlib.util
import sys
from datetime import datetime
from pathlib import Path

import click

from csbot.commands.errors import EXIT_CLEAN, InvalidInputError
from csbot.commands.help import command as chinese_command
from csbot.commands.options import library_option, now_option

PORT = 8022
MOST = 50  # agents at once; measured, see docs/benchmarks.md


@chinese_command("serve", short_help="让整个团队用 SSH 登录同一个控制台服务")
@click.option(
    "--agents",
    metavar="文件夹",
    required=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="坐席的公钥，每人一个文件，如 w001.pub；登录名就是文件名。",
)
@click.option(
    "--host", metavar="地址", default="127.0.0.1", help="在哪个地址上监听，不写是 127.0.0.1；0.0.0.0 是所有网卡。"
)
@click.option(
    "--port",
    metavar="端口",
    default=PORT,
    type=click.IntRange(0, 65535),
    help=f"端口，不写是 {PORT}；0 是任选一个。",
)
@click.option(
    "--host-key", metavar="文件", type=click.Path(dir_okay=False, path_type=Path), help="服务器密钥，没有就新建。"
)
@click.option(
    "--most",
    metavar="人数",
    default=MOST,
    type=click.IntRange(1, 1000),
    help=f"最多几位坐席同时在线，不写是 {MOST}。",
)
@library_option
@now_option
@click.pass_context
def command(
    ctx: click.Context,
    agents: Path,
    host: str,
    port: int,
    host_key: Path | None,
    most: int,
    library: str | None,
    now: datetime | None,
) -> None:
    """让整个团队用 SSH 登录同一个控制台服务：一份话术库，改了自动换上；每位坐席的待办和习惯各存各的。

    坐席登录：ssh -p 8022 工号@服务器。加人、减人只要放进或拿走公钥文件，不用重启。需要 csbot[team]。
    """  # noqa: D415
    if importlib.util.find_spec("asyncssh") is None:
        raise InvalidInputError("csbot: serve 需要 asyncssh，请安装：pip install 'csbot[team]'")
    if sys.platform == "win32":
        raise InvalidInputError("csbot: serve 在 Windows 上不能用，请放在 Linux 或 macOS 上；坐席可以用任何系统登录")
    from csbot.console.state.loading import LibraryUnusableError
    from csbot.store.database import data_directory
    from csbot.team.roster import RosterError
    from csbot.team.server import ServerError, serve_team

    folder = data_directory()
    key = host_key or (folder / "team" / "host_key" if folder is not None else None)
    if key is None:
        raise InvalidInputError("csbot: 没有数据文件夹可以放服务器密钥，请用 --host-key 指定一个文件")
    data = folder / "team" if folder is not None else None
    named, at = library or ctx.obj["library"], now or ctx.obj["now"]
    try:
        serve_team(named, at, host, port, agents, key, data, most)
    except LibraryUnusableError as error:
        raise InvalidInputError("\n".join(error.lines)) from None
    except (ServerError, RosterError) as error:
        raise InvalidInputError(f"csbot: {error}") from None
    ctx.exit(EXIT_CLEAN)
