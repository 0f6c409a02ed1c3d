import pytest

from service_common.settings import DatabaseSettings

COMPLETE = {
    "TODOBUS_PORT": "8001",
    "TODOBUS_ADMIN_PORT": "9001",
    "TODOBUS_DATABASE_URL": "postgresql://todos:x@127.0.0.1/todos",
    "TODOBUS_NATS_URL": "nats://127.0.0.1:4222, nats://127.0.0.1:4223",
    "TODOBUS_NATS_USER": "todos",
    "TODOBUS_NATS_PASSWORD": "x",
    "TODOBUS_JWKS_URL": "http://127.0.0.1:8000/.well-known/jwks.json",
}


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name, value in COMPLETE.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_come_from_the_environment(environment):
    settings = DatabaseSettings.load()
    assert settings.port == 8001
    assert settings.host == "127.0.0.1"
    assert settings.nats_servers == ["nats://127.0.0.1:4222", "nats://127.0.0.1:4223"]


@pytest.mark.parametrize("name", COMPLETE)
def test_a_missing_one_ends_the_process_and_is_named(environment, name):
    environment.delenv(name)
    with pytest.raises(SystemExit, match=rf"{name}: Field required"):
        DatabaseSettings.load()


def test_a_wrong_one_is_named(environment):
    environment.setenv("TODOBUS_PORT", "http")
    with pytest.raises(SystemExit, match=r"TODOBUS_PORT: .*integer"):
        DatabaseSettings.load()
