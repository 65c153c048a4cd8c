"""New entries from rows: what a situation, a reply or a rule looks like in the files."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from csbot.authoring.situations import shared_elements
from csbot.library.locate import MARKER as INTENTS
from csbot.library.models import Library
from csbot.library.yaml_document import Key
from csbot.library.yaml_writer import Value
from csbot.sheets.cells import said
from csbot.sheets.changes import Add, Change, Create, Outcome, Step, Supplement
from csbot.sheets.grid import Cell
from csbot.sheets.holdings import Holdings, Place
from csbot.sheets.merging import Merger, conditions
from csbot.sheets.notes import is_required
from csbot.sheets.rows import Row
from csbot.sheets.tables import CATEGORY, ID, REPLIES, SITUATIONS, TOPIC, Column, Form

_LISTS = ("examples", "negatives")
_ORDER = ("source", "elements", "replies", "ask", "coaching", "next", "covers", "owner", "reviewed", "expires")


@dataclass(slots=True)
class NewSituation:
    """A situation that is not in the library yet: its row, and its examples and replies with their cells."""

    id: str
    row: Row
    merger: Merger
    lists: dict[str, list[tuple[Value, Cell]]] = field(default_factory=dict)


def reply_value(text: str, row: Row) -> dict[str, Value]:
    """Return a reply as the file of its script says it."""
    cells = [row.text(column.heading) for column in REPLIES.columns]
    value: dict[str, Value] = {"text": text}
    length = said(row.text("长短"), REPLIES.columns[REPLIES.index("长短")])
    if length:
        value["length"] = length
    if when := dict(conditions(cells)):
        value["when"] = when
    return value


def reply_places(row: Row) -> dict[Key, Cell]:
    """Return which cell of a row says what is at a key of its reply; nothing of other rows."""
    if row.table is not REPLIES:
        return {}
    return {
        column.key[1:]: row.cells[column.heading]
        for column in REPLIES.columns
        if column.key[:1] == ("replies",) and column.heading in row.cells
    }


def new_situation(each: NewSituation, held: Holdings, outcome: Outcome, library: Library) -> Change | None:
    """Return the change that adds a situation, None where something is missing, which is noted."""
    row = each.row
    complete = _has_required(row, SITUATIONS.columns, outcome)
    if not each.lists.get("replies"):
        message = f"新情景「{each.id}」没有可以用的回复：请在回复表里至少写 3 条，情景编号写 {each.id}"
        outcome.error(row.cells[ID], "sheet.no-reply", message)
        complete = False
    topic, _, name = row.text(TOPIC).strip().partition(" ")
    topic = topic or each.id.partition(".")[0]
    intent, intent_cells = _values(row, each.merger, "intents")
    script, script_cells = _values(row, each.merger, "scripts")
    if not complete or intent is None or script is None:
        return None
    for sort in _LISTS:
        if found := each.lists.get(sort):
            intent[sort] = [value for value, _ in found]
            intent_cells |= {(sort, at): cell for at, (_, cell) in enumerate(found)}
    if not script.get("elements"):  # those that all of its replies have, so that no later one goes without
        texts = [str(value["text"]) for value, _ in each.lists["replies"] if isinstance(value, dict)]
        script["elements"] = shared_elements(library, texts)
    script = {"next": [], **script}
    script["replies"] = [value for value, _ in each.lists["replies"]]
    script_cells |= {("replies", at): cell for at, (_, cell) in enumerate(each.lists["replies"])}
    script = {"intent": each.id, **{name: script[name] for name in _ORDER if name in script}}
    file, _ = held.topics.get(topic, ("", ""))
    steps: list[Step] = [_new_intent(held, topic, intent, intent_cells)]
    if file:
        steps.append(Add(Place(file, ("scripts",)), script, None, script_cells))
    else:
        head = {"topic": topic, "name": name.strip() or topic}
        steps.append(Create(topic_file(topic), head, script))
    counts = "，".join(f"{what} {len(each.lists.get(sort, ()))} 条" for sort, what in _SPOKEN.items())
    change = Change(row.cells[ID], each.id, "新情景", "", f"{row.text('名称').strip()}（{counts}）", steps)
    change.cells = {str(reply["text"]): cell for reply, cell in each.lists["replies"] if isinstance(reply, dict)}
    return change


def _new_intent(held: Holdings, topic: str, intent: dict[str, Value], cells: dict[Key, Cell]) -> Step:
    """Return the step that adds a situation behind the others of its topic; a layer may have no file for it yet."""
    if INTENTS not in held.documents:
        return Create(INTENTS, {}, intent, "intents", cells)
    known = enumerate(held.documents[INTENTS].data.get("intents", ()))
    siblings = [at for at, entry in known if entry["id"].startswith(topic + ".")]
    return Add(Place(INTENTS, ("intents",)), intent, siblings[-1] if siblings else None, cells)


def supplement(
    library: Library, held: Holdings, owner: str, sort: str, value: Value, cells: Mapping[Key, Cell]
) -> Step:
    """Return the step that adds an item to a list of a situation which this layer has from a lower one."""
    if sort != "replies":
        return Supplement(INTENTS, {}, "intents", "id", owner, sort, value, cells)
    topic = library.scripts[owner].topic
    file, _ = held.topics.get(topic, (topic_file(topic), ""))
    return Supplement(file, {"topic": topic, "name": topic}, "scripts", "intent", owner, sort, value, cells)


def topic_file(topic: str) -> str:
    """Return the file in which the scripts of a new topic are to be."""
    return f"scripts_library/{topic.replace('.', '_')}.yaml"


_SPOKEN = {"replies": "回复", "examples": "例句", "negatives": "反例"}


def new_rule(row: Row, held: Holdings, outcome: Outcome, merger: Merger) -> Change | None:
    """Return the change that adds a forbidden rule, None where something is missing, which is noted."""
    category = row.text(CATEGORY).strip().partition(" ")[0] or row.text(ID).strip().partition(".")[0]
    complete = _has_required(row, row.table.columns, outcome)
    if category not in held.categories:
        message = f"没有「{category}」这个类别，现有：{'、'.join(held.categories)}；新的类别请在 YAML 里建文件"
        outcome.error(row.cells.get(CATEGORY, row.first), "ref.unknown", message)
        complete = False
    value, cells = _values(row, merger, "forbidden")
    if not complete or value is None:
        return None
    file, name = held.categories[category]
    step = Add(Place(file, ("rules",)), value, None, cells)
    return Change(
        row.cells[ID], row.text(ID).strip(), f"新禁用语（{name or category}）", "", str(value["banned"]), [step]
    )


def _has_required(row: Row, columns: Iterable[Column], outcome: Outcome) -> bool:
    complete = True
    for column in columns:
        missing = is_required(column) and column.form is Form.TEXT and not row.text(column.heading).strip()
        if missing:
            cell = row.cells.get(column.heading, row.first)
            outcome.error(cell, "sheet.required", f"新的一行要填「{column.heading}」")
            complete = False
    return complete


def _values(row: Row, merger: Merger, kind: str) -> tuple[dict[str, Value] | None, dict[Key, Cell]]:
    """Return what the cells of a row say of the entry in one kind of file, and which cell says what."""
    values: dict[str, Value] = {}
    cells: dict[Key, Cell] = {}
    for column in row.table.columns:
        cell = row.cells.get(column.heading)
        if column.kind != kind or cell is None:
            continue
        if is_required(column) and column.form is Form.TEXT and not cell.text.strip():
            continue  # told already
        value = merger.value(cell, column)
        if value is None:
            return None, cells
        stored = merger.stored(value, column)
        if stored is None:
            continue
        group = values
        for name in column.key[:-1]:
            inner = group.setdefault(name, {})
            assert isinstance(inner, dict)
            group = inner
        group[column.key[-1]] = stored
        cells[column.key] = cell
    return values, cells
