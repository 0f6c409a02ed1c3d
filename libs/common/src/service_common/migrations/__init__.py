"""Runs the Alembic migrations of a service: `<package>/migrations/versions/NNNN_name.py`, one line of revisions.

Libraries are imported where they are used: the launcher, which needs only `head`, loads none of them, and a start that
finds the schema up to date does not load Alembic.
"""

import asyncio
import importlib
import importlib.util
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sqlalchemy import Connection

LOCK = 7_205_759_403  # any number, the same in every migrator
ENVIRONMENT = Path(__file__).parent
COMPARED = {"compare_type": True, "compare_server_default": True}  # beside tables, columns, keys and indexes


class SchemaTooNewError(Exception):
    """The database was migrated by a newer release than this one."""

    def __init__(self, package: str, found: str, known: str) -> None:
        service = package.removesuffix("_service")
        super().__init__(
            f"the database of {service} has schema {found}, this release knows {known}: start the newer release again"
        )


def migrate(package: str, url: str) -> None:
    """The command `python -m <package> migrate`. Raises: SystemExit with one line when the database cannot be used."""
    import asyncpg  # noqa: PLC0415

    try:
        asyncio.run(upgrade(package, url))
    except (SchemaTooNewError, OSError, asyncpg.PostgresError) as error:
        sys.exit(f"migrate: {error}")


async def upgrade(package: str, url: str) -> None:
    """Bring the schema to the package's head; of several processes at once, one migrates and the others wait.

    Raises: SchemaTooNewError, OSError, asyncpg.PostgresError.
    """
    import asyncpg  # noqa: PLC0415
    from sqlalchemy import text  # noqa: PLC0415
    from sqlalchemy.ext.asyncio import create_async_engine  # noqa: PLC0415
    from sqlalchemy.pool import NullPool  # noqa: PLC0415

    if await is_current(package, url):
        return
    # asyncpg reads the address itself, as everywhere else: SQLAlchemy would not know `?sslmode=verify-full`
    engine = create_async_engine(
        "postgresql+asyncpg://", async_creator=lambda: asyncpg.connect(url, timeout=5), poolclass=NullPool
    )
    async with engine.begin() as connection:
        await connection.execute(text("select pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
        await connection.run_sync(_run_alembic, package)


async def is_current(package: str, url: str) -> bool:
    """Whether the database is at the package's head. Raises: SchemaTooNewError."""
    import asyncpg  # noqa: PLC0415

    connection = await asyncpg.connect(url, timeout=5)
    try:
        found = await connection.fetchval("select version_num from alembic_version")
    except asyncpg.UndefinedTableError:
        return False
    finally:
        await connection.close()
    known = head(package)
    if found and found > known:
        raise SchemaTooNewError(package, found, known)
    return bool(found == known)


def head(package: str) -> str:
    """The revision id of the newest migration: the number its file name begins with."""
    return max((path.name[:4] for path in versions(package).glob("[0-9][0-9][0-9][0-9]_*.py")), default="")


def versions(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError(f"no package {package}")
    return Path(spec.submodule_search_locations[0]) / "migrations" / "versions"


def _run_alembic(connection: "Connection", package: str) -> None:
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415

    tables = importlib.import_module(f"{package}.tables")
    config = Config(attributes={"connection": connection, "target_metadata": tables.metadata, **COMPARED})
    config.set_main_option("path_separator", "newline")  # a folder's name may hold spaces and colons
    config.set_main_option("script_location", str(ENVIRONMENT).replace("%", "%%"))
    config.set_main_option("version_locations", str(versions(package)).replace("%", "%%"))
    command.upgrade(config, "head")
