"""`todobus up`: starts the cluster in the right order, keeps it running, stops it in the reverse order."""

import asyncio
import json
import os
import signal
import sys
import time
from contextlib import suppress

from local_cluster.data_folder import DataFolder, write_private
from local_cluster.errors import ClusterError
from local_cluster.launcher import demo, state_file
from local_cluster.launcher.banner import banner
from local_cluster.launcher.engines.process import Program
from local_cluster.launcher.plan import Instance, Plan
from local_cluster.launcher.probe import http_ready
from local_cluster.launcher.supervised import Ready, State, Supervised
from local_cluster.launcher.terminal import Terminal
from local_cluster.services import GATEWAY, PACKAGES, SERVICES
from service_common import migrations

START_SECONDS = 300  # a million revocations are read before a process is ready
GRACE_SECONDS = 3.0  # for the gateway, then for the services, then for the engines
SAME_KEYPRESS_SECONDS = 1.0  # make forwards a Ctrl-C that this process has received already


class Launch:
    """One run of the cluster."""

    def __init__(self, plan: Plan, terminal: Terminal) -> None:
        self._plan = plan
        self._terminal = terminal
        self._began = time.monotonic()
        self._stop_asked: float | None = None
        self._stop = asyncio.Event()
        self._engines = [
            self._supervised("postgres", plan.postgres.program(), plan.postgres.ready, plan.postgres.port),
            self._supervised("nats", plan.nats.program(), plan.nats.ready, plan.nats.port),
        ]
        self._services = [self._instance(i) for i in plan.instances if i.service != GATEWAY]
        self._gateway = [self._instance(i) for i in plan.instances if i.service == GATEWAY]
        self._processes = [*self._engines, *self._services, *self._gateway]

    async def run(self) -> None:
        """Start, serve until a signal says stop, stop."""
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
            asyncio.get_running_loop().add_signal_handler(number, self._on_signal)
        starting = asyncio.create_task(self._start())
        stopping = asyncio.create_task(self._stop.wait())
        try:
            await asyncio.wait([starting, stopping], return_when=asyncio.FIRST_COMPLETED)
            if starting.done():
                await starting
            await stopping
        finally:
            starting.cancel()
            stopping.cancel()
            await asyncio.gather(starting, stopping, return_exceptions=True)
            await self._stop_all()

    async def _start(self) -> None:
        if _prepared_before(self._plan.folder):
            # The schemas are current, so all processes start at once and become ready independently.
            await self._start_processes(self._processes)
            await self._welcome()
            await self._prepare_again()
        else:
            await self._start_processes(self._engines)
            await self._prepare()
            await self._start_processes([*self._services, *self._gateway])
            await self._welcome()

    async def _start_processes(self, processes: list[Supervised]) -> None:
        for process in processes:
            process.start()
        waiting = {asyncio.create_task(self._settled(process), name=process.name) for process in processes}
        done, slow = await asyncio.wait(waiting, timeout=START_SECONDS, return_when=asyncio.FIRST_EXCEPTION)
        for task in slow:
            task.cancel()
        for task in done:
            task.result()
        if slow:
            names = ", ".join(sorted(task.get_name() for task in slow))
            raise ClusterError(f"not ready within {START_SECONDS} s: {names}; see {self._plan.folder.logs}")

    async def _settled(self, process: Supervised) -> None:
        await process.settled.wait()
        if process.state is State.FAILED:
            raise ClusterError(f"cannot start {process.name}; see {self._plan.folder.logs}")

    async def _prepare(self) -> None:
        """Databases, schemas, streams; done by a child, whose last line says what went wrong."""
        folder = self._plan.folder
        arguments = (str(folder.root), str(self._plan.postgres.port), str(self._plan.nats.port))
        program = Program((sys.executable, "-m", "local_cluster.launcher.prepare", *arguments), os.environ)
        child = await program.start_piped()
        printed, _ = await child.communicate()
        if child.returncode:
            folder.schema.unlink(missing_ok=True)
            raise ClusterError(printed.decode().strip().rpartition("\n")[2] or "preparing the databases failed")
        write_private(folder.schema, json.dumps(_heads()))

    async def _prepare_again(self) -> None:
        """Create streams and consumers that were removed since; the cluster serves meanwhile."""
        try:
            await self._prepare()
        except ClusterError as error:
            self._terminal.say(f"preparing again failed: {error}", alarm=True)

    async def _stop_all(self) -> None:
        """The gateway first, so that requests in flight still find what they need; the engines last."""
        self._stop.set()
        for processes in (self._gateway, self._services, self._engines):
            await asyncio.gather(*(process.stop(GRACE_SECONDS) for process in processes))

    def _on_signal(self) -> None:
        now = time.monotonic()
        if self._stop_asked is None:
            self._stop_asked = now
            self._terminal.say("stopping …")
            self._stop.set()
        elif now - self._stop_asked > SAME_KEYPRESS_SECONDS:
            for process in self._processes:
                process.kill()

    def _instance(self, instance: Instance) -> Supervised:
        async def ready() -> bool:
            return await http_ready(instance.admin_port)

        return self._supervised(instance.name, self._plan.program(instance), ready, instance.port)

    def _supervised(self, name: str, program: Program, ready: Ready, port: int) -> Supervised:
        output = self._terminal.process_line
        return Supervised(name, program, ready, port=port, output=output, report=self._on_change)

    def _on_change(self, process: Supervised) -> None:
        state_file.write(self._plan.folder, self._plan.options.port, self._processes)
        if process.state in (State.BACKING_OFF, State.FAILED) and not self._stop.is_set():
            again = "starting it again" if process.state is State.BACKING_OFF else "giving up"
            self._terminal.say(
                f"{process.name} ended ({_ending(process.exit_code)}), {again}; its last lines:", alarm=True
            )
            self._terminal.last_lines(process.name, process.last_lines)

    async def _welcome(self) -> None:
        if self._plan.options.demo:
            await self._fill_demo()
        for line in banner(self._plan, time.monotonic() - self._began):
            self._terminal.say(line)

    async def _fill_demo(self) -> None:
        try:
            await asyncio.to_thread(demo.fill, self._plan.folder, self._plan.options.port)
        except ClusterError as error:
            self._terminal.say(f"the demo account could not be filled: {error}", alarm=True)


def _heads() -> dict[str, str]:
    return {service: migrations.head(PACKAGES[service]) for service in SERVICES}


def _prepared_before(folder: DataFolder) -> bool:
    """Whether this release has prepared this folder; a folder that a newer one prepared looks different too."""
    with suppress(OSError, ValueError):
        stores = (folder.postgres / "PG_VERSION", folder.nats / "jetstream")
        return all(store.exists() for store in stores) and json.loads(folder.schema.read_text()) == _heads()
    return False


def _ending(code: int | None) -> str:
    if code is not None and code < 0:
        return f"killed by {signal.Signals(-code).name}"
    return f"exit code {code}"
