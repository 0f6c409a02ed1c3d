"""The caller of a request, for FastAPI: `Caller` as a parameter gives the verified claims, or the answer is 401."""

from typing import Annotated

from fastapi import Depends, Request

from service_common.tokens import Claims


async def _caller(request: Request) -> Claims:
    claims: Claims = await request.app.state.verifier.authenticate(request.headers.get("authorization"))
    return claims


Caller = Annotated[Claims, Depends(_caller)]
