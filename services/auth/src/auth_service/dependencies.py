"""What a handler takes from its request, besides the caller and the pool: see `service_common.http.dependencies`."""

from typing import Annotated

from fastapi import Depends, Request

from auth_service import domain
from auth_service.service import context
from service_common.http.dependencies import of_app

USER_AGENT_LENGTH = 256

Context = Annotated[context.Context, Depends(of_app("context"))]


async def _client(request: Request) -> domain.Client:
    """The gateway sets the address and drops what a client claims; only the gateway can reach this service."""
    forwarded = request.headers.get("x-forwarded-for", "").rpartition(",")[2].strip()
    address = forwarded or (request.client.host if request.client else "")
    agent = "".join(filter(str.isprintable, request.headers.get("user-agent", "")))
    return domain.Client(address[:64], agent[:USER_AGENT_LENGTH])


Client = Annotated[domain.Client, Depends(_client)]
