"""Do drafts become what their rules say, and nothing that is forbidden?"""

from __future__ import annotations

from collections.abc import Iterator

from csbot.library.models import Library, Script
from csbot.library.problems import Problem
from csbot.lint.places import Places
from csbot.rules.rewrite import Rewriter
from csbot.rules.scan import RuleSet

FILE = "phrasebook/rewriting.yaml"


def check_rewriting(library: Library, rules: RuleSet, places: Places) -> Iterator[Problem]:
    """Yield examples of rewriting that do not come out."""
    polish = library.polish
    rewriter = Rewriter(rules, polish)
    for rule in rules.rules:
        for index, example in enumerate(rule.rewritten):
            for code, message in _check_example(rewriter, rules, *example):
                where = ("rewritten", index, "draft" if code == "rule.rewrite-none" else "becomes")
                yield places.problem("forbidden", rule.id, where, code, f"规则「{rule.id}」：{message}")
    for index, example in enumerate(polish.rewritten):
        for code, message in _check_example(rewriter, rules, *example):
            where = ("rewritten", index, "draft" if code == "rule.rewrite-none" else "becomes")
            yield places.at(FILE, where, code, message)


def check_touched(library: Library, script: Script, rewriter: Rewriter, places: Places) -> Iterator[Problem]:
    """Yield approved replies of a script that a rewriting would reword."""
    for number, reply in enumerate(script.replies, start=1):
        for hit in rewriter.touched(reply.text):
            where = ("touches", library.polish.touches.index(hit.rule), "find")
            message = f"话术「{script.intent}」第 {number} 条回复里的「{hit.found}」会被改掉"
            yield places.at(FILE, where, "rule.rewrite-reply", message)


def _check_example(rewriter: Rewriter, rules: RuleSet, draft: str, becomes: str) -> Iterator[tuple[str, str]]:
    hits = rules.scan(becomes)
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
