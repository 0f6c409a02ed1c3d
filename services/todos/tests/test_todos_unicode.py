"""Titles of every kind: stored exactly, or refused clearly."""

import pytest

STORED = [
    "x" * 500,
    "👩‍👩‍👧‍👦" * 71,
    "\U0001d54f" * 500,
    "e\u0301 is not é",
    "\u202eright to left\u202c",
    "\u200bzero\u200bwidth\u2060",
    "one\ttwo\nthree\x01x\x7f\x1b[31m",
    "\ufeffbyte order mark",
    "\uffff\ufffe\U0010ffff",
    "שלום עולם",
    "買い物",
    "'; drop table todos; --",
    '{"json": "\\u0000"}',
    "\\u0041 %s %d $1 :name",
    "</script><script>alert(1)</script>",
]
REFUSED = ["\0", "a\0b", "x" * 501, "\U0001d54f" * 501, " ", "\u3000\u2003", "\t\n"]


@pytest.mark.parametrize("title", STORED, ids=ascii)
async def test_is_stored_exactly(ann, title):
    todo = await ann.create(title, description=title, tags=[title[:50]])
    assert (todo["title"], todo["description"], todo["tags"]) == (title, title, [title[:50]])
    assert (await ann.get(f"/api/todos/{todo['id']}")).json() == todo
    found = await ann.get("/api/todos", params={"q": title[:40], "tag": title[:50], "sort": "title", "limit": 1})
    assert found.json() == [todo]
    assert (await ann.changes())[-1]["todo"] == todo
    assert (await ann.get("/api/export")).json() == [todo]


@pytest.mark.parametrize("title", REFUSED, ids=ascii)
async def test_is_refused_clearly(ann, title):
    answer = await ann.post("/api/todos", json={"title": title})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["pointer"] == "/title"


async def test_text_that_differs_is_different(ann):
    """Only a search is without regard to case."""
    pairs = [("straße", "strasse"), ("İ", "i"), ("ﬁ", "fi"), ("K", "k"), ("é", "e\u0301")]
    for one, other in pairs:
        todos = [await ann.create(text, tags=[one, other]) for text in (one, other)]
        assert [(todo["title"], todo["tags"]) for todo in todos] == [(one, [one, other]), (other, [one, other])]
        tagged = await ann.create("tagged", tags=[one])
        assert tagged["id"] not in {todo["id"] for todo in (await ann.get("/api/todos", params={"tag": other})).json()}


async def test_a_long_title_can_be_paged_by(ann):
    for number in range(3):
        await ann.create("\U0001d54f" * 499 + str(number))
    first = await ann.get("/api/todos?sort=title&limit=1")
    second = await ann.get(first.links["next"]["url"])
    assert second.status_code == 200
    assert second.json()[0]["title"].endswith("1")
