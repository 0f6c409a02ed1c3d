"""Attacks on accounts, passwords and sessions."""

import asyncio
import json
import uuid

import asyncpg
import httpx
import pytest

from service_testing.system import PASSWORD, System

from ..chaos.crowd import database
from .harness import Siege, siege

SESSIONS = "insert into sessions (user_id, user_agent, ip) select $1, '', '' from generate_series(1, 20000)"


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


@pytest.mark.slow
async def test_7_guesses_at_one_account(system: System) -> None:
    async with siege(system) as it:
        attackers = [await it.anonymous() for _ in range(3)]
        guess = {"email": (await it.account()).email, "password": "not the password of the account"}

        async def attack() -> None:
            await asyncio.gather(*(it.ask(each, "POST", "/api/auth/login", json=guess) for each in attackers))

        await it.endure(attack)
        assert it.told("429 too_many_attempts", "429 rate_limited"), it.answers


@pytest.mark.slow
async def test_11_two_password_changes_at_once(system: System) -> None:
    async with siege(system) as it:
        pairs = [await _owner_and_thief(it) for _ in range(5)]
        remaining, winners = iter(pairs), []

        async def attack() -> None:
            if pair := next(remaining, None):
                bodies = [{"current_password": PASSWORD, "new_password": f"a password of number {n}"} for n in (1, 2)]
                answers = await asyncio.gather(
                    *(
                        it.ask(http, "POST", "/api/auth/password", json=body)
                        for http, body in zip(pair, bodies, strict=True)
                    )
                )
                winners.append(sum(answer is not None and answer.is_success for answer in answers))

        await it.endure(attack, per_second=2)
        assert set(winners) == {1}


async def _owner_and_thief(it: Siege) -> tuple[httpx.AsyncClient, httpx.AsyncClient]:
    """Two sessions of one account, from two addresses."""
    owner, thief = await it.account(), await it.anonymous()
    tokens = (await thief.post("/api/auth/login", json={"email": owner.email, "password": PASSWORD})).json()
    thief.headers["Authorization"] = f"Bearer {tokens['access_token']}"
    return owner.http, thief


@pytest.mark.slow
async def test_12_the_end_of_thousands_of_sessions(system: System) -> None:
    connection = await asyncpg.connect(database(system, "auth"))
    async with siege(system) as it:
        attackers = [await it.account() for _ in range(3)]
        for attacker in attackers:
            await connection.execute(SESSIONS, uuid.UUID(attacker.id))
        await connection.close()
        remaining = iter(attackers)

        async def attack() -> None:
            if attacker := next(remaining, None):
                await it.ask(attacker.http, "POST", "/api/auth/logout-all")

        await it.endure(attack, per_second=1)
        assert it.answers == {"204": 3}
