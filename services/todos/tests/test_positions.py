"""The order of keys against a plain list, and their length whatever the moves are."""

from itertools import cycle, islice
from random import Random

import asyncpg
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from todos_service.positions import LONGEST, NoRoom, at_end, between, several

MOVES = 10_000


def put(sides):
    """Keys, each put between the last one and its neighbour at that side: above it (True) or below."""
    low, high = between(None, None), None
    for up in sides:
        key = between(low, high)
        low, high = (key, high) if up else (low, key)
        yield key


class TestKeys:
    @settings(max_examples=50, deadline=None)
    @given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=200))
    def test_are_in_the_order_of_a_list_that_is_moved_about(self, moves):
        keys = dict(zip(range(10), several(None, None, 10), strict=True))
        model = list(range(10))
        for source, target in moves:
            item = model.pop(source)
            before = keys[model[target - 1]] if target else None
            after = keys[model[target]] if target < len(model) else None
            model.insert(target, item)
            keys[item] = between(before, after)
            assert sorted(keys, key=keys.__getitem__) == model

    @settings(max_examples=25, deadline=None)
    @given(st.data())
    def test_lie_between_any_two(self, data):
        keys = sorted(several(None, None, 3))
        for _ in range(30):
            place = data.draw(st.integers(0, len(keys)))
            keys.insert(place, between(keys[place - 1] if place else None, keys[place] if place < len(keys) else None))
        assert keys == sorted(set(keys))
        low, high = sorted(data.draw(st.lists(st.sampled_from(keys), min_size=2, max_size=2, unique=True)))
        assert low < between(low, high) < high

    def test_come_several_at_once(self):
        low, high = several(None, None, 2)
        keys = [low, *several(low, high, 1000), high]
        assert keys == sorted(set(keys))
        assert max(map(len, keys)) < 8

    @pytest.mark.parametrize(
        "pair", [("V", "V"), ("W", "V"), (None, ""), ("V-", None), ("p", None), ("V0", None), ("Vé", None)]
    )
    def test_out_of_order_or_made_elsewhere_are_refused(self, pair):
        with pytest.raises(ValueError):
            between(*pair)


class TestLength:
    @pytest.mark.parametrize("pattern", [(True,), (False,), (True, False), (False, True)], ids=str)
    def test_stays_small_in_one_place(self, pattern):
        assert max(map(len, islice(put(cycle(pattern)), MOVES))) <= 7

    def test_stays_small_at_alternate_ends(self):
        keys = [between(None, None)]
        low = high = keys[0]
        for _ in range(MOVES // 2):
            low, high = between(None, low), between(high, None)
        assert max(len(low), len(high)) <= 4

    def test_stays_small_in_the_middle_of_the_list(self):
        keys = list(several(None, None, 2))
        for _ in range(MOVES):
            place = len(keys) // 2
            keys.insert(place, between(keys[place - 1], keys[place]))
        assert keys == sorted(set(keys))
        assert max(map(len, keys)) <= 7

    def test_stays_small_in_a_list_that_is_moved_about(self):
        random = Random(1)
        keys = list(several(None, None, 50))
        for _ in range(2000):
            keys.pop(random.randrange(50))
            place = random.randrange(50)
            keys.insert(place, between(keys[place - 1] if place else None, keys[place] if place < 49 else None))
        assert max(map(len, keys)) <= 20

    @pytest.mark.parametrize("seed", range(5))
    def test_never_passes_its_bound(self, seed):
        random = Random(seed)
        keys = []
        with pytest.raises(NoRoom):
            keys.extend(put(random.random() < 0.5 for _ in range(MOVES)))
        assert 400 < len(keys) < 590
        assert max(map(len, keys)) <= LONGEST


class TestTheKeyOfANewItem:
    @settings(max_examples=50, deadline=None)
    @given(st.lists(st.sampled_from(["create", "move to the end"]), max_size=300), st.integers(1, 10**9))
    def test_is_above_all_that_the_feed_has_had(self, writes, sequence):
        keys = [at_end(sequence)]
        for write in writes:
            sequence += 1
            keys.append(at_end(sequence) if write == "create" else between(keys[-1], None))
        assert keys == sorted(set(keys))

    async def test_can_be_made_by_a_statement_and_sorts_in_postgres_as_here(self, database):
        connection = await asyncpg.connect(await database("todos"))
        try:
            numbers = [*range(1, 130), 999, 1000, 10**10]
            made = "select array_agg(chr(111 + length(n::text)) || n::text order by n) from unnest($1::bigint[]) n"
            keys = await connection.fetchval(made, numbers)
            assert keys == [at_end(number) for number in numbers]
            random = Random(1)
            keys += put(random.random() < 0.5 for _ in range(300))
            in_order = 'select array_agg(key order by key collate "C") from unnest($1::text[]) key'
            assert await connection.fetchval(in_order, keys) == sorted(keys)
        finally:
            await connection.close()

    def test_leaves_room_before_and_after_it(self):
        for number in (1, 9, 10, 61, 62, 99, 100, 10**10):
            assert between(None, at_end(number)) < at_end(number) < between(at_end(number), at_end(number + 1))
