import os
import subprocess
import sys
from pathlib import Path

import pytest

from local_cluster import credentials
from local_cluster.data_folder import DataFolder, write_private
from local_cluster.errors import ClusterError
from local_cluster.launcher import state_file


@pytest.fixture
def folder(tmp_path: Path) -> DataFolder:
    folder = DataFolder(tmp_path / "a folder")
    folder.create()
    return folder


class TestDataFolder:
    def test_one_cluster_at_a_time(self, folder: DataFolder) -> None:
        with folder.lock(), pytest.raises(ClusterError, match=f"runs there as pid {os.getpid()}"), folder.lock():
            pass
        with folder.lock():
            pass

    def test_a_place_that_cannot_be_written_is_named(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()
        with pytest.raises(ClusterError, match=r"cannot write to .*file/data: Not a directory"):
            DataFolder(tmp_path / "file" / "data").create()


class TestCredentials:
    def test_they_are_generated_once_and_private(self, folder: DataFolder) -> None:
        first = credentials.load_or_generate(folder)
        assert credentials.load_or_generate(folder) == first
        for path in (folder.credentials, *folder.keys):
            assert path.stat().st_mode & 0o077 == 0
        passwords = [first.postgres, *first.databases.values(), *first.bus.values()]
        assert len(set(passwords)) == len(passwords)

    def test_they_are_not_shown(self, folder: DataFolder) -> None:
        secrets = credentials.load_or_generate(folder)
        assert secrets.postgres not in repr(secrets)


class TestLeftovers:
    def state(self, pid: int, started: str | None) -> str:
        return f'{{"launcher": {{"pid": 1, "started": ""}}, "processes": [{self.entry(pid, started)}]}}'

    def entry(self, pid: int, started: str | None) -> str:
        return f'{{"name": "todos", "pid": {pid}, "started": "{started}"}}'

    def test_a_process_that_was_left_is_ended(self, folder: DataFolder) -> None:
        with subprocess.Popen([sys.executable, "-c", "import signal; signal.pause()"]) as child:
            write_private(folder.state, self.state(child.pid, state_file.started(child.pid)))
            assert state_file.end_leftovers(folder) == ["todos"]
            assert child.wait(5) < 0

    def test_a_process_that_only_has_the_same_pid_is_left_alone(self, folder: DataFolder) -> None:
        write_private(folder.state, self.state(os.getpid(), "another time"))
        assert state_file.end_leftovers(folder) == []

    def test_a_launcher_that_is_gone_is_not_running(self, folder: DataFolder) -> None:
        write_private(folder.state, self.state(os.getpid(), state_file.started(os.getpid())))
        assert state_file.read(folder) is None
