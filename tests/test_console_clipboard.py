from __future__ import annotations

import base64

import pytest

from csbot.console.prompt.clipboard import OSC52_LIMIT, Way, copy, native_tool, osc52

TEXT = "很抱歉，让您久等了。"
XTERM = {"TERM": "xterm-256color"}


def no_native(_: str) -> bool:
    return False


def test_native_wins_where_it_works() -> None:
    written: list[str] = []
    assert copy(TEXT, XTERM, written.append, lambda _: True) is Way.NATIVE
    assert written == []


@pytest.mark.parametrize("name", ["SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"])
def test_native_is_never_used_over_ssh(name: str) -> None:
    def refuse(_: str) -> bool:
        raise AssertionError("the clipboard of the far machine is not the agent's")

    assert copy(TEXT, {**XTERM, name: "10.0.0.1 1 10.0.0.2 22"}, lambda _: None, refuse) is Way.OSC52


def test_osc52_carries_the_text() -> None:
    written: list[str] = []
    assert copy(TEXT, XTERM, written.append, no_native) is Way.OSC52
    encoded = base64.b64encode(TEXT.encode()).decode()
    assert written == [f"\x1b]52;c;{encoded}\x07"]


@pytest.mark.parametrize("term", ["", "dumb", "linux", "vt100", "unknown"])
def test_terminals_that_cannot_are_sent_nothing(term: str) -> None:
    written: list[str] = []
    assert copy(TEXT, {"TERM": term}, written.append, no_native) is Way.PRINTED
    assert written == []


def test_a_text_too_long_for_a_sequence_is_printed() -> None:
    assert osc52("很" * OSC52_LIMIT, XTERM) is None


def test_multiplexers_get_what_they_hand_through() -> None:
    in_tmux = osc52(TEXT, {"TERM": "tmux-256color", "TMUX": "/tmp/tmux-1/default,1,0"})
    assert in_tmux is not None
    assert in_tmux.startswith("\x1b]52;c;")
    assert "\x1bPtmux;\x1b\x1b]52;c;" in in_tmux
    in_screen = osc52("很" * 400, {"TERM": "screen"})
    assert in_screen is not None
    pieces = in_screen.split("\x1b\\")
    assert all(piece.startswith("\x1bP") for piece in pieces if piece)
    assert "".join(piece[2:] for piece in pieces) == osc52("很" * 400, XTERM)


def test_lone_surrogates_do_not_stop_a_copy() -> None:
    assert osc52("好\ud800", XTERM) is not None


def test_no_display_no_native_tool() -> None:
    assert native_tool({}, "linux") is None


def test_every_way_tells_the_agent() -> None:
    assert all(way.value.endswith("。") for way in Way)
