import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture
def secrets_folder(tmp_path: Path) -> Path:
    folder = tmp_path / "secrets"
    subprocess.run(["sh", ROOT / "deploy/docker/make-secrets", folder], check=True)
    return folder
