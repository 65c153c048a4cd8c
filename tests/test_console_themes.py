"""How the console looks where: themes, plain marks; and what its history may recall."""

from __future__ import annotations

from io import StringIO
from pathlib import Path

import pytest

from csbot.console.commands.registry import COMMANDS, is_bare
from csbot.console.prompt.history import PERSONAL, CommandHistory, without_personal_data
from csbot.console.screen.themes import PLAIN_MARKS, THEMES, ThemeName, has_plain_marks_only, theme_of, unknown_theme
from csbot.console.screen.view import View


@pytest.mark.parametrize(
    ("environment", "theme"),
    [
        ({}, "dark"),
        ({"CSBOT_THEME": "light"}, "light"),
        ({"CSBOT_THEME": " LIGHT "}, "light"),
        ({"CSBOT_THEME": "none"}, "none"),
        ({"CSBOT_THEME": "purple"}, "dark"),
        ({"CSBOT_THEME": "light", "NO_COLOR": "1"}, "none"),
        ({"NO_COLOR": ""}, "dark"),
        ({"COLORFGBG": "0;15"}, "light"),
        ({"COLORFGBG": "15;default;0"}, "dark"),
        ({"COLORFGBG": "0;15", "CSBOT_THEME": "dark"}, "dark"),
    ],
)
def test_which_theme(environment: dict[str, str], theme: str) -> None:
    assert theme_of(environment).name == theme
    assert theme_of(environment).colour is (theme != "none")


def test_an_unknown_theme_is_said() -> None:
    assert unknown_theme({}) == unknown_theme({"CSBOT_THEME": "Light"}) == ""
    assert "「purple」" in unknown_theme({"CSBOT_THEME": "purple"})


def test_all_themes_have_the_same_styles_and_a_light_one_no_yellow_text() -> None:
    from prompt_toolkit.styles import Style

    dark = THEMES[ThemeName.DARK]
    for theme in THEMES.values():
        Style.from_dict(dict(theme.prompt))  # it can be read
        assert theme.prompt.keys() == dark.prompt.keys()
        assert theme.view.keys() == dark.view.keys()
    light = THEMES[ThemeName.LIGHT]
    for style in (*light.prompt.values(), *light.view.values()):
        assert "yellow" not in style.replace("bg:ansiyellow", "").replace("on yellow", "")


@pytest.mark.parametrize(
    ("environment", "platform", "plain"),
    [
        ({}, "linux", False),
        ({"LANG": "zh_CN.UTF-8"}, "linux", False),
        ({"LANG": "C.utf8"}, "linux", False),
        ({"LANG": "zh_CN.GBK"}, "linux", True),
        ({"LANG": "C"}, "linux", True),
        ({"LANG": "C", "LC_ALL": "zh_CN.UTF-8"}, "darwin", False),
        ({"LANG": "zh_CN.UTF-8", "LC_CTYPE": "POSIX"}, "linux", True),
        ({"LANG": "C"}, "win32", False),
        ({"LANG": "zh_CN.GBK", "LC_CTYPE": "C.UTF-8"}, "linux", True),
        ({"LC_CTYPE": "UTF-8"}, "darwin", False),
        ({"LC_ALL": "C.UTF-8", "LANG": "C"}, "linux", False),
    ],
)
def test_where_only_plain_marks_are_shown(environment: dict[str, str], platform: str, plain: bool) -> None:
    assert has_plain_marks_only(environment, platform) is plain


def test_plain_marks_keep_texts_that_are_copied_whole() -> None:
    output = StringIO()
    view = View(output, colour=False, width=40, plain_marks=True)
    view.choices([("1", "★常用" + "很长的话" * 20, "")])
    view.reply("请稍等……★", complete=True)
    shown = output.getvalue()
    assert "★常用" not in shown
    assert "*常用" in shown
    assert "请稍等……★\n" in shown
    assert all(len(line.encode("gbk")) <= 40 for line in shown.splitlines())
    assert "…" not in "★●…".translate(PLAIN_MARKS)


@pytest.mark.parametrize(
    ("line", "known", "kept"),
    [
        ("/帮助", [], "/帮助"),
        ("> 好的，我马上帮您核实。", ["王先生"], "> 好的，我马上帮您核实。"),
        ("> 王先生，已经发货。", ["王先生"], ""),
        ("> 电话13812345678已登记。", [], ""),
        ("/检查 订单QX20261122已发出", ["QX20261122"], ""),
        ("/消息 我姓王，住在梧桐巷", [], "/消息"),
        ("/消息我姓王", [], "/消息"),
        ("／m 我姓王", [], "/m"),
        ("/客户 王 先生", [], "/客户"),
        ("/新客户 李 女士", [], "/新客户"),
        ("/填 姓氏=王", [], "/填"),
        ("/仍要发送 王先生要求原话", [], "/仍要发送"),
        ("/用 service.closing", ["王先生"], "/用 service.closing"),
    ],
)
def test_what_may_be_recalled(line: str, known: list[str], kept: str) -> None:
    assert without_personal_data(line, known) == kept


def test_the_history_keeps_only_that(tmp_path: Path) -> None:
    path = tmp_path / "commands"
    history = CommandHistory(path, is_bare, lambda line: without_personal_data(line, ["王先生"]))
    for line in ("/消息 我姓王", "> 王先生，您好。", "> 您好。", "我要投诉"):
        history.append_string(line)
    assert history.get_strings() == ["/消息", "> 您好。"]
    assert path.read_text(encoding="utf-8") == "/消息\n"


def test_the_commands_that_take_personal_data_exist() -> None:
    assert {command.name for command in COMMANDS} >= PERSONAL
