import base64
import gzip
import hashlib
import os

import pytest

SCRIPT = b"self.__next_f=[]"
PAGE = b"<!doctype html><script src='/_next/static/a.js'></script><script>" + SCRIPT + b"</script>" + b"<p>x</p>" * 200
CODE = b"console.log(1);" * 100


@pytest.fixture
def web_root(tmp_path):
    (tmp_path / "_next/static").mkdir(parents=True)
    (tmp_path / "index.html").write_bytes(PAGE)
    (tmp_path / "login.html").write_bytes(b"log in")
    (tmp_path / "login.txt").write_bytes(b"segments")
    (tmp_path / "404.html").write_bytes(b"no such page")
    (tmp_path / "_next/static/a.js").write_bytes(CODE)
    (tmp_path / "_next/static/a.js.br").write_bytes(b"brotli")
    (tmp_path.parent / "outside.txt").write_bytes(b"secret")
    return tmp_path


@pytest.fixture
async def web(start, web_root):
    async with start(web_root=web_root) as gateway:
        yield gateway


async def get(gateway, path, *headers):
    return await gateway.ask(b"GET " + path, *headers, token=False)


class TestPaths:
    async def test_the_root_is_the_index_page(self, web):
        answer = await get(web, b"/")

        assert (answer.status, answer.body, answer.headers[b"content-type"]) == (200, PAGE, b"text/html; charset=utf-8")

    @pytest.mark.parametrize("path", [b"/login", b"/login.html", b"/login?next=/"])
    async def test_a_page_needs_no_html(self, web, path):
        assert (await get(web, path)).body == b"log in"

    async def test_segment_files(self, web):
        assert (await get(web, b"/login.txt")).headers[b"content-type"] == b"text/plain; charset=utf-8"

    async def test_a_slash_too_many_leads_to_the_page(self, web):
        answer = await get(web, b"/login/")

        assert (answer.status, answer.headers[b"location"]) == (308, b"/login")

    @pytest.mark.parametrize("path", [b"/nothing", b"/_next/static/b.js", b"/a.js.br", b"/outside.txt", b"/_next/"])
    async def test_a_missing_file_is_not_found_and_never_the_index_page(self, web, path):
        answer = await get(web, path)

        assert (answer.status, answer.body) == (404, b"no such page")

    @pytest.mark.parametrize("path", [b"/../outside.txt", b"/%2e%2e/outside.txt", b"/_next/..%2f../outside.txt"])
    async def test_nothing_outside_the_folder(self, web, path):
        assert (await get(web, path)).status == 400

    async def test_only_get_and_head(self, web):
        answer = await web.ask(b"POST /login", body=b"x", token=False)

        assert (answer.status, answer.headers[b"allow"]) == (405, b"GET, HEAD")

    async def test_a_new_build_is_served(self, web, web_root):
        before = await get(web, b"/")
        (web_root / "index.html").write_bytes(b"new")
        os.utime(web_root / "index.html", ns=(1, 1))

        assert (before.body, (await get(web, b"/")).body) == (PAGE, b"new")


class TestCaching:
    async def test_hashed_files_never_change(self, web):
        answer = await get(web, b"/_next/static/a.js")

        assert answer.headers[b"cache-control"] == b"public, max-age=31536000, immutable"

    async def test_the_rest_is_asked_for_again(self, web):
        first = await get(web, b"/login")
        again = await get(web, b"/login", b"If-None-Match: " + first.headers[b"etag"])

        assert first.headers[b"cache-control"] == b"no-cache"
        assert (again.status, again.body, again.headers[b"etag"]) == (304, b"", first.headers[b"etag"])

    async def test_another_version_is_sent(self, web):
        assert (await get(web, b"/login", b'If-None-Match: "other"')).status == 200


class TestHead:
    async def test_as_get_without_the_body(self, web):
        answer = await web.ask(b"HEAD /", token=False)

        assert (answer.status, answer.headers[b"content-length"], answer.body) == (200, b"%d" % len(PAGE), b"")


class TestCompression:
    async def test_gzip(self, web):
        answer = await get(web, b"/", b"Accept-Encoding: gzip, deflate")

        assert (answer.headers[b"content-encoding"], answer.headers[b"vary"]) == (b"gzip", b"accept-encoding")
        assert gzip.decompress(answer.body) == PAGE
        assert answer.headers[b"etag"] != (await get(web, b"/")).headers[b"etag"]

    async def test_a_variant_made_before(self, web):
        answer = await get(web, b"/_next/static/a.js", b"Accept-Encoding: gzip, br")

        assert (answer.headers[b"content-encoding"], answer.body) == (b"br", b"brotli")

    @pytest.mark.parametrize("accepted", [b"", b"identity", b"gzip;q=0", b"deflate"])
    async def test_who_takes_none_gets_none(self, web, accepted):
        answer = await get(web, b"/", b"Accept-Encoding: " + accepted)

        assert b"content-encoding" not in answer.headers
        assert answer.body == PAGE


class TestRanges:
    @pytest.mark.parametrize(
        ("asked", "expected", "stands"),
        [
            (b"bytes=0-4", CODE[:5], b"bytes 0-4/1500"),
            (b"bytes=1490-", CODE[1490:], b"bytes 1490-1499/1500"),
            (b"bytes=1490-9999", CODE[1490:], b"bytes 1490-1499/1500"),
            (b"bytes=-5", CODE[-5:], b"bytes 1495-1499/1500"),
        ],
    )
    async def test_a_part(self, web, asked, expected, stands):
        answer = await get(web, b"/_next/static/a.js", b"Range: " + asked, b"Accept-Encoding: gzip")

        assert (answer.status, answer.body, answer.headers[b"content-range"]) == (206, expected, stands)
        assert b"content-encoding" not in answer.headers

    async def test_past_the_end(self, web):
        answer = await get(web, b"/_next/static/a.js", b"Range: bytes=1500-")

        assert (answer.status, answer.headers[b"content-range"]) == (416, b"bytes */1500")

    @pytest.mark.parametrize("asked", [b"bytes=0-1,3-4", b"lines=1-2", b"bytes=-", b"bytes=x"])
    async def test_what_is_not_one_range_is_ignored(self, web, asked):
        assert (await get(web, b"/_next/static/a.js", b"Range: " + asked)).status == 200

    @pytest.mark.parametrize("asked", [b"bytes=0-%b", b"bytes=%b-", b"bytes=-%b"])
    async def test_a_number_of_thousands_of_digits_is_no_range(self, web, asked):
        assert (await get(web, b"/_next/static/a.js", b"Range: " + asked % (b"9" * 5000))).status == 200

    async def test_a_range_of_another_version_gets_the_whole_file(self, web):
        answer = await get(web, b"/_next/static/a.js", b"Range: bytes=0-4", b'If-Range: "old"')

        assert (answer.status, answer.body) == (200, CODE)


class TestPolicy:
    async def test_inline_scripts_are_allowed_by_their_hash_only(self, web):
        digest = base64.b64encode(hashlib.sha256(SCRIPT).digest())

        policy = (await get(web, b"/")).headers[b"content-security-policy"].split(b"; ")

        assert b"script-src 'self' 'sha256-" + digest + b"'" in policy
        assert b"default-src 'none'" in policy
        assert b"frame-ancestors 'none'" in policy

    async def test_a_page_without_inline_scripts_allows_none(self, web):
        policy = (await get(web, b"/login")).headers[b"content-security-policy"].split(b"; ")

        assert b"script-src 'self'" in policy

    @pytest.mark.parametrize("path", [b"/", b"/login", b"/nothing", b"/docs", b"/events/docs"])
    async def test_pages_stand_alone_and_use_no_device(self, web, path):
        headers = (await get(web, path)).headers

        assert headers[b"cross-origin-opener-policy"] == b"same-origin"
        assert b"camera=()" in headers[b"permissions-policy"]
        assert b"permissions-policy" not in (await get(web, b"/_next/static/a.js")).headers

    @pytest.mark.parametrize("path", [b"/", b"/nothing", b"/_next/static/a.js", b"/healthz", b"/docs"])
    async def test_every_answer_is_protected(self, web, path):
        headers = (await get(web, path)).headers

        assert headers[b"x-content-type-options"] == b"nosniff"
        assert b"frame-ancestors 'none'" in headers[b"content-security-policy"]
        assert headers[b"x-request-id"]
