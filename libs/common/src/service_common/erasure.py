"""When an account is deleted, each service that holds rows of the user erases them and says so.

Auth publishes `users.events.v1.<user_id>.deleted`, and publishes it again until every service has confirmed, each time
later than the time before: a service erases and confirms at every such event, also when nothing is left to erase.
"""

from nats.aio.client import Client

from todobus_events.topology import ERASED

CONFIRMED = f"{ERASED}.*.*"


async def confirm(client: Client, user_id: object, service: str) -> None:
    """Tell auth that `service` holds nothing of the user; call it after the commit. If it is lost, auth asks again."""
    await client.publish(f"{ERASED}.{user_id}.{service}")


def confirmed(subject: str) -> tuple[str, str]:
    """User id and service of a confirmation."""
    user_id, service = subject.removeprefix(f"{ERASED}.").split(".")
    return user_id, service
