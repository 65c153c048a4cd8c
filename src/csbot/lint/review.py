"""Are the scripts still up to date, as far as their owners say?"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from csbot.library.models import Library
from csbot.library.problems import Problem
from csbot.lint.places import Places


def check_review(library: Library, places: Places, today: date) -> Iterator[Problem]:
    """Yield scripts that ``today`` are past the last day of ``expires``, or were reviewed too long ago.

    Where a script does not say when it was reviewed, nothing is asked of it.
    """
    for script in library.scripts.values():
        owner = f"（负责人：{script.owner}）" if script.owner else ""
        if script.expires and date.fromisoformat(script.expires) < today:
            message = f"话术「{script.intent}」{script.expires} 已经到期{owner}，请更新内容和日期，或者删掉"
            yield places.problem("scripts", script.intent, ("expires",), "script.expired", message, "warning")
        if script.reviewed and (today - date.fromisoformat(script.reviewed)).days > library.review_days:
            message = (
                f"话术「{script.intent}」上次复核是 {script.reviewed}{owner}，"
                f"已超过 {library.review_days} 天，请通读一遍再更新日期"
            )
            yield places.problem("scripts", script.intent, ("reviewed",), "script.review-due", message, "warning")
