"""Do drafts become what their rules say, and nothing that is forbidden?"""

from __future__ import annotations

from collections.abc import Iterator

from csbot.library.models import Library
from csbot.library.problems import Problem
from csbot.library.values import Script
from csbot.lint.places import Places
from csbot.rules.rewrite import Rewriter
from csbot.rules.wording.model import PhraseRule, Polish

FILE = "phrasebook/rewriting.yaml"


def check_rewritten(rewriter: Rewriter, rule: PhraseRule, places: Places) -> Iterator[Problem]:
    """Yield examples of how a rule rewords drafts that do not come out."""
    for index, example in enumerate(rule.rewritten):
        for code, message in _check_example(rewriter, *example):
            where = ("rewritten", index, "draft" if code == "rule.rewrite-none" else "becomes")
            yield places.problem("forbidden", rule.id, where, code, f"规则「{rule.id}」：{message}")


def check_polish(rewriter: Rewriter, polish: Polish, places: Places) -> Iterator[Problem]:
    """Yield examples of what all rules share in rewording that do not come out."""
    for index, example in enumerate(polish.rewritten):
        for code, message in _check_example(rewriter, *example):
            where = ("rewritten", index, "draft" if code == "rule.rewrite-none" else "becomes")
            yield places.at(FILE, where, code, message)


def check_touched(library: Library, script: Script, rewriter: Rewriter, places: Places) -> Iterator[Problem]:
    """Yield approved replies of a script that a rewriting would reword."""
    for number, reply in enumerate(script.replies, start=1):
        for hit in rewriter.touched(reply.text):
            where = ("touches", library.polish.touches.index(hit.rule), "find")
            message = f"话术「{script.intent}」第 {number} 条回复里的「{hit.found}」会被改掉"
            yield places.at(FILE, where, "rule.rewrite-reply", message)


def _check_example(rewriter: Rewriter, draft: str, becomes: str) -> Iterator[tuple[str, str]]:
    hits = rewriter.findings(becomes)
    if hits:
        found = "、".join(f"「{hit.found}」（{hit.rule.id}）" for hit in hits)
        yield "rule.rewrite-forbidden", f"改写的例子「{becomes}」里有 {found}"
        return
    rewriting = rewriter.rewrite(draft)
    if rewriting.text is None:
        stuck = "、".join(rule.id for rule in rewriting.stuck)
        yield "rule.rewrite-none", f"「{draft}」没有改成，改不了的是：{stuck}"
    elif rewriting.text != becomes:
        yield "rule.rewrite-missed", f"「{draft}」会改成「{rewriting.text}」，和例子不一样"
