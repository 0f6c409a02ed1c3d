"""Web Push: what a browser's push service gets is read with the browser's keys, and nobody else's."""

import os
import uuid
from datetime import UTC, datetime, timedelta

import jwt
import orjson
import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from notifications_service.channels.web_push import CURVE, Identity, decoded, encoded, seal
from service_common.revocations import SESSION, USER, Revocation
from service_testing.waiting import wait_until
from todobus_events import topology


def text(at):
    return at.isoformat(timespec="seconds").replace("+00:00", "Z")


def derived(secret, salt, info, length):
    return HKDF(hashes.SHA256(), length, salt, info).derive(secret)


class Browser:
    """Subscribes and decrypts, as RFC 8291 and RFC 8188 say it of a receiver."""

    def __init__(self):
        self._private, self._auth = ec.generate_private_key(CURVE), os.urandom(16)
        form = (serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint)
        self._public = self._private.public_key().public_bytes(*form)

    @property
    def keys(self):
        return {"p256dh": encoded(self._public), "auth": encoded(self._auth)}

    def read(self, body):
        salt, size, length = body[:16], int.from_bytes(body[16:20], "big"), body[20]
        sender, sealed = body[21 : 21 + length], body[21 + length :]
        assert len(body) <= size == 4096
        shared = self._private.exchange(ec.ECDH(), ec.EllipticCurvePublicKey.from_encoded_point(CURVE, sender))
        secret = derived(shared, self._auth, b"WebPush: info\0" + self._public + sender, 32)
        key = derived(secret, salt, b"Content-Encoding: aes128gcm\0", 16)
        nonce = derived(secret, salt, b"Content-Encoding: nonce\0", 12)
        content, _, padding = AESGCM(key).decrypt(nonce, sealed, None).rpartition(b"\2")
        assert not padding
        return orjson.loads(content)


@pytest.fixture
def browser():
    return Browser()


@pytest.fixture
def subscribe(client):
    async def post(url, browser):
        answer = await client.post(
            "/api/notifications/push", json={"endpoint": url, "expirationTime": None, "keys": browser.keys}
        )
        assert answer.status_code == 201, answer.text
        return answer.json()

    return post


@pytest.fixture
def remind(feed, applied):
    """Makes todos whose reminders fire in a second."""

    async def make(*titles):
        due = text(datetime.now(UTC) + timedelta(minutes=10, seconds=1))
        found = [feed.create(title=title, due_at=due, due_time="12:00") for title in titles]
        await applied()
        return found

    return make


@pytest.fixture
def waiting(app):
    async def count():
        return await app.state.pool.fetchval("select count(*) from notices")

    return count


class TestSubscriptions:
    async def test_are_listed_replaced_and_removed(self, client, subscribe, receiver, browser):
        first = await subscribe(receiver.url, browser)
        again = await subscribe(receiver.url, Browser())
        assert first == again
        assert first["endpoint"] == receiver.url
        got = (await client.get("/api/notifications/push")).json()
        assert got["subscriptions"] == [first]
        assert len(decoded(got["public_key"])) == 65
        for _ in range(2):
            gone = await client.delete("/api/notifications/push", params={"endpoint": receiver.url})
            assert gone.status_code == 204
        assert (await client.get("/api/notifications/push")).json()["subscriptions"] == []

    async def test_the_newest_ten_stay(self, client, subscribe, receiver, browser):
        for number in range(12):
            await subscribe(f"{receiver.url}/{number}", browser)
        kept = (await client.get("/api/notifications/push")).json()["subscriptions"]
        assert [one["endpoint"] for one in kept] == [f"{receiver.url}/{number}" for number in range(2, 12)]

    @pytest.mark.parametrize(
        ("endpoint", "keys"),
        [
            ("http://10.0.0.1/push", {}),
            ("http://[::ffff:192.168.1.1]/push", {}),
            ("http://3232235777/push", {}),  # 192.168.1.1
            ("ftp://example.com/", {}),
            ("https://example.com/", {"auth": "short"}),
            ("https://example.com/", {"p256dh": encoded(b"\4" + bytes(64))}),
            ("https://example.com/", {"p256dh": "é"}),
        ],
    )
    async def test_what_is_none_is_refused(self, client, browser, endpoint, keys):
        body = {"endpoint": endpoint, "keys": browser.keys | keys}
        assert (await client.post("/api/notifications/push", json=body)).status_code == 422

    async def test_belong_to_their_user(self, client, client_of, subscribe, receiver, browser, new_feed):
        await subscribe(receiver.url, browser)
        async with client_of(new_feed().user_id) as other:
            assert (await other.get("/api/notifications/push")).json()["subscriptions"] == []
            await other.delete("/api/notifications/push", params={"endpoint": receiver.url})
        assert len((await client.get("/api/notifications/push")).json()["subscriptions"]) == 1

    @pytest.mark.parametrize("ended", ["session", "user"])
    async def test_end_with_their_session(self, app, client, issuer, subscribe, receiver, browser, feed, nats, ended):
        await subscribe(f"{receiver.url}/other", browser)
        session = uuid.uuid4()
        body = {"endpoint": receiver.url, "keys": browser.keys}
        headers = issuer.headers(feed.user_id, sid=str(session))
        assert (await client.post("/api/notifications/push", json=body, headers=headers)).status_code == 201
        key = f"{SESSION}{session}" if ended == "session" else f"{USER}{feed.user_id}"
        revocation = Revocation(key, datetime.now(UTC).timestamp() + 60)
        bucket = (await nats.connect("auth")).jetstream()
        await bucket.publish(f"$KV.{topology.REVOCATIONS}.{key}", revocation.value)
        left = [f"{receiver.url}/other"] if ended == "session" else []

        async def forgotten():
            rows = await app.state.pool.fetch("select endpoint from push_subscriptions")
            return [row["endpoint"] for row in rows] == left

        await wait_until(forgotten)


class TestPushing:
    async def test_the_browser_reads_what_fired(self, client, subscribe, receiver, browser, remind, waiting):
        await subscribe(receiver.url, browser)
        [todo] = await remind("Buy milk")
        await wait_until(lambda: receiver.requests)
        [request] = receiver.requests
        shown = browser.read(request.body)
        assert (shown["title"], shown["todo_id"], shown["kind"]) == ("Buy milk", todo, "reminder")
        assert shown["body"].startswith("due ")
        assert request.headers["content-encoding"] == "aes128gcm"
        assert (request.headers["urgency"], request.headers["ttl"]) == ("high", "86400")
        assert len(request.headers["topic"]) <= 32

        async def done():
            return await waiting() == 0

        await wait_until(done)

    async def test_says_who_it_is(self, client, subscribe, receiver, browser, remind):
        await subscribe(receiver.url, browser)
        await remind("Buy milk")
        await wait_until(lambda: receiver.requests)
        scheme, token, key = receiver.requests[0].headers["authorization"].replace(",", "").split()
        public = (await client.get("/api/notifications/push")).json()["public_key"]
        assert (scheme, key) == ("vapid", f"k={public}")
        point = ec.EllipticCurvePublicKey.from_encoded_point(CURVE, decoded(public))
        origin = receiver.url.removesuffix("/hook")
        claims = jwt.decode(token.removeprefix("t="), point, ["ES256"], audience=origin)
        assert claims["sub"].startswith("http")
        assert claims["exp"] - datetime.now(UTC).timestamp() <= 24 * 3600

    async def test_long_titles_fit(self, subscribe, receiver, browser, remind):
        await subscribe(receiver.url, browser)
        await remind(*("日" * 500 for _ in range(7)))
        await wait_until(lambda: receiver.requests)
        assert browser.read(receiver.requests[0].body)["title"]

    async def test_a_browser_that_is_gone_is_forgotten(
        self, client, subscribe, receiver, answering, http_answer, browser, remind
    ):
        receiver.answer = answering(http_answer(410))
        await subscribe(receiver.url, browser)
        await remind("Buy milk")

        async def forgotten():
            return (await client.get("/api/notifications/push")).json()["subscriptions"] == []

        await wait_until(forgotten)

    async def test_what_fails_is_tried_again_under_the_same_topic(
        self, app, subscribe, receiver, answering, http_answer, browser, remind, waiting
    ):
        receiver.answer = answering(http_answer(503), http_answer(201))
        await subscribe(receiver.url, browser)
        await remind("Buy milk")
        await wait_until(lambda: receiver.requests)
        assert await waiting() == 1
        await app.state.pool.execute("update notices set next_at = now()")
        await wait_until(lambda: len(receiver.requests) == 2)
        assert len({request.headers["topic"] for request in receiver.requests}) == 1

    async def test_not_when_push_is_off(self, client, subscribe, receiver, browser, remind, waiting):
        await subscribe(receiver.url, browser)
        await client.patch("/api/notifications/settings", json={"channels": {"push": False}})
        await remind("Buy milk")

        async def fired():
            return (await client.get("/api/notifications")).json()

        await wait_until(fired)
        assert (await waiting(), receiver.requests) == (0, [])


def test_the_example_of_the_rfc():
    """RFC 8291, section 5 and appendix A."""
    private = int.from_bytes(decoded("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw"), "big")
    message = seal(
        b"When I grow up, I want to be a watermelon",
        decoded("BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"),
        decoded("BTBZMqHH6r4Tts7J_aSIgg"),
        ec.derive_private_key(private, CURVE),
        decoded("DGv6ra1nlYgDCS1FRnbzlw"),
    )
    assert encoded(message) == (
        "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIgDll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6"
        "cVPTpK4Mqgkf1CXztLVBSt2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN"
    )


def test_all_instances_have_the_same_key():
    assert Identity(bytes(32), "").public_key == Identity(bytes(32), "").public_key
    assert Identity(bytes(32), "").public_key != Identity(b"1" * 32, "").public_key


class TestTestMessages:
    @pytest.fixture
    def send(self, client):
        async def post():
            return await client.post("/api/notifications/test")

        return post

    async def test_go_wherever_reminders_go_also_in_quiet_hours(
        self, client, known, subscribe, receiver, browser, mails, send
    ):
        await known(email="ann@example.com", email_verified=True, time_zone="UTC")
        now = datetime.now(UTC)
        quiet = {"start": f"{now - timedelta(hours=1):%H:%M}", "end": f"{now + timedelta(hours=1):%H:%M}"}
        await client.patch("/api/notifications/settings", json={"channels": {"email": True}, "quiet_hours": quiet})
        await subscribe(receiver.url, browser)
        answer = await send()
        assert (answer.status_code, answer.json()) == (202, {"email": True, "browsers": 1})
        await wait_until(lambda: receiver.requests and mails.messages)
        assert browser.read(receiver.requests[0].body)["title"] == "A test from Todobus"
        [message] = mails.to("ann@example.com")
        assert message["Subject"] == "A test from Todobus"

    async def test_say_where_there_is_nobody(self, send):
        assert (await send()).json() == {"email": False, "browsers": 0}

    async def test_are_five_an_hour(self, app, send):
        assert [(await send()).status_code for _ in range(6)] == [202] * 5 + [429]
        assert 3500 < int((await send()).headers["retry-after"]) <= 3600
        await app.state.pool.execute(
            "update test_messages set sent_at[1] = now() - interval '2 hours', sent_at[2] = now() - interval '50 min'"
        )
        assert [(await send()).status_code for _ in range(2)] == [202, 429]
        assert 500 < int((await send()).headers["retry-after"]) <= 600
