"""The todo service's peer: the same two endpoints, written the usual way with FastAPI and a SQLAlchemy ORM session.

It checks the same tokens and stores the same fields, but keeps no sequence, no change log and no outbox.
"""

import os
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime
from typing import Annotated

import uvicorn
from fastapi import Depends, FastAPI, Request
from pydantic import BaseModel, ConfigDict, Field
from sqlalchemy import ARRAY, DateTime, Index, Text, select
from sqlalchemy.ext.asyncio import AsyncSession, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column

from service_common.supervision import Supervisor
from service_common.tokens.keys import FetchedKeys
from service_common.tokens.verifier import Claims, Verifier


class Base(DeclarativeBase):
    pass


class Todo(Base):
    __tablename__ = "peer_todos"
    __table_args__ = (Index("peer_todos_newest", "user_id", "created_at"),)

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True, default=uuid.uuid4)
    user_id: Mapped[uuid.UUID]
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    completed: Mapped[bool] = mapped_column(default=False)
    priority: Mapped[str] = mapped_column(default="none")
    tags: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list)
    due_date: Mapped[date | None]
    due_time: Mapped[str | None]
    due_time_zone: Mapped[str | None]
    due_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    completed_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    created_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=lambda: datetime.now(UTC))
    updated_at: Mapped[datetime] = mapped_column(DateTime(timezone=True), default=lambda: datetime.now(UTC))
    deleted_at: Mapped[datetime | None] = mapped_column(DateTime(timezone=True))
    version: Mapped[int] = mapped_column(default=1)


class TodoIn(BaseModel):
    title: str = Field(min_length=1, max_length=500)
    description: str = Field("", max_length=10_000)
    completed: bool = False
    priority: str = "none"
    tags: list[str] = Field([], max_length=20)


class TodoOut(TodoIn):
    model_config = ConfigDict(from_attributes=True)

    id: uuid.UUID
    user_id: uuid.UUID
    due_date: date | None
    due_time: str | None
    due_time_zone: str | None
    due_at: datetime | None
    completed_at: datetime | None
    created_at: datetime
    updated_at: datetime
    deleted_at: datetime | None
    version: int


engine = create_async_engine(
    os.environ["PEER_DATABASE_URL"].replace("postgresql:", "postgresql+asyncpg:"), pool_size=10
)
sessions = async_sessionmaker(engine, expire_on_commit=False)


async def session() -> AsyncIterator[AsyncSession]:
    async with sessions() as opened:
        yield opened


async def caller(request: Request) -> Claims:
    verifier: Verifier = request.app.state.verifier
    return await verifier.authenticate(request.headers.get("authorization"))


Session = Annotated[AsyncSession, Depends(session)]
Caller = Annotated[Claims, Depends(caller)]


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    keys = FetchedKeys(os.environ["PEER_JWKS_URL"])
    app.state.verifier = Verifier(keys, "todobus", "todobus")
    async with engine.begin() as connection:
        await connection.run_sync(Base.metadata.create_all)
    await keys.start(Supervisor())
    yield
    await keys.stop()
    await engine.dispose()


app = FastAPI(lifespan=lifespan)


@app.get("/api/todos", response_model=list[TodoOut])
async def list_todos(caller: Caller, db: Session, limit: int = 100) -> list[Todo]:
    query = select(Todo).where(Todo.user_id == uuid.UUID(caller.user_id), Todo.deleted_at.is_(None))
    return list(await db.scalars(query.order_by(Todo.created_at.desc()).limit(limit)))


@app.post("/api/todos", response_model=TodoOut, status_code=201)
async def create_todo(caller: Caller, db: Session, given: TodoIn) -> Todo:
    todo = Todo(user_id=uuid.UUID(caller.user_id), **given.model_dump())
    db.add(todo)
    await db.commit()
    return todo


if __name__ == "__main__":
    uvicorn.run(app, port=int(os.environ["PEER_PORT"]), loop="uvloop", http="httptools", access_log=False)
