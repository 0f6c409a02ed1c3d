"""What the OpenAPI document says, put to the running service: no 5xx, no status or body that is not documented."""

import asyncio
import threading
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import uvicorn
from hypothesis import HealthCheck, given, settings

from service_testing.tokens import TokenIssuer
from service_testing.waiting import wait_until
from todos_service.app import create_app

from .conftest import settings as service_settings

pytestmark = pytest.mark.xdist_group("schemathesis")
NOWHERE = "postgresql://nobody@127.0.0.1:1/none"
DOCUMENT = create_app(service_settings(NOWHERE)).openapi()
OPERATIONS = [(method, path) for path, methods in DOCUMENT["paths"].items() for method in methods]


@pytest.fixture(scope="module")
def schema() -> Any:
    """Imported by the one worker that needs it: it takes seconds."""
    import schemathesis

    return schemathesis.openapi.from_dict(DOCUMENT)


@pytest.fixture(scope="module")
def checks() -> list[Any]:
    from schemathesis.checks import not_a_server_error
    from schemathesis.specs.openapi import checks

    documented = (checks.status_code_conformance, checks.content_type_conformance, checks.response_schema_conformance)
    return [not_a_server_error, *documented]


@pytest.fixture(scope="module")
def service(shared_database: str) -> Iterator[tuple[str, dict[str, str]]]:
    """The service on a port, in a thread with its own event loop; and a user's headers."""
    issuer = TokenIssuer()
    app = create_app(service_settings(shared_database))
    app.state.verifier = issuer.verifier()
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        asyncio.run(wait_until(lambda: server.started))
        port = server.servers[0].sockets[0].getsockname()[1]
        yield f"http://127.0.0.1:{port}", issuer.headers(uuid.uuid4())
    finally:
        server.should_exit = True
        thread.join()


@pytest.mark.parametrize(("method", "path"), OPERATIONS)
def test_answers_as_documented(
    service: tuple[str, dict[str, str]], schema: Any, checks: list[Any], method: str, path: str
) -> None:
    base_url, headers = service

    @given(case=schema[path][method].as_strategy())
    @settings(max_examples=6, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    def check(case: Any) -> None:
        case.call_and_validate(base_url=base_url, headers=headers, checks=checks)

    check()
