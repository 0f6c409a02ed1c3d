"""A cluster of containers that already runs: list of 20 and create through nginx, and the memory of each container.

Start it as it shall be measured, such as `TODOBUS_RATE_LIMITS=off make cluster ARGS="--scale todos=2"`. The load
generator (wrk) shares the machine with it.
"""

import argparse
import re
import subprocess
import tempfile
from collections import defaultdict
from pathlib import Path

from benchmarks.system import USERS, Program, client, register, run
from benchmarks.todos import CREATE, LIST

BODY = """'{"title":"Buy milk and bread"}'"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--project", default="todobus")
    parser.add_argument("--seconds", type=float, default=8)
    options = parser.parse_args()
    with client(options.port) as http:
        users = [register(http) for _ in range(USERS)]
    requests = {LIST: ("GET", "/api/todos?limit=20", "nil"), CREATE: ("POST", "/api/todos", BODY)}
    program = Program(options.port, users, requests)
    print("at rest, MB:", memory(options.project))
    with tempfile.TemporaryDirectory() as folder:
        run(program, Path(folder), CREATE, 3)
        for name in (CREATE, LIST):
            one = run(program, Path(folder), name, options.seconds)
            print(f"{name:12} {one.rate:6.0f}/s  p50 {one.p50_ms:6.1f} ms  p99 {one.p99_ms:6.1f} ms")
    print("after load, MB:", memory(options.project))


def memory(project: str) -> str:
    """Of each service, one figure an instance."""
    listed = subprocess.run(
        ["docker", "stats", "--no-stream", "--format", "{{.Name}} {{.MemUsage}}"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    found = defaultdict(list)
    for service, amount, unit in re.findall(rf"^{project}-(\S+)-\d+ ([\d.]+)([MG])iB", listed, re.MULTILINE):
        found[service].append(round(float(amount) * {"M": 1, "G": 1024}[unit]))
    return ", ".join(f"{service} {' '.join(map(str, sorted(each)))}" for service, each in sorted(found.items()))


if __name__ == "__main__":
    main()
