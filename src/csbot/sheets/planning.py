"""From the rows of a file to what changes in the library: entries that are there, entries and rows that are new."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from difflib import get_close_matches

from csbot.library.models import Library
from csbot.library.yaml_writer import Value
from csbot.matching.fuzzy import closest
from csbot.sheets.cells import said
from csbot.sheets.changes import Add, Change, Homeless, Outcome, Step
from csbot.sheets.composing import NewSituation, new_rule, new_situation, reply_places, reply_value, supplement
from csbot.sheets.grid import TOLD, Cell, Progress, silent
from csbot.sheets.holdings import Holdings, Listing, Place
from csbot.sheets.markers import Marker, digests, own_of
from csbot.sheets.merging import Merger, Prefer, conditions, shown_value
from csbot.sheets.rows import Origin, Reading, Row
from csbot.sheets.tables import (
    EXAMPLE,
    EXAMPLES,
    ID,
    REPLIES,
    REPLY,
    RULES,
    SITUATION,
    SITUATION_NAME,
    SITUATIONS,
    SORT,
    SORTS,
    WHEN,
)
from csbot.text.normalise import folded
from csbot.text.regex import regex

ALIKE = 60.0  # of 100: from here on a name may be what was meant
_LEVELS = regex(r"::|[>＞|｜/／\\]")  # between a group and what stands in it
_SPACE = regex(r"\s+")


def plain(text: str) -> str:
    """Return what two texts have in common that say the same: width, case and spaces do not count."""
    return _SPACE.sub("", folded(text))


def identifier_in(text: str) -> str:
    """Return the id that a cell says: in half width, without the spaces and invisible characters around and in it."""
    half = unicodedata.normalize("NFKC", text)
    return "".join(each for each in half if not each.isspace() and unicodedata.category(each) != "Cf")


@dataclass(slots=True)
class Planner:
    """Goes through the rows of a file. ``homeless`` rows of the outcome found no situation."""

    held: Holdings
    library: Library
    prefer: Prefer = Prefer.NEITHER
    outcome: Outcome = field(default_factory=Outcome)
    progress: Progress = silent
    _new: dict[str, NewSituation] = field(default_factory=dict)
    _names: dict[str, str] = field(default_factory=dict)  # what a situation may be called → its id
    _close: dict[str, str] = field(default_factory=dict)  # what was asked for → the name that is most like it
    _said: dict[str, dict[str, str]] = field(default_factory=dict)  # sort → plain text → whose it is
    _added: dict[tuple[str, str], set[tuple[str, ...]]] = field(default_factory=dict)
    _moved: dict[Origin, Row] = field(default_factory=dict)

    def plan(self, reading: Reading) -> Outcome:
        """Return what the rows come to."""
        merger = Merger(self.held, self.outcome, self.prefer)
        for cell in reading.formulas:
            self.outcome.error(cell, "sheet.formula", "这一格是公式，没有读取：请改成文字（复制后选择性粘贴为“数值”）")
        for cell, message in reading.crowded:
            self.outcome.error(cell, "sheet.cells", message)
        unknown = {id(row) for row in reading.rows if self._sort_unknown(row)}
        for row in reading.rows:
            if id(row) in unknown and row.marker is not None:
                reading.note_unread(row.marker)
        rows = [row for row in reading.rows if id(row) not in unknown]
        for row in rows:
            if row.table in (SITUATIONS, RULES):
                self._entry(merger, row)
        self._learn_names()
        lists, fresh = self._sorted(rows)
        for (owner, sort), rows in lists.items():
            merger.listing(self.held.listings[(owner, sort)], rows, reading.unread, self._moved)
        fresh += [row for rows in lists.values() for row in rows if row.marker is None]
        for done, row in enumerate(sorted(fresh, key=lambda row: (row.first.sheet, row.first.line))):
            if done % TOLD == 0:
                self.progress("和话术库对照", done, len(fresh))
            if row.words is not None:
                self._words(row, row.words)
            else:
                self._row(merger, row)
        for each in self._new.values():
            change = new_situation(each, self.held, self.outcome, self.library)
            if change is not None:
                self.outcome.changes.append(change)
        return self.outcome

    def _entry(self, merger: Merger, row: Row) -> None:
        """Compare the row of a situation or a rule, or take it for a new one."""
        is_rule = row.table is RULES
        entries = self.held.rules if is_rule else self.held.situations
        identifier = identifier_in(row.text(ID))
        if ID in row.cells:  # what is full width or has a space behind it is the same id
            row.cells = {**row.cells, ID: replace(row.cells[ID], text=identifier)}
        marker = row.marker
        if not identifier:
            if any(cell.text.strip() for cell in row.cells.values()):
                self.outcome.error(row.cells.get(ID, row.first), "sheet.required", "「编号」不能空着")
        elif marker is not None and marker.owner != identifier:
            message = f"编号定了以后不改（导出时是 {marker.owner}）：请改回来；要加一个新的，请另起一行"
            self.outcome.error(row.cells[ID], "sheet.id-changed", message)
        elif identifier in entries:
            merger.entry(row, entries[identifier])
        elif marker is not None:
            if own_of(row.table, digests([cell.text for cell in row.cells.values()])) != own_of(
                row.table, marker.cells
            ):
                message = f"「{identifier}」导出以后从话术库里去掉了，表格里又有改动：请先弄清要不要它"
                self.outcome.error(row.cells[ID], "sheet.conflict", message)
        elif identifier in ({rule.id for rule in self.library.forbidden} if is_rule else self.library.intents):
            message = f"「{identifier}」在下层的话术库里，这里改不了：请在 YAML 里用 change 写"
            self.outcome.error(row.cells[ID], "sheet.lower-layer", message)
        elif is_rule:
            change = new_rule(row, self.held, self.outcome, merger)
            if change is not None:
                self.outcome.changes.append(change)
        else:
            self._new[identifier] = NewSituation(identifier, row, merger)

    def _learn_names(self) -> None:
        for intent in self.library.intents.values():
            for name in (intent.label, intent.name, intent.id):
                if name:
                    self._names[plain(name)] = intent.id
        for identifier, each in self._new.items():
            self._names[plain(each.row.text("名称"))] = identifier
            self._names[plain(identifier)] = identifier
        self._names.pop("", None)
        self._said["examples"] = {
            plain(text): intent.id for intent in self.library.intents.values() for text in intent.examples
        }
        self._said["replies"] = {
            plain(reply.text): script.intent for script in self.library.scripts.values() for reply in script.replies
        }

    def _sorted(self, rows: Iterable[Row]) -> tuple[dict[tuple[str, str], list[Row]], list[Row]]:
        """Return the rows of each list that were exported, and those that are new."""
        lists: dict[tuple[str, str], list[Row]] = {}
        fresh: list[Row] = []
        for row in rows:
            if row.table in (SITUATIONS, RULES):
                continue
            marker = row.marker
            if marker is None:
                fresh.append(row)
                continue
            sort = _sort_of(row)
            owner = identifier_in(row.text(SITUATION)) or self._unnamed(row, marker, sort)
            if (owner, sort) != (marker.owner, marker.sort):
                row.marker = None  # moved elsewhere: new there, and gone from where it was
                row.moved_from = marker.owner, marker.sort, marker.index
                self._moved[row.moved_from] = row
                fresh.append(row)
            elif (owner, sort) in self.held.listings:
                lists.setdefault((owner, sort), []).append(row)
            elif own_of(row.table, digests([row.text(column.heading) for column in row.table.columns])) != own_of(
                row.table, marker.cells
            ):
                message = f"「{owner}」导出以后从话术库里去掉了，表格里又有改动：请先弄清要不要它"
                self.outcome.error(row.first, "sheet.conflict", message)
        return lists, fresh

    def _unnamed(self, row: Row, marker: Marker, sort: str) -> str:
        """Return whose an exported row is that has no id any more: cells were merged downwards, or one was cleared."""
        name = self._names.get(plain(row.text(SITUATION_NAME)), marker.owner)
        return name if sort == marker.sort else ""

    def _sort_unknown(self, row: Row) -> bool:
        """Tell whether a row says it is of a kind that there is not, and say so."""
        cell = row.cells.get(SORT) if row.table is EXAMPLES else None
        if cell is None or not cell.text.strip() or cell.text.strip() in {*SORTS, *SORTS.values()}:
            return False
        near = get_close_matches(cell.text.strip(), SORTS, n=1, cutoff=0.5)
        hint = f"，是不是「{near[0]}」？" if near else ""
        message = f"「{cell.text.strip()}」不是可用的种类，可用：{'、'.join(SORTS)}；空着就是例句{hint}"
        self.outcome.error(cell, "schema.value", message)
        return True

    def owner_of(self, row: Row) -> str | None:
        """Return the situation that a row names, None where it names none.

        It does by an id, a name or a label; also by what customers say, where that is an example of one: of many
        tables the title is a question.
        """
        said = [plain(line) for cell in row.named for line in cell.text.split("\n") if line.strip()]
        names = [plain(cell.text) for cell in row.named]
        names += [plain(_LEVELS.split(cell.text)[-1]) for cell in row.named]  # 「售后::退款」, as Zendesk nests macros
        found = (
            known[text] for known in (self._names, self._said["examples"]) for text in (*names, *said) if text in known
        )
        return next(found, None)

    def _row(self, merger: Merger, row: Row) -> None:
        """Take a row that is new: an example or a reply."""
        heading = REPLY if row.table is REPLIES else EXAMPLE
        column = row.table.columns[row.table.index(heading)]
        sort = _sort_of(row)
        owner = "" if sort == "out_of_scope" else self.owner_of(row)
        if owner is None:
            self._lost(row, heading)
            return
        cell = row.cells[heading]
        text = merger.value(cell, column)
        if text is None or not isinstance(text, str):
            return
        texts = [text] if row.table is REPLIES else [each.strip() for each in text.split("\n") if each.strip()]
        for each in texts:
            self._text(row, owner, sort, each, cell)

    def _lost(self, row: Row, heading: str) -> None:
        text = row.text(heading).strip()
        if plain(text) in self._said["replies" if heading == REPLY else "examples"]:
            self.outcome.repeated += 1
            return
        title = "／".join(cell.text.strip() for cell in row.named if cell.text.strip())
        where = next((cell for cell in row.named if cell.text.strip()), None)
        self.outcome.homeless.append(Homeless(row.cells[heading], title, text, heading == REPLY, where))

    def near(self, title: str) -> str:
        """Return the situation whose name is most like a title, "" where none is."""
        for part in filter(None, map(plain, title.split("／"))):
            if part not in self._close:
                self._close[part] = closest(part, [*self._names], ALIKE)
            if name := self._close[part]:
                return self._names[name]
        return ""

    def _text(self, row: Row, owner: str, sort: str, text: str, cell: Cell) -> None:
        """Take one text for the list of a situation, unless it is there already."""
        cells = [row.text(column.heading) for column in row.table.columns]
        said_when = tuple(conditions(cells)) if row.table is REPLIES else ()
        key = (plain(text), *(f"{name}={value}" for name, value in said_when))
        known = self._known(owner, sort)
        if key in known:
            self.outcome.repeated += 1
            if row.moved_from is not None and row.moved_from[:2] == (owner, sort):  # by its name it has not moved
                self.outcome.missing = [each for each in self.outcome.missing if cell not in each.elsewhere]
            return
        other = self._said["examples"].get(plain(text)) if sort == "examples" else None
        if other is not None and other != owner:
            message = f"例句「{text}」在「{other}」里已有，同一句话不能属于两个情景"
            self.outcome.error(cell, "intent.duplicate-example", message)
            return
        known.add(key)
        if sort == "examples":
            self._said["examples"][plain(text)] = owner
        value: Value = reply_value(text, row) if row.table is REPLIES else text
        if owner in self._new:
            self._new[owner].lists.setdefault(sort, []).append((value, cell))
            return
        listing = self.held.listings.get((owner, sort))
        if listing is None and not owner:
            message = "这一层没有 intents.yaml，范围外的话没有地方写：请先建一个，里面写上 out_of_scope"
            self.outcome.error(cell, "sheet.lower-layer", message)
            return
        step: Step
        if listing is not None:
            step = Add(listing.place, value, None, reply_places(row))
        else:  # a situation of a lower layer
            step = supplement(self.library, self.held, owner, sort, value, reply_places(row))
        what = {"examples": "例句", "negatives": "反例", "out_of_scope": "范围外", "replies": "回复"}[sort]
        change = Change(cell, owner, f"加{what}", "", text, [step])
        change.reply = text if row.table is REPLIES else ""
        self.outcome.changes.append(change)

    def _known(self, owner: str, sort: str) -> set[tuple[str, ...]]:
        """Return what a list holds, that of lower layers too, or has been given by rows above."""
        if (owner, sort) not in self._added:
            listing = self.held.listings.get((owner, sort))
            own = set(_keys(listing)) if listing is not None else set()
            self._added[(owner, sort)] = own | set(_lower_keys(self.library, owner, sort))
        return self._added[(owner, sort)]

    def _words(self, row: Row, cell: Cell) -> None:
        """Add keywords to those that a situation has."""
        owner = self.owner_of(row)
        if owner is None:
            return  # said of the reply or the example beside them
        column = SITUATIONS.columns[SITUATIONS.index("关键词")]
        words = said(cell.text, column)
        assert isinstance(words, list)
        if owner in self._new:
            return
        entry = self.held.situations.get(owner)
        place = entry.places.get("intents") if entry is not None else None
        at = Place(place.file, (*place.key, "keywords")) if place is not None else None
        known = {*(self.held.value_at(at) if at is not None else ()), *self.library.intents[owner].keywords}
        old = self._added.setdefault((owner, "keywords"), {(word,) for word in known})
        new = [word for word in words if (word,) not in old]
        old |= {(word,) for word in new}
        if not new:
            return
        if at is not None:
            steps: list[Step] = [Add(at, word) for word in new]
        else:
            steps = [supplement(self.library, self.held, owner, "keywords", word, {}) for word in new]
        self.outcome.changes.append(Change(cell, owner, "加关键词", "", shown_value(new), steps))


def _keys(listing: Listing) -> Iterator[tuple[str, ...]]:
    for cells in listing.rows:
        heading = REPLY if listing.table is REPLIES else EXAMPLE
        when = conditions(cells) if listing.table is REPLIES else ()
        yield (plain(cells[listing.table.index(heading)]), *(f"{name}={value}" for name, value in when))


def _lower_keys(library: Library, owner: str, sort: str) -> Iterator[tuple[str, ...]]:
    if not library.layers:
        return
    if sort == "replies" and owner in library.scripts:
        for reply in library.scripts[owner].replies:
            when = reply.conditions
            yield (plain(reply.text), *(f"{name}={when[name]}" for name in WHEN if name in when))
    elif owner in library.intents:
        intent = library.intents[owner]
        yield from ((plain(text),) for text in (intent.examples if sort == "examples" else intent.negatives))


def _sort_of(row: Row) -> str:
    if row.table is not EXAMPLES:
        return "replies"
    text = row.text(SORT).strip()
    return SORTS.get(text, text if text in SORTS.values() else "examples")
