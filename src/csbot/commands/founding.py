"""``csbot new library`` and ``csbot new layer``: a folder to begin in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from csbot.commands.errors import EXIT_CLEAN, InvalidInputError
from csbot.commands.help import command as chinese_command
from csbot.commands.output import write_line
from csbot.library.shapes.parts import PROFILES
from csbot.text.normalise import visible

if TYPE_CHECKING:
    from csbot.authoring.placing import Made

service_option = click.option(
    "--ci",
    "service",
    type=click.Choice(["github", "gitlab", "none"]),
    default="github",
    help="写好哪一种自动检查；none 不写。",
)


profile_option = click.option(
    "--profile",
    "profiles",
    type=click.Choice(PROFILES),
    multiple=True,
    help="公司的行业，可以写多次：别的行业的情景就不参与识别；不写是都要，哪一个也不是的就不写。",
)


@chinese_command("library", short_help="新建自己的话术库")
@click.argument("folder", metavar="文件夹")
@click.option("--name", metavar="文字", help="公司对客户的称呼，回复里的 {公司} 就是它；不写就是“我们公司”。")
@profile_option
@service_option
@click.pass_context
def library(ctx: click.Context, folder: str, name: str | None, profiles: tuple[str, ...], service: str) -> None:
    """在一个新的（或空的）文件夹里建好自己的话术库：五个情景、全部禁用语规则、测试、说明和 CI 的写法。"""  # noqa: D415
    from csbot.authoring.fresh import make_library
    from csbot.authoring.placing import FreshError

    try:
        made = make_library(Path(folder), name, service, profiles)
    except FreshError as error:
        raise InvalidInputError(f"csbot: {error}") from None
    _tell(made, f"已建好话术库 {folder}", Path(folder))
    ctx.exit(EXIT_CLEAN)


@chinese_command("layer", short_help="新建一层，放在内置（或别的）话术库上面，只写改动")
@click.argument("folder", metavar="[文件夹]", required=False)
@click.option("--level", type=click.Choice(["公司", "团队", "个人"]), default="公司", help="哪一层，不写是公司。")
@click.option("--name", metavar="文字", help="名称，如公司对客户的称呼；不写就用文件夹的名称。")
@click.option("--extends", metavar="文件夹", help="下面是哪个话术库：内置（不写就是它），或另一个话术库的文件夹。")
@profile_option
@service_option
@click.pass_context
def layer(
    ctx: click.Context,
    folder: str | None,
    level: str,
    name: str | None,
    extends: str | None,
    profiles: tuple[str, ...],
    service: str,
) -> None:
    """在一个新的（或空的）文件夹里建好一层话术：layer.yaml、公司的名称、一个测试、说明和 CI 的写法。个人层不写文件夹，就建在个人设置里，平时自动用上。"""  # noqa: D415, E501
    from csbot.authoring.layer import make_layer
    from csbot.authoring.placing import FreshError
    from csbot.library.locate import personal_folder

    given = Path(folder) if folder is not None else None
    shown = given or personal_folder() or Path()
    try:
        called = name or (given.resolve().name if given else "自己")
        made = make_layer(given, level, called, extends, service, profiles)
    except FreshError as error:
        raise InvalidInputError(f"csbot: {error}") from None
    _tell(made, f"已建好{level}层 {shown}", shown)
    ctx.exit(EXIT_CLEAN)


def _tell(made: Made, what: str, folder: Path) -> None:
    """Say what was made, what it needs, and what to do next."""
    write_line(visible(f"{what}（{len(made.files)} 个文件），先看 {folder / 'README.md'}。"))
    for line in "\n".join(made.notes).splitlines():
        write_line(visible(line))
    from csbot.authoring.workflow import shell_word

    named = shell_word(str(folder))
    write_line(visible(f"  试一试：csbot --library {named} reply 你好"))
    write_line(visible(f"  加情景：csbot --library {named} new"))
