"""The line editor: a plain prompt of prompt_toolkit, so that an input method finds its caret."""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from prompt_toolkit.application import run_in_terminal
from prompt_toolkit.completion import WordCompleter
from prompt_toolkit.document import Document
from prompt_toolkit.filters import Condition
from prompt_toolkit.formatted_text import StyleAndTextTuples
from prompt_toolkit.history import DummyHistory
from prompt_toolkit.key_binding import merge_key_bindings
from prompt_toolkit.output import ColorDepth
from prompt_toolkit.styles import Style

from csbot.console.commands.finding import search
from csbot.console.commands.registry import is_bare, is_command, show_keys
from csbot.console.prompt.completion import CommandCompleter
from csbot.console.prompt.drafting import Drafting, draft_start
from csbot.console.prompt.history import CommandHistory, without_personal_data
from csbot.console.prompt.keys import desk_keys, main_keys, question_keys, shared_keys, turning_keys
from csbot.console.prompt.line import LinePrompt
from csbot.console.prompt.recalling import speak_chinese
from csbot.console.prompt.redrawing import redraw
from csbot.console.prompt.terminal import prompt_of
from csbot.console.prompt.toolbar import CLEAN, SEPARATOR, columns, toolbar
from csbot.console.prompt.watching import Watch
from csbot.console.prompt.window import follow_window
from csbot.console.screen.themes import PLAIN_MARKS, Theme, has_plain_marks_only, theme_of
from csbot.console.serving.ahead import judge_ahead
from csbot.console.serving.taking_over import renew
from csbot.replying.given import PERSONAL

if TYPE_CHECKING:
    from csbot.console.state.desk import Desk

MENU_LINES = 7  # kept free below the prompt while a command is typed
REFRESH = 20.0  # seconds after which the toolbar counts again what is due while nobody types


class Editor:
    """Reads lines with editing, history, completion and bracketed paste.

    ``history`` is the file for commands of earlier sessions; None where nothing is kept of them.
    """

    def __init__(self, environment: Mapping[str, str], history: Path | None) -> None:
        self._environment = environment
        self._history = history
        self._plain_marks = has_plain_marks_only(environment)
        self._session: LinePrompt | None = None
        self._questions: LinePrompt | None = None
        self._drafts: LinePrompt | None = None
        self._watch: Watch | None = None
        self._desk: Desk | None = None  # of the main prompt; questions may be asked without one
        self._asked = ""  # the question that is being answered
        self._edited: tuple[str, str] | None = None  # the question and the text that are being edited
        self.dress(theme_of(environment))

    def read(self, desk: Desk) -> str:
        """Return the next line. Raises EOFError on Ctrl-D, LibraryUnusableError as soon as loading has failed."""
        self._desk = desk
        if self._session is None:
            self._session = self._main(desk)
        app = self._session.app

        def leave_if_unusable() -> None:
            if desk.loader.error is not None and app.is_running and not app.is_done:
                app.exit(exception=desk.loader.error)

        def loaded() -> None:
            desk.renewal.start()
            judge_ahead(desk)
            loop = app.loop
            if loop is not None:
                with contextlib.suppress(RuntimeError):  # the prompt has ended meanwhile: the next one will see
                    loop.call_soon_threadsafe(leave_if_unusable)
                redraw(app)

        def renewed() -> None:
            loop = app.loop
            if loop is not None and app.is_running:
                with contextlib.suppress(RuntimeError):  # the prompt has ended meanwhile: the loop around it tells
                    # in the context of the prompt, which is then put up again below what is told
                    loop.call_soon_threadsafe(run_in_terminal, lambda: renew(desk), context=app.context)

        desk.loader.on_done = loaded
        desk.renewal.on_news = renewed
        app.erase_when_done = False  # a key that turns to somebody else sets it: its line is no line of the agent
        conversation = desk.conversation
        typed = Document(conversation.unsent, conversation.caret)
        conversation.unsent, conversation.caret = "", 0
        line = self._session.prompt(default=typed, pre_run=leave_if_unusable)
        if app.erase_when_done:  # no line stands between what was on the screen and what the key shows
            desk.view.console.print()
        return line

    def _main(self, desk: Desk) -> LinePrompt:
        """Make the main prompt; the library begins to load once it stands on the screen."""
        drafting = Drafting(desk, self._watch_of(desk), draft_start, colour=lambda: self.colour)
        bar = toolbar(desk, drafting.is_clean)
        session = LinePrompt(
            lambda: [("class:prompt", prompt_of(desk))],
            history=CommandHistory(self._history, is_bare, lambda line: without_personal_data(line, _known(desk))),
            completer=CommandCompleter(lambda fragment: search(desk, fragment)),
            complete_while_typing=Condition(lambda: is_command(session.default_buffer.text)),
            reserve_space_for_menu=MENU_LINES,
            key_bindings=main_keys(lambda: show_keys(desk), desk_keys(desk), drafting.keys()),
            input_processors=[drafting.processor],
            bottom_toolbar=lambda: self._shown(drafting.lines(columns()) or bar()),
            refresh_interval=REFRESH,
            color_depth=self._depth,
            style=self._style,
        )
        speak_chinese(session)
        follow_window(session.app, self._environment)
        session.app.after_render += lambda _: desk.loader.start()
        return session

    def _shown(self, pieces: StyleAndTextTuples) -> StyleAndTextTuples:
        """Return pieces with the marks that the terminal can show."""
        if not self._plain_marks:
            return pieces
        return [(piece[0], piece[1].translate(PLAIN_MARKS)) for piece in pieces]

    def _watch_of(self, desk: Desk) -> Watch:
        """Return the watch over drafts, the same for all prompts."""
        if self._watch is None:
            self._watch = Watch(lambda: desk.loader.guard, self._redraw, lambda: desk.loader.warm)
        return self._watch

    def _redraw(self) -> None:
        for session in (self._session, self._drafts):
            if session is not None:
                redraw(session.app)

    def edit(self, desk: Desk, question: str, default: str = "") -> str | None:
        """Return the agent's own wording, judged while it is typed; None on Ctrl-C, Ctrl-D and a turn to others.

        Who turned to another customer in the middle of it finds the wording as it was left.
        """
        if self._drafts is None:
            self._drafts = self._editing(desk)
        left, desk.conversation.left_edit = desk.conversation.left_edit, None
        self._edited = (question, default)
        if left is not None and left[:2] == self._edited:
            default = left[2]
        try:
            return self._drafts.prompt([("class:question", question)], default=default)
        except (KeyboardInterrupt, EOFError):
            return None
        finally:
            self._edited = None

    def _turn_away(self, line: str, typed: str) -> bool:
        """Note the line that turns to another customer, and a wording that is left unfinished."""
        if self._desk is None:
            return False
        if self._edited is not None:
            self._desk.conversation.left_edit = (*self._edited, typed)
        elif self._asked:
            self._desk.conversation.left_answer = (self._asked, typed)
        self._desk.pending.append(line)
        return True

    def _editing(self, desk: Desk) -> LinePrompt:
        """Make the prompt in which a reply is edited: all of it is the agent's own wording."""
        drafting = Drafting(desk, self._watch_of(desk), lambda _: 0, colour=lambda: self.colour)
        session = LinePrompt(
            history=DummyHistory(),
            key_bindings=merge_key_bindings(
                [question_keys(lambda: show_keys(desk)), drafting.keys(), turning_keys(self._turn_away)]
            ),
            input_processors=[drafting.processor],
            bottom_toolbar=lambda: self._shown(drafting.lines(columns()) or _editing_help(drafting)),
            color_depth=self._depth,
            style=self._style,
        )
        follow_window(session.app, self._environment)
        return session

    def ask(self, question: str, default: str = "", choices: Sequence[str] = ()) -> str | None:
        """Return the answer to a question, None on Ctrl-C and Ctrl-D.

        Who turned to another customer in the middle of it finds the answer as it was left.
        """
        if self._desk is not None and (left := self._desk.conversation.left_answer) is not None:
            default = left[1] if left[0] == question else default
            self._desk.conversation.left_answer = None
        self._asked = question
        if self._questions is None:
            self._questions = LinePrompt(
                history=DummyHistory(),  # answers are about customers: not even the up-arrow recalls them
                key_bindings=merge_key_bindings([shared_keys(), turning_keys(self._turn_away)]),
                color_depth=self._depth,
                style=self._style,
                reserve_space_for_menu=MENU_LINES,
            )
            follow_window(self._questions.app, self._environment)
        try:
            return self._questions.prompt(
                [("class:question", question)],
                default=default,
                completer=WordCompleter(list(choices), sentence=True) if choices else None,
                complete_while_typing=False,
            )
        except (KeyboardInterrupt, EOFError):
            return None
        finally:
            self._asked = ""

    def can_prefill(self) -> bool:
        """A reply can be edited in place."""
        return True

    def afresh(self) -> Editor:
        """Return another editor in the same terminal, without a past and without a history on disk."""
        other = Editor(self._environment, None)
        other.dress(self.theme)
        return other

    def dress(self, theme: Theme) -> bool:
        """Look like a theme from now on."""
        self.theme, self.colour = theme, theme.colour
        self._style = Style.from_dict(dict(theme.prompt))
        self._depth = None if self.colour else ColorDepth.DEPTH_1_BIT
        for session in (self._session, self._questions, self._drafts):
            if session is not None:
                session.style, session.color_depth = self._style, self._depth
        return True


def _editing_help(drafting: Drafting) -> StyleAndTextTuples:
    parts = [CLEAN] if drafting.is_clean() else []
    return [("", " " + SEPARATOR.join([*parts, "回车＝改好了", "Ctrl-C 放弃", "Ctrl-Z 撤销", "F1 帮助"]))]


def _known(desk: Desk) -> list[str]:
    """Return what is known of the customers on the desk and could stand in a draft; a bare surname is in every text."""
    from csbot.console.state.conversation import AGENT_SLOTS

    names = [each.name for each in desk.conversations if each.context.slots.get("姓氏")]
    values = [
        value
        for each in desk.conversations
        for name, value in each.context.slots.items()
        if name not in AGENT_SLOTS and name not in ("姓氏", "称谓")
    ]
    given = [each.context.given[kind] for each in desk.conversations for kind in each.context.given.keys() & PERSONAL]
    return [value for value in (*names, *values, *given) if len(value) > 1]
