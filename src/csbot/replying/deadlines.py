"""When a promised time ends: 「24小时内」「三个工作日内」「明天上午10点前」 as a moment.

The rules are those of the Civil Code (民法典 第二百条至第二百零四条), which is how a customer may count too:

- hours and minutes run from the moment of the promise (第二百零一条第二款);
- of days, weeks and months the day of the promise does not count (第二百零一条第一款); a month ends on the same day of
  the month, or on its last one (第二百零二条);
- the last day ends with the business hours (第二百零三条第二款), here ``closing``;
- working days are counted alone, holidays and worked weekends as announced (``replying.workdays``).

Where a range is promised (2至3天, 两三天), its end is meant. A part of a day ends: 上午 at 12:00, 中午 at 14:00,
下午 and 下班 at ``closing``, 晚上 at 22:00, a whole day at ``closing``. What would lie in the past goes to the end
of its day.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from csbot.replying.workdays import IsWorkday, after_workdays, is_workday
from csbot.text.regex import regex

CLOSING = time(18, 0)  # where the library does not say when its service ends
_NOON, _AFTERNOON, _NIGHT, _LAST = time(12, 0), time(14, 0), time(22, 0), time(23, 59)
_LONGEST = 3650  # days: whoever writes more has made a typing error

_DIGITS = {character: number for number, character in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_NUMBER = r"(?:[0-9]+(?:\.[0-9]+)?|[零〇一二两三四五六七八九十百半]+)"
_UNIT = r"(?:分钟|分|刻钟|小时|钟头|个?工作日|自然日|天|日|周|星期|礼拜|个?月)"
_LENGTH = regex(
    rf"(?P<low>{_NUMBER})(?:\s*(?:-|~|–|—|到|至)\s*(?P<high>{_NUMBER}))?\s*个?(?P<half>半)?(?P<unit>{_UNIT})(?P<more>半)?"
)
_DAYS = {"今": 0, "当": 0, "本": 0, "明": 1, "次": 1, "翌": 1, "后": 2, "大后": 3}
_CLOCK = (
    r"(?P<hour>[0-9]{1,2}|[一二两三四五六七八九十]{1,3})(?:[:](?P<minute>[0-9]{2})|[点时](?P<spoken>半|[0-9]{1,2}分?)?)"
)
_PART = r"(?P<part>早上|上午|早晨|中午|下午|傍晚|晚上|晚间|下班)"
_WORD = (
    r"(?P<near>大后|今|当|明|次|翌|后)(?P<span>天|日|早|晚)"
    r"|(?P<week>下周|下星期|本周|这周|周|星期)(?P<weekday>[一二三四五六日天末])"
    r"|(?P<this_week>[本这]周)(?:之?内|以内)"
    r"|(?P<this_month>本月)(?:底|末|之?内|以内)|(?<!个)月(?P<month_end>底|末)"
    r"|(?P<month>[0-9]{1,2})月(?P<day>[0-9]{1,2})[日号]"
    r"|(?<![0-9月])(?P<only_day>[0-9]{1,2})[日号](?!之?内|以内)"
)
_MOMENT = regex(rf"(?:{_WORD})?{_PART}?(?:{_CLOCK})?")
_NEXT = regex(r"(?:下|第)(?:一)?个?工作日")
_WEEKDAYS = {character: number for number, character in enumerate("一二三四五六日")} | {"天": 6, "末": 6}


@dataclass(frozen=True, slots=True)
class Deadline:
    """A promised time: the half-open span of its words in the text, and when it ends."""

    start: int
    end: int
    due: datetime


def deadlines(text: str, now: datetime, closing: time = CLOSING, workday: IsWorkday = is_workday) -> Iterator[Deadline]:
    """Yield the times that a normalised text names, in order, with the moments at which they end.

    ``now`` is local and naive, and so are the moments. A time that cannot be right (a 32nd of a month) is left out.
    """
    taken: list[tuple[int, int]] = []
    found = []
    for expression, reckon in ((_NEXT, _next_workday), (_MOMENT, _moment), (_LENGTH, _length)):
        for match in expression.finditer(text):
            start, end = match.span()
            if start == end or any(start < other_end and other_start < end for other_start, other_end in taken):
                continue
            due = reckon(match, now, closing, workday)
            if due is not None:
                taken.append((start, end))
                found.append(Deadline(start, end, due))
    yield from sorted(found, key=lambda each: each.start)


def closing_time(service_hours: str) -> time:
    """Return when the service ends, from what the library says of it (「周一至周五 9:00–17:00」)."""
    times = re.findall(r"[–—~～至到-]\s*([0-9]{1,2})[:：]([0-9]{2})", service_hours)
    valid = [time(int(hour), int(minute)) for hour, minute in times if int(hour) < 24 and int(minute) < 60]
    return max(valid, default=CLOSING)


def length_of(text: str) -> timedelta | None:
    """Return a length of time that a person typed: ``2h``, ``30m``, ``1d``, ``2小时``; None for anything else.

    A day has 24 hours here: this is a distance, not a promise.
    """
    found = re.fullmatch(rf"\s*(?P<number>{_NUMBER})\s*个?(?P<unit>[hmd]|分钟|分|小时|钟头|天|日)\s*", text)
    number = _number(found["number"]) if found else None
    if found is None or number is None or number > 24 * 60 * _LONGEST:
        return None
    minutes = {"h": 60, "小": 60, "钟": 60, "d": 1440, "天": 1440, "日": 1440}.get(found["unit"][0], 1)
    return timedelta(minutes=number * minutes) if number * minutes <= 1440 * _LONGEST else None


def _next_workday(_match: re.Match[str], now: datetime, closing: time, workday: IsWorkday) -> datetime:
    return datetime.combine(after_workdays(now.date(), 1, workday), closing)


def _length(match: re.Match[str], now: datetime, closing: time, workday: IsWorkday) -> datetime | None:
    number = _number(match["high"] or match["low"])
    if number is None:
        return None
    number += 0.5 * bool(match["half"] or match["more"])
    unit = match["unit"].removeprefix("个")
    if number > _LONGEST:
        return None
    if unit in ("分钟", "分", "刻钟", "小时", "钟头"):
        minutes = {"分": 1, "刻": 15}.get(unit[0], 60)
        return now + timedelta(minutes=number * minutes)
    today = now.date()
    if unit == "日" and match["high"] is None and match["low"].isascii() and not _is_length(match):
        return None  # 「15日前」 is a date
    days = int(number) + (number % 1 > 0)  # half a day ends with the day
    if unit == "工作日":
        return datetime.combine(after_workdays(today, days, workday), closing)
    if unit == "月":
        if "个" not in match.group():
            return None  # 「12月」 is a date
        return datetime.combine(_months_later(today, days), closing)
    if unit in ("周", "星期", "礼拜"):
        days *= 7
    return datetime.combine(today + timedelta(days=days), closing) if days <= _LONGEST else None


def _is_length(match: re.Match[str]) -> bool:
    """Tell whether 「3日」 is a length of time: 「3日内」「3日之内」, and no 「12月3日」."""
    before, after = match.string[: match.start()], match.string[match.end() :]
    return not before.endswith("月") and after.startswith(("内", "之内", "以内"))


def _moment(match: re.Match[str], now: datetime, closing: time, _workday: IsWorkday) -> datetime | None:
    today = now.date()
    names_day = any(match[name] for name in ("near", "week", "this_week", "this_month", "month_end", "day", "only_day"))
    day = _day(match, today) if names_day else today
    clock = _clock(match, closing)
    if day is None or clock is None:
        return None
    due = datetime.combine(day, clock)
    if due > now:
        return due
    if not names_day and match["hour"] is not None:
        return due + timedelta(days=1)
    return datetime.combine(day, _LAST) if day == today else due


def _day(match: re.Match[str], today: date) -> date | None:
    """Return the day that is named; None where there can be no such day."""
    monday = today - timedelta(days=today.weekday())
    if match["near"]:
        return today + timedelta(days=_DAYS[match["near"]])
    if match["this_week"]:
        return max(today, monday + timedelta(days=4))
    if match["week"]:
        day = monday + timedelta(days=_WEEKDAYS[match["weekday"]])
        if match["week"].startswith("下"):
            return day + timedelta(days=7)
        return day if day >= today else day + timedelta(days=7)
    if match["this_month"] or match["month_end"]:
        return today.replace(day=monthrange(today.year, today.month)[1])
    return _date(match["month"], int(match["day"] or match["only_day"]), today)


def _date(month: str | None, day: int, today: date) -> date | None:
    """Return the next date of this month and day, or of this day of the month."""
    for later in range(13):
        first = _months_later(today.replace(day=1), later)
        if (month is None or int(month) == first.month) and 1 <= day <= monthrange(first.year, first.month)[1]:
            found = first.replace(day=day)
            if found >= today:
                return found
    return None


def _clock(match: re.Match[str], closing: time) -> time | None:
    """Return the time of day that is named, or at which the part of the day ends; None for one that cannot be."""
    part = match["part"] or {"早": "早上", "晚": "晚上"}.get(match["span"] or "", "")
    if match["hour"] is None:
        ends = {
            "早上": _NOON,
            "上午": _NOON,
            "早晨": _NOON,
            "中午": _AFTERNOON,
            "傍晚": _NIGHT,
            "晚上": _NIGHT,
            "晚间": _NIGHT,
        }
        return ends.get(part, closing)
    hour = _number(match["hour"])
    spoken = match["spoken"] or ""
    minute = int(match["minute"] or ("30" if spoken == "半" else spoken.removesuffix("分") or "0"))
    if hour is None or hour > 24 or minute > 59:
        return None
    whole = int(hour)
    if whole == 12 and part in ("晚上", "晚间"):
        return _LAST
    if part in ("下午", "傍晚", "晚上", "晚间") and whole < 12:
        whole += 12
    return _LAST if whole == 24 else time(whole, minute)


def _months_later(day: date, months: int) -> date:
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def _number(text: str) -> float | None:
    """Return a number in digits or in Chinese, the end of 「两三」 or 「三五」; None where it is none."""
    if re.fullmatch(r"[0-9]+(?:\.[0-9]+)?", text):
        return float(text) if len(text) <= 9 else None
    if text == "半":
        return 0.5
    if text.endswith("半"):
        whole = _number(text[:-1])
        return None if whole is None else whole + 0.5
    if "半" in text:
        return None
    if all(character in _DIGITS for character in text):
        return float(_DIGITS[text[-1]])  # 「两三」: two or three
    total, digit = 0, None
    for character in text:
        if character in _DIGITS:
            digit = _DIGITS[character]
        else:
            total += (1 if digit is None else digit) * {"十": 10, "百": 100}[character]
            digit = None
    return float(total + (digit or 0))
