"""Attacks on accounts, passwords and sessions."""

import asyncio
import json

from service_testing.system import PASSWORD, System

from .harness import siege


async def test_5_log_ins_with_thousands_of_unknown_fields(system: System) -> None:
    body = json.dumps({f"k{number:x}": 0 for number in range(80_000)}).encode()
    assert len(body) < 1024 * 1024
    async with siege(system) as it:
        attacker = await it.anonymous()
        headers = {"content-type": "application/json"}
        await it.endure(
            lambda: it.ask(attacker, "POST", "/api/auth/login", content=body, headers=headers), per_second=2
        )
        assert it.told("413 content_too_large")


async def test_7_password_changes(system: System) -> None:
    async with siege(system) as it:
        attackers = [await it.account() for _ in range(3)]
        same = {"current_password": PASSWORD, "new_password": PASSWORD}

        async def attack() -> None:
            await asyncio.gather(*(it.ask(each.http, "POST", "/api/auth/password", json=same) for each in attackers))

        await it.endure(attack, per_second=5)
