"""A backup of a system that fifty users write to, restored elsewhere; and a data folder of the first release.

Each happens RUNS times.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import asyncpg
import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import create_async_engine

from service_common import migrations
from service_testing.clients import http_client
from service_testing.system import PASSWORD, Person, System
from service_testing.waiting import wait_until

from . import crowd as people
from .crowd import Crowd, Member
from .faults import RUNS

FIRST_RELEASE = {"auth": "0002", "todos": "0002", "stats": "0002"}  # the last migration of each service

pytestmark = [pytest.mark.chaos, pytest.mark.timeout(180 + 180 * RUNS)]


async def log_in(owner: Person, url: str) -> dict[str, str]:
    async with http_client(base_url=url) as http:
        credentials = {"email": owner.email, "password": PASSWORD, "refresh": "body"}
        answer = await http.post("/api/auth/login", json=credentials)
        tokens: dict[str, str] = answer.raise_for_status().json()
        return tokens


async def statuses(tokens: dict[str, str], url: str) -> tuple[int, int]:
    """Of a request with the access token, and of a refresh."""
    async with http_client(base_url=url) as http:
        access = await http.get("/api/todos", headers={"Authorization": f"Bearer {tokens['access_token']}"})
        refresh = await http.post("/api/auth/refresh", json={"refresh_token": tokens["refresh_token"]})
        return access.status_code, refresh.status_code


@asynccontextmanager
async def backup(crowd: Crowd, file: Path) -> AsyncIterator[tuple[dict[str, str], dict[Member, set[str]]]]:
    """Back up while all users write: a session that ends afterwards, and what was acknowledged before it began."""
    tokens = await log_in(crowd.members[0].owner, crowd.system.url)
    writing = asyncio.create_task(crowd.write())
    await crowd.halfway.wait()
    before = {member: set(member.acknowledged) for member in crowd.members}
    done = await asyncio.to_thread(crowd.system.command, "backup", str(file))
    assert done.returncode == 0, done.stderr
    await writing
    async with http_client(base_url=crowd.system.url) as http:
        bearer = {"Authorization": f"Bearer {tokens['access_token']}"}
        (await http.post("/api/auth/logout", headers=bearer)).raise_for_status()
    yield tokens, before


@asynccontextmanager
async def restored(folder: Path, file: Path) -> AsyncIterator[System]:
    """A system on a new folder, not started."""
    system = System(folder / f"{file.stem}-elsewhere" / "data", "--no-web", "--no-rate-limits")
    system.data_dir.parent.mkdir(mode=0o711)
    done = await asyncio.to_thread(system.command, "restore", str(file))
    assert done.returncode == 0, done.stderr
    try:
        yield system
    finally:
        await asyncio.to_thread(system.stop)


async def test_a_backup_under_load_is_whole_and_ends_sessions(folder: Path) -> None:
    async with people.broken_system(folder) as system, people.gathered(system) as crowd:
        for run in range(RUNS):
            await crowd.log_in()
            file = folder / f"backup-{run}.tar"
            async with backup(crowd, file) as (ended, before), restored(folder, file) as elsewhere:
                await elsewhere.start()
                assert await statuses(ended, elsewhere.url) == (401, 401)
                for member in crowd.members[:2]:
                    assert (await statuses(await log_in(member.owner, elsewhere.url), elsewhere.url))[0] == 200
                await holds(elsewhere, before)
            await crowd.agree()


async def holds(system: System, acknowledged: dict[Member, set[str]]) -> None:
    """All that was acknowledged is there, published, and counted."""
    connection = await asyncpg.connect(people.database(system, "todos"))
    rows = await connection.fetch("select cast(id as text) as id from todos")
    await connection.close()
    assert set().union(*acknowledged.values()) <= {row["id"] for row in rows}
    crowd = Crowd(system, [])
    await crowd.published()
    await wait_until(lambda: _is_counted(system, len(rows)), people.DEADLINE)
    assert await crowd.verified() == []


async def _is_counted(system: System, todos: int) -> bool:
    connection = await asyncpg.connect(people.database(system, "stats"))
    try:
        return bool(await connection.fetchval("select sum(total) from progress") == todos)
    finally:
        await connection.close()


async def test_control_a_backup_holds_the_sessions_that_ended_since(folder: Path) -> None:
    async with people.broken_system(folder) as system, people.gathered(system, 2) as crowd:
        file = folder / "control.tar"
        async with backup(crowd, file) as (ended, _), restored(folder, file) as elsewhere:
            (elsewhere.data_dir / "restored").unlink()
            await elsewhere.start()
            assert (await statuses(ended, elsewhere.url))[1] == 200


async def test_a_folder_of_the_first_release_is_brought_up_to_date(folder: Path) -> None:
    """Made by the migrations of today: they lead back to the schemas that release had."""
    async with people.broken_system(folder) as system, people.gathered(system, 5) as crowd:
        for _ in range(RUNS):
            await crowd.log_in()
            await crowd.write()
            await crowd.agree()
            for service, revision in FIRST_RELEASE.items():
                await downgrade(people.database(system, service), f"{service}_service", revision)
            await asyncio.to_thread(system.stop)
            (system.data_dir / "schema.json").write_text(json.dumps(FIRST_RELEASE))
            await system.start()
            for service in FIRST_RELEASE:
                assert await migrations.is_current(f"{service}_service", people.database(system, service))
            await crowd.write()
            await crowd.agree()
            assert await crowd.verified() == []


async def downgrade(url: str, package: str, revision: str) -> None:
    engine = create_async_engine("postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(url))
    async with engine.begin() as connection:
        await connection.run_sync(_downgrade, package, revision)
    await engine.dispose()


def _downgrade(connection: Connection, package: str, revision: str) -> None:
    config = Config(attributes={"connection": connection, "target_metadata": None})
    config.set_main_option("path_separator", "newline")
    config.set_main_option("script_location", str(migrations.ENVIRONMENT))
    config.set_main_option("version_locations", str(migrations.versions(package)))
    command.downgrade(config, revision)
