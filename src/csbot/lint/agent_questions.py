"""Are agents' own questions told from what customers say?"""

from __future__ import annotations

from collections.abc import Iterator

from csbot.library.models import Library
from csbot.library.problems import Problem
from csbot.lint.places import Places
from csbot.matching.agent_questions import Questions

FILE = "phrasebook/agent_questions.yaml"


def check_agent_questions(library: Library, places: Places) -> Iterator[Problem]:
    """Yield examples of such questions that are missed, and what customers say that is taken for one."""
    questions, words = Questions.of_library(library), library.agent_questions
    for index, text in enumerate(words.found):
        if not questions.asked(text):
            message = f"「{text}」没有认出是坐席在找话术"
            yield places.at(FILE, ("found", index), "rule.question-missed", message)
    for index, text in enumerate(words.spared):
        if sought := questions.asked(text):
            message = f"「{text}」被当作坐席在找话术（{sought}）"
            yield places.at(FILE, ("spared", index), "rule.question-hit", message)
    for intent in library.intents.values():
        for key in ("examples", "negatives"):
            for index, text in enumerate(getattr(intent, key)):
                if sought := questions.asked(text):
                    message = f"客户的话「{text}」被当作坐席在找话术（{sought}）：请把里面的词写进 {FILE} 的 others"
                    yield places.problem("intents", intent.id, (key, index), "rule.question-hit", message)
