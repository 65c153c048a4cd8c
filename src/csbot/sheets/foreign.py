"""Canned replies as other programs give them away: Chatwoot's canned responses and Zendesk's macros, as JSON.

Only the texts are taken, as replies with what may name their situation beside them.
Chatwoot: GET /api/v1/accounts/{id}/canned_responses, https://developers.chatwoot.com/api-reference/canned-responses
Zendesk: GET /api/v2/macros, https://developer.zendesk.com/api-reference/ticketing/business-rules/macros/
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from html.parser import HTMLParser
from typing import Any

from csbot.sheets.grid import Cell
from csbot.sheets.headings import CODE, GROUP
from csbot.sheets.rows import Reading, Row
from csbot.sheets.tables import REPLIES, REPLY, SITUATION
from csbot.sources.json import json_items
from csbot.sources.opening import opened, text_lines, whole_text
from csbot.sources.passage import Excerpt, Fail, failure_of

_CONTAINERS = ("macros", "payload", "data", "canned_responses")
_COMMENTS = ("comment_value", "comment_value_html")
_PUBLIC = "comment_mode_is_public"
_BREAKS = {"br", "p", "div", "li", "ul", "ol", "tr", "h1", "h2", "h3", "h4"}
_UNSEEN = {"script", "style", "head", "title"}


def read_json(path: str, shown: str, encoding: str | None) -> Reading:
    """Return the replies of a JSON file. Raises SourceError where it is no JSON, or none that is known."""
    fail = failure_of(shown)
    with opened(path, fail) as stream:
        text = whole_text(text_lines(stream, path, encoding, fail), fail)
    text = text.removeprefix("\ufeff")
    places: dict[str, tuple[int, int]] = {}
    for item in json_items(text, fail, ()):
        if isinstance(item, Excerpt):
            places[item.field] = item.raw.place(item.starts[0]) if item.starts else item.raw.place(0)
    reading = Reading(known=1)
    reading.rows = list(_rows(json.loads(text, parse_int=str, parse_float=str), places, fail))
    return reading


def _rows(value: Any, places: Mapping[str, tuple[int, int]], fail: Fail) -> Iterator[Row]:
    way = ""
    if isinstance(value, dict):
        way = next((name for name in _CONTAINERS if isinstance(value.get(name), list)), "")
        value = value.get(way)
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise fail((1, 1), "sheet.format", "认不出这份 JSON：应当是 Chatwoot 的快捷回复或 Zendesk 的宏")
    known = False
    for number, entry in enumerate(value):
        here = f"{way}[{number}]"
        if isinstance(entry.get("content"), str):
            known = True
            names = {CODE: "short_code", SITUATION: "title", GROUP: "category"}
            yield _row(entry, names, entry["content"], f"{here}.content", here, places)
        elif isinstance(entry.get("actions"), list):
            known = True
            found = _comment(entry["actions"]) if entry.get("active", True) is not False else None
            if found is not None:
                at, text = found
                yield _row(entry, {SITUATION: "title"}, text, f"{here}.actions{at}", here, places)
    if value and not known:
        raise fail((1, 1), "sheet.format", "认不出这份 JSON：每一项应当有 short_code 和 content，或 title 和 actions")


def _row(
    entry: Mapping[str, Any],
    names: Mapping[str, str],
    text: str,
    field: str,
    here: str,
    places: Mapping[str, tuple[int, int]],
) -> Row:
    """Return a reply; what names its situation stands in ``names``, by our headings."""
    place = places.get(field, (1, 1))
    cells = {REPLY: Cell(text, *place)}
    for heading, name in names.items():
        if isinstance(entry.get(name), str):
            cells[heading] = Cell(entry[name], *places.get(f"{here}.{name}", place))
    named = [cells[heading] for heading in (SITUATION, CODE, GROUP) if heading in cells]
    return Row(REPLIES, cells, None, named)


def _comment(actions: list[Any]) -> tuple[str, str] | None:
    """Return what a macro writes to the customer, and where; None where it only changes fields of the ticket.

    With ``comment_mode_is_public`` false its comment is a note among colleagues.
    """
    if any(
        isinstance(each, dict) and each.get("field") == _PUBLIC and _is_false(each.get("value")) for each in actions
    ):
        return None
    for number, action in enumerate(actions):
        if not isinstance(action, dict) or action.get("field") not in _COMMENTS:
            continue
        value, at = action.get("value"), f"[{number}].value"
        if isinstance(value, list):  # the channel comes first
            texts = [index for index, each in enumerate(value) if isinstance(each, str)]
            if not texts:
                continue
            at, value = f"{at}[{texts[-1]}]", value[texts[-1]]
        if isinstance(value, str) and value.strip():
            return at, text_of_html(value) if action["field"] == "comment_value_html" else value
    return None


def _is_false(value: Any) -> bool:
    return str(value[0] if isinstance(value, list) and value else value).lower() == "false"


def text_of_html(html: str) -> str:
    """Return what a reader sees of HTML; every block begins a new line."""
    reader = _Text()
    reader.feed(html)
    reader.close()
    lines = (" ".join(line.split()) for line in "".join(reader.parts).split("\n"))
    return "\n".join(line for line in lines if line)


class _Text(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.parts: list[str] = []
        self._unseen = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 - its signature
        self._unseen += tag in _UNSEEN
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_endtag(self, tag: str) -> None:
        self._unseen = max(0, self._unseen - (tag in _UNSEEN))
        if tag in _BREAKS:
            self.parts.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._unseen:
            self.parts.append(data)
