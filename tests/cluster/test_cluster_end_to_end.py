"""The end-to-end and browser tests of the embedded system, run against the one in containers."""

import os
import subprocess
import sys

import pytest

from .compose import ROOT, Compose

pytestmark = [pytest.mark.containers, pytest.mark.timeout(600)]
NOT_OF_THIS_RUN = ("PYTEST_", "COV_")


@pytest.mark.parametrize("tests", ["tests/e2e/test_journey.py", "tests/web"])
def test_they_pass(cluster: Compose, tests: str) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(NOT_OF_THIS_RUN)}
    done = subprocess.run(
        [sys.executable, "-m", "pytest", tests, "-q", "-p", "no:cacheprovider"],
        cwd=ROOT,
        env=environment | {"TODOBUS_TEST_URL": cluster.url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-5000:]
    assert " passed" in done.stdout
