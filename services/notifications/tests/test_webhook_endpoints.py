import uuid

import pytest
from standardwebhooks import Webhook

from notifications_service.domain import MAX_WEBHOOKS
from service_testing.waiting import wait_until

UNKNOWN = uuid.uuid4()
REFUSED = [
    ({"url": "ftp://example.com"}, "/url"),
    ({"url": "http://"}, "/url"),
    ({"url": "https://user:secret@example.com"}, "/url"),
    ({"url": "https://example.com/#here"}, "/url"),
    ({"url": "no url"}, "/url"),
    ({"url": "https://example.com/" + "x" * 2000}, "/url"),
    ({"url": "http://10.0.0.1/"}, "/url"),
    ({"url": "http://169.254.169.254/latest/meta-data"}, "/url"),
    ({"url": "http://[::ffff:10.0.0.1]/"}, "/url"),
    ({"url": "http://0xa000001/"}, "/url"),
    ({"url": "https://nowhere.invalid/"}, "/url"),
    ({"types": ["todo.exploded.v1"]}, "/types/0"),
    ({"types": ["user.deleted.v1"]}, "/types/0"),
    ({"project_id": "none"}, "/project_id"),
    ({"surprise": 1}, "/surprise"),
]


@pytest.fixture
def create(client, receiver):
    async def make(**given):
        answer = await client.post("/api/webhooks", json={"url": receiver.url, **given})
        assert answer.status_code == 201, answer.text
        return answer.json()

    return make


class TestCreate:
    async def test_begins_with_what_happens_from_now_on(self, client, feed, receiver):
        feed.create()
        answer = await client.post("/api/webhooks", json={"url": receiver.url})
        made = answer.json()
        assert answer.headers["location"] == f"/api/webhooks/{made['id']}"
        assert made["secret"].startswith("whsec_")
        assert (made["position"], made["types"], made["enabled"]) == (1, [], True)

    async def test_the_secret_is_shown_once(self, client, create):
        made = await create()
        for path in ("", f"/{made['id']}"):
            assert "secret" not in (await client.get(f"/api/webhooks{path}")).text

    async def test_what_is_refused(self, client, receiver):
        for given, pointer in REFUSED:
            answer = await client.post("/api/webhooks", json={"url": receiver.url} | given)
            assert answer.status_code == 422, given
            assert [error["pointer"] for error in answer.json()["errors"]] == [pointer], given

    async def test_an_account_has_a_limit(self, client, create):
        for _ in range(MAX_WEBHOOKS):
            made = await create()
        refused = await client.post("/api/webhooks", json={"url": made["url"]})
        assert (refused.status_code, refused.json()["code"]) == (403, "too_many_webhooks")
        await client.delete(f"/api/webhooks/{made['id']}")
        await create()


class TestOthers:
    async def test_cannot_tell_a_webhook_from_one_that_does_not_exist(self, client_of, create):
        made = await create()
        async with client_of(uuid.uuid4()) as other:
            for method, path, body in (
                ("GET", "", None),
                ("PATCH", "", {"enabled": False}),
                ("DELETE", "", None),
                ("POST", "/test", None),
                ("POST", "/rotate-secret", None),
                ("POST", "/replay", {"from_sequence": 1}),
                ("GET", "/deliveries", None),
            ):
                answers = [
                    await other.request(method, f"/api/webhooks/{which}{path}", json=body)
                    for which in (made["id"], UNKNOWN)
                ]
                assert [answer.status_code for answer in answers] == [404, 404], (method, path)
                bodies = [answer.json() | {"request_id": ""} for answer in answers]
                assert bodies[0] == bodies[1]
            assert (await other.get("/api/webhooks")).json() == []


class TestChange:
    async def test_sets_what_is_given(self, client, create):
        made = await create(types=["todo.created.v1"])
        project = str(uuid.uuid4())
        changed = (await client.patch(f"/api/webhooks/{made['id']}", json={"project_id": project})).json()
        assert (changed["project_id"], changed["types"]) == (project, ["todo.created.v1"])
        cleared = (await client.patch(f"/api/webhooks/{made['id']}", json={"project_id": None, "types": []})).json()
        assert (cleared["project_id"], cleared["types"]) == (None, [])

    async def test_disables_and_enables(self, client, create):
        made = await create()
        off = (await client.patch(f"/api/webhooks/{made['id']}", json={"enabled": False})).json()
        assert (off["enabled"], off["disabled_reason"]) == (False, "user")
        on = (await client.patch(f"/api/webhooks/{made['id']}", json={"enabled": True})).json()
        assert (on["enabled"], on["disabled_reason"]) == (True, None)

    async def test_what_is_refused(self, client, create):
        made = await create()
        for given in ({"url": None}, {"enabled": None}, {"url": "http://10.0.0.1/"}, {"secret": "x"}):
            assert (await client.patch(f"/api/webhooks/{made['id']}", json=given)).status_code == 422, given


class TestTest:
    async def test_sends_a_signed_event_and_tells_the_answer(self, client, create, receiver, answering, http_answer):
        made = await create()
        receiver.answer = answering(http_answer(202, b"thanks"))
        told = (await client.post(f"/api/webhooks/{made['id']}/test")).json()
        assert told | {"duration_ms": 0} == {
            "delivered": True,
            "status": 202,
            "response": "thanks",
            "error": "",
            "duration_ms": 0,
        }
        request = receiver.requests[0]
        assert Webhook(made["secret"]).verify(request.body, request.headers)["type"] == "webhook.test.v1"
        [logged] = (await client.get(f"/api/webhooks/{made['id']}/deliveries")).json()
        assert (logged["type"], logged["sequence"], logged["status"]) == ("webhook.test.v1", None, 202)
        assert logged["event_id"] == request.headers["webhook-id"]


class TestRotation:
    async def test_for_a_day_both_secrets_sign(self, client, create, receiver):
        made = await create()
        rotated = (await client.post(f"/api/webhooks/{made['id']}/rotate-secret")).json()
        assert rotated["secret"] != made["secret"]
        await client.post(f"/api/webhooks/{made['id']}/test")
        for secret in (made["secret"], rotated["secret"]):
            Webhook(secret).verify(receiver.requests[0].body, receiver.requests[0].headers)


async def test_the_newest_attempts_are_kept(app, client, create, receiver):
    """A ring: the log of a webhook does not grow."""
    made = await create()
    await app.state.pool.execute("update webhooks set attempts = 1000")
    for _ in range(3):
        await client.post(f"/api/webhooks/{made['id']}/test")
    await app.state.pool.execute("update webhooks set attempts = 1200")
    await client.post(f"/api/webhooks/{made['id']}/test")
    logged = (await client.get(f"/api/webhooks/{made['id']}/deliveries")).json()
    assert [one["attempt"] for one in logged] == [1201, 1003, 1002]


async def test_without_the_todo_service_none_is_made(app, client, receiver, nats):
    nats.kill()
    await wait_until(lambda: not app.state.webhooks._bus.connected)
    answer = await client.post("/api/webhooks", json={"url": receiver.url})
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    await nats.start()


async def test_a_token_is_needed(client):
    assert (await client.get("/api/webhooks", headers={"Authorization": ""})).status_code == 401
