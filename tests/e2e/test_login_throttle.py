"""Guessing passwords through the gateway: whatever a client says of its address, its failures are counted as one's."""

import uuid

import pytest

from service_testing.clients import http_client
from service_testing.system import System

WRONG = "wrong horse battery"


@pytest.mark.parametrize("header", ["X-Forwarded-For", "Forwarded", "X-Real-IP"])
async def test_a_changing_address_header_does_not_help(system: System, header: str):
    body = {"email": f"{uuid.uuid4().hex}@example.com", "password": WRONG}
    async with http_client(base_url=system.url, timeout=30) as client:
        statuses = []
        for number in range(8):
            claimed = f"for=203.0.113.{number}" if header == "Forwarded" else f"203.0.113.{number}"
            answer = await client.post("/api/auth/login", json=body, headers={header: claimed})
            statuses.append(answer.status_code)
        assert statuses == [401] * 5 + [429] * 3
        assert int(answer.headers["retry-after"]) >= 1
