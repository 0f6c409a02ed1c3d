"""Run Lighthouse on a system of its own, started as `make up` does, with the lifelike account of the pictures."""

import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path

from local_cluster.launcher.web_build import NODE
from service_testing.system import PASSWORD, System, person

FOLDER = Path(__file__).parent
sys.path.insert(0, str(FOLDER.parent))
from screenshots import fill  # noqa: E402 - a script beside this folder


async def main() -> int:
    chromium = shutil.which("chromium") or sys.exit("needs chromium (make chromium)")
    with tempfile.TemporaryDirectory() as folder:
        system = System(Path(folder) / "data")
        await system.start()
        try:
            async with person(system.url) as who:
                await fill(who)
                arguments = (chromium, system.url, who.email, PASSWORD)
                program = (str(NODE / "node"), "measure.mjs", *arguments)
                return await (await asyncio.create_subprocess_exec(*program, cwd=FOLDER, env=os.environ)).wait()
        finally:
            system.stop()


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
