"""A draft on the prompt: where it begins in the line, its marks, the lines below it that say why, and its keys."""

from __future__ import annotations

import contextlib
from collections.abc import Callable
from typing import TYPE_CHECKING

from prompt_toolkit.application import get_app
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition, emacs_insert_mode
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.key_binding import KeyBindings, KeyPressEvent
from prompt_toolkit.keys import Keys
from prompt_toolkit.layout.processors import Processor, Transformation, TransformationInput

from csbot.console.commands.registry import parse
from csbot.console.prompt.watching import Seen, Watch
from csbot.text.normalise import visible
from csbot.text.regex import regex

if TYPE_CHECKING:
    from prompt_toolkit.buffer import Buffer

    from csbot.console.state.desk import Desk
    from csbot.rules.rewrite import Rewriting
    from csbot.rules.wording.model import Hit

TAKE = "c-t"  # free in Windows Terminal, in Terminal of macOS and in tmux; 替换
_OWN_WORDS = regex(r"\s*[>＞]")
_AROUND = 8  # characters on both sides of a finding where it is shown without colour
_CLAUSE_ENDS = "，。！？；：、,.!?;: "


def draft_start(line: str) -> int | None:
    """Return where the agent's own wording begins in a line of the main prompt; None where it holds none."""
    own = _OWN_WORDS.match(line)
    if own is not None:
        return own.end()
    if not line.lstrip().startswith(("/", "／")):
        return None
    command, _, argument = parse(line)
    return line.rindex(argument) if command is not None and command.takes_draft and argument else None


class Drafting:
    """What one prompt needs to have its draft judged while it is typed.

    ``start`` tells where the draft begins in what is typed. The watch may serve several prompts.
    """

    def __init__(
        self, desk: Desk, watch: Watch, start: Callable[[str], int | None], *, colour: Callable[[], bool]
    ) -> None:
        self._desk = desk
        self._watch = watch
        self._start = start
        self._colour = colour
        self._notice = ("", "")  # a draft, and what was found out when its rewriting was asked for

    def seen(self, text: str) -> tuple[int, Seen] | None:
        """Return where the draft begins in ``text`` and what is known of it; None where there is none."""
        start = self._start(text)
        return None if start is None else (start, self._watch.look(text[start:]))

    @property
    def processor(self) -> Processor:
        """What marks the findings in the line."""
        return _Marks(self)

    def style_of(self, hit: Hit) -> str:
        """Return the style of the mark of a finding."""
        return "class:draft.violation" if self._severe(hit) else "class:draft.warning"

    def _severe(self, hit: Hit) -> bool:
        context = {"customer_type": self._desk.conversation.context.customer_type}
        return hit.rule.severity_in(context) == "error"

    def lines(self, width: int) -> StyleAndTextTuples | None:
        """Return the lines below the prompt about the finding at the caret; None where there is nothing to say.

        ``width`` is that of the terminal in columns: no line is longer.
        """
        buffer = get_app().current_buffer
        found = self.seen(buffer.text)
        if found is None:
            return None
        start, seen = found
        if not self._watch.ready:
            return [("", " 规则还在载入，载入后就查写好的话。")] if seen.draft.strip() else None
        if not seen.hits:
            return None
        from csbot.console.screen.layout import clip

        number = at_caret(seen.hits, buffer.cursor_position - start)
        hit, rule = seen.hits[number], seen.hits[number].rule
        label = "违规" if self._severe(hit) else "提醒"
        count = f" {number + 1}/{len(seen.hits)}" if len(seen.hits) > 1 else ""
        where = f"「{clip(visible(hit.found), 24)}」" if self._colour() else bracketed(seen.draft, hit)
        said = self._notice[1] if self._notice[0] == seen.draft else "Ctrl-T 换成合规的说法"
        style = "violation" if self._severe(hit) else "warning"
        rows = [
            (f"class:finding.{style}", f" {label}{count} {where} {rule.category_name} {rule.id}"),
            ("class:finding.reason", f" 原因：{rule.reason}"),
            ("class:finding.instead", f" 改说：{rule.instead}"),
            ("class:finding.note", f" {said}"),
        ]
        lines: StyleAndTextTuples = []
        for name, text in rows:
            lines += [("", "\n"), (name, clip(visible(text), width - 1))]
        return lines[1:]

    def is_clean(self) -> bool:
        """Tell whether there is a draft, and all of it has been judged, and nothing was found."""
        found = self.seen(get_app().current_buffer.text)
        return found is not None and found[1].settled and not found[1].hits and bool(found[1].draft.strip())

    def take_rewriting(self, buffer: Buffer) -> None:
        """Put the compliant rewriting in the place of the draft, as soon as it is made; one step of undoing."""
        found = self.seen(buffer.text)
        if found is None or not found[1].hits:
            return
        start, draft, before = found[0], found[1].draft, buffer.text
        app = get_app()

        def show(rewriting: Rewriting) -> None:
            if buffer.text != before:  # the agent has typed on: that wins
                return
            if rewriting.text is None:
                names = "".join(f"「{visible(rule.name)}」" for rule in rewriting.stuck)
                self._notice = (draft, f"{names}没有可以照搬的改法，请参考“改说”自己改。")
            elif rewriting.text != draft:
                buffer.save_to_undo_stack()
                behind = len(before) - buffer.cursor_position
                text = before[:start] + rewriting.text
                buffer.document = Document(text, max(start, len(text) - behind))
            app.invalidate()

        def done(rewriting: Rewriting) -> None:
            loop = app.loop
            if loop is not None:
                with contextlib.suppress(RuntimeError):  # the prompt has ended meanwhile: nobody waits for it
                    loop.call_soon_threadsafe(show, rewriting)

        self._watch.rewrite(draft, self._desk.conversation.address, done)

    def keys(self) -> KeyBindings:
        """Return the keys of a prompt with a draft: Ctrl-T rewrites, Ctrl-Z undoes, Alt-Enter breaks the line."""
        keys = KeyBindings()
        has_draft = Condition(lambda: self._start(get_app().current_buffer.text) is not None)

        @keys.add(TAKE, filter=has_draft)
        def _(event: KeyPressEvent) -> None:
            self.take_rewriting(event.current_buffer)

        @keys.add("c-z", save_before=lambda _: False)
        def _(event: KeyPressEvent) -> None:
            event.current_buffer.undo()

        @keys.add("escape", "enter")
        @keys.add("c-o")
        def _(event: KeyPressEvent) -> None:
            event.current_buffer.insert_text("\n")

        # By itself the editor would undo character by character.
        @keys.add(Keys.Any, filter=emacs_insert_mode, save_before=_begins_clause)
        def _(event: KeyPressEvent) -> None:
            event.current_buffer.insert_text(event.data * event.arg)

        return keys


def _begins_clause(event: KeyPressEvent) -> bool:
    """Tell whether a typed character begins what one step of undoing takes back: a clause, or a run of typing."""
    previous = event.previous_key_sequence
    goes_on = bool(previous) and len(previous[-1].key) == 1  # a key with a name has more than a character
    return not goes_on or event.current_buffer.document.char_before_cursor in _CLAUSE_ENDS


class _Marks(Processor):
    """Marks the findings of a draft where they stand, line by line."""

    def __init__(self, drafting: Drafting) -> None:
        self._drafting = drafting

    def apply_transformation(self, transformation_input: TransformationInput) -> Transformation:
        """Return the line with its findings in the style of their severity."""
        fragments, document = transformation_input.fragments, transformation_input.document
        found = self._drafting.seen(document.text)
        if found is None or not found[1].hits:
            return Transformation(fragments)
        start, seen = found
        first = document.translate_row_col_to_index(transformation_input.lineno, 0) - start
        last = first + len(document.lines[transformation_input.lineno])
        spans = [
            (hit.start - first, hit.end - first, self._drafting.style_of(hit))
            for hit in seen.hits
            if hit.start < last and hit.end > first
        ]
        return Transformation(marked(fragments, spans) if spans else fragments)


def marked(fragments: StyleAndTextTuples, spans: list[tuple[int, int, str]]) -> StyleAndTextTuples:
    """Return styled text with more style in some stretches; ``spans`` are offsets into its text, in order.

    Where two overlap the first one counts. It takes one pass, however many there are.
    """
    result: StyleAndTextTuples = []
    position = number = 0
    for style, text, *_ in fragments:
        done = 0
        while done < len(text):
            at = position + done
            while number < len(spans) and spans[number][1] <= at:
                number += 1
            start, end, more = spans[number] if number < len(spans) else (position + len(text), 0, "")
            stop = min(len(text), (end if start <= at else start) - position)
            result.append((f"{style} {more}".strip() if start <= at else style, text[done:stop]))
            done = stop
        position += len(text)
    return result


def at_caret(hits: tuple[Hit, ...], caret: int) -> int:
    """Return the index of the finding that the caret is in or behind; the first where it stands before all."""
    return max((number for number, hit in enumerate(hits) if hit.start <= caret), default=0)


def bracketed(draft: str, hit: Hit) -> str:
    """Return a finding in its surroundings, in brackets: 「……这个[我不清楚]，您……」; for screens without colour."""
    before = draft[max(0, hit.start - _AROUND) : hit.start]
    behind = draft[hit.end : hit.end + _AROUND]
    left = "……" if hit.start > _AROUND else ""
    right = "……" if hit.end + _AROUND < len(draft) else ""
    return visible(f"「{left}{before.lstrip()}[{hit.found}]{behind.rstrip()}{right}」")
