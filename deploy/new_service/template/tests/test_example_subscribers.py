import uuid

import pytest

from example_service.domain import difference
from service_testing.waiting import wait_until


@pytest.mark.parametrize(
    ("created", "changed", "completed", "expected"),
    [
        (True, [], False, 0),
        (True, [], True, 1),
        (False, ["title"], True, 0),
        (False, ["completed"], True, 1),
        (False, ["completed"], False, -1),
    ],
)
def test_what_counts(created, changed, completed, expected):
    assert difference(created, changed, completed) == expected


@pytest.fixture
def counted(app):
    """The rows of a user in `completions`."""

    async def read(user):
        query = "select completed, as_of_sequence from completions where user_id = $1"
        return [tuple(row) for row in await app.state.pool.fetch(query, uuid.UUID(user))]

    return read


async def reaches(counted, user, *rows):
    async def there():
        return await counted(user) == list(rows)

    await wait_until(there)


async def test_each_event_counts_once(counted, publisher, user):
    await publisher.todo_events(user, "created", "completed", "reopened", "completed")
    await reaches(counted, user, (1, 4))
    await publisher.todo_events(user, "completed", first=4)
    await publisher.todo_events(user, "deleted", first=5)
    await reaches(counted, user, (1, 5))


async def test_a_deleted_user_is_erased_for_good(counted, publisher, user):
    erased = await publisher.erasures()
    await publisher.todo_events(user, "created", "completed")
    await reaches(counted, user, (1, 2))
    await publisher.user_event(user, "deleted")
    await wait_until(lambda: erased == [f"users.erased.v1.{user}.example"])
    other = str(uuid.uuid4())
    await publisher.todo_events(user, "completed", first=3)
    await publisher.todo_events(other, "created")
    await reaches(counted, other, (0, 1))
    assert await counted(user) == []
