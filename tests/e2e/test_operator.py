"""The operator's commands on the running system."""

import json
import secrets
from collections.abc import Sequence
from pathlib import Path

import httpx
import nats
import pytest

from service_testing.system import PASSWORD, Person, System
from service_testing.waiting import wait_until
from todobus_events import topology
from todobus_events.bus import Bus
from todobus_events.envelope import Event
from todobus_events.subscriber import Consumer


class TestStats:
    async def test_verify_finds_no_difference_and_rebuild_changes_nothing(self, system: System, ann: Person) -> None:
        todo = await ann.create("Buy milk")
        await ann.http.post(f"/api/todos/{todo['id']}/complete")
        before = await ann.stats(min_sequence=2)
        for command in ("verify", "rebuild"):
            done = system.command("stats", command)
            assert done.returncode == 0, done.stdout + done.stderr
        after = await ann.stats(min_sequence=2)
        assert (after["total"], after["completed"]) == (before["total"], before["completed"]) == (1, 1)


class TestNotifications:
    async def test_verify_finds_no_difference_before_and_after_rebuild(self, system: System, ann: Person) -> None:
        await ann.create("Buy milk", due_date="2030-12-01", due_time="17:30")
        for command in ("verify", "rebuild", "verify"):
            done = system.command("notifications", command)
            assert done.returncode == 0, done.stdout + done.stderr


class TestTransfer:
    async def test_what_export_wrote_import_takes(
        self, system: System, ann: Person, ben: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TODOBUS_ACCOUNT_PASSWORD", PASSWORD)
        await ann.create("Buy milk", tags=["home"])
        for file in (str(tmp_path / "todos.json"), str(tmp_path / "todos.csv")):
            done = system.command("export", ann.email, file)
            assert done.returncode == 0, done.stderr
            again = system.command("import", ann.email, file)
            assert "0 created, 1 were there already" in again.stdout, again.stdout + again.stderr
        tried = system.command("import", ben.email, file, "--dry-run")
        assert tried.stdout.startswith("1 would be created")
        assert await ben.todos() == []
        assert system.command("import", ben.email, file).returncode == 0
        assert [todo["title"] for todo in await ben.todos()] == ["Buy milk"]

    async def test_a_file_larger_than_a_request_may_be_is_imported_in_parts(
        self, system: System, ann: Person, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TODOBUS_ACCOUNT_PASSWORD", PASSWORD)
        rows = [{"title": f"todo {number}", "description": "as long as it takes " * 40} for number in range(2000)]
        file = tmp_path / "todos.json"
        file.write_text(json.dumps([*rows, {"title": ""}]))
        assert file.stat().st_size > 1024**2
        done = system.command("import", ann.email, str(file))
        assert (done.returncode, done.stdout) == (1, "2000 created, 0 were there already, 1 invalid\n")
        assert "row 2001: " in done.stderr
        assert len(await ann.todos()) == len(rows)

    def test_a_wrong_password_and_a_wrong_name_are_told(
        self, system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("TODOBUS_ACCOUNT_PASSWORD", "not this one, surely")
        email = f"nobody-{secrets.token_hex(4)}@example.com"
        refused = system.command("export", email, str(tmp_path / "todos.json"))
        assert refused.returncode == 1
        assert refused.stderr.count("\n") == 1
        assert "(HTTP 401)" in refused.stderr
        wrong = system.command("export", email, str(tmp_path / "todos.txt"))
        assert wrong.stderr.endswith("the name must end in .json or .csv\n")


class TestAuth:
    async def test_keys_rotate_publishes_one_more_key(self, system: System) -> None:
        async with httpx.AsyncClient(base_url=system.url) as http:
            before = {key["kid"] for key in (await http.get("/.well-known/jwks.json")).json()["keys"]}
            assert system.command("keys", "rotate", "--lead", "3600").returncode == 0

            async def published() -> bool:
                now = {key["kid"] for key in (await http.get("/.well-known/jwks.json")).json()["keys"]}
                return len(now - before) == 1 and before < now

            await wait_until(published, 30)

    async def test_audit_tells_what_happened_to_an_account(self, system: System, ann: Person) -> None:
        done = system.command("audit", "--email", ann.email, "--json")
        assert done.returncode == 0, done.stderr
        assert len([json.loads(line) for line in done.stdout.splitlines()]) >= 2


class TestDeadLetters:
    async def test_an_unreadable_event_is_listed_and_dropped(self, system: System) -> None:
        subject = topology.todo_event("00000000-0000-7000-8000-000000000000", "created")
        await _publish_as_operator(system, subject, b"not an event")

        def listed() -> list[dict[str, object]]:
            lines = system.command("deadletters", "list", "--consumer", "stats", "--json").stdout.splitlines()
            return [letter for letter in map(json.loads, lines) if letter["subject"] == subject]

        [letter] = await wait_until(listed, 30)
        assert letter["payload"] == "not an event"
        dropped = system.command("deadletters", "drop", str(letter["sequence"]))
        assert dropped.stdout == "dropped 1 dead letter\n"
        assert listed() == []

    def test_numbers_are_asked_for(self, system: System) -> None:
        asked = system.command("deadletters", "replay")
        assert (asked.returncode, asked.stderr) == (1, "todobus: name the numbers of the letters, or give --all\n")
        unknown = system.command("deadletters", "drop", "999999")
        assert (unknown.returncode, unknown.stderr) == (1, "todobus: no dead letter has number 999999\n")


async def _publish_as_operator(system: System, subject: str, payload: bytes) -> None:
    password = json.loads((system.data_dir / "credentials.json").read_text())["bus"]["operator"]
    url = f"nats://127.0.0.1:{system.processes()['nats']['port']}"
    client = await nats.connect(url, user="operator", password=password, inbox_prefix="_INBOX_operator")
    await client.jetstream().publish(subject, payload)
    await client.close()


class TestSubscribers:
    """While the system runs; what a subscriber may do is tested in tests/contracts/test_bus_accounts.py."""

    async def test_one_is_added_reads_and_is_removed(self, system: System) -> None:
        before = system.processes()
        added = system.command("subscribers", "add", "reader")
        file = system.data_dir / "subscribers" / "reader.env"
        assert added.returncode == 0, added.stderr
        assert added.stdout == f"{file}:\n\n{file.read_text()}\n"
        assert file.stat().st_mode & 0o777 == 0o600
        assert system.command("subscribers", "list").stdout == "reader\n"

        login = dict(line.split("=", 1) for line in file.read_text().splitlines())
        bus = Bus(login["TODOBUS_NATS_URL"], user="reader", password=login["TODOBUS_NATS_PASSWORD"], name="test")
        got: list[Event] = []

        async def handle(events: Sequence[Event]) -> None:
            got.extend(events)

        consumer = Consumer(bus, topology.USERS, "reader", handle)
        await bus.start()
        await consumer.start()
        await wait_until(lambda: got)

        assert system.command("subscribers", "remove", "reader").stdout == "removed reader\n"
        await wait_until(lambda: not bus.connected)
        await consumer.stop()
        await bus.stop()
        assert not file.exists()
        assert system.command("subscribers", "list").stdout == ""
        after = system.processes()
        assert {name: one["pid"] for name, one in after.items()} == {name: one["pid"] for name, one in before.items()}

    @pytest.mark.parametrize("name", ["Reader", "a b", "stats", "subscriber", "x" * 33, "a.b", "*"])
    def test_a_name_that_cannot_be_one_is_refused(self, system: System, name: str) -> None:
        refused = system.command("subscribers", "add", name)
        assert (refused.returncode, refused.stdout) == (1, "")
        assert "cannot be the name of a subscriber" in refused.stderr

    def test_one_that_is_unknown_cannot_be_removed(self, system: System) -> None:
        refused = system.command("subscribers", "remove", "nobody")
        assert (refused.returncode, refused.stderr) == (1, "todobus: there is no subscriber nobody\n")


class TestDemo:
    async def test_the_demo_account_has_a_history(self, system: System) -> None:
        account = {"email": "demo@example.com", "password": (system.data_dir / "demo_password").read_text()}
        async with httpx.AsyncClient(base_url=system.url) as http:
            tokens = (await http.post("/api/auth/login", json=account)).json()
            headers = {"Authorization": f"Bearer {tokens['access_token']}"}
            sequence = (await http.get("/api/todos", headers=headers)).headers["Todo-Sequence"]
            summary = (await http.get("/api/stats", headers=headers, params={"min_sequence": sequence})).json()
            projects = (await http.get("/api/projects", headers=headers)).json()
            filters = (await http.get("/api/filters", headers=headers)).json()
            todos = (await http.get("/api/todos?status=active", headers=headers)).json()
        assert summary["completed"] > 100
        assert summary["streak"]["longest"] >= 3
        assert [project["name"] for project in projects] == ["Home", "Work", "Journeys"]
        assert [saved["name"] for saved in filters] == ["Urgent"]
        assert any(todo["recurrence"] for todo in todos)
        assert any(todo["parent_id"] for todo in todos)


def test_without_a_running_system_there_is_one_clear_line(tmp_path: Path) -> None:
    stopped = System(tmp_path / "data")
    for command in (["events"], ["stats", "verify"], ["deadletters", "list"]):
        done = stopped.command(*command)
        assert done.returncode == 1
        assert done.stderr == f"todobus: nothing runs on {stopped.data_dir}: start it with todobus up\n"
