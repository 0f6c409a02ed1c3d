"""What a handler takes from its request, besides the caller and the pool: see `service_common.http.dependencies`."""

import re
from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Depends, Request

from service_common.errors import NotFound
from service_common.http.dependencies import Caller, of_app
from service_common.http.protocols import READS as READING
from service_common.tokens.verifier import Claims
from service_common.turns import Turns
from todos_service import settings
from todos_service.domain import Command, Quotas
from todos_service.errors import CommandNotFound, FilterNotFound, ProjectNotFound, TodoNotFound
from todos_service.service import calls, commands, limits
from todos_service.service.calls import ANY_VERSION, Answer
from todos_service.service.store import Lister, Store

UUID_FORM = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
TAG = re.compile(r'(?:W/)?"([^"]*)"|([^\s",]+)')  # a proxy that compresses weakens tags; a version stays a version
NUMBER = re.compile(r"[0-9]{1,18}")

Settings = Annotated[settings.Settings, Depends(of_app("settings"))]
Shared = Annotated[Store, Depends(of_app("store"))]
"""The store that does together what arrives together."""
Lists = Annotated[Lister, Depends(of_app("lists"))]
"""Reads together the lists that arrive together."""
Wake = Annotated[Callable[[], None], Depends(of_app("wake"))]
"""Wakes the relay: to be called after each write that is not the store's."""
Reads = Annotated[limits.Reads, Depends(of_app("reads"))]
WriteTurns = Annotated[Turns, Depends(of_app("write_turns"))]
Searches = Annotated[limits.Searches, Depends(of_app("searches"))]
Imports = Annotated[limits.Imports, Depends(of_app("imports"))]


async def _owner(request: Request, caller: Caller, quotas: Annotated[Quotas, Depends(of_app("quotas"))]) -> calls.Owner:
    command = commands.NONE if request.method in READING else _command(request, caller)
    return calls.Owner(caller.user_id, caller.time_zone, command, quotas)


def _command(request: Request, caller: Claims) -> Command:
    """The command that a request is; its id is the `Idempotency-Key` if that is a UUID."""
    key = request.headers.get("idempotency-key", "")
    given_id = key.lower() if UUID_FORM.fullmatch(key) else None
    if caller.token_name:
        return commands.of_token(caller.session_id, caller.token_name, given_id)
    return commands.of_session(caller.session_id, caller.client_id, given_id)


async def _todo_id(todo_id: str) -> str:
    return _id(todo_id, TodoNotFound)


async def _project_id(project_id: str) -> str:
    return _id(project_id, ProjectNotFound)


async def _filter_id(filter_id: str) -> str:
    return _id(filter_id, FilterNotFound)


async def _command_id(command_id: str) -> str:
    return _id(command_id, CommandNotFound)


def _id(text: str, unknown: type[NotFound]) -> str:
    """What is no UUID is the id of nothing. Raises: `unknown`."""
    if not UUID_FORM.fullmatch(text):
        raise unknown
    return text.lower()


async def _if_match(request: Request) -> calls.Condition:
    """What `If-Match` asks for; a tag that is no version of ours matches nothing."""
    header = request.headers.get("if-match")
    if header is None or header.strip() == "*":
        return ANY_VERSION
    tags = [quoted or bare for quoted, bare in TAG.findall(header)]
    return calls.Condition(frozenset(int(tag) for tag in tags if NUMBER.fullmatch(tag)))


Owner = Annotated[calls.Owner, Depends(_owner)]
Condition = Annotated[calls.Condition, Depends(_if_match)]
TodoId = Annotated[str, Depends(_todo_id)]
ProjectId = Annotated[str, Depends(_project_id)]
FilterId = Annotated[str, Depends(_filter_id)]
CommandId = Annotated[str, Depends(_command_id)]


async def _write(owner: Owner, store: Shared, condition: Condition) -> Callable[..., Awaitable[Answer]]:
    async def write(use_case: Callable[..., Awaitable[Answer]], *arguments: Any) -> Answer:
        return await use_case(store, owner, *arguments, condition)

    return write


Write = Annotated[Callable[..., Awaitable[Answer]], Depends(_write)]
"""Calls a function of `service.todos` for one todo, with its id and what else it needs; what it raises is raised."""
