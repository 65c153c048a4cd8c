"""Who the agent is: a small file in the user's configuration folder."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from csbot.console.state.circumstances import CLEARING, PROFILES

FILE_NAME = "agent.toml"
TRADE = "行业"
LONGEST = 60  # characters of a value
# name → (type of its slot, what is asked, an example)
FIELDS = {
    "公司": ("文字", "公司对客户的称呼", "星河商城"),
    "客服姓氏": ("姓氏", "您姓什么", "李"),
    "工号": ("工号", "您的工号", "1024"),
    TRADE: ("文字", "所在行业", ""),
}
HEADER = "# 坐席自己的信息，用来填回复里的变量。控制台里用 /我 修改。\n"


class AgentError(Exception):
    """What the agent told cannot be taken, read or kept; the message is for the agent, in Chinese."""


@dataclass(slots=True)
class Agent:
    """What is known of the agent by the names of FIELDS, and the file that keeps it; None where nothing is kept."""

    path: Path | None = None
    values: dict[str, str] = field(default_factory=dict)

    @property
    def is_new(self) -> bool:
        """Whether nothing was ever asked, and the answers could be kept."""
        return self.path is not None and not self.path.exists()

    def read(self) -> None:
        """Read the file where there is one. Raises AgentError, with nothing taken over, where it is not sound."""
        if self.path is None or not self.path.exists():
            return
        import tomllib  # an agent who told nothing need not wait for it

        try:
            found = tomllib.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise AgentError(f"{self.path} 读不懂（{error}），这次不用；/我 会重新写好") from None
        sound = {name: value for name, value in found.items() if name in FIELDS and _is_sound(name, value)}
        if len(sound) < len(found):
            names = "、".join(name for name in found if name not in sound)
            raise AgentError(f"{self.path} 里的 {names} 不能用，这次都不用；/我 会重新写好")
        self.values = sound

    def write(self) -> None:
        """Keep what is known: the file is its owner's alone and replaced whole. Raises AgentError."""
        if self.path is None:
            return
        lines = [f"{json.dumps(name, ensure_ascii=False)} = {_quoted(value)}\n" for name, value in self.values.items()]
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            descriptor, name = tempfile.mkstemp(dir=self.path.parent, prefix=f".{FILE_NAME}")  # mode 0600
            try:
                with os.fdopen(descriptor, "w", encoding="utf-8") as stream:
                    stream.write(HEADER + "".join(lines))
                os.replace(name, self.path)
            except BaseException:
                with contextlib.suppress(OSError):
                    os.unlink(name)
                raise
        except OSError as error:
            raise AgentError(f"没能写入 {self.path}（{error.strerror}），只在这次有效") from None

    def take(self, name: str, value: str) -> None:
        """Set one value, or forget it where it is empty. Raises AgentError where it does not fit."""
        if not value or (name == TRADE and value in CLEARING):
            self.values.pop(name, None)
            return
        self.values[name] = checked(name, value)


def _is_sound(name: str, value: object) -> bool:
    """Tell whether a value of the file can be used; it is short, for the start of the console waits for it."""
    if not isinstance(value, str) or not 0 < len(value) <= LONGEST or not value.isprintable():
        return False
    return not set(value) & set("{}【】") and (name != TRADE or value in PROFILES)


def _quoted(value: str) -> str:
    """Return a value as a basic string of TOML: of what JSON escapes nothing means anything else there."""
    return json.dumps(value, ensure_ascii=False)


def checked(name: str, value: str) -> str:
    """Return a value tidied. Raises AgentError where it does not fit."""
    from csbot.library.values import Slot
    from csbot.replying.slots import SlotError, validate

    kind, prompt, example = FIELDS[name]
    if name == TRADE and value not in PROFILES:
        raise AgentError(f"行业可选：{'、'.join(PROFILES)}，只填一个；都不是，或者不止一个，就不填")
    try:
        tidy = validate(Slot(name, kind, prompt, example=example), value)
    except SlotError as error:
        raise AgentError(str(error)) from None
    if not _is_sound(name, tidy):
        raise AgentError(f"「{name}」最多 {LONGEST} 字")
    return tidy


def agent_path(environment: Mapping[str, str] | None = None) -> Path | None:
    """Return the file of what is known of the agent; None where nothing is kept.

    ``CSBOT_CONFIG_DIR`` names another folder than the user's configuration folder; an empty one means that nothing
    is kept, and nothing is asked.
    """
    environment = os.environ if environment is None else environment
    named = environment.get("CSBOT_CONFIG_DIR")
    if named is not None:
        return Path(named) / FILE_NAME if named else None
    from platformdirs import user_config_path

    try:
        return user_config_path("csbot", appauthor=False) / FILE_NAME
    except RuntimeError:  # no home directory can be determined
        return None
