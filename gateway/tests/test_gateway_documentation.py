import json
import re

import pytest

from api_gateway.site.openapi import merge
from service_common.problems import PROBLEM_SCHEMA
from service_common.tokens.scopes import GRANTABLE
from service_testing.waiting import wait_until

TODO = {"type": "object", "properties": {"title": {"type": "string"}}}


def operation(schema="Todo"):
    content = {"application/json": {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"get": {"security": [{"other": []}], "responses": {"200": {"description": "OK", "content": content}}}}


def document(*paths, **schemas):
    return {"openapi": "3.1.0", "paths": {path: operation() for path in paths}, "components": {"schemas": schemas}}


class TestMerge:
    def test_only_public_routes_of_the_service_that_serves_them(self):
        merged = merge({"todos": document("/api/todos", "/internal/x", "/api/stats", "/metrics")})

        assert [path for path in merged["paths"] if path.startswith("/api/todos") or "x" in path] == ["/api/todos"]
        assert "/api/stats" not in merged["paths"]

    def test_routes_that_need_a_token_say_so(self):
        merged = merge({"auth": document("/api/auth/login", "/api/users/me")})

        assert "security" not in merged["paths"]["/api/auth/login"]["get"]
        assert merged["paths"]["/api/users/me"]["get"]["security"] == [{"bearer": []}]

    def test_scopes_are_those_that_the_service_states(self):
        made, stated = document("/api/todos"), [{"bearer": ["todos:read"]}, {"api_token": ["todos:read"]}]
        made["paths"]["/api/todos"]["get"]["security"] = stated

        assert merge({"todos": made})["paths"]["/api/todos"]["get"]["security"] == stated

    def test_different_schemas_of_one_name_get_two_names(self):
        merged = merge({"auth": document("/api/users/me", Todo=TODO), "todos": document("/api/todos", Todo={})})

        schema = merged["paths"]["/api/todos"]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        assert schema == {"$ref": "#/components/schemas/TodosTodo"}
        assert merged["components"]["schemas"] == {"Problem": PROBLEM_SCHEMA, "Todo": TODO, "TodosTodo": {}}

    def test_equal_schemas_are_shared(self):
        merged = merge({"auth": document("/api/users/me", Todo=TODO), "todos": document("/api/todos", Todo=TODO)})

        assert merged["components"]["schemas"] == {"Problem": PROBLEM_SCHEMA, "Todo": TODO}

    def test_errors_are_problem_details(self):
        responses = merge({"todos": document("/api/todos")})["paths"]["/api/todos"]["get"]["responses"]

        assert responses.keys() == {"200", "401", "429"}
        assert responses["401"]["content"].keys() == {"application/problem+json"}

    def test_operations_have_short_names(self):
        made = document("/api/todos")
        made["paths"]["/api/todos"]["get"]["operationId"] = "list_todos_api_todos_get"

        assert merge({"todos": made})["paths"]["/api/todos"]["get"]["operationId"] == "list_todos"

    def test_the_password_form_logs_in(self):
        flow = merge({})["components"]["securitySchemes"]["bearer"]["flows"]["password"]

        assert flow["tokenUrl"] == "/api/auth/token"
        assert flow["scopes"].keys() == set(GRANTABLE)


def answer_with(content):
    async def answer(_, writer):
        body = json.dumps(content).encode()
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n%b" % (len(body), body))

    return answer


@pytest.fixture
def documented(upstreams):
    """Each service has a document."""
    upstreams["todos"].answer = answer_with(document("/api/todos"))
    upstreams["auth"].answer = answer_with(document("/api/auth/login"))
    upstreams["stats"].answer = answer_with(document("/api/stats"))
    upstreams["notifications"].answer = answer_with(document("/api/webhooks"))
    return upstreams


class TestDocument:
    async def test_all_services_in_one(self, gateway, documented):
        answer = await gateway.ask(b"GET /openapi.json", token=False)

        assert answer.headers[b"content-type"] == b"application/json"
        paths = json.loads(answer.body)["paths"]
        assert {"/api/todos", "/api/auth/login", "/api/stats", "/api/events/stream", "/healthz"} <= paths.keys()

    async def test_services_are_not_asked_each_time(self, gateway, documented):
        for _ in range(3):
            await gateway.ask(b"GET /openapi.json", token=False)

        assert [len(upstream.requests) for upstream in documented.values()] == [1, 1, 1, 1]

    async def test_a_service_that_did_not_answer_is_asked_again(self, gateway, documented):
        await documented["stats"].stop()
        without = await gateway.ask(b"GET /openapi.json", token=False)
        assert "/api/stats" not in json.loads(without.body)["paths"]

        await documented["stats"].start()

        async def whole():
            return "/api/stats" in json.loads((await gateway.ask(b"GET /openapi.json", token=False)).body)["paths"]

        await wait_until(whole, 5)

    async def test_an_added_service_is_in_it(self, start, documented, labels):
        labels.answer = answer_with(document("/api/labels", "/internal/x"))
        added = {"added_upstreams": {"labels": labels.url}, "added_routes": {"/api/labels": "labels"}}
        async with start(**added) as gateway:
            merged = json.loads((await gateway.ask(b"GET /openapi.json", token=False)).body)

        assert merged["paths"]["/api/labels"]["get"]["security"] == [{"bearer": []}]
        assert "/internal/x" not in merged["paths"]


class TestPage:
    async def test_everything_it_loads_is_here(self, gateway):
        page = await gateway.ask(b"GET /docs", token=False)
        loaded = re.findall(rb'(?:src|href)="([^"]*)"', page.body)

        assert page.status == 200
        assert {path for path in loaded if not path.startswith((b"/docs/", b"data:"))} == set()
        for path in loaded:
            if path.startswith(b"/"):
                assert (await gateway.ask(b"GET " + path, token=False)).status == 200

    async def test_the_policy_keeps_other_hosts_out(self, gateway):
        policy = (await gateway.ask(b"GET /docs", token=False)).headers[b"content-security-policy"].split(b"; ")

        assert b"default-src 'none'" in policy
        assert b"script-src 'self'" in policy
        assert b"connect-src 'self'" in policy


class TestBusDocument:
    async def test_the_bus_is_described(self, gateway):
        document = await gateway.ask(b"GET /asyncapi.json", token=False)
        page = await gateway.ask(b"GET /events/docs", token=False)

        assert json.loads(document.body)["asyncapi"].startswith("3.")
        assert (page.status, b"<script" in page.body) == (200, False)
