"""Somebody's account, used through the gateway like any client does."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.client import HTTPResponse
from typing import Any

from local_cluster.errors import ClusterError

CONFLICT = 409
CHUNK = 64 * 1024
TIMEOUT_SECONDS = 60


class Account:
    """Requests with the access token of one person."""

    def __init__(self, port: int) -> None:
        self._url = f"http://127.0.0.1:{port}"
        self._token = ""

    def register(self, email: str, password: str, **profile: Any) -> bool:
        """Make the account; False when it is there already."""
        try:
            self.post("/api/auth/register", {"email": email, "password": password, **profile})
        except RefusedError as refused:
            if refused.status == CONFLICT:
                return False
            raise
        return True

    def log_in(self, email: str, password: str) -> None:
        self._token = self.post("/api/auth/login", {"email": email, "password": password})["access_token"]

    def post(self, path: str, body: Any, kind: str = "application/json") -> Any:
        """The answer's JSON; `body` is JSON, or bytes of the given kind."""
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        with self._open("POST", path, data, kind) as answer:
            return json.load(answer)

    def stream(self, path: str) -> Iterator[bytes]:
        with self._open("GET", path) as answer:
            while chunk := answer.read(CHUNK):
                yield chunk

    def _open(self, method: str, path: str, data: bytes | None = None, kind: str = "") -> HTTPResponse:
        headers = {"Content-Type": kind} if kind else {}
        if self._token:
            headers["Authorization"] = f"Bearer {self._token}"
        request = urllib.request.Request(self._url + path, data, headers, method=method)  # noqa: S310 - our own gateway
        try:
            answer: HTTPResponse = urllib.request.urlopen(request, timeout=TIMEOUT_SECONDS)  # noqa: S310
        except urllib.error.HTTPError as error:
            raise RefusedError(error.code, _detail(error)) from None
        except OSError as error:
            raise ClusterError(f"the gateway does not answer: {error}") from None
        return answer


class RefusedError(ClusterError):
    """The API said no; its own words say why."""

    def __init__(self, status: int, detail: str) -> None:
        super().__init__(f"{detail} (HTTP {status})")
        self.status = status


def _detail(error: urllib.error.HTTPError) -> str:
    with error:
        try:
            return str(json.load(error)["detail"])
        except (ValueError, KeyError, TypeError):
            return error.reason
