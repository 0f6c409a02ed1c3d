import uuid

from .conftest import Service


class TestRegister:
    async def test_gives_the_user_with_defaults(self, service: Service):
        user = await service.register(email="Ann.Lee@EXAMPLE.com")
        assert user["email"] == "Ann.Lee@example.com"
        assert user["display_name"] == "Ann.Lee"
        assert (user["time_zone"], user["week_start"]) == ("UTC", "monday")
        assert (user["day_start_hour"], user["daily_goal"]) == (0, 5)
        assert uuid.UUID(user["id"]).version == 7
        assert user["created_at"].endswith("Z")
        assert "password" not in str(user)
