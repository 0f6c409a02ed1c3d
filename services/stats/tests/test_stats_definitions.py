"""What each figure means: one behaviour of the definitions at a time, at instants of the test's choosing."""

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stats_service.repository.users import Preferences
from stats_service.schemas import Summary
from stats_service.service import Statistics

NOON = datetime(2026, 11, 18, 12, tzinfo=UTC)  # a Wednesday
ZONES = (
    *("Europe/Helsinki", "America/New_York", "Australia/Lord_Howe", "America/Havana", "Asia/Kathmandu"),
    *("America/Sao_Paulo", "Pacific/Apia", "Asia/Tehran", "Africa/Casablanca", "America/St_Johns"),
)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.fixture
def summary_of(pool, applied):
    """The summary after the changes of a feed, by the feed's clock."""

    async def read(feed, zone="UTC", now=None, week_start="monday", day_start_hour=0, goal=5):
        await applied(feed.changes)
        preferences = Preferences(zone, week_start, day_start_hour, goal)
        return Summary(**await Statistics(pool).summary(feed.user_id, preferences, now or feed.now))

    return read


@pytest.fixture
def series_of(pool, applied):
    """The daily series after the changes of a feed."""

    async def read(feed, first, last, zone="UTC", day_start_hour=0):
        await applied(feed.changes)
        preferences = Preferences(zone, "monday", day_start_hour, 5)
        return await Statistics(pool).daily(feed.user_id, preferences, first, last)

    return read


@pytest.fixture
def feed(new_feed):
    return new_feed(now=NOON)


class TestTotals:
    async def test_a_user_without_todos_has_zeros_and_a_rate_of_zero(self, feed, summary_of) -> None:
        found = await summary_of(feed)
        assert (found.total, found.completed, found.active, found.completion_rate) == (0, 0, 0, 0.0)
        assert (found.as_of_sequence, found.stale, found.by_tag) == (0, False, [])
        assert found.by_priority.none.total == found.by_priority.urgent.total == 0

    async def test_what_is_in_the_trash_or_purged_is_not_counted(self, feed, summary_of) -> None:
        kept, trashed, purged = feed.create(), feed.create(), feed.create()
        feed.complete(kept)
        feed.delete(trashed)
        feed.purge(purged)
        found = await summary_of(feed)
        assert (found.total, found.completed, found.active, found.completion_rate) == (1, 1, 0, 1.0)

    async def test_what_is_restored_is_counted_again(self, feed, summary_of) -> None:
        todo = feed.create(tags=["home"])
        feed.delete(todo)
        assert (await summary_of(feed)).total == 0
        feed.restore(todo)
        found = await summary_of(feed)
        assert (found.total, found.active, found.by_tag[0].tag) == (1, 1, "home")

    async def test_tags_come_largest_first_and_only_those_in_use(self, feed, summary_of) -> None:
        feed.create(tags=["b", "a"])
        done = feed.create(tags=["b"])
        feed.complete(done)
        gone = feed.create(tags=["gone"])
        feed.update(gone, tags=[])
        found = await summary_of(feed)
        assert [(tag.tag, tag.total, tag.completed) for tag in found.by_tag] == [("b", 2, 1), ("a", 1, 0)]

    async def test_a_changed_priority_moves_the_todo(self, feed, summary_of) -> None:
        todo = feed.create(priority="low")
        feed.complete(todo)
        feed.update(todo, priority="urgent")
        found = await summary_of(feed)
        assert (found.by_priority.low.total, found.by_priority.urgent.total, found.by_priority.urgent.completed) == (
            0,
            1,
            1,
        )

    async def test_overdue_is_active_with_its_due_instant_behind(self, feed, summary_of) -> None:
        late = feed.create(due_at="2026-11-18T11:59:59Z")
        feed.create(due_at="2026-11-18T12:00:01Z")
        feed.delete(feed.create(due_at="2026-11-01T00:00:00Z"))
        feed.complete(feed.create(due_at="2026-11-01T00:00:00Z"))
        assert (await summary_of(feed)).overdue == 1
        assert (await summary_of(feed, now=NOON + timedelta(seconds=5))).overdue == 2
        feed.complete(late)
        assert (await summary_of(feed)).overdue == 0


class TestCompletions:
    async def test_one_counts_on_the_day_it_happened(self, feed, summary_of) -> None:
        todo = feed.create()
        feed.complete(todo)
        assert (await summary_of(feed)).completed_today == 1
        found = await summary_of(feed, now=NOON + timedelta(days=1))
        assert (found.completed_today, found.completed_this_week, found.created_today) == (0, 1, 0)

    @pytest.mark.parametrize("end", ["delete", "purge"])
    async def test_one_still_counts_when_the_todo_is_gone(self, feed, summary_of, end) -> None:
        todo = feed.create()
        feed.complete(todo)
        getattr(feed, end)(todo)
        found = await summary_of(feed)
        assert (found.total, found.completed, found.completed_today, found.streak.current) == (0, 0, 1, 1)

    async def test_reopening_takes_it_back(self, feed, summary_of) -> None:
        todo = feed.create()
        feed.complete(todo)
        feed.now += timedelta(days=2)
        feed.reopen(todo)
        found = await summary_of(feed)
        assert (found.completed_this_week, found.streak.longest, found.streak.last_active_date) == (0, 0, None)

    async def test_completing_again_counts_on_the_new_day_only(self, feed, summary_of) -> None:
        todo = feed.create()
        feed.complete(todo)
        feed.reopen(todo)
        feed.now += timedelta(days=1)
        feed.complete(todo)
        found = await summary_of(feed)
        assert (found.completed_today, found.completed_this_week) == (1, 1)

    @pytest.mark.parametrize(("week_start", "expected"), [("monday", 1), ("sunday", 2), ("saturday", 3)])
    async def test_the_week_begins_on_the_users_day(self, feed, summary_of, week_start, expected) -> None:
        for day in (14, 15, 16):  # Saturday, Sunday, Monday
            feed.now = datetime(2026, 11, day, 9, tzinfo=UTC)
            feed.complete(feed.create())
        found = await summary_of(feed, now=NOON, week_start=week_start)
        assert found.completed_this_week == expected

    async def test_the_goal_is_met_by_todays_completions(self, feed, summary_of) -> None:
        for _ in range(3):
            feed.complete(feed.create())
        found = await summary_of(feed, goal=2)
        assert (found.goal.daily, found.goal.done) == (2, 3)


class TestZones:
    async def test_changing_the_zone_moves_all_history(self, feed, summary_of) -> None:
        feed.now = utc("2026-11-17T22:30:00")
        feed.complete(feed.create())
        assert (await summary_of(feed, now=NOON)).completed_today == 0
        found = await summary_of(feed, now=NOON, zone="Europe/Helsinki")
        assert (found.completed_today, found.created_today, found.time_zone) == (1, 1, "Europe/Helsinki")

    async def test_a_quarter_hour_zone_is_exact(self, feed, summary_of) -> None:
        feed.now = utc("2026-11-17T18:14:59")  # 23:59:59 in Kathmandu, UTC+5:45
        feed.complete(feed.create())
        feed.now = utc("2026-11-17T18:15:00")
        feed.complete(feed.create())
        assert (await summary_of(feed, now=NOON, zone="Asia/Kathmandu")).completed_today == 1

    async def test_the_day_starts_at_the_users_hour(self, feed, summary_of) -> None:
        feed.now = utc("2026-11-18T03:59:59")
        feed.complete(feed.create())
        assert (await summary_of(feed, now=NOON, day_start_hour=4)).completed_today == 0
        assert (await summary_of(feed, day_start_hour=4)).completed_today == 1
        feed.now = utc("2026-11-18T04:00:00")
        feed.complete(feed.create())
        assert (await summary_of(feed, now=NOON, day_start_hour=4)).completed_today == 1

    @pytest.mark.parametrize(
        ("day", "hours"), [(date(2025, 3, 30), 23), (date(2025, 10, 26), 25), (date(2025, 10, 27), 24)]
    )
    async def test_a_day_is_as_long_as_it_is(self, feed, series_of, day, hours) -> None:
        for hour in range(72):
            feed.now = datetime(day.year, day.month, day.day - 1, tzinfo=UTC) + timedelta(hours=hour)
            feed.create()
        assert [found.created for found in await series_of(feed, day, day, "Europe/Helsinki")] == [hours]

    async def test_a_day_whose_first_hour_does_not_exist_begins_with_the_jump(self, feed, series_of) -> None:
        for instant in ("2025-03-30T00:59:59", "2025-03-30T01:00:00", "2025-03-30T01:00:00"):
            feed.now = utc(instant)
            feed.create()
        first, last = date(2025, 3, 29), date(2025, 3, 30)
        series = await series_of(feed, first, last, "Europe/Helsinki", day_start_hour=3)  # 03:00 is skipped
        assert [found.created for found in series] == [1, 2]

    @settings(max_examples=50, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        zone=st.sampled_from(ZONES),
        hour=st.integers(0, 23),
        instants=st.lists(st.datetimes(datetime(1980, 1, 1), datetime(2025, 1, 1)), min_size=1),  # noqa: DTZ001 - made UTC below
    )
    async def test_each_instant_is_on_the_day_of_its_wall_clock(
        self, new_feed, series_of, zone, hour, instants
    ) -> None:
        feed = new_feed()
        expected: Counter[date] = Counter()
        for instant in instants:
            feed.now = instant.replace(tzinfo=UTC)
            feed.create()
            wall = feed.now.astimezone(ZoneInfo(zone)).replace(tzinfo=None)
            expected[(wall - timedelta(hours=hour)).date()] += 1
        series = await series_of(feed, min(expected), max(expected), zone, day_start_hour=hour)
        assert {day.date: day.created for day in series if day.created} == expected
        assert series[-1].active_at_end == len(instants)


class TestStreak:
    @pytest.mark.parametrize(
        ("ago", "current", "longest"),
        [
            ((), 0, 0),
            ((0,), 1, 1),
            ((1,), 1, 1),
            ((2,), 0, 1),
            ((0, 1, 2), 3, 3),
            ((1, 2, 3), 3, 3),
            ((0, 2, 3, 4), 1, 3),
            ((5, 6, 9, 10, 11), 0, 3),
        ],
    )
    async def test_today_without_a_completion_does_not_break_it_yet(
        self, feed, summary_of, ago, current, longest
    ) -> None:
        for days in ago:
            feed.now = NOON - timedelta(days=days)
            feed.complete(feed.create())
        found = (await summary_of(feed, now=NOON)).streak
        assert (found.current, found.longest) == (current, longest)
        assert found.last_active_date == ((NOON - timedelta(days=min(ago))).date() if ago else None)

    async def test_it_runs_over_the_change_of_the_clock(self, feed, summary_of) -> None:
        for day in range(22, 29):
            feed.now = datetime(2026, 10, day, 21, 30, tzinfo=UTC)  # 00:30 before the change, 23:30 after it
            feed.complete(feed.create())
        found = await summary_of(feed, zone="Europe/Helsinki")
        # 23, 24, 25 by summer time; the next one falls on the 25th too; then 26, 27, 28.
        assert (found.streak.current, found.streak.last_active_date) == (6, date(2026, 10, 28))


class TestDaily:
    async def test_no_day_is_left_out_and_the_active_ones_carry_over(self, feed, series_of) -> None:
        first, second = feed.create(), feed.create()
        feed.now += timedelta(days=2)
        feed.complete(first)
        feed.now += timedelta(days=1)
        feed.delete(second)
        feed.create()
        series = await series_of(feed, date(2026, 11, 17), date(2026, 11, 22))
        assert [(day.date.day, day.created, day.completed, day.active_at_end) for day in series] == [
            (17, 0, 0, 0),
            (18, 2, 0, 2),
            (19, 0, 0, 2),
            (20, 0, 1, 1),
            (21, 1, 0, 1),
            (22, 0, 0, 1),
        ]

    async def test_what_happened_before_the_first_day_counts_as_active(self, feed, series_of) -> None:
        feed.create()
        series = await series_of(feed, date(2027, 1, 1), date(2027, 1, 1))
        assert [(day.created, day.active_at_end) for day in series] == [(0, 1)]

    async def test_a_completed_todo_that_is_removed_was_no_longer_active(self, feed, series_of) -> None:
        todo = feed.create()
        feed.complete(todo)
        feed.delete(todo)
        series = await series_of(feed, NOON.date(), NOON.date())
        assert [(day.created, day.completed, day.active_at_end) for day in series] == [(1, 1, 0)]
