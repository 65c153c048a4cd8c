"""Are agents' own questions told from what customers say?"""

from __future__ import annotations

from collections.abc import Iterator

from csbot.library.models import Library
from csbot.library.problems import Problem
from csbot.library.values import Intent
from csbot.lint.places import Places
from csbot.matching.agent_questions import Questions

FILE = "phrasebook/agent_questions.yaml"


def check_agent_questions(questions: Questions, library: Library, places: Places) -> Iterator[Problem]:
    """Yield examples of such questions that are missed, and those that no agent asks but are taken for one."""
    words = library.agent_questions
    for index, text in enumerate(words.found):
        if not questions.asked(text):
            message = f"「{text}」没有认出是坐席在找话术"
            yield places.at(FILE, ("found", index), "rule.question-missed", message)
    for index, text in enumerate(words.spared):
        if sought := questions.asked(text):
            message = f"「{text}」被当作坐席在找话术（{sought}）"
            yield places.at(FILE, ("spared", index), "rule.question-hit", message)


def check_customers_words(questions: Questions, intent: Intent, places: Places) -> Iterator[Problem]:
    """Yield what customers say of a situation that is taken for an agent's question."""
    for key in ("examples", "negatives"):
        for index, text in enumerate(getattr(intent, key)):
            if sought := questions.asked(text):
                message = f"客户的话「{text}」被当作坐席在找话术（{sought}）：请把里面的词写进 {FILE} 的 others"
                yield places.problem("intents", intent.id, (key, index), "rule.question-hit", message)
