"""Every route of every service takes the tokens of its scope and no other; docs/api.md has the table."""

import contextlib
import importlib
import re
import uuid

import httpx
import pytest

from api_gateway.routes import RouteTable
from local_cluster.services import PACKAGES, PLATFORM
from service_common.errors import NotFound
from service_common.http.application import create_application
from service_common.http.routes import Route
from service_common.tokens.scopes import GRANTABLE, Scope
from service_testing.tokens import TokenIssuer

USER = uuid.uuid4()
ISSUER = TokenIssuer()
REFUSED = (403, "insufficient_scope")


def routes(service):
    endpoints = importlib.import_module(f"{PACKAGES[service]}.endpoints")
    return endpoints.ROUTES if hasattr(endpoints, "ROUTES") else endpoints.router.routes


def calls():
    return [(service, method, route) for service in PLATFORM for route in routes(service) for method in route.methods]


class Nothing:
    """The state of a service without what it works with: a request that its token lets through gets 404."""

    verifier = ISSUER.verifier()

    def __getattr__(self, name):
        raise NotFound


@pytest.fixture(scope="module")
def clients():
    def client(service):
        app = create_application(service, routes(service), contextlib.nullcontext)
        app.state = Nothing()
        return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://todobus.test")

    return {service: client(service) for service in PLATFORM}


def test_every_route_is_of_the_class_that_asks_for_a_scope():
    assert [route.path for _, _, route in calls() if not isinstance(route, Route)] == []


def test_the_gateway_lets_through_without_a_token_what_needs_none():
    public = {route.path for _, _, route in calls() if route.needed.scope is Scope.NONE}

    assert {route.path for _, _, route in calls() if RouteTable().find(route.path.encode()).public} == public


@pytest.mark.parametrize(
    ("service", "method", "route"), [pytest.param(*one, id=f"{one[1]} {one[2].path}") for one in calls()]
)
class TestRoute:
    @pytest.fixture
    def ask(self, clients, service, method, route):
        async def ask(**headers):
            path = re.sub(r"\{[^}]*\}", str(uuid.uuid4()), route.path)
            answer = await clients[service].request(method, path, headers=headers)
            code = answer.json().get("code") if "problem" in answer.headers.get("content-type", "") else ""
            return answer, (answer.status_code, code)

        return ask

    async def test_without_a_token(self, ask, route):
        _, got = await ask()

        assert (got == (401, "missing_token")) == (route.needed.scope is not Scope.NONE)

    async def test_with_a_token_of_each_scope(self, ask, route):
        needed = route.needed.scope
        for scope in GRANTABLE:
            answer, got = await ask(**ISSUER.headers(USER, scope=scope))

            assert (got == REFUSED) == (needed not in {scope, Scope.NONE}), scope
            if got == REFUSED:
                named = f', scope="{needed}"' if needed in GRANTABLE else ""
                challenge = f'Bearer realm="todos", error="insufficient_scope"{named}'
                assert answer.headers["www-authenticate"] == challenge

    async def test_with_a_log_in(self, ask):
        assert (await ask(**ISSUER.headers(USER)))[1] != REFUSED

    async def test_no_name_of_a_scope_that_cannot_be_granted_opens_it(self, ask, route):
        for scope in ("", "login", "todos:", "TODOS", "todos:read,todos:write", "*"):
            _, got = await ask(**ISSUER.headers(USER, scope=scope))

            assert got == REFUSED or route.needed.scope is Scope.NONE, scope
