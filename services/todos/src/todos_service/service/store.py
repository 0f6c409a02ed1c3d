"""How todos are read and written: at once, or together with what other requests read and write."""

from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from itertools import compress

import asyncpg
import structlog

from service_common.database import TRANSIENT, Connection, Executor
from service_common.turns import Turns
from todos_service.repository import batches, lists, reads, writes
from todos_service.repository.lists import Asked, Page
from todos_service.repository.writes import Change
from todos_service.service.batcher import Batcher, Limits

log = structlog.get_logger("store")

LONG = 500  # characters of a description that take so long to index that nobody should wait for them
LISTS = Limits(size=16)  # of up to 101 todos: what one statement gives has to fit into memory

Todo = asyncpg.Record
Reader = Batcher[str, Todo | None]
Writer = Batcher[Change, Todo]
Lister = Batcher[Asked, Page]


@dataclass(frozen=True, slots=True)
class Store:
    """`read` is as `reads.todo`, `write` as `writes.write`, without the connection.

    `exclusive` is a transaction that holds the user's feed: no other write comes between what is done in it.
    """

    read: Callable[[str, str], Awaitable[Todo | None]]
    write: Callable[[str, Change], Awaitable[Todo]]
    exclusive: Callable[[str], AbstractAsyncContextManager[Connection]]


def at_once(db: Executor) -> Store:
    """Each read and each write is a statement, in the transaction of `db` where it has one."""
    return Store(partial(reads.todo, db), partial(writes.write, db), partial(_exclusive, db))


def shared(pool: asyncpg.Pool, reading: Reader, writing: Writer, turns: Turns, wake: Callable[[], None]) -> Store:
    """One that does together what arrives together; a user has as many transactions at a time as `turns` gives."""

    @asynccontextmanager
    async def exclusive(user_id: str) -> AsyncIterator[Connection]:
        async with turns.of(user_id), _exclusive(pool, user_id) as db:
            yield db
        wake()

    return Store(reading, writing, exclusive)


@asynccontextmanager
async def _exclusive(db: Executor, user_id: str) -> AsyncIterator[Connection]:
    async with AsyncExitStack() as stack:
        connection = await stack.enter_async_context(db.acquire()) if isinstance(db, asyncpg.Pool) else db
        await stack.enter_async_context(connection.transaction())
        await writes.lock_feed(connection, user_id)
        yield connection


def batchers(pool: asyncpg.Pool, wake: Callable[[], None]) -> tuple[Reader, Writer]:
    """Those of a store that does together what arrives together. `wake` is called after each commit."""

    async def write(user_id: str, change: Change) -> Todo:
        written = await writes.write(pool, user_id, change)
        wake()
        return written

    async def write_together(batch: Sequence[tuple[str, Change]]) -> Sequence[Todo | Exception | None]:
        short = [len(change.content.description) <= LONG for _, change in batch]
        try:
            written = iter(await batches.write(pool, list(compress(batch, short))))
        except TRANSIENT:
            raise  # all may be committed
        except asyncpg.PostgresError as error:
            log.warning("a batch of writes failed, they are done one by one", writes=len(batch), error=repr(error))
            return [None] * len(batch)
        wake()
        return [next(written) if is_short else None for is_short in short]

    reading = Batcher(partial(reads.todo, pool), partial(batches.read, pool))
    return reading, Batcher(write, write_together)


def list_batcher(pool: asyncpg.Pool) -> Lister:
    """Lists without values that arrive together are read together."""

    async def page(user_id: str, asked: Asked) -> Page:
        return await lists.page(pool, user_id, *asked, {})

    async def pages(batch: Sequence[tuple[str, Asked]]) -> Sequence[Page | None]:
        try:
            return await lists.pages(pool, batch)
        except TimeoutError:  # one of them takes long
            return [None] * len(batch)

    return Batcher(page, pages, LISTS)
