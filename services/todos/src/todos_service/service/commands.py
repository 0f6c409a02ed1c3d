"""Who asks for a change: each request that writes is a command, and so is each piece of work of a job."""

from uuid import UUID

from service_common.telemetry.context import new_id
from todos_service.domain import Actor, Command

NONE = Command(str(UUID(int=0)), Actor("system", None, ""))
"""That of a request which only reads."""


def of_session(session_id: str, client: str, given_id: str | None) -> Command:
    return Command(given_id or new_id(), Actor("session", session_id, client))


def of_token(token_id: str, name: str, given_id: str | None) -> Command:
    return Command(given_id or new_id(), Actor("token", token_id, name))


def of_system(job: str) -> Command:
    return Command(new_id(), Actor("system", None, job))
