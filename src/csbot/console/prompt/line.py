"""The prompt of one line, which may be as long as a letter: what prompt_toolkit does for every row, done once."""

from __future__ import annotations

from collections.abc import Callable

from prompt_toolkit import PromptSession
from prompt_toolkit.formatted_text import StyleAndTextTuples


class LinePrompt(PromptSession[str]):
    """A prompt whose text stands before the first row alone.

    By itself it is made anew for each row of a line, ten thousand times for a few keys in a long draft: two thirds of
    the time until they are on the screen.
    """

    def _get_line_prefix(
        self, line_number: int, wrap_count: int, get_prompt_text_2: Callable[[], StyleAndTextTuples]
    ) -> StyleAndTextTuples:
        if line_number or wrap_count:
            return []
        return super()._get_line_prefix(line_number, wrap_count, get_prompt_text_2)
