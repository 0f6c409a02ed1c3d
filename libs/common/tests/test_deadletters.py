import json
import uuid
from typing import Any

import pytest

from service_common import deadletters, topology
from service_common.publishing import Message, publish_one
from service_common.subscriber import dead_letters
from service_common.testing.nats import NatsServer


@pytest.fixture
async def operator(nats: NatsServer) -> Any:
    """With two letters of one consumer and one of another."""
    client = await nats.connect()
    for consumer, number in (("mine", 1), ("mine", 2), ("other", 3)):
        subject = topology.todo_event(uuid.uuid4(), "created")
        payload = b'{"number": %d}' % number
        await dead_letters.send(client, consumer, str(number), subject, payload, "todo.created.v1", "two\nlines")
    return client


async def numbers(client: Any) -> list[int]:
    return [letter.sequence async for letter in dead_letters.read(client)]


class TestList:
    async def test_shows_what_and_why(self, operator: Any, capsys: pytest.CaptureFixture[str]) -> None:
        assert await deadletters.run(operator, ["list", "--consumer", "mine"]) == 0
        lines = capsys.readouterr().out.splitlines()
        assert [line.split()[:3] for line in lines] == [
            ["1", "mine", "todo.created.v1"],
            ["2", "mine", "todo.created.v1"],
        ]
        assert lines[0].endswith("two lines")

    async def test_gives_the_events_as_json(self, operator: Any, capsys: pytest.CaptureFixture[str]) -> None:
        await deadletters.run(operator, ["list", "--json"])
        documents = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
        assert [json.loads(document["event"])["number"] for document in documents] == [1, 2, 3]

    async def test_says_that_there_are_none(self, nats: NatsServer, capsys: pytest.CaptureFixture[str]) -> None:
        assert await deadletters.run(await nats.connect(), ["list"]) == 0
        assert capsys.readouterr().out == "no dead letters\n"


class TestReplay:
    async def test_puts_the_event_back_for_its_consumer(self, operator: Any) -> None:
        assert await deadletters.run(operator, ["replay", "2"]) == 0
        (message,) = [await operator.jetstream().get_msg(topology.TODOS, 1)]
        assert (message.data, message.headers[topology.REPLAY_FOR]) == (b'{"number": 2}', "mine")
        assert await numbers(operator) == [1, 3]


class TestDrop:
    async def test_forgets_one(self, operator: Any) -> None:
        assert await deadletters.run(operator, ["drop", "1"]) == 0
        assert await numbers(operator) == [2, 3]

    async def test_forgets_all_of_a_consumer(self, operator: Any, capsys: pytest.CaptureFixture[str]) -> None:
        assert await deadletters.run(operator, ["drop", "--all", "--consumer", "mine"]) == 0
        assert capsys.readouterr().out == "dropped: 2\n"
        assert await numbers(operator) == [3]

    async def test_a_number_that_is_not_there_is_an_error(
        self, operator: Any, capsys: pytest.CaptureFixture[str]
    ) -> None:
        assert await deadletters.run(operator, ["drop", "9"]) == 1
        assert capsys.readouterr().err == "no such dead letter: 9\n"

    async def test_none_named_is_an_error(self, operator: Any) -> None:
        with pytest.raises(SystemExit) as caught:
            await deadletters.run(operator, ["drop"])
        assert caught.value.code == 2


class TestTheSameLetter:
    async def test_is_stored_once(self, operator: Any) -> None:
        letter = Message("mine.1", topology.dead_letter("mine", "todo.created.v1"), b"", {})
        assert not await publish_one(operator, letter)
