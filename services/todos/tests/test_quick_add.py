"""The grammar of quick add, by the cases that the web app holds to as well."""

import json
import time
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from todos_service.quick_add import parse

TABLE = json.loads((Path(__file__).parents[3] / "contracts/quick-add.json").read_text())
NOTHING = {"description": "", "priority": "none", "tags": [], "project": None, "recurrence": None}
NOW = datetime.fromisoformat("2026-11-28T16:30")
WORDS = sorted({word for case in TABLE["cases"] for word in case["text"].split(" ")})


def read(text, now=NOW):
    return parse(text, now, TABLE["projects"])


def stretch(text, part):
    return text.encode("utf-16-le")[2 * part.start : 2 * part.end].decode("utf-16-le")


class TestTable:
    @pytest.mark.parametrize("case", TABLE["cases"], ids=lambda case: ascii(case["text"][:40]))
    def test_holds(self, case):
        zone = ZoneInfo(case.get("zone", TABLE["zone"]))
        now = datetime.fromisoformat(case.get("now", TABLE["now"])).astimezone(zone).replace(tzinfo=None)
        found = read(case["text"], now)
        todo = {name: getattr(found, name) for name in ("title", *NOTHING)} | {
            "due_date": found.due_date and found.due_date.isoformat(),
            "due_time": found.due_time and found.due_time.strftime("%H:%M"),
            "recurrence": found.recurrence and found.recurrence._asdict(),
        }
        assert todo == NOTHING | {"due_date": None, "due_time": None} | case["todo"]
        assert [part._asdict() for part in found.parts] == case["parts"]

    def test_has_every_kind_and_enough_of_what_is_not_recognised(self):
        assert len(TABLE["cases"]) >= 150
        assert {part["kind"] for case in TABLE["cases"] for part in case["parts"]} == {
            "tag", "project", "priority", "day", "time", "recurrence", "description"
        }  # fmt: skip
        assert sum(not case["parts"] for case in TABLE["cases"]) > 50


class TestAnyText:
    @settings(max_examples=100, deadline=None)
    @given(st.text(max_size=60) | st.lists(st.sampled_from(WORDS)).map(" ".join))
    def test_loses_nothing(self, text):
        found = read(text)
        assert [stretch(text, part) for part in found.parts] == [part.text for part in found.parts]
        kept = text.encode("utf-16-le")
        for part in reversed(found.parts):
            kept = kept[: 2 * part.start] + kept[2 * part.end :]
        blank = str.maketrans("", "", '"“”')
        left = kept.decode("utf-16-le").translate(blank)
        assert "".join(found.title.translate(blank).split()) == "".join(left.split())

    @settings(max_examples=100, deadline=None)
    @given(st.lists(st.sampled_from([word for word in WORDS if not set(word) & set('"“”/')])).map(" ".join))
    def test_can_be_taken_back_by_quotes(self, text):
        for part in read(text).parts:
            raw = text.encode("utf-16-le")
            before, after = (raw[: 2 * part.start].decode("utf-16-le"), raw[2 * part.end :].decode("utf-16-le"))
            again = read(f'{before}"{part.text}"{after}')
            assert part.text in again.title
            assert not any(other.start < part.end and part.start < other.end - 2 for other in again.parts)

    @pytest.mark.parametrize("piece", ['"a ', "“a ", "#a ", "mon, ", "mon and ", "every mon, ", "on by at ", "~home "])
    def test_takes_no_longer_than_its_length(self, piece):
        began = time.thread_time()
        parse("every " + piece * (11_000 // len(piece)), NOW, [f"Home {number}" for number in range(500)])
        assert time.thread_time() - began < 1
