"""Child processes that end with their parent and, where asked, run without its privileges."""

import asyncio
import ctypes
import os
import pwd
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any

UNPRIVILEGED = "nobody"
FIRST_PORT, LAST_PORT = 20_000, 32_000  # below those that outgoing connections take, so a freed port stays free

PR_SET_PDEATHSIG, PR_SET_KEEPCAPS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 1, 8, 47, 2
CAPABILITY_VERSION_3 = 0x20080522
CAP_DAC_READ_SEARCH = 2


class EngineError(Exception):
    """An engine cannot be used; the message is one line for the user of the command."""


@dataclass(frozen=True)
class Program:
    """A command line, and how to start and stop it."""

    argv: tuple[str, ...]
    environment: Mapping[str, str] = field(default_factory=dict)
    stop_signal: int = signal.SIGTERM
    orphan_signal: int = signal.SIGKILL
    own_session: bool = False  # as a program that a terminal is opened for
    unprivileged: bool = False  # as root: run as an ordinary user, which PostgreSQL insists on

    def start(self, output: int) -> subprocess.Popen[bytes]:
        """Start it from the main thread: Linux counts the death of the starting thread as the parent's."""
        return subprocess.Popen(self.argv, stdout=output, stderr=output, **self._options())

    async def start_piped(self) -> asyncio.subprocess.Process:
        """Start it from the main thread; what it prints is read from its `stdout`."""
        return await asyncio.create_subprocess_exec(
            *self.argv, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, **self._options()
        )

    def run(self) -> subprocess.CompletedProcess[str]:
        """Run it to its end, with what it has printed."""
        return subprocess.run(self.argv, capture_output=True, text=True, check=False, **self._options())

    def _options(self) -> dict[str, Any]:
        return {
            "env": dict(self.environment),
            "stdin": subprocess.DEVNULL,
            # Either keeps the terminal's Ctrl-C away. Priorities count between the programs of one session only.
            **({"start_new_session": True} if self.own_session else {"process_group": 0}),
            "preexec_fn": self._child_setup(),
        }

    def _child_setup(self) -> Callable[[], None]:
        """What the child does between fork and exec; libraries are loaded here, before the fork."""
        libc = ctypes.CDLL(None, use_errno=True)
        parent = os.getpid()
        user = _unprivileged_user() if self.unprivileged and os.geteuid() == 0 else None
        paths = [Path(part) for part in self.argv if part.startswith("/")]
        reachable = user is None or all(_reachable(path, user.pw_uid) for path in paths)

        def setup() -> None:
            if user:
                _become(libc, user, keep_search=not reachable)
            if sys.platform == "linux":
                libc.prctl(PR_SET_PDEATHSIG, int(self.orphan_signal))
                if os.getppid() != parent:
                    os._exit(1)

        return setup


def hand_over(folder: Path) -> None:
    """Make a folder and, as root, give it to the user that unprivileged programs run as."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    hand_over_file(folder)


def hand_over_file(path: Path) -> None:
    if os.geteuid() == 0:
        user = _unprivileged_user()
        os.chown(path, user.pw_uid, user.pw_gid)


def require_owner(folder: Path) -> None:
    """Raise EngineError when a folder belongs to another user than the one the program will run as."""
    expected = _unprivileged_user().pw_uid if os.geteuid() == 0 else os.geteuid()
    if (owner := folder.stat().st_uid) != expected:
        name = next((user.pw_name for user in pwd.getpwall() if user.pw_uid == owner), str(owner))
        raise EngineError(f"{folder} belongs to the user {name}: start as the user who made it")


_given: set[int] = set()  # ports given out by this process, which may not be listened on yet


def free_port() -> int:
    """A free port of 127.0.0.1, outside the range of outgoing connections; never the same one twice."""
    first, _, last = os.environ.get("TODOBUS_PORTS", f"{FIRST_PORT}-{LAST_PORT}").partition("-")
    ports = range(int(first), int(last))
    start = secrets.randbelow(len(ports))
    for port in chain(ports[start:], ports[:start]):
        if port not in _given and port_is_free(port):
            _given.add(port)
            return port
    raise EngineError(f"no free port between {first} and {last} on 127.0.0.1")


def port_is_free(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


@asynccontextmanager
async def connection(port: int) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A connection to a port of this machine, closed for good at the end."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        yield reader, writer
    finally:
        writer.close()
        with suppress(OSError):
            await writer.wait_closed()


def plain_environment() -> dict[str, str]:
    """The only environment variables that an engine gets."""
    return {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C", "TZ": "UTC"}


def _unprivileged_user() -> pwd.struct_passwd:
    try:
        return pwd.getpwnam(UNPRIVILEGED)
    except KeyError:
        raise EngineError(
            f"root cannot run PostgreSQL and there is no user '{UNPRIVILEGED}' to run it as: start as an ordinary user"
        ) from None


def _reachable(path: Path, uid: int) -> bool:
    """Whether that user can enter all folders of the path: below /root only root can."""
    parents = [parent.stat() for parent in path.resolve().parents]
    return all(parent.st_mode & 0o001 or parent.st_uid == uid for parent in parents)


def _become(libc: ctypes.CDLL, user: pwd.struct_passwd, *, keep_search: bool) -> None:
    os.setgroups([])
    os.setgid(user.pw_gid)
    if keep_search:
        libc.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setuid(user.pw_uid)
    if keep_search:
        _keep_search(libc)


def _keep_search(libc: ctypes.CDLL) -> None:
    """Keep the one capability that lets the program walk through folders that only root may enter."""
    bit = 1 << CAP_DAC_READ_SEARCH
    header = (ctypes.c_uint32 * 2)(CAPABILITY_VERSION_3, 0)
    libc.capset(header, (ctypes.c_uint32 * 6)(bit, bit, bit, 0, 0, 0))
    libc.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_READ_SEARCH, 0, 0)
