"""What the OpenAPI document says, put to the running service: no 5xx, no status or body that is not documented."""

import asyncio
import threading
import uuid
from collections.abc import Iterator

import pytest
import schemathesis
import uvicorn
from hypothesis import HealthCheck, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from service_common.testing.tokens import TokenIssuer
from service_common.testing.waiting import wait_until
from todos_service.app import create_app

from .conftest import settings as service_settings

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]
NOWHERE = "postgresql://nobody@127.0.0.1:1/none"
schema = schemathesis.openapi.from_dict(create_app(service_settings(NOWHERE)).openapi())


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


@schema.parametrize()
@settings(max_examples=6, deadline=None, database=None, suppress_health_check=list(HealthCheck))
def test_answers_as_documented(case: Case, service: tuple[str, dict[str, str]]) -> None:
    base_url, headers = service
    case.call_and_validate(base_url=base_url, headers=headers, checks=CHECKS)
