"""What a layer may not do to a lower one: loosen what must not be said, or what must be said, on the quiet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from csbot.library.layers import Layer
from csbot.library.shapes.parts import CHANGE_REASON
from csbot.library.yaml_document import Key

_ABOUT_THE_CHANGE = {"id", "change", CHANGE_REASON}
_STRICTER = {"phrases", "bad", "good"}  # adding to these makes a forbidden rule find more, never less


def refusal(layer: Layer, kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Key, str] | None:
    """Return where and why a layer may not change an entry of a lower one in this way; None where it may.

    ``old`` is the entry as the lower layers have it, ``new`` what the layer says of it.
    """
    loosened = _loosened(kind, old, new)
    if loosened is None:
        return None
    where, what = loosened
    if not layer.may_loosen:
        return where, f"{layer.level}层不能{what}：这要由公司层写明理由来改"
    if not new.get(CHANGE_REASON):
        return where, f"{what}要写明理由：请加一行 {CHANGE_REASON}: …"
    return None


def _loosened(kind: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Key, str] | None:
    """Return what of a change may let through what was stopped before, and how that is called."""
    match kind:
        case "forbidden":
            keys = [key for key in new if key not in _ABOUT_THE_CHANGE]
            if new["change"] == "add":
                keys = [key for key in keys if key not in _STRICTER]
            if keys:
                return (keys[0],), f"改动下层禁用语规则的 {keys[0]}（只有用 change: add 加 phrases、bad、good 是收紧）"
        case "circumstances":
            return ("change",), "改动下层的不算的情形"
        case "elements":
            return ("change",), "改动下层的要素规则"
        case "scripts" if new["change"] == "replace":
            for key, what in (("elements", "必须有的要素"), ("ask", "每次都要问的变量")):
                gone = [each for each in old.get(key, ()) if each not in new.get(key, old.get(key, ()))]
                if gone:
                    return (key,), f"去掉下层话术{what}「{gone[0]}」"
        case "slots":
            if new.get("type", old["type"]) != old["type"]:
                return ("type",), "改动下层变量的种类（它决定号码遮不遮）"
    return None
