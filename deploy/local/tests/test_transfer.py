import csv
import io
import json
from functools import partial

import pytest

from local_cluster.operator import transfer

parts_of = partial(transfer._parts, most_bytes=100)


class TestParts:
    def test_every_row_is_in_one_of_them_under_its_number(self) -> None:
        rows = [{"title": f"todo {number}"} for number in range(1, 51)]
        parts = list(parts_of(json.dumps(rows), "json"))
        assert len(parts) > 5
        assert max(len(part.body) for part in parts) <= 120
        sent = {number: row for part in parts for number, row in zip(part.numbers, json.loads(part.body), strict=True)}
        assert sent == dict(enumerate(rows, start=1))

    def test_rows_that_are_alike_stay_together(self) -> None:
        rows = [{"title": "same" if number % 10 == 0 else f"todo {number}"} for number in range(1, 51)]
        parts = list(parts_of(json.dumps(rows), "json"))
        assert next(part.numbers for part in parts if 10 in part.numbers)[-5:] == [10, 20, 30, 40, 50]

    def test_each_part_of_a_spreadsheet_has_the_header(self) -> None:
        text = "title,description\r\n" + "".join(f'"todo {n}","two\nlines, a ""quote"""\r\n' for n in range(20))
        parts = list(parts_of(text, "csv"))
        found = [row for part in parts for row in csv.DictReader(io.StringIO(part.body.decode(), newline=""))]
        assert len(parts) > 2
        assert found == [{"title": f"todo {n}", "description": 'two\nlines, a "quote"'} for n in range(20)]

    def test_an_empty_file_is_one_empty_part(self) -> None:
        assert [part.body for part in parts_of("[]", "json")] == [b"[]"]
        assert [part.body for part in parts_of("title\n", "csv")] == [b"title\r\n"]

    @pytest.mark.parametrize(("text", "kind"), [("{}", "json"), ("[", "json"), ('"a', "csv")])
    def test_what_cannot_be_read_is_refused(self, text: str, kind: str) -> None:
        with pytest.raises((ValueError, csv.Error)):
            list(parts_of(text, kind))
