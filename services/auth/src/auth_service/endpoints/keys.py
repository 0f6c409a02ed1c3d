"""The public keys."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse

from auth_service.dependencies import Context
from auth_service.endpoints.routes import Route

router = APIRouter(route_class=Route)


@router.get("/.well-known/jwks.json")
async def jwks(context: Context) -> JSONResponse:
    """The public keys that access tokens are signed with."""
    return JSONResponse(context.keyring.jwks(), headers={"Cache-Control": "public, max-age=300"})
