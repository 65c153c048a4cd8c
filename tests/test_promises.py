"""What a reply promises, and when the promised time ends."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from csbot.replying.deadlines import closing_time, deadlines, length_of
from csbot.replying.promises import promised
from csbot.replying.responder import Responder
from csbot.replying.workdays import after_workdays, is_workday

FRIDAY = datetime(2026, 11, 20, 15, 0)
CLOSING = time(17, 0)


def ends(text: str, now: datetime = FRIDAY) -> list[str]:
    return [f"{each.due:%m-%d %H:%M}" for each in deadlines(text, now, CLOSING)]


@pytest.mark.parametrize(
    ("wording", "due"),
    [
        ("24小时内", "11-21 15:00"),
        ("二十四小时内", "11-21 15:00"),
        ("两个小时内", "11-20 17:00"),
        ("2小时内", "11-20 17:00"),
        ("1.5小时内", "11-20 16:30"),
        ("半小时内", "11-20 15:30"),
        ("半个小时内", "11-20 15:30"),
        ("一个半小时内", "11-20 16:30"),
        ("30分钟后", "11-20 15:30"),
        ("一刻钟内", "11-20 15:15"),
        ("2-3小时内", "11-20 18:00"),
        ("两三个小时内", "11-20 18:00"),
        ("一百二十分钟内", "11-20 17:00"),
        ("1个工作日内", "11-23 17:00"),
        ("三个工作日内", "11-25 17:00"),
        ("1至3个工作日内", "11-25 17:00"),
        ("下一个工作日", "11-23 17:00"),
        ("3天内", "11-23 17:00"),
        ("7日内", "11-27 17:00"),
        ("一周内", "11-27 17:00"),
        ("两周内", "12-04 17:00"),
        ("一个月内", "12-20 17:00"),
        ("今天下班前", "11-20 17:00"),
        ("今天之内", "11-20 17:00"),
        ("今晚8点前", "11-20 20:00"),
        ("明天上午", "11-21 12:00"),
        ("明天上午10点前", "11-21 10:00"),
        ("明天上午10:30前", "11-21 10:30"),
        ("明天下午三点半前", "11-21 15:30"),
        ("明早", "11-21 12:00"),
        ("后天", "11-22 17:00"),
        ("大后天中午前", "11-23 14:00"),
        ("次日", "11-21 17:00"),
        ("周五前", "11-20 17:00"),
        ("周一上午", "11-23 12:00"),
        ("下周三前", "11-25 17:00"),
        ("本周内", "11-20 17:00"),
        ("本月底前", "11-30 17:00"),
        ("12月3日前", "12-03 17:00"),
        ("3号前", "12-03 17:00"),
        ("上午9点前", "11-21 09:00"),  # nine has gone: tomorrow's
        ("今天上午10点前", "11-20 23:59"),  # gone, and yet today was said
    ],
)
def test_a_time_ends_by_the_documented_rules(wording: str, due: str) -> None:
    assert ends(f"我们会在{wording}给您答复") == [due]


@pytest.mark.parametrize(
    "text",
    ["我们会尽快给您答复", "几天内", "2月31日前", "9999999天内", "25点前", "订单号20261122", "", "第15页", "12月"],
)
def test_what_names_no_time_that_can_be(text: str) -> None:
    assert ends(text) == []


@given(st.text("零一二两三半十百0123456789.:点月日号天周个小时分钟工作内前上下午今明后-到至", max_size=30))
def test_no_text_breaks_the_reckoning(text: str) -> None:
    for each in deadlines(text, FRIDAY, CLOSING):
        assert 0 <= each.start < each.end <= len(text)
        assert each.due >= FRIDAY


@given(st.integers(1, 500), st.sampled_from(["分钟", "小时"]), st.datetimes(datetime(2020, 1, 1), datetime(2030, 1, 1)))
def test_hours_and_minutes_run_from_the_promise(number: int, unit: str, now: datetime) -> None:
    (found,) = deadlines(f"{number}{unit}内", now, CLOSING)
    assert found.due - now == timedelta(minutes=number * (60 if unit == "小时" else 1))


def test_working_days_skip_holidays_and_count_worked_weekends() -> None:
    assert not is_workday(date(2026, 10, 1))
    assert is_workday(date(2026, 10, 10))  # a Saturday that is worked for the holiday
    assert after_workdays(date(2026, 9, 30), 1) == date(2026, 10, 8)
    assert after_workdays(date(2026, 10, 9), 1) == date(2026, 10, 10)
    # A year that is not announced yet: Monday to Friday.
    assert [is_workday(date(2098, 1, day)) for day in range(1, 8)] == [
        date(2098, 1, day).weekday() < 5 for day in range(1, 8)
    ]


@pytest.mark.parametrize(
    ("hours", "closing"),
    [("周一至周五 9:00–17:00", time(17)), ("9:00-12:00、13:30-20:30", time(20, 30)), ("全天", time(18))],
)
def test_when_the_service_ends(hours: str, closing: time) -> None:
    assert closing_time(hours) == closing


@pytest.mark.parametrize(
    ("typed", "minutes"),
    [
        ("2h", 120),
        ("30m", 30),
        ("1d", 1440),
        ("2小时", 120),
        ("半个小时", 30),
        ("0m", 0),
        ("2", None),
        ("-1h", None),
        ("h", None),
    ],
)
def test_lengths_of_time_that_people_type(typed: str, minutes: int | None) -> None:
    assert length_of(typed) == (None if minutes is None else timedelta(minutes=minutes))


@pytest.mark.parametrize(
    ("reply", "wording", "due"),
    [
        ("您好，我们会在24小时内给您答复。", "24小时内给您答复", "11-21 15:00"),
        ("资料收齐后，1个工作日内回复您开票安排。", "1个工作日内回复您开票安排", "11-23 17:00"),
        ("3天内给您结果，2小时内先告诉您进展。", "2小时内先告诉您进展", "11-20 17:00"),  # the first that is due
        ("明天上午10点前给您答复。", "明天上午10点前给您答复", "11-21 10:00"),
        ("我們會在２４小時內給您答覆。", "24小时内给您答复", "11-21 15:00"),
        ("我们会尽快给您答复。", None, None),
        ("您已经等了30分钟，非常抱歉。", None, None),
        ("签收后7天内可以申请退换。", None, None),  # the customer's time
        ("客服热线24小时开通。", None, None),
        ("", None, None),
    ],
)
def test_what_a_reply_promises(responder: Responder, reply: str, wording: str | None, due: str | None) -> None:
    found = promised(responder, reply, FRIDAY)
    assert (found and found.wording, found and f"{found.due:%m-%d %H:%M}") == (wording, due)
