"""New replies of situations that there are already."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from csbot.authoring.proposal import Added, ProposalError, put_entry, tried
from csbot.authoring.situations import SHORT, file_of
from csbot.library.amending import Amendment
from csbot.library.editing import Append
from csbot.library.models import Library
from csbot.library.names import missing
from csbot.library.problems import Problem
from csbot.lint.places import Places
from csbot.lint.replies import check_script
from csbot.matching.features import plain
from csbot.rules.scan import RuleSet

HERE = "（回复）"  # where a fault stands that no file holds yet


def add_reply(
    amendment: Amendment, library: Library, identifier: str, text: str, when: Mapping[str, str | list[str]]
) -> Added:
    """Put one more reply of a situation into an amendment, held to what ``csbot lint`` holds all others to.

    ``when`` are the conditions under which it may be taken. The script of a lower layer is supplemented. Raises
    ProposalError where there is no such situation, or the reply is there already, says what is forbidden, lacks an
    element or names a slot that is not there; and EditError.
    """
    script = library.scripts.get(identifier)
    if script is None:
        message = missing("情景", identifier, {each.id: each.name for each in library.intents.values()})
        raise ProposalError([Problem(HERE, 1, 1, "ref.unknown", message)], invalid=True)
    if any(plain(reply.text) == plain(text) for reply in script.replies):
        message = f"「{identifier}」里已经有这条回复了"
        raise ProposalError([Problem(HERE, 1, 1, "reply.duplicate", message)], invalid=False)
    reply: dict[str, Any] = {"text": text, "length": "短" if len(text) <= SHORT else "长"}
    reply |= {"when": dict(when)} if when else {}
    place = amendment.find("script", identifier)
    if place is not None:
        amendment.edit(place[0], Append((*place[1], "replies"), reply))
    else:
        entry: dict[str, Any] = {"intent": identifier, "change": "add", "replies": [reply]}
        head = {"topic": script.topic, "name": script.topic}
        put_entry(amendment, file_of(amendment, script.topic), "scripts", entry, head)
    new = tried(amendment)
    places = _Here(len(script.replies))
    rules, elements = RuleSet(new.forbidden, disguises=new.disguises), RuleSet(new.elements)
    problems = [each for each in check_script(new, new.scripts[identifier], rules, elements, places) if each.line]
    if problems:
        raise ProposalError(problems, invalid=False)
    return Added((f"{identifier}#{len(script.replies) + 1}",))


class _Here(Places):
    """Tells what is wrong with the one new reply; what is wrong with others has no line."""

    def __init__(self, index: int) -> None:
        super().__init__({})
        self._index = index

    def problem(
        self,
        kind: str,  # noqa: ARG002 - it is always the script
        identifier: str,  # noqa: ARG002
        where: tuple[str | int, ...],
        code: str,
        message: str,
        severity: str = "error",
        wording: str = "",  # noqa: ARG002
    ) -> Problem:
        """Return a problem, at line 1 where it is about the new reply and at none otherwise."""
        line = int(where[:2] == ("replies", self._index))
        return Problem(HERE, line, line, code, message, severity)
