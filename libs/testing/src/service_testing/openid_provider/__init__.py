"""A certified provider of OpenID Connect (npm's oidc-provider) on a port of its own, for tests."""

import fcntl
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx
import pytest

from local_cluster.launcher.web_build import node_environment

SOURCES = Path(__file__).parent
INSTALLED = Path(sys.prefix) / "openid-provider"
FILES = ("package.json", "package-lock.json", "provider.mjs")
CLIENT_ID, CLIENT_SECRET = "todobus", "a secret: of the client"


class OpenIdServer:
    """`log_in` goes through its pages as the person that `become` named."""

    def __init__(self, issuer: str) -> None:
        self.issuer = issuer

    async def become(self, sub: str, **claims: Any) -> None:
        await self._set({"sub": sub, **claims})

    async def rotate_keys(self) -> None:
        await self._set({"rotate": True})

    async def log_in(self, address: str) -> dict[str, str]:
        """Open the page that a log-in leads to, in a new browser; the query with which it leads back."""
        async with httpx.AsyncClient(trust_env=False) as browser:
            while address.startswith(self.issuer):
                answer = await browser.get(address)
                if not answer.is_redirect:
                    raise AssertionError(answer.text)
                address = str(answer.url.join(answer.headers["location"]))
        return dict(parse_qsl(urlsplit(address).query))

    async def _set(self, wanted: dict[str, Any]) -> None:
        async with httpx.AsyncClient(trust_env=False) as client:
            (await client.post(f"{self.issuer}/test", json=wanted)).raise_for_status()


@contextmanager
def openid_server(*redirect_uris: str) -> Iterator[OpenIdServer]:
    """One that sends people back to these addresses; the test is skipped where there is no Node."""
    environment = _installed()
    if environment is None:
        pytest.skip("the provider of OpenID Connect needs Node and npm")
    command = ["node", str(INSTALLED / "provider.mjs"), CLIENT_ID, CLIENT_SECRET, *redirect_uris]
    nothing = subprocess.DEVNULL
    with subprocess.Popen(  # noqa: S603
        command, env=environment, stdin=nothing, stdout=subprocess.PIPE, stderr=nothing, text=True
    ) as process:
        try:
            yield OpenIdServer(process.stdout.readline().strip() if process.stdout else "")
        finally:
            process.terminate()


def _installed() -> dict[str, str] | None:
    """What Node runs in, once the packages are there; tests that run side by side install them once."""
    environment = node_environment()
    if environment is None:
        return None
    INSTALLED.mkdir(exist_ok=True)
    with (INSTALLED / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not all(_is_current(name) for name in FILES):
            for name in FILES[:2]:
                shutil.copy(SOURCES / name, INSTALLED)
            install = ["npm", "ci", "--no-audit", "--no-fund", "--silent"]
            if subprocess.run(install, cwd=INSTALLED, env=environment, check=False).returncode:  # noqa: S603
                return None
            shutil.copy(SOURCES / FILES[2], INSTALLED)  # last: it shows that the packages are there
    return environment


def _is_current(name: str) -> bool:
    copy = INSTALLED / name
    return copy.exists() and copy.read_bytes() == (SOURCES / name).read_bytes()
