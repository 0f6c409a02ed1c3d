"""What a handler takes from its request, besides the caller and the pool: see `service_common.http.dependencies`."""

from typing import Annotated
from uuid import UUID

from fastapi import Depends

from notifications_service.service import browsers, webhooks
from service_common.http.dependencies import Caller, of_app

Webhooks = Annotated[webhooks.Webhooks, Depends(of_app("webhooks"))]
Browsers = Annotated[browsers.Browsers, Depends(of_app("browsers"))]


async def _user(caller: Caller) -> UUID:
    return UUID(caller.user_id)


User = Annotated[UUID, Depends(_user)]
