"""A long line on the prompt: what stands before it is asked for a few times, not for every row."""

from __future__ import annotations

from io import StringIO

import pytest
from prompt_toolkit.application import create_app_session
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import create_pipe_input
from prompt_toolkit.output.vt100 import Vt100_Output

from csbot.console.prompt.line import LinePrompt

FEW = 60  # times that a screen asks for what stands before its line


@pytest.mark.parametrize("text", ["短", "一" * 10_000, "一行\n" * 500])
def test_what_stands_before_a_line_is_asked_for_a_few_times_a_screen(text: str) -> None:
    asked = 0

    def before() -> str:
        nonlocal asked
        asked += 1
        return "客户> "

    screen = StringIO()
    size = Size(rows=24, columns=80)
    with (
        create_pipe_input() as keys,
        create_app_session(input=keys, output=Vt100_Output(screen, lambda: size, term="xterm")),
    ):
        prompt = LinePrompt(before)
        screens: list[int] = []
        prompt.app.after_render += lambda _: screens.append(asked)
        keys.send_text("\r")
        assert prompt.prompt(default=text) == text
    assert "客户>" in screen.getvalue() or len(text) > 80, "a long line is shown from its end"
    assert asked <= FEW * len(screens)
