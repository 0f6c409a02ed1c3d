"""Services as processes of their own, on free ports."""

import os
import subprocess
import sys
from pathlib import Path

import httpx

from local_cluster.launcher.engines.process import free_port

STOP_SECONDS = 20


class ServiceProcess:
    """`python -m <module> serve`; its output goes to `log`."""

    def __init__(self, module: str, settings: dict[str, str], log: Path) -> None:
        self.port, self._admin = free_port(), free_port()
        ports = {"TODOBUS_PORT": str(self.port), "TODOBUS_ADMIN_PORT": str(self._admin)}
        with log.open("ab") as output:
            self.child = subprocess.Popen(  # noqa: S603
                [sys.executable, "-m", module, "serve"],
                env=os.environ | settings | ports,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
            )

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def admin_url(self) -> str:
        return f"http://127.0.0.1:{self._admin}"

    async def ready(self, client: httpx.AsyncClient) -> bool:
        """Whether it says that it is ready; an end of the process fails."""
        if self.child.poll() is not None:
            raise AssertionError(f"{self.child.args!r} has ended")
        try:
            return (await client.get(f"{self.admin_url}/readyz")).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def stop(self) -> None:
        self.child.terminate()
        self.child.wait(STOP_SECONDS)
