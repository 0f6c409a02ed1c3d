"""Routes that are called without FastAPI's routing take what FastAPI would give them."""

import httpx
import pytest
from fastapi import APIRouter, FastAPI, Request, Response

from service_common.http.direct import DirectRoutes
from service_common.http.routes import Route, needs
from service_common.tokens.scopes import Scope

router = APIRouter(route_class=Route)


@router.get("/things/special")
@needs(Scope.NONE)
async def special() -> dict[str, str]:
    return {"route": "special"}


@router.get("/things/{name}")
@needs(Scope.NONE)
async def one(request: Request, name: str) -> Response:
    return Response(f"{name} by {'FastAPI' if 'fastapi_inner_astack' in request.scope else 'itself'}")


@router.get("/things/{number:int}/parts")
@needs(Scope.NONE)
async def parts(number: int) -> Response:
    return Response(repr(number))


@router.post("/things/{name}")
@needs(Scope.NONE)
async def make(name: str) -> dict[str, str]:
    return {"made": name}


@pytest.fixture
def client() -> httpx.AsyncClient:
    app = FastAPI()
    app.router.routes.extend(router.routes)
    app.add_middleware(DirectRoutes, fastapi=app)
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://x")


@pytest.mark.parametrize(
    ("method", "path", "status", "text"),
    [
        ("GET", "/things/special", 200, '{"route":"special"}'),
        ("GET", "/things/red", 200, "red by itself"),
        ("GET", "/things/7/parts", 200, "7"),
        ("GET", "/things/seven/parts", 404, '{"detail":"Not Found"}'),
        ("POST", "/things/red", 200, '{"made":"red"}'),
        ("PUT", "/things/red", 405, '{"detail":"Method Not Allowed"}'),
    ],
)
async def test_the_first_route_that_takes_the_path_is_called(client, method, path, status, text):
    answer = await client.request(method, path)
    assert (answer.status_code, answer.text) == (status, text)
