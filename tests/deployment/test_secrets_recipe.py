import base64
import stat
import subprocess
from pathlib import Path

ROOT = Path(__file__).parents[2]


def make(folder: Path) -> dict[str, str]:
    subprocess.run(["sh", ROOT / "deploy/docker/make-secrets", folder], check=True)
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_are_made_once(secrets_folder: Path) -> None:
    first = {path.name: path.read_text() for path in secrets_folder.iterdir()}
    assert make(secrets_folder) == first


def test_a_missing_one_is_made_again_and_no_other(secrets_folder: Path) -> None:
    first = make(secrets_folder)
    (secrets_folder / "nats_todos_password").unlink()
    second = make(secrets_folder)
    assert {name for name in first if first[name] != second[name]} == {"nats_todos_password"}


def test_no_two_are_alike(secrets_folder: Path, tmp_path: Path) -> None:
    here, there = (
        {name: text for name, text in make(folder).items() if text.strip("{}")}  # no subscribers, no providers
        for folder in (secrets_folder, tmp_path / "other")
    )
    assert not set(here.values()) & set(there.values())
    assert len(set(here.values())) == len(here)


def test_other_users_of_the_machine_cannot_reach_them(secrets_folder: Path) -> None:
    assert stat.S_IMODE(secrets_folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(path.stat().st_mode) for path in secrets_folder.iterdir()} == {0o444}


def test_passwords_need_no_quoting_and_read_as_no_number(secrets_folder: Path) -> None:
    passwords = [text for name, text in make(secrets_folder).items() if name.endswith("password")]
    assert all(text.isalnum() and text[0].isalpha() and len(text) >= 25 for text in passwords)


def test_the_key_is_32_random_bytes(secrets_folder: Path) -> None:
    text = (secrets_folder / "key_encryption_key").read_text()
    assert len(base64.urlsafe_b64decode(text)) == 32


def test_an_address_holds_its_role_and_password(secrets_folder: Path) -> None:
    secrets = make(secrets_folder)
    expected = f"postgresql://todos:{secrets['todos_database_password']}@postgres:5432/todos"
    assert secrets["todos_database_url"] == expected


def test_git_never_sees_them() -> None:
    for path in ("deploy/docker/secrets/x", "deploy/kubernetes/overlays/local/secrets/x"):
        assert subprocess.run(["git", "check-ignore", "-q", path], cwd=ROOT, check=False).returncode == 0
