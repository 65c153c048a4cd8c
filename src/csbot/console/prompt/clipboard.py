"""Copy a reply: into the system's clipboard, else through the terminal (OSC 52), else the agent selects it."""

from __future__ import annotations

import base64
import shutil
import sys
import threading
from collections.abc import Callable, Mapping
from enum import StrEnum

# Base64 characters that terminals take in one sequence: xterm and tmux stop a little above this.
OSC52_LIMIT = 74_000
# Terminals that are known to print or swallow the sequence.
_INCAPABLE = frozenset({"", "dumb", "unknown", "linux", "ansi", "cons25", "sun", "vt52", "vt100", "vt102", "vt220"})
_PATIENCE = 2.0  # seconds that a clipboard tool may take; one whose display is gone waits for ever


class Way(StrEnum):
    """How a text was copied; the value is what the agent is told."""

    NATIVE = "已复制到系统剪贴板。"
    OSC52 = "已复制（由终端转交剪贴板）；粘贴不出来的话，请用鼠标选取上面的文字。"
    PRINTED = "这里没有可用的剪贴板，请用鼠标选取上面的文字。"


def copy(
    text: str,
    environment: Mapping[str, str],
    write: Callable[[str], None],
    native: Callable[[str], bool] | None = None,
) -> Way:
    """Copy ``text`` and return the way that was taken; for PRINTED the caller prints it.

    ``write`` sends raw characters to the terminal. ``native`` tries the system's clipboard and tells whether that
    worked; by default pyperclip, where a platform tool and a display are at hand.
    """
    if not over_ssh(environment) and (native or (lambda value: _copy_native(value, environment)))(text):
        return Way.NATIVE
    sequence = osc52(text, environment)
    if sequence is None:
        return Way.PRINTED
    write(sequence)
    return Way.OSC52


def over_ssh(environment: Mapping[str, str]) -> bool:
    """Tell whether the agent sits at another machine: its clipboard is not the one of this system."""
    return any(environment.get(name) for name in ("SSH_CONNECTION", "SSH_CLIENT", "SSH_TTY"))


def native_tool(environment: Mapping[str, str], platform: str = sys.platform) -> str | None:
    """Return the platform's clipboard tool where it can work, else None."""
    if platform in ("win32", "cygwin"):
        return "windows"
    if platform == "darwin":
        return shutil.which("pbcopy")
    tools = [("WAYLAND_DISPLAY", "wl-copy"), ("DISPLAY", "xclip"), ("DISPLAY", "xsel"), ("WSL_DISTRO_NAME", "clip.exe")]
    return next((tool for name, tool in tools if environment.get(name) and shutil.which(tool)), None)


def _copy_native(text: str, environment: Mapping[str, str]) -> bool:
    if native_tool(environment) is None:
        return False
    succeeded = threading.Event()

    def work() -> None:
        try:
            import pyperclip

            pyperclip.copy(text)
        except Exception:  # noqa: S110  # any failure means: take the next way
            pass
        else:
            succeeded.set()

    worker = threading.Thread(target=work, name="csbot-copy", daemon=True)
    worker.start()
    worker.join(_PATIENCE)
    return succeeded.is_set()


def osc52(text: str, environment: Mapping[str, str]) -> str | None:
    """Return the escape sequence that puts ``text`` into the terminal's clipboard; None where it would not work."""
    term = environment.get("TERM", "").lower()
    if term in _INCAPABLE or environment.get("TERM_PROGRAM") == "Apple_Terminal":
        return None
    encoded = base64.b64encode(text.encode("utf-8", "replace")).decode("ascii")
    if len(encoded) > OSC52_LIMIT:
        return None
    sequence = f"\x1b]52;c;{encoded}\x07"
    if environment.get("TMUX"):
        # tmux takes the sequence itself (set-clipboard on) or hands it through (allow-passthrough on); what is
        # switched off is swallowed, so both are sent.
        return sequence + "\x1bPtmux;" + sequence.replace("\x1b", "\x1b\x1b") + "\x1b\\"
    if term.startswith("screen"):
        return "".join(f"\x1bP{sequence[at : at + 500]}\x1b\\" for at in range(0, len(sequence), 500))
    return sequence
