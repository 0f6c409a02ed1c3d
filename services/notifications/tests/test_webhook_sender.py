"""One request to a receiver that does whatever it likes."""

import asyncio
import gzip
import socket
import threading
from ipaddress import ip_network

import pytest

from notifications_service.delivery.sender import Sender
from notifications_service.delivery.signing import Secrets
from service_testing.servers import serving

LOCAL = [ip_network("127.0.0.0/8")]
BOMB = gzip.compress(bytes(50_000_000))


@pytest.fixture
async def sender(seconds):
    sender = Sender(Secrets(bytes(32)), LOCAL, seconds=seconds)
    yield sender
    await sender.stop()


@pytest.fixture
def seconds():
    return 20


@pytest.fixture
def post(sender, receiver):
    async def send(url=None):
        return await sender.post(url or receiver.url, {"content-type": "application/json"}, b"{}")

    return send


impatient = pytest.mark.parametrize("seconds", [0.3])


async def test_the_answer_is_its_status_and_a_kilobyte(post, receiver, answering, http_answer):
    receiver.answer = answering(http_answer(200, b"x" * 5000))
    outcome = await post()
    assert (outcome.status, outcome.response, outcome.error) == (200, "x" * 1024, "")
    assert outcome.is_success


async def test_redirects_are_not_followed(post, receiver, receivers, answering, http_answer):
    async with receivers() as other:
        receiver.answer = answering(http_answer(307, b"", f"location: {other.url}"))
        assert (await post()).status == 307
        assert other.requests == []


async def test_nothing_is_decompressed(post, receiver, answering, http_answer):
    receiver.answer = answering(http_answer(200, BOMB, "content-encoding: gzip"))
    outcome = await post()
    assert outcome.status == 200
    assert len(outcome.response) <= 1024


async def test_an_endless_answer_is_left(post, receiver):
    async def endless(_, writer):
        writer.write(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n")
        while True:
            writer.write(b"400\r\n" + b"y" * 1024 + b"\r\n")
            await writer.drain()

    receiver.answer = endless
    outcome = await post()
    assert (outcome.status, outcome.response) == (200, "y" * 1024)


@impatient
async def test_a_receiver_that_does_not_answer_is_left(post, receiver):
    silent = asyncio.Event()

    async def hang(_, __):
        await silent.wait()

    receiver.answer = hang
    outcome = await post()
    silent.set()
    assert (outcome.status, outcome.error) == (None, "no answer within 0.3 s")


@impatient
async def test_an_answer_that_drips_is_left(post, receiver):
    async def drip(_, writer):
        writer.write(b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n")
        while True:
            writer.write(b".")
            await writer.drain()
            await asyncio.sleep(0.02)

    receiver.answer = drip
    assert (await post()).error == "no answer within 0.3 s"


@pytest.mark.parametrize(
    ("raw", "error"),
    [
        (b"", "the answer is no HTTP"),
        (b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nhalf", "the answer is no HTTP"),
        (b"220 smtp.example ESMTP\r\n", "the answer is no HTTP"),
        (b"HTTP/1.1 200 OK\r\nx: " + b"y" * 200_000, "the answer is no HTTP"),
    ],
)
async def test_what_is_no_answer(post, receiver, raw, error):
    async def close(_, writer):
        writer.write(raw)
        await writer.drain()
        writer.close()

    receiver.answer = close
    outcome = await post()
    assert (outcome.status, outcome.error) == (None, error)


async def test_a_closed_port(post):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        outcome = await post(f"http://127.0.0.1:{free.getsockname()[1]}/")
    assert outcome.error == "the connection failed"


async def test_a_receiver_without_tls(post):
    async def refuse(_, writer):
        writer.write(b"HTTP/1.1 400 Bad Request\r\n\r\n")

    async with serving(refuse) as port:
        outcome = await post(f"https://127.0.0.1:{port}/")
    assert outcome.error.startswith("the connection failed")


async def test_an_address_that_is_not_allowed_is_not_connected_to(post):
    outcome = await post("http://[::1]:1/")
    assert outcome.error == "the host is not on the public Internet"


async def test_a_host_is_resolved_once_and_the_checked_address_used(post, receiver, monkeypatch):
    """A name server that says something else the second time is not asked a second time."""
    asked = []

    def resolve(host, port, **_):
        if host == "rebinding.example":
            asked.append(host)
            return [(0, 0, 0, "", ("127.0.0.1" if len(asked) == 1 else "10.0.0.1", 0))]
        raise AssertionError(host)

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    outcome = await post(receiver.url.replace("127.0.0.1", "rebinding.example"))
    assert outcome.status == 204
    assert receiver.requests[0].headers["host"] == f"rebinding.example:{receiver.port}"
    assert asked == ["rebinding.example"]


@impatient
async def test_a_name_server_that_does_not_answer_is_asked_once_and_waited_for(sender, monkeypatch):
    """So a webhook holds its place as long as it holds a thread."""
    release, asked = threading.Event(), []

    def resolve(host, *_, **__):
        asked.append(host)
        release.wait(10)
        raise OSError

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    slow = [asyncio.create_task(sender.post("http://slow.example/", {}, b"")) for _ in range(20)]
    assert not (await asyncio.wait(slow, timeout=0.5))[0]
    release.set()
    assert {outcome.error for outcome in await asyncio.gather(*slow)} == {"no answer within 0.3 s"}
    assert asked == ["slow.example"]
