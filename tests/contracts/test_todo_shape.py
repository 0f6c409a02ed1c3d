"""The JSON of a todo is `todobus_events.models.Todo`: whatever else spells its fields is compared with that model.

PostgreSQL writes the document and `domain.Content.as_json` computes the same fields to find what a change has changed:
a difference between the two would invent changes.
"""

import asyncio
from collections.abc import Callable, Iterator
from datetime import date, time
from typing import Any, get_args
from uuid import uuid4

import asyncpg
import orjson
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

import stats_service.domain
from local_cluster.launcher.engines.postgres import Postgres
from service_testing import event_examples
from service_testing.databases import Databases
from service_testing.waiting import wait_until
from todobus_events import models
from todos_service import domain, examples, schemas
from todos_service.domain import Content
from todos_service.endpoints import spreadsheet
from todos_service.repository import writes
from todos_service.service import commands

NAMES = list(models.Todo.model_fields)
ZONES = ("UTC", "Europe/Helsinki", "America/St_Johns", "Pacific/Apia", "Asia/Kathmandu", "Africa/Monrovia")
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
IDS = st.uuids().map(str)
DAYS = st.dates(schemas.EARLIEST, schemas.LATEST)
CLOCKS = st.times().map(lambda clock: clock.replace(second=0, microsecond=0))
DUE = st.builds(
    lambda day, clock, zone: {"due_date": day, "due_time": clock, "due_time_zone": zone},
    DAYS,
    st.none() | CLOCKS,
    st.sampled_from(ZONES),
)
REMINDERS = st.one_of(
    st.fixed_dictionaries({"id": IDS, "minutes_before_due": st.integers(0, 1000)}),
    st.fixed_dictionaries({"id": IDS, "at": st.just("2026-12-01T07:30:00Z")}),
)
FIELDS = st.fixed_dictionaries(
    {
        "title": TEXT,
        "description": TEXT,
        "completed": st.booleans(),
        "priority": st.sampled_from(domain.PRIORITIES),
        "tags": st.lists(TEXT, max_size=4, unique=True).map(tuple),
        "position": st.just("a1"),
        "start_date": st.none() | DAYS,
        "reminders": st.lists(REMINDERS, max_size=2).map(tuple),
    }
)
CONTENTS = st.builds(lambda fields, due: Content(**fields, **due), FIELDS, st.just({}) | DUE)
EXAMPLES = {"API document": examples.TODO, "events": event_examples.TODO}


@pytest.fixture(scope="module")
def written(postgres: Postgres) -> Iterator[Callable[[Content], str]]:
    """Creates a todo as the service does; gives the document that PostgreSQL wrote."""
    databases, user_id = Databases(postgres), str(uuid4())

    async def connect() -> asyncpg.Connection:
        await wait_until(postgres.ready, 30)
        return await asyncpg.connect(await databases("todos"))

    async def create(content: Content) -> str:
        return str(
            (await writes.create(connection, user_id, None, content, commands.of_system("test"), ""))["document"]
        )

    with asyncio.Runner() as runner:
        connection = runner.run(connect())
        yield lambda content: runner.run(create(content))
        runner.run(connection.close())
        runner.run(databases.drop())


class TestDocument:
    @settings(deadline=None, max_examples=300)
    @given(content=CONTENTS)
    @example(
        content=Content(
            "day without a midnight", position="a1", due_date=date(2026, 9, 6), due_time_zone="America/Santiago"
        )
    )
    @example(
        content=Content(
            "skipped", position="a1", due_date=date(2026, 3, 29), due_time=time(3, 30), due_time_zone=ZONES[1]
        )
    )
    @example(content=Content("skipped day", position="a1", due_date=date(2011, 12, 30), due_time_zone="Pacific/Apia"))
    def test_is_what_the_domain_computes(self, written: Callable[[Content], str], content: Content) -> None:
        text = written(content)
        document = orjson.loads(text)
        computed = content.as_json()

        assert {name: document[name] for name in computed} == computed
        assert domain.content_of(document) == content
        assert domain.previous_values(document, content) == {}
        assert list(document) == NAMES
        models.Todo.model_validate_json(text)
        schemas.Todo.model_validate_json(text)

    def test_the_domain_computes_what_the_owner_writes_and_when_it_is_due(self) -> None:
        assert set(Content("").as_json()) == {*domain.FIELDS, "due_at"}


class TestSchemas:
    def test_an_answer_has_the_fields_of_the_model(self) -> None:
        assert list(schemas.Todo.model_fields) == NAMES

    @pytest.mark.parametrize("name", NAMES)
    def test_a_field_is_required_and_null_where_the_model_says_so(self, name: str) -> None:
        ours, model = (kind.model_json_schema()["properties"][name] for kind in (schemas.Todo, models.Todo))

        assert schemas.Todo.model_fields[name].is_required()
        assert types(ours) == types(model)

    @pytest.mark.parametrize("body", [schemas.NewTodo, schemas.TodoChanges])
    def test_a_body_may_have_every_field_of_an_answer(self, body: type[schemas.NewTodo]) -> None:
        assert set(body.model_fields) == set(NAMES)

    def test_a_change_is_the_event_data(self) -> None:
        assert list(schemas.Change.model_fields) == list(models.TodoChange.model_fields)

    def test_a_spreadsheet_has_fields_of_the_model(self) -> None:
        assert set(spreadsheet.COLUMNS) - {"project"} < set(NAMES)


class TestPriorities:
    @pytest.mark.parametrize("spelled", [domain.PRIORITIES, stats_service.domain.PRIORITIES])
    def test_are_those_of_the_model(self, spelled: tuple[str, ...]) -> None:
        assert spelled == get_args(models.Priority)


class TestExamples:
    @pytest.mark.parametrize("source", EXAMPLES)
    def test_is_a_todo(self, source: str) -> None:
        todo = EXAMPLES[source]

        assert list(todo) == NAMES
        models.Todo.model_validate_json(orjson.dumps(todo))

    @pytest.mark.parametrize("source", EXAMPLES)
    def test_is_due_when_the_domain_says(self, source: str) -> None:
        todo = EXAMPLES[source]

        assert domain.content_of(todo).as_json() == {name: todo[name] for name in (*domain.FIELDS, "due_at")}


def types(schema: dict[str, Any]) -> set[str]:
    """The JSON types that a field may have."""
    return {kind.get("type", "object") for kind in schema.get("anyOf", [schema])}
