"""Which greeting the time and the day ask for (manual 004, 开头语及问候语)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from csbot.library.values import DayPeriod, Festival


def period_at(now: datetime, periods: Sequence[DayPeriod]) -> DayPeriod | None:
    """Return the period of the day that ``now`` falls into; None where the library leaves a gap."""
    minute = now.hour * 60 + now.minute
    return next((period for period in periods if period.start <= minute < period.end), None)


def _days_in(festival: Festival, year: int) -> list[tuple[date, date]]:
    """Return the first and last days of a festival that begins in ``year``."""
    fixed = [(date.fromisoformat(first), date.fromisoformat(last)) for first, last in festival.dates]
    fixed = [(first, last) for first, last in fixed if first.year == year or last.year == year]
    if fixed:
        return fixed
    day: date | None = None
    try:
        if festival.solar is not None:
            day = date(year, *festival.solar)
        elif festival.lunar is not None:
            from lunardate import LunarDate  # the lunar calendar moves: 春节 falls between 21 January and 21 February

            day = LunarDate(year, *festival.lunar).to_solar_date()
    except ValueError:  # 02-29 in most years; a lunar date outside the years 1900–2099 that the calendar knows
        return []
    if day is None:
        return []
    return [(day - timedelta(festival.days_before), day + timedelta(festival.days - festival.days_before - 1))]


def festival_on(day: date, festivals: Sequence[Festival]) -> Festival | None:
    """Return the festival of a day, the first of the library's list where two meet; None on ordinary days."""
    for festival in festivals:
        for year in (day.year, day.year - 1, day.year + 1):
            if any(first <= day <= last for first, last in _days_in(festival, year)):
                return festival
    return None


def festival_named(text: str, festivals: Sequence[Festival]) -> Festival | None:
    """Return the festival that a normalised message names: 「中秋快乐」."""
    named = [(text.index(word), festival) for festival in festivals for word in festival.named_by if word in text]
    return min(named, key=lambda each: each[0])[1] if named else None
