"""The tables that scans ask about a set of rules: put together of what is made of each rule, and kept in the cache.

Each is read when a text first needs it. After a change of any rule all are made anew at once, of the parts of those
rules that are as they were and of the changed one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

from csbot.rules.disguises.alike import NOTHING_ALIKE, Alike, alike_from
from csbot.rules.disguises.initials import Initials, initials_from
from csbot.rules.disguises.inserted import Inserted, inserted_from, inserted_words
from csbot.rules.disguises.shapes import NO_SHAPES, Shapes, shapes_from
from csbot.rules.disguises.sound import Spelled, spelled_of, spellings_from
from csbot.rules.lookup.anchor_table import AnchorTable, bare_of
from csbot.rules.lookup.compact import Packed
from csbot.rules.parts import FORMAT, Part, anchors_in, parts_of
from csbot.rules.wording.compiled import Stored
from csbot.rules.wording.model import Disguises, PhraseRule
from csbot.text.cache import cached_with_bytes

if TYPE_CHECKING:
    from csbot.rules.bulk.chains import Chains

_Kept = tuple[Any, bytes]  # JSON, and bytes with it


class Tables:
    """Makes the tables of rules, or reads them where they were made before."""

    def __init__(self, rules: Sequence[PhraseRule], disguises: Disguises, name: str, key: str) -> None:
        """Take rules and disguises as ``RuleSet`` does. Without a ``key`` nothing is kept."""
        self._rules, self.disguises = rules, disguises
        self._name, self._key = name, f"{FORMAT}:{key}" if key else ""
        self._made: dict[str, _Kept] = {}

    def _table(self, what: str, make: Callable[[], _Kept]) -> _Kept:
        """Return a table that was made just now, or before, or make and keep it."""
        if (made := self._made.pop(what, None)) is not None:
            return made
        return cached_with_bytes(f"{what}-{self._name}", self._key, make) if self._key else make()

    @cached_property
    def _parts(self) -> list[Part]:
        return parts_of(self._rules, self._name if self._key else "")

    def of_one(self, number: int) -> Tables:
        """Return what makes the tables of one rule by itself, given its number; nothing of them is kept."""
        one = Tables(self._rules[number : number + 1], self.disguises, "", "")
        one.__dict__["_parts"] = self._parts[number : number + 1]  # made already
        return one

    def compiled(self) -> Iterator[Stored]:
        """Yield what is compiled of every rule. Raises PhraseError."""
        listed, block = self._table("rules", self._all)
        at = 0
        for reach, middle, end in listed:
            yield Stored(reach, block[at : at + middle], block[at + middle : at + end])
            at += end

    def _all(self) -> _Kept:
        """Make and keep all tables that any text needs, of parts that need not be held in memory afterwards."""
        if self._key:
            for what, make in (
                ("anchors", self._list_anchors),
                ("shapes", self._list_shapes),
                ("neighbours", self._list_neighbours),
                ("initials", self._list_initials),
                ("alike", self._list_alike),
            ):
                self._made[what] = self._table(what, make)
        stored = [part.stored() for part in self._parts]
        if self._key:
            del self._parts
            self.__dict__.pop("_windows", None)
        sizes = [(each.reach, len(each.phrases), len(each.phrases) + len(each.exceptions)) for each in stored]
        return sizes, b"".join(part for each in stored for part in (each.phrases, each.exceptions))

    @cached_property
    def _windows(self) -> list[str]:
        return [window for part in self._parts if part.windows for window in part.windows.split("\n")]

    def _list_anchors(self) -> Packed:
        return anchors_in(self._parts).packed()

    def _list_shapes(self) -> _Kept:
        return shapes_from(self.disguises.shapes, self._windows)

    def _list_neighbours(self) -> _Kept:
        return inserted_from(self._windows)

    def _list_initials(self) -> Packed:
        return initials_from(text for part in self._parts if part.initials for text in part.initials.split("\n"))

    def _list_alike(self) -> Packed:
        return alike_from(text for part in self._parts if part.listed for text in part.listed.split("\n"))

    def anchors(self) -> AnchorTable:
        """Return the anchors of all phrases that are matched over folded text."""
        return AnchorTable(
            self._table("anchors", self._list_anchors), lambda table: self._table("bare", lambda: bare_of(table))
        )

    def spelled(self, anchors: AnchorTable) -> Spelled:
        """Return what Latin letters may spell of anchors."""
        return Spelled(self._table("spellings", lambda: spellings_from(spelled_of(anchors))))

    def shapes(self) -> Shapes:
        """Return what characters are written as by disguise, and beside what."""
        return Shapes(self._table("shapes", self._list_shapes) if self.disguises.shapes else NO_SHAPES)

    def inserted(self) -> Inserted:
        """Return what words may have been slipped into which phrases."""
        return Inserted(self._table("neighbours", self._list_neighbours), inserted_words(self.disguises.inserted))

    def chains(self) -> Chains:
        """Return what stands side by side in each phrase, which long texts need."""
        from csbot.rules.bulk.chains import Chains  # drafts do without
        from csbot.rules.bulk.links import chains_of

        return Chains(self._table("chains", lambda: chains_of(self._rules)))

    def initials(self) -> Initials:
        """Return what nothing but initials may stand for."""
        return Initials(self._table("initials", self._list_initials))

    def alike(self) -> Alike:
        """Return what may be written with characters that look like others."""
        return Alike(self._table("alike", self._list_alike) if self.disguises.shapes else NOTHING_ALIKE)
