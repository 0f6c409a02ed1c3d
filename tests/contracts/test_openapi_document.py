"""The committed API document is the one that the code makes, and it says what a client needs."""

import json
import subprocess
import sys
from pathlib import Path

import jsonschema
import pytest

HERE = Path(__file__).parent


@pytest.fixture(scope="module")
def document():
    return json.loads((HERE.parents[1] / "docs/openapi.json").read_text())


def operations(document):
    return [
        (path, method, operation)
        for path, item in document["paths"].items()
        for method, operation in item.items()
        if isinstance(operation, dict)
    ]


class TestOpenApiDocument:
    def test_it_is_current(self):
        checked = subprocess.run(
            [sys.executable, str(HERE / "openapi_document.py"), "--check"], capture_output=True, text=True, check=False
        )

        assert (checked.returncode, checked.stderr) == (0, "")

    def test_operation_ids_are_unique(self, document):
        ids = [operation["operationId"] for _, _, operation in operations(document)]

        assert len(ids) == len(set(ids))

    def test_references_lead_somewhere(self, document):
        text = json.dumps(document)
        wanted = {part.split('"')[0] for part in text.split('"#/components/schemas/')[1:]}

        assert wanted <= document["components"]["schemas"].keys()

    @pytest.mark.parametrize(
        "path",
        [
            "/api/auth/login",
            "/api/auth/token",
            "/api/users/me",
            "/api/todos",
            "/api/todos/{todo_id}",
            "/api/changes",
            "/api/stats",
            "/api/events/stream",
        ],
    )
    def test_public_routes_are_there(self, document, path):
        assert path in document["paths"]

    def test_every_body_has_an_example_that_its_schema_allows(self, document):
        bodies = [
            operation["requestBody"]["content"]
            for _, _, operation in operations(document)
            if "requestBody" in operation
        ]
        contents = [content for body in bodies for kind, content in body.items() if kind != "text/csv"]

        assert len(contents) > 8
        for content in contents:
            jsonschema.validate(content["example"], content["schema"] | {"components": document["components"]})

    def test_examples_of_answers_are_what_their_schemas_say(self, document):
        answers = [
            content
            for _, _, operation in operations(document)
            for response in operation["responses"].values()
            for content in response.get("content", {}).values()
            if "example" in content
        ]

        assert len(answers) > 15
        for content in answers:
            jsonschema.validate(content["example"], content["schema"] | {"components": document["components"]})

    def test_nothing_internal_is_there(self, document):
        assert [path for path in document["paths"] if "internal" in path or "metrics" in path] == []
