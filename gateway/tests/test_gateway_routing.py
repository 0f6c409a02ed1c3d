import json

import pytest
from pydantic import ValidationError


class TestRoutes:
    @pytest.mark.parametrize(
        ("path", "service"),
        [
            (b"/api/auth/sessions", "auth"),
            (b"/api/users/me", "auth"),
            (b"/api/tokens/1", "auth"),
            (b"/api/admin/users", "auth"),
            (b"/api/todos", "todos"),
            (b"/api/todos/1/history", "todos"),
            (b"/api/projects", "todos"),
            (b"/api/filters/1", "todos"),
            (b"/api/commands/1/undo", "todos"),
            (b"/api/sync", "todos"),
            (b"/api/changes?since=1", "todos"),
            (b"/api/export", "todos"),
            (b"/api/import", "todos"),
            (b"/api/stats/daily", "stats"),
            (b"/api/notifications/settings", "notifications"),
            (b"/api/webhooks/1", "notifications"),
            (b"/.well-known/jwks.json", "auth"),
        ],
    )
    async def test_each_path_reaches_its_service(self, gateway, upstreams, path, service):
        answer = await gateway.ask(b"GET " + path)

        assert (answer.status, answer.body) == (200, b"hello")
        assert upstreams[service].requests[0].line == b"GET " + path + b" HTTP/1.1"
        assert sum(len(upstream.requests) for upstream in upstreams.values()) == 1

    @pytest.mark.parametrize(
        "path",
        [
            b"/api/notification",
            b"/api/webhook/1",
            b"/api",
            b"/api/nothing",
            b"/api/todosx",
            b"/metrics",
            b"/internal/x",
            b"/nothing",
        ],
    )
    async def test_what_is_not_routed_is_unknown(self, gateway, upstreams, path):
        answer = await gateway.ask(b"GET " + path)

        assert answer.status == 404
        assert answer.headers[b"content-type"] == b"application/problem+json"
        assert not any(upstream.requests for upstream in upstreams.values())

    async def test_own_pages_take_only_get_and_head(self, gateway):
        answer = await gateway.ask(b"POST /healthz", token=False)

        assert (answer.status, answer.headers[b"allow"]) == (405, b"GET, HEAD")


class TestAddedServices:
    @pytest.fixture
    def added(self, labels):
        return {"added_upstreams": {"labels": labels.url}, "added_routes": {"/api/labels": "labels"}}

    async def test_their_paths_reach_them(self, start, added, labels):
        async with start(**added) as gateway:
            answer = await gateway.ask(b"GET /api/labels/1")
            elsewhere = await gateway.ask(b"GET /api/labelsx")

        assert (answer.status, answer.body, elsewhere.status) == (200, b"hello", 404)
        assert [request.line for request in labels.requests] == [b"GET /api/labels/1 HTTP/1.1"]

    async def test_they_have_the_rules_of_the_others(self, start, added, labels):
        async with start(**added, user_burst=1, user_rate_per_minute=1) as gateway:
            without_token = await gateway.ask(b"GET /api/labels", token=False)
            first, second = [await gateway.ask(b"GET /api/labels") for _ in range(2)]

        assert (without_token.status, first.status, second.status) == (401, 200, 429)
        assert len(labels.requests) == 1

    @pytest.mark.parametrize(
        "prefix", ["/labels", "/api/", "/api/labels/", "/api/Labels", "/api/todos", "/api/todos/labels", "/api/events"]
    )
    async def test_a_prefix_that_is_not_theirs_is_refused(self, start, added, prefix):
        with pytest.raises(ValidationError, match=r"is no path below /api/|collides with /api/"):
            async with start(**added | {"added_routes": {prefix: "labels"}}):
                pass

    async def test_a_route_needs_an_address(self, start, added):
        with pytest.raises(ValidationError, match="TODOBUS_ADDED_UPSTREAMS has no address of other"):
            async with start(**added | {"added_routes": {"/api/labels": "other"}}):
                pass

    async def test_they_take_no_name_of_the_platform(self, start):
        with pytest.raises(ValidationError, match="todos is a part of the platform"):
            async with start(added_upstreams={"todos": "http://x"}, added_routes={"/api/labels": "todos"}):
                pass


class TestTokens:
    async def test_no_token(self, gateway, todos):
        answer = await gateway.ask(b"GET /api/todos", token=False)

        assert (answer.status, answer.headers[b"www-authenticate"]) == (401, b'Bearer realm="todos"')
        assert todos.requests == []

    @pytest.mark.parametrize("value", [b"Bearer x", b"Bearer a.b.c", b"Bearer "])
    async def test_a_bad_token_never_reaches_a_service(self, gateway, todos, value):
        answer = await gateway.ask(b"GET /api/todos", b"Authorization: " + value, token=False)

        assert answer.status == 401
        assert answer.headers[b"www-authenticate"] == b'Bearer realm="todos", error="invalid_token"'
        assert todos.requests == []

    @pytest.mark.parametrize("path", [b"register", b"login", b"token", b"refresh"])
    async def test_log_in_needs_no_token(self, gateway, upstreams, path):
        answer = await gateway.ask(b"POST /api/auth/" + path, body=b"{}", token=False)

        assert answer.status == 200
        assert upstreams["auth"].requests[0].body == b"{}"

    async def test_two_tokens_are_refused(self, gateway, todos):
        answer = await gateway.ask(b"GET /api/todos", b"Authorization: Bearer other")

        assert answer.status == 400
        assert todos.requests == []


class TestOwnAnswers:
    async def test_alive(self, gateway):
        answer = await gateway.ask(b"GET /healthz", token=False)

        assert (answer.status, answer.body) == (200, b'{"status":"alive"}')

    async def test_ready_names_each_part(self, gateway, todos):
        ready = await gateway.ask(b"GET /readyz", token=False)
        await todos.stop()
        waiting = await gateway.ask(b"GET /readyz", token=False)

        assert (ready.status, waiting.status) == (200, 503)
        assert json.loads(ready.body)["parts"] == dict.fromkeys(("auth", "todos", "stats", "notifications"), "ok")
        assert json.loads(waiting.body)["parts"]["todos"] == "The todos service cannot be reached."

    async def test_a_problem_says_what_and_which_request(self, gateway):
        answer = await gateway.ask(b"GET /api/nothing")

        assert json.loads(answer.body) == {
            "type": "about:blank",
            "title": "Not Found",
            "status": 404,
            "detail": "There is nothing at this path.",
            "code": "not_found",
            "request_id": answer.headers[b"x-request-id"].decode(),
        }

    async def test_without_a_web_app_the_root_leads_to_the_documentation(self, gateway):
        answer = await gateway.ask(b"GET /", token=False)

        assert (answer.status, answer.headers[b"location"]) == (307, b"/docs")
