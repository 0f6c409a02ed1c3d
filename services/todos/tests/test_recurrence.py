"""Rules of recurrence: what is refused, the days that others expect, and dateutil's expansion as the oracle."""

import calendar
import json
import os
import time
from datetime import date, datetime, timedelta
from itertools import dropwhile, islice
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from dateutil import rrule
from hypothesis import given, settings
from hypothesis import strategies as st

from todos_service.domain import Content
from todos_service.errors import InvalidFields
from todos_service.recurrence import next_days, next_occurrence, parse

EXAMPLES = int(os.environ.get("TODOBUS_FUZZ_EXAMPLES", "120"))
TABLE = json.loads((Path(__file__).parents[3] / "contracts/recurrence.json").read_text())
DAY = timedelta(days=1)
MOST_SECONDS = 0.05
NAMES = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def comes(rule, due, today=None, mode="schedule"):
    found = next_occurrence(parse(rule), mode, date.fromisoformat(due), date.fromisoformat(today or due))
    return found and (found.day.isoformat(), found.rule)


def days(rule, due, number=4, mode="schedule"):
    start = date.fromisoformat(due)
    return [day.isoformat() for day in next_days(parse(rule), mode, start, start, number)]


class TestParse:
    @pytest.mark.parametrize(
        "rule",
        [
            "FREQ=DAILY",
            "INTERVAL=2;FREQ=WEEKLY;BYDAY=MO,TH",
            "FREQ=MONTHLY;BYDAY=2MO,-1FR,WE;BYMONTH=1,2,12",
            "FREQ=YEARLY;BYDAY=53SU",
            "FREQ=DAILY;UNTIL=20271231;BYMONTHDAY=-31,+1,31",
            "FREQ=DAILY;UNTIL=20271231T235959Z",
            "FREQ=MONTHLY;COUNT=999;INTERVAL=999",
        ],
    )
    def test_takes(self, rule):
        assert parse(rule).text == rule

    @pytest.mark.parametrize(
        ("rule", "reason"),
        [
            ("", "a rule has the parts"),
            ("DAILY", "a rule has the parts"),
            ("RRULE:FREQ=DAILY", "a rule has the parts"),
            ("FREQ=DAILY;", "a rule has the parts"),
            ("FREQ=DAILY;BYSETPOS=1", "a rule has the parts"),
            ("FREQ=DAILY;BYHOUR=9", "a rule has the parts"),
            ("FREQ=DAILY;WKST=SU", "a rule has the parts"),
            ("INTERVAL=2", "FREQ is one of"),
            ("FREQ=HOURLY", "FREQ is one of"),
            ("FREQ=daily", "FREQ is one of"),
            ("FREQ=DAILY;FREQ=DAILY", "FREQ is there twice"),
            ("FREQ=DAILY;INTERVAL=0", "INTERVAL is from 1 to 999"),
            ("FREQ=DAILY;INTERVAL=-1", "INTERVAL is from 1 to 999"),
            ("FREQ=DAILY;INTERVAL=1000", "INTERVAL is from 1 to 999"),
            ("FREQ=DAILY;INTERVAL=²", "INTERVAL is from 1 to 999"),
            ("FREQ=DAILY;INTERVAL=1_0", "INTERVAL is from 1 to 999"),
            ("FREQ=DAILY;COUNT=0", "COUNT is from 1 to 999"),
            ("FREQ=DAILY;COUNT=", "COUNT is from 1 to 999"),
            ("FREQ=DAILY;COUNT=2;UNTIL=20271231", "COUNT and UNTIL exclude each other"),
            ("FREQ=DAILY;UNTIL=2027-12-31", "UNTIL is a day"),
            ("FREQ=DAILY;UNTIL=20270230", "UNTIL is a day"),
            ("FREQ=DAILY;UNTIL=00000101", "UNTIL is a day"),
            ("FREQ=WEEKLY;BYDAY=XX", "BYDAY is a list"),
            ("FREQ=WEEKLY;BYDAY=MO,", "BYDAY is a list"),
            ("FREQ=MONTHLY;BYDAY=0MO", "BYDAY is a list"),
            ("FREQ=WEEKLY;BYDAY=MO,MO", "BYDAY has a value twice"),
            ("FREQ=WEEKLY;BYDAY=2MO", "a day or week has no numbers"),
            ("FREQ=MONTHLY;BYDAY=6MO", "numbers in BYDAY are at most 5"),
            ("FREQ=YEARLY;BYDAY=54MO", "numbers in BYDAY are at most 53"),
            ("FREQ=YEARLY;BYMONTH=2;BYDAY=6MO", "numbers in BYDAY are at most 5"),
            ("FREQ=WEEKLY;BYMONTHDAY=1", "BYMONTHDAY is not for"),
            ("FREQ=MONTHLY;BYMONTHDAY=32", "BYMONTHDAY is from 1 to 31 or from -31 to -1"),
            ("FREQ=MONTHLY;BYMONTHDAY=0", "BYMONTHDAY is from 1 to 31"),
            ("FREQ=YEARLY;BYMONTH=13", "BYMONTH is from 1 to 12"),
            ("FREQ=YEARLY;BYMONTH=-1", "BYMONTH is from 1 to 12"),
            ("FREQ=DAILY;" + "X" * 500, "a rule has at most 500 characters"),
        ],
    )
    def test_refuses_with_a_reason(self, rule, reason):
        with pytest.raises(InvalidFields) as refused:
            parse(rule)
        assert refused.value.errors[0].pointer == "/recurrence/rule"
        assert reason in refused.value.errors[0].detail

    @settings(max_examples=30, deadline=None)
    @given(st.text(max_size=50) | st.text(";,=0123456789+-INTERVALBYMOHDUSA").map("FREQ=MONTHLY;BYDAY={}".format))
    def test_never_fails_otherwise(self, text):
        try:
            rule = parse(text)
        except InvalidFields:
            return
        next_occurrence(rule, "schedule", date(2026, 1, 31), date(2026, 1, 31))


class TestSchedule:
    @pytest.mark.parametrize(
        ("rule", "due", "expected"),
        [
            ("FREQ=DAILY", "2026-12-31", ["2027-01-01", "2027-01-02"]),
            ("FREQ=DAILY;INTERVAL=999", "2026-01-01", ["2028-09-26"]),
            ("FREQ=WEEKLY", "2026-12-01", ["2026-12-08", "2026-12-15"]),
            ("FREQ=WEEKLY;INTERVAL=2;BYDAY=SU,MO", "2026-11-30", ["2026-12-06", "2026-12-14", "2026-12-20"]),
            ("FREQ=MONTHLY", "2026-01-31", ["2026-02-28", "2026-03-31", "2026-04-30", "2026-05-31"]),
            ("FREQ=MONTHLY", "2026-01-30", ["2026-02-28", "2026-03-30", "2026-04-30", "2026-05-30"]),
            ("FREQ=MONTHLY;BYMONTHDAY=15,31", "2026-02-01", ["2026-02-15", "2026-02-28", "2026-03-15"]),
            ("FREQ=MONTHLY;BYMONTHDAY=30,31", "2026-02-01", ["2026-02-28", "2026-03-30", "2026-03-31"]),
            ("FREQ=MONTHLY;BYMONTHDAY=-1", "2026-01-31", ["2026-02-28", "2026-03-31"]),
            ("FREQ=MONTHLY;BYMONTHDAY=-31", "2026-01-01", ["2026-02-01", "2026-03-01"]),
            ("FREQ=MONTHLY;BYDAY=2TU", "2026-12-08", ["2027-01-12", "2027-02-09"]),
            ("FREQ=MONTHLY;BYDAY=-1FR", "2026-11-27", ["2026-12-25", "2027-01-29"]),
            ("FREQ=MONTHLY;BYDAY=5MO", "2026-11-30", ["2027-03-29", "2027-05-31"]),
            ("FREQ=MONTHLY;BYDAY=SA,1MO", "2026-12-01", ["2026-12-05", "2026-12-07", "2026-12-12"]),
            ("FREQ=MONTHLY;BYDAY=FR;BYMONTHDAY=13", "2026-11-13", ["2027-08-13", "2028-10-13"]),
            ("FREQ=YEARLY", "2024-02-29", ["2025-02-28", "2026-02-28", "2027-02-28", "2028-02-29"]),
            ("FREQ=YEARLY;BYMONTH=2;BYMONTHDAY=30", "2026-01-01", ["2026-02-28", "2027-02-28", "2028-02-29"]),
            ("FREQ=YEARLY;BYMONTH=6,12", "2026-12-24", ["2027-06-24", "2027-12-24"]),
            ("FREQ=YEARLY;BYMONTHDAY=1", "2026-11-01", ["2026-12-01", "2027-01-01"]),
            ("FREQ=YEARLY;BYDAY=1MO", "2026-01-05", ["2027-01-04", "2028-01-03"]),
            ("FREQ=YEARLY;BYMONTH=11;BYDAY=4TH", "2026-11-26", ["2027-11-25", "2028-11-23"]),
            ("FREQ=YEARLY;INTERVAL=4", "2024-02-29", ["2028-02-29", "2032-02-29"]),
            ("FREQ=YEARLY;BYMONTH=2;BYDAY=5MO", "2044-02-29", ["2072-02-29"]),
            ("FREQ=YEARLY", "9998-12-30", []),
            ("FREQ=DAILY;INTERVAL=7;BYDAY=TU", "2026-11-30", []),
            ("FREQ=MONTHLY;INTERVAL=2;BYMONTH=2", "2026-11-30", []),
        ],
    )
    def test_comes_on(self, rule, due, expected):
        assert days(rule, due, max(len(expected), 1)) == expected

    def test_skips_what_was_missed(self):
        assert comes("FREQ=WEEKLY;INTERVAL=2", "2026-11-03", "2026-12-01") == ("2026-12-15", "FREQ=WEEKLY;INTERVAL=2")

    def test_is_after_the_due_date_when_done_early(self):
        assert comes("FREQ=WEEKLY", "2026-12-01", "2026-11-20") == ("2026-12-08", "FREQ=WEEKLY")

    def test_remembers_the_day_that_a_short_month_has_not(self):
        assert comes("FREQ=MONTHLY", "2026-01-31") == ("2026-02-28", "FREQ=MONTHLY;BYMONTHDAY=31")
        assert comes("FREQ=YEARLY", "2024-02-29") == ("2025-02-28", "FREQ=YEARLY;BYMONTHDAY=29;BYMONTH=2")
        assert comes("FREQ=MONTHLY", "2026-01-28") == ("2026-02-28", "FREQ=MONTHLY")


class TestTable:
    @pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: f"{case['rule']} {case['mode']} {case['today']}")
    def test_that_the_web_app_holds_to_as_well(self, case):
        due, today = date.fromisoformat(case["due"]), date.fromisoformat(case["today"])
        found = next_days(parse(case["rule"]), case["mode"], due, today, 5)
        assert [day.isoformat() for day in found] == case["days"]


class TestCompletion:
    @pytest.mark.parametrize(
        ("rule", "due", "today", "expected"),
        [
            ("FREQ=DAILY;INTERVAL=3", "2026-12-01", "2026-12-05", "2026-12-08"),
            ("FREQ=MONTHLY", "2026-12-01", "2027-01-31", "2027-02-28"),
            ("FREQ=WEEKLY;BYDAY=MO", "2026-12-01", "2026-12-05", "2026-12-07"),
            ("FREQ=DAILY;INTERVAL=10", "2026-12-04", "2026-12-01", "2026-12-11"),
            ("FREQ=DAILY;INTERVAL=3", "2026-12-04", "2026-12-01", "2026-12-07"),
        ],
    )
    def test_counts_from_the_day_it_was_done(self, rule, due, today, expected):
        assert comes(rule, due, today, "completion") == (expected, rule)


class TestEnd:
    def test_count_is_of_the_todos_of_the_series(self):
        assert comes("FREQ=DAILY;COUNT=3", "2026-12-01") == ("2026-12-02", "FREQ=DAILY;COUNT=2")
        assert comes("FREQ=DAILY;COUNT=2", "2026-12-02") == ("2026-12-03", "FREQ=DAILY;COUNT=1")
        assert comes("FREQ=DAILY;COUNT=1", "2026-12-03") is None

    def test_count_of_a_schedule_goes_on_while_nothing_is_done(self):
        assert comes("FREQ=DAILY;COUNT=5", "2026-12-01", "2026-12-03") == ("2026-12-04", "FREQ=DAILY;COUNT=2")
        assert comes("FREQ=DAILY;COUNT=5", "2026-12-01", "2026-12-05") is None

    def test_count_after_completion_is_of_what_was_done(self):
        assert comes("FREQ=DAILY;COUNT=2", "2026-12-01", "2026-12-30", "completion") == (
            "2026-12-31",
            "FREQ=DAILY;COUNT=1",
        )

    def test_until_is_the_last_day(self):
        assert days("FREQ=DAILY;UNTIL=20261203", "2026-12-01") == ["2026-12-02", "2026-12-03"]
        assert comes("FREQ=DAILY;UNTIL=20261203", "2026-12-01", "2026-12-03", "completion") is None


@st.composite
def rules(draw):
    """The parts of an accepted rule."""
    frequency = draw(st.sampled_from(["DAILY", "WEEKLY", "MONTHLY", "YEARLY"]))
    parts = {"FREQ": frequency}
    if draw(st.booleans()):
        parts["INTERVAL"] = draw(st.integers(1, 4) | st.integers(1, 999))
    if draw(st.booleans()):
        parts["BYMONTH"] = draw(st.lists(st.integers(1, 12), min_size=1, max_size=4, unique=True))
    if frequency != "WEEKLY" and draw(st.booleans()):
        day = st.integers(1, 31) | st.integers(28, 31) | st.integers(-31, -1)
        parts["BYMONTHDAY"] = draw(st.lists(day, min_size=1, max_size=3, unique=True))
    if draw(st.booleans()):
        most = {"MONTHLY": 5, "YEARLY": 5 if "BYMONTH" in parts else 53}.get(frequency, 0)
        ordinal = st.just(0) | st.integers(-most, most)
        weekday = st.tuples(ordinal, st.integers(0, 6))
        parts["BYDAY"] = draw(st.lists(weekday, min_size=1, max_size=3, unique=True))
    end = draw(st.sampled_from(["", "COUNT", "UNTIL"]))
    if end:
        parts[end] = draw(st.integers(1, 30) if end == "COUNT" else st.dates(date(9993, 1, 1), date(9998, 1, 1)))
    return parts


def written(parts):
    def value(name, it):
        if name == "BYDAY":
            return ",".join(f"{ordinal or ''}{NAMES[weekday]}" for ordinal, weekday in it)
        return it.strftime("%Y%m%d") if name == "UNTIL" else ",".join(map(str, it if isinstance(it, list) else [it]))

    return ";".join(f"{name}={value(name, it)}" for name, it in parts.items())


def oracle(parts, start):
    """What dateutil expands, month days left open, and of these the month days with the clamping rule on top.

    Near the year 9999, with which dateutil's search for days that never come ends.
    """
    month_days, months, weekdays = (parts.get(name) for name in ("BYMONTHDAY", "BYMONTH", "BYDAY"))
    if not weekdays and not month_days:
        month_days = [start.day] if parts["FREQ"] in ("MONTHLY", "YEARLY") else None
        weekdays = [(0, start.weekday())] if parts["FREQ"] == "WEEKLY" else None
        months = [start.month] if parts["FREQ"] == "YEARLY" and not months else months
    plain = [rrule.weekday(weekday) for ordinal, weekday in weekdays or [(0, n) for n in range(7)] if not ordinal]
    numbered = [rrule.weekday(weekday, ordinal) for ordinal, weekday in weekdays or [] if ordinal]
    found = set()
    for group in filter(None, (plain, numbered)):
        found |= set(
            rrule.rrule(
                getattr(rrule, parts["FREQ"]),
                datetime.combine(start, datetime.min.time()),
                interval=parts.get("INTERVAL", 1),
                bymonth=months,
                byweekday=group,
                wkst=rrule.MO,
                until=datetime.combine(parts.get("UNTIL", date(9998, 12, 30)), datetime.min.time()),
            )
        )
    for day in sorted(moment.date() for moment in found):
        length = calendar.monthrange(day.year, day.month)[1]
        clamped = {min(n, length) if n > 0 else max(length + 1 + n, 1) for n in month_days or [day.day]}
        if day > start and day.day in clamped:
            yield day


class TestAgainstDateutil:
    @settings(max_examples=EXAMPLES, deadline=None)
    @given(rules(), st.dates(date(9993, 1, 1), date(9996, 12, 31)), st.integers(-40, 400))
    def test_a_schedule_is_its_expansion(self, parts, due, later):
        today = due + later * DAY
        expected = list(islice(oracle(parts, due), parts.get("COUNT", 10**6) - 1))
        following = list(dropwhile(lambda day: day <= today, expected))
        found = next_occurrence(parse(written(parts)), "schedule", due, today)
        assert (found and found.day) == (following[0] if following else None)
        assert list(next_days(parse(written(parts)), "schedule", due, today, 4)) == following[:4]

    @settings(max_examples=EXAMPLES, deadline=None)
    @given(rules(), st.dates(date(9993, 1, 1), date(9996, 12, 31)), st.integers(-40, 40))
    def test_completion_is_the_expansion_from_that_day(self, parts, due, later):
        today = due + later * DAY
        following = [day for day in oracle(parts, today) if day > due]
        found = next_occurrence(parse(written(parts)), "completion", due, today)
        assert (found and found.day) == (following[0] if following and parts.get("COUNT") != 1 else None)

    @settings(max_examples=EXAMPLES, deadline=None)
    @given(rules(), st.dates(date(1900, 1, 1), date(2100, 12, 31)), st.dates(date(2026, 1, 1), date(2100, 12, 31)))
    def test_every_accepted_rule_answers_in_50_ms(self, parts, due, today):
        if "UNTIL" in parts:
            parts["UNTIL"] = parts["UNTIL"].replace(year=parts["UNTIL"].year - 7900)
        rule = parse(written(parts | ({"COUNT": 999} if "COUNT" in parts else {})))
        taken = []
        for _ in range(3):
            began = time.thread_time()
            next_occurrence(rule, "schedule", due, today)
            taken.append(time.thread_time() - began)
            if taken[-1] < MOST_SECONDS:
                return
        pytest.fail(f"took {taken}")


class TestDaysOf23And25Hours:
    @settings(max_examples=50, deadline=None)
    @given(
        st.sampled_from(["Europe/Helsinki", "America/New_York", "Australia/Lord_Howe", "America/Sao_Paulo", "UTC"]),
        st.dates(date(2015, 1, 1), date(2030, 1, 1)),
        st.times(),
    )
    def test_keep_the_local_time(self, zone, due, clock):
        zone_info, noon = ZoneInfo(zone), datetime.min.time().replace(hour=12)
        for day in next_days(parse("FREQ=DAILY"), "schedule", due, due, 20):
            content = Content("t", due_date=day, due_time=clock.replace(second=0, microsecond=0), due_time_zone=zone)
            local = content.due_at.astimezone(zone_info)
            shifted = (
                datetime.combine(day, noon, zone_info).utcoffset()
                - datetime.combine(day - DAY, noon, zone_info).utcoffset()
            )
            assert local.replace(tzinfo=None) - datetime.combine(day, content.due_time) in (timedelta(), shifted)
