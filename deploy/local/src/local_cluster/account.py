"""A client of the public API with the access token of one account."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx

from local_cluster.errors import ClusterError

TIMEOUT_SECONDS = 60


class Account:
    """Requests through the gateway at `port` of this machine; raises ClusterError when it does not answer."""

    def __init__(self, port: int) -> None:
        self._client = httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=TIMEOUT_SECONDS, trust_env=False)

    def register(self, email: str, password: str, **profile: Any) -> bool:
        """Create the account; False when it exists already."""
        try:
            self.post("/api/auth/register", {"email": email, "password": password, **profile})
        except RefusedError as refused:
            if refused.status == httpx.codes.CONFLICT:
                return False
            raise
        return True

    def log_in(self, email: str, password: str) -> None:
        token = self.post("/api/auth/login", {"email": email, "password": password})["access_token"]
        self._client.headers["Authorization"] = f"Bearer {token}"

    def post(self, path: str, body: Any, kind: str = "application/json") -> Any:
        """The answer's JSON; `body` is JSON, or bytes of the given media type. Raises RefusedError."""
        content = {"content": body, "headers": {"Content-Type": kind}} if isinstance(body, bytes) else {"json": body}
        with self._open("POST", path, **content) as answer:
            answer.read()
            return answer.json()

    def stream(self, path: str) -> Iterator[bytes]:
        """The answer's body in pieces. Raises RefusedError."""
        with self._open("GET", path) as answer:
            yield from answer.iter_bytes()

    @contextmanager
    def _open(self, method: str, path: str, **content: Any) -> Iterator[httpx.Response]:
        try:
            with self._client.stream(method, path, **content) as answer:
                if answer.is_error:
                    answer.read()
                    raise RefusedError(answer)
                yield answer
        except httpx.TransportError as error:
            raise ClusterError(f"the gateway does not answer: {error}") from None


class RefusedError(ClusterError):
    """The API answered with an error; the message is the `detail` of its problem document."""

    def __init__(self, answer: httpx.Response) -> None:
        try:
            detail = str(answer.json()["detail"])
        except (ValueError, KeyError, TypeError):
            detail = answer.reason_phrase
        super().__init__(f"{detail} (HTTP {answer.status_code})")
        self.status = answer.status_code
