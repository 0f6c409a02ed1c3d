import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_containers_know_the_users_of_the_topology() -> None:
    script = ROOT / "deploy/docker/nats/render_users.py"
    checked = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert checked.returncode == 0, checked.stderr
