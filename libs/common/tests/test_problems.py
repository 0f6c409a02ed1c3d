from typing import Annotated

import asyncpg
import httpx
import pytest
from fastapi import Body, FastAPI, Query
from pydantic import BaseModel

from service_common.errors import FieldError, NotFound, Unprocessable
from service_common.http import errors
from service_common.http.middleware import RequestContext
from service_common.problems import STATUSES

AWAY = [
    asyncpg.CannotConnectNowError("the database system is starting up"),
    asyncpg.ConnectionDoesNotExistError("connection was closed in the middle of operation"),
    ConnectionRefusedError(111, "Connection refused"),
    TimeoutError(),
]


class Thing(BaseModel):
    name: str
    sizes: list[int] = []


def test_a_status_has_the_same_phrase_in_every_python():
    assert (STATUSES[404], STATUSES[413], STATUSES[422]) == (
        "Not Found",
        "Request Entity Too Large",
        "Unprocessable Entity",
    )


@pytest.fixture
async def client():
    app = FastAPI()
    errors.install_errors(app)

    @app.get("/missing")
    async def missing() -> None:
        raise NotFound("There is no such thing.", code="thing_not_found", headers={"X-Why": "gone"})

    @app.get("/wrong")
    async def wrong() -> None:
        raise Unprocessable(errors=[FieldError("/name", "is taken")])

    @app.get("/broken")
    async def broken() -> None:
        raise RuntimeError("select secret from accounts")

    @app.get("/away/{number}")
    async def away(number: int) -> None:
        raise AWAY[number]

    @app.post("/things")
    async def create(thing: Annotated[Thing, Body()], limit: Annotated[int, Query(le=5)] = 1) -> None:
        del thing, limit

    transport = httpx.ASGITransport(RequestContext(app), raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://service") as found:
        yield found


@pytest.mark.parametrize("number", range(len(AWAY)))
async def test_a_database_that_is_away_is_told_as_such(client, number):
    answer = await client.get(f"/away/{number}")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "1"
    assert answer.json()["code"] == "unavailable"


class TestServiceErrors:
    async def test_carry_status_code_detail_and_headers(self, client):
        answer = await client.get("/missing")
        assert answer.status_code == 404
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.headers["x-why"] == "gone"
        assert answer.json() == {
            "type": "about:blank",
            "title": "Not Found",
            "status": 404,
            "detail": "There is no such thing.",
            "code": "thing_not_found",
            "request_id": answer.headers["x-request-id"],
        }

    async def test_name_the_wrong_fields(self, client):
        answer = await client.get("/wrong")
        assert answer.status_code == 422
        assert answer.json()["errors"] == [{"pointer": "/name", "detail": "is taken"}]

    async def test_keep_inner_messages_inside(self, client):
        answer = await client.get("/broken")
        assert answer.status_code == 500
        assert answer.json()["code"] == "internal_error"
        assert "secret" not in answer.text


class TestValidation:
    async def test_points_into_the_body_and_the_query(self, client):
        answer = await client.post("/things?limit=9", json={"name": "a", "sizes": [1, "x"]})
        assert answer.status_code == 422
        assert {error["pointer"] for error in answer.json()["errors"]} == {"/sizes/1", "?limit"}

    async def test_broken_json_is_400(self, client):
        answer = await client.post("/things", content=b"{", headers={"content-type": "application/json"})
        assert (answer.status_code, answer.json()["code"]) == (400, "malformed_json")

    async def test_unknown_path_and_method(self, client):
        assert (await client.get("/nowhere")).json()["code"] == "not_found"
        answer = await client.delete("/things")
        assert (answer.status_code, answer.headers["allow"]) == (405, "POST")

    async def test_twenty_errors_are_named_and_all_counted(self, client):
        answer = await client.post("/things", json={"name": "a", "sizes": ["x"] * 110_000})
        assert (answer.status_code, len(answer.json()["errors"])) == (422, 20)
        assert answer.json()["detail"].endswith("; and 109980 more")
        assert len(answer.content) < 10_000

    async def test_a_pointer_repeats_the_beginning_of_a_long_name(self):
        assert errors.pointer(("body", "~" * 1_000_000)) == "/" + "~0" * errors.MAX_NAME

    async def test_pointers_escape_slashes(self):
        assert errors.pointer(("body", "a/b", "c~d", 0)) == "/a~1b/c~0d/0"


class TestRequestId:
    async def test_the_gateways_id_is_kept(self, client):
        answer = await client.get("/missing", headers={"x-request-id": "0123456789abcdef"})
        assert answer.headers["x-request-id"] == "0123456789abcdef"

    async def test_a_malformed_id_is_replaced(self, client):
        answer = await client.get("/missing", headers={"x-request-id": "a b\tc"})
        assert answer.headers["x-request-id"] != "a b\tc"
