"""Log in by a provider of OpenID Connect, and the identities by which an account can be used.

A log-in that has begun is known by a sealed cookie of its browser: nothing is stored for it.
"""

import base64
import secrets
import time
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

import orjson
from asyncpg import Pool
from cryptography.exceptions import InvalidTag

from auth_service.derived_keys import new_token
from auth_service.domain import PROVIDER_LOGIN_SECONDS, Client, Identity, User, email_key
from auth_service.errors import (
    AccountUnverified,
    InvalidProviderLogin,
    ProviderEmailUnverified,
    TooManyProviderLogins,
)
from auth_service.openid import Person, Provider, Secrets
from auth_service.repository import audit, identities, users
from auth_service.service import mails, ways_in
from auth_service.service.context import Context, limit_network
from auth_service.service.registration import register_verified
from auth_service.service.sessions import Grant, Pending, begin
from service_common.database import Connection
from service_common.errors import NotFound
from service_common.tokens.verifier import Claims

LOGINS_OF_NETWORK = 300  # that come back from providers, in an hour


@dataclass(frozen=True, slots=True)
class Departure:
    """Where the browser goes, and what it has to bring back."""

    address: str
    cookie: str


@dataclass(frozen=True, slots=True)
class Arrival:
    """`path` is where the log-in began."""

    got: Grant | Pending
    path: str


def provider(context: Context, provider_id: str) -> Provider:
    """Raises: NotFound."""
    found = context.providers.find(provider_id)
    if found is None:
        raise NotFound
    return found


async def depart(context: Context, to: Provider, path: str) -> Departure:
    """Raises: ProviderUnavailable."""
    own = Secrets(state=new_token(), nonce=new_token(), verifier=secrets.token_urlsafe(48))
    waiting = asdict(own) | {"path": path, "until": time.time() + PROVIDER_LOGIN_SECONDS}
    sealed = context.secrets.provider_logins.close(to.id, orjson.dumps(waiting))
    return Departure(await to.authorization_url(own), base64.urlsafe_b64encode(sealed).decode())


async def arrive(
    context: Context, back_from: Provider, cookie: str, state: str, code: str, issuer: str | None, client: Client
) -> Arrival:
    """The log-in of whoever comes back from a provider; the first time they get an account, or join theirs.

    Raises: AccountUnverified, InvalidProviderLogin, InvitationRequired, ProviderEmailUnverified, ProviderUnavailable,
    RegistrationClosed, TooManyProviderLogins, TooManyRegistrations; those of the log-in.
    """
    waiting = _waiting(context, back_from, cookie)
    own = Secrets(waiting["state"], waiting["nonce"], waiting["verifier"])
    if not secrets.compare_digest(own.state.encode(), state.encode()) or waiting["until"] < time.time():
        raise InvalidProviderLogin
    await limit_network(context, client, LOGINS_OF_NETWORK, TooManyProviderLogins)
    person = await back_from.person(own, code, issuer)
    async with context.pool.acquire() as connection, connection.transaction():
        user = await _user(context, connection, back_from, person, client)
    context.wake()
    return Arrival(await begin(context, user, client, by=f"by {back_from.name}"), waiting["path"])


async def listed(pool: Pool, claims: Claims) -> list[Identity]:
    return await identities.listed(pool, UUID(claims.user_id))


async def remove(context: Context, claims: Claims, identity_id: UUID | None, client: Client) -> None:
    """Raises: InvalidToken, LastWayIn, NotFound, ReauthenticationRequired."""
    await ways_in.remove(context, claims, identity_id, identities.delete, "identity_removed", client)


def _waiting(context: Context, back_from: Provider, cookie: str) -> dict[str, Any]:
    """What the browser was given when it left for this provider."""
    try:
        sealed = base64.urlsafe_b64decode(cookie)
        found: dict[str, Any] = orjson.loads(context.secrets.provider_logins.open(back_from.id, sealed))
    except (InvalidTag, ValueError) as error:
        raise InvalidProviderLogin from error
    return found


async def _user(context: Context, connection: Connection, known_by: Provider, person: Person, client: Client) -> User:
    user_id = await identities.use(connection, person.issuer, person.subject, person.email)
    if user_id and (user := await users.with_id(connection, user_id)):
        return user
    if not person.email:
        raise ProviderEmailUnverified
    user = await users.with_email(connection, email_key(person.email))
    if user is None:
        name = person.name or person.email.partition("@")[0]
        user = await register_verified(context, connection, person.email, name, client)
    elif not user.email_verified:
        raise AccountUnverified
    if not await identities.insert(connection, user.id, person.issuer, person.subject, person.email):
        raise InvalidProviderLogin  # of two first log-ins at once one comes too late
    await mails.put_for(context, connection, user, "identity_added", provider=known_by.name)
    await audit.record(connection, user.audit_id, "identity_added", ip=client.ip, detail=known_by.name)
    return user
