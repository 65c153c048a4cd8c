"""Write values as YAML text that the reader of a library, and any editor, reads as the same texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from wcwidth import wcswidth

from csbot.library.yaml_document import Key
from csbot.text.regex import regex

Value = str | Sequence["Value"] | Mapping[str, "Value"]
Style = Callable[[Key], str]  # how the value at a place inside the one that is written should look; "" for any way

WIDEST = 110  # columns of a list in brackets; a longer one gets a line for each of its items
# Names whose values are sentences: in quotes, since sentences hold all sorts of marks.
_QUOTED = {"text", "source", "draft", "becomes", "banned", "instead", "reason", "default", "prompt"}
# Lists and groups that are short, and of which an entry has many.
_FLOW = {"keywords", "elements", "never", "next", "ask", "profiles", "pinyin", "when", "expect", "choices", "named_by"}
_FLOW |= {"covers", "contains", "not_contains", "forbidden", "slots", "bad", "good", "present", "absent"}

# Without quotes only what begins with a letter or a character and holds no mark that means anything in YAML.
_PLAIN = regex(r"[^\W\d_][^\x00-\x1f\x7f-\x9f:#\[\]{},\"'`&*!|>%@\\\u2028\u2029\ufeff\ufffe\uffff]*")
_WORDS = {"y", "n", "yes", "no", "on", "off", "true", "false", "null", "inf", "nan"}  # no texts to other readers
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r", "\0": "\\0"}
_ESCAPED = regex(r"[\x00-\x1f\x7f-\x9f\\\"\u2028\u2029\ufeff\ufffe\uffff]")


def _is_plain(text: str) -> bool:
    return _PLAIN.fullmatch(text) is not None and text == text.strip() and text.lower() not in _WORDS


def scalar(text: str, style: str = "") -> str:
    """Return a text on one line: plain where that is safe and ``style`` is not a quotation mark, else in quotes."""
    if style not in ('"', "'") and _is_plain(text):
        return text
    if style == "'" and not _ESCAPED.search(text.replace('"', "").replace("\\", "")):
        return "'" + text.replace("'", "''") + "'"
    return '"' + _ESCAPED.sub(lambda found: _ESCAPES.get(found[0]) or f"\\u{ord(found[0]):04x}", text) + '"'


def no_style(_key: Key) -> str:
    """Leave it to the names how everything looks."""
    return ""


def flow(value: Value, style: Style = no_style, key: Key = ()) -> str:
    """Return a value on one line, lists in brackets and groups in braces."""
    if isinstance(value, str):
        return scalar(value, _style_of(value, style, key))
    if isinstance(value, Mapping):
        members = (f"{scalar(name)}: {flow(each, style, (*key, name))}" for name, each in value.items())
        return "{" + ", ".join(members) + "}"
    return "[" + ", ".join(flow(each, style, (*key, index)) for index, each in enumerate(value)) + "]"


def block(value: Value, column: int, style: Style = no_style, key: Key = ()) -> str:
    """Return a value as it follows 「- 」 in a list whose members begin in ``column`` (from 0).

    The first line has no spaces before it; the others have, and the last does not end with a line break.
    """
    if isinstance(value, str) or not value or _style_of(value, style, key) == "flow":
        return flow(value, style, key)
    pad = " " * column
    if isinstance(value, Mapping):
        return f"\n{pad}".join(pair(name, each, column, style, (*key, name)) for name, each in value.items())
    members = (f"- {block(each, column + 2, style, (*key, at))}" for at, each in enumerate(value))
    return f"\n{pad}".join(members)


def pair(name: str, value: Value, column: int, style: Style = no_style, key: Key = ()) -> str:
    """Return a key and its value as they stand in a group whose keys begin in ``column``."""
    head = f"{scalar(name)}:"
    if isinstance(value, str) or not value:
        return f"{head} {flow(value, style, key)}"
    if _style_of(value, style, key) == "flow":
        line = f"{head} {flow(value, style, key)}"
        texts = not isinstance(value, Mapping) and all(isinstance(each, str) for each in value)
        if not texts or column + wcswidth(line) <= WIDEST:
            return line
        inner = block(value, column + 2, lambda at: "block" if at == key else style(at), key)
        return f"{head}\n{' ' * (column + 2)}{inner}"
    return f"{head}\n{' ' * (column + 2)}{block(value, column + 2, style, key)}"


def _style_of(value: Value, style: Style, key: Key) -> str:
    """Return how a value should look: as ``style`` says, else as values of its name usually look."""
    wanted, ways = style(key), ("plain", "'", '"') if isinstance(value, str) else ("flow", "block")
    name = next((each for each in reversed(key) if isinstance(each, str)), "")
    if wanted in ways:
        return wanted
    if isinstance(value, str):
        return '"' if name in _QUOTED else "plain"
    flat = all(isinstance(each, str) for each in (value.values() if isinstance(value, Mapping) else value))
    return "flow" if flat and name in _FLOW and (not key or key[-1] == name) else "block"
