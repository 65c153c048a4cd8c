"""Working days of mainland China, holidays and the weekends that are worked for them (调休) included.

The days are those that the State Council announces each autumn for the following year, as kept by chinesecalendar.
A plain Monday-to-Friday count would be late where a Sunday is worked. For a year that is not announced yet, Monday to
Friday count.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

IsWorkday = Callable[[date], bool]


def is_workday(day: date) -> bool:
    """Tell whether a day is worked."""
    from chinese_calendar import is_workday as announced

    try:
        return bool(announced(day))
    except NotImplementedError:
        return day.weekday() < 5


def after_workdays(start: date, count: int, workday: IsWorkday = is_workday) -> date:
    """Return the ``count``-th working day after ``start``; the day itself does not count."""
    day = start
    while count > 0:
        day += timedelta(days=1)
        count -= workday(day)
    return day
