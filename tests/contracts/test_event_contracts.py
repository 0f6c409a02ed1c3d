"""What is published about the events: the files in the repository, the models in the code, and that they agree."""

import copy
import json
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from faststream.specification.asyncapi.v3_0_0.schema import ApplicationSchema
from jsonschema import Draft202012Validator, ValidationError

from api_gateway.site import asyncapi_page
from service_testing import event_contracts as contracts
from service_testing.event_schemas import breaks, schema
from todobus_events import permissions
from todobus_events.envelope import read
from todobus_events.registry import EVENTS

ROOT = Path(__file__).parents[2]
GOLDEN = sorted((ROOT / contracts.SCHEMAS).glob("*.example.json"))


def published(name: str) -> dict[str, Any]:
    return json.loads((ROOT / contracts.SCHEMAS / f"{name}.schema.json").read_text())


class TestFiles:
    def test_the_code_breaks_no_published_schema(self) -> None:
        assert list(contracts.broken(ROOT)) == []

    @pytest.mark.parametrize("path", contracts.expected(), ids=str)
    def test_a_generated_file_says_what_the_code_says(self, path: Path) -> None:
        assert (ROOT / path).read_text() == contracts.expected()[path], "run: make contracts"

    @pytest.mark.parametrize("path", GOLDEN, ids=lambda path: path.name)
    def test_a_golden_event_is_still_read(self, path: Path) -> None:
        event = EVENTS[path.name.removesuffix(".example.json")]
        document = json.loads(path.read_text())
        model = event.model.model_validate(document, strict=False)
        Draft202012Validator(published(event.name)).validate(document)
        assert read(path.read_bytes()).type == model.type == event.name

    def test_each_event_has_its_golden_example(self) -> None:
        assert {path.name for path in GOLDEN} == {f"{name}.example.json" for name in EVENTS}

    def test_the_recipe_refuses_to_replace_a_schema_by_one_that_breaks_it(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        contracts.main()
        path = tmp_path / contracts.SCHEMAS / "todo.created.v1.schema.json"
        before = json.loads(path.read_text())
        before["properties"]["colour"] = {"type": "string"}
        path.write_text(json.dumps(before))
        with pytest.raises(SystemExit, match="colour: the field was removed"):
            contracts.main()


def edited(**edit: Any) -> dict[str, Any]:
    changed = copy.deepcopy(schema(EVENTS["todo.created.v1"]))
    todo = changed["$defs"]["Todo"]
    todo["properties"] |= edit.get("put", {})
    for name in edit.get("drop", ()):
        del todo["properties"][name]
        todo["required"].remove(name)
    todo["required"] = [name for name in todo["required"] if name not in edit.get("loosen", ())]
    return changed


class TestCompatibility:
    @pytest.mark.parametrize(
        ("edit", "problem"),
        [
            ({"drop": ["title"]}, "todo.title: the field was removed"),
            ({"loosen": ["title"]}, "todo.title: the field became optional"),
            ({"put": {"version": {"type": "string"}}}, "'integer' became 'string'"),
            ({"put": {"priority": {"enum": ["none", "low"], "type": "string"}}}, "became ['none', 'low']"),
            ({"put": {"due_date": {"type": "string", "format": "date"}}}, "'anyOf' was removed"),
        ],
    )
    def test_a_change_that_a_reader_would_stumble_over_is_named(self, edit: dict[str, Any], problem: str) -> None:
        assert any(problem in found for found in breaks(edited(), edited(**edit)))

    def test_a_field_may_be_added_and_prose_may_change(self) -> None:
        added = {"colour": {"type": "string"}, "title": {"type": "string", "description": "What to do"}}
        assert breaks(edited(), edited(put=added)) == []

    def test_a_schema_refuses_an_event_without_a_field(self) -> None:
        """Else validating the golden events against it would prove nothing."""
        path = next(path for path in GOLDEN if path.name.startswith("todo."))
        document = json.loads(path.read_text())
        del document["data"]["todo"]["version"]
        with pytest.raises(ValidationError):
            Draft202012Validator(published(document["type"])).validate(document)


@pytest.fixture
def document() -> dict[str, Any]:
    return json.loads((ROOT / "docs/asyncapi.json").read_text())


class TestAsyncAPI:
    def test_it_is_current(self) -> None:
        recipe = [sys.executable, str(ROOT / "tests/contracts/asyncapi_document.py"), "--check"]
        checked = subprocess.run(recipe, capture_output=True, text=True, check=False)
        assert (checked.returncode, checked.stderr) == (0, "")

    def test_the_gateway_serves_it(self, document: dict[str, Any]) -> None:
        assert json.loads(files("api_gateway.site").joinpath("asyncapi.json").read_text()) == document

    def test_it_is_an_asyncapi_3_document_whose_references_lead_somewhere(self, document: dict[str, Any]) -> None:
        ApplicationSchema.model_validate(document)
        references = list(_references(document))
        assert references
        for reference in references:
            node: Any = document
            for step in reference.removeprefix("#/").split("/"):
                node = node[step]

    def test_its_examples_keep_its_schemas(self, document: dict[str, Any]) -> None:
        for message in document["components"]["messages"].values():
            for shown in message.get("examples", ()):
                Draft202012Validator(message["payload"] | {"components": document["components"]}).validate(
                    shown["payload"]
                )

    def test_it_names_every_subject_on_which_our_services_speak(self, document: dict[str, Any]) -> None:
        addresses = [channel["address"] for channel in document["channels"].values() if channel["address"]]
        starts = tuple(address.partition("{")[0] for address in addresses)
        users = permissions.accounts(dict.fromkeys(("auth", "todos", "stats", "notifications", "gateway"), ""))[
            "SERVICES"
        ]["users"]
        spoken = {rule for user in users for rule in user["permissions"]["publish"]["allow"] if rule[0] != "$"}
        assert spoken
        assert {rule for rule in spoken if not rule.startswith(starts)} == set()

    def test_its_page_loads_nothing_and_runs_nothing(self, document: dict[str, Any]) -> None:
        html = asyncapi_page.render(document)
        assert "todos.events.v1.{user_id}.{verb}" in html
        assert all(f"<code>{name}</code>" in html for name in EVENTS)
        assert not any(part in html for part in ("<script", "http-equiv", "src=", "@import", "url("))

    def test_its_page_escapes_what_it_shows(self, document: dict[str, Any]) -> None:
        document["info"]["title"] = "<script>alert(1)</script>"
        assert "<script" not in asyncapi_page.render(document)


def _references(node: Any) -> Any:
    if isinstance(node, dict):
        if isinstance(reference := node.get("$ref"), str):
            yield reference
        for value in node.values():
            yield from _references(value)
    elif isinstance(node, list):
        for value in node:
            yield from _references(value)
