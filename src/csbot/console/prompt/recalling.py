"""What Ctrl-R shows in front of the search among the agent's own lines, in Chinese."""

from __future__ import annotations

from prompt_toolkit import PromptSession
from prompt_toolkit.layout.controls import SearchBufferControl
from prompt_toolkit.layout.processors import ReverseSearchProcessor, Transformation, TransformationInput

WORDS = {"reverse-i-search": "往前找", "i-search": "往后找"}


class ChineseSearch(ReverseSearchProcessor):
    """The search of prompt_toolkit with other words in front of it; the caret keeps its place."""

    def apply_transformation(self, ti: TransformationInput) -> Transformation:
        """Return the line of the search."""
        made = super().apply_transformation(ti)
        fragments, longer = list(made.fragments), 0
        for place, fragment in enumerate(fragments):
            if fragment[0] == "class:prompt.search" and fragment[1] in WORDS:
                word = WORDS[fragment[1]]
                longer = len(word) - len(fragment[1])
                fragments[place] = (fragment[0], word)
        return Transformation(
            fragments,
            lambda place: made.source_to_display(place) + longer,
            lambda place: made.display_to_source(place - longer),
        )


def speak_chinese(session: PromptSession[str]) -> None:
    """Let the search of a prompt speak Chinese."""
    for control in session.app.layout.find_all_controls():
        if isinstance(control, SearchBufferControl):
            control.input_processors = [
                ChineseSearch() if isinstance(each, ReverseSearchProcessor) else each
                for each in control.input_processors or []
            ]
