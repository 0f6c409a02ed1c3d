"""Passkeys (WebAuthn): keys in a device that their owner has to unlock, which makes them both factors at once.

Challenges are signed and not stored, so that asking for them fills no table; those that were answered are remembered
until they expire.
"""

import json
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from ipaddress import ip_address
from typing import Any, NamedTuple
from urllib.parse import urlsplit
from uuid import UUID

import structlog
import webauthn
from asyncpg import Pool
from webauthn.helpers import (
    parse_authentication_credential_json,
    parse_client_data_json,
    parse_registration_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticationCredential,
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    RegistrationCredential,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from auth_service.derived_keys import Challenge
from auth_service.domain import CHALLENGE_SECONDS, PASSKEYS, Client, Passkey, User
from auth_service.errors import (
    InvalidPasskey,
    NoNameForPasskeys,
    RefusedPasskey,
    TooManyPasskeys,
    WrongPasskey,
)
from auth_service.repository import audit, passkeys, users
from auth_service.service import mails, ways_in
from auth_service.service.admission import admit
from auth_service.service.context import Context
from auth_service.service.reauthentication import mark, require_recent
from auth_service.service.sessions import Grant, grant, lock_caller, open_session, user_of
from service_common.errors import NotFound
from service_common.tokens.verifier import Claims

log = structlog.get_logger("passkeys")
SITE_NAME = "Todobus"
LOGIN = "log in"
REQUIRED = UserVerificationRequirement.REQUIRED
MALFORMED = (WebAuthnException, ValueError, TypeError, KeyError, AttributeError)  # what the library raises for nonsense
Credential = Mapping[str, Any]
Parsed = RegistrationCredential | AuthenticationCredential


class Site(NamedTuple):
    """What passkeys are bound to: the name of the public URL, and the origin that pages have."""

    id: str
    origin: str


async def enrolment_options(context: Context, claims: Claims) -> dict[str, Any]:
    """What the browser needs to make a passkey.

    Raises: InvalidToken, NoNameForPasskeys, ReauthenticationRequired, TooManyPasskeys.
    """
    site = _site(context)
    await require_recent(context.pool, claims)
    user = await user_of(context.pool, claims)
    known = await passkeys.listed(context.pool, user.id)
    if len(known) >= PASSKEYS:
        raise TooManyPasskeys(PASSKEYS)
    return _json(
        webauthn.generate_registration_options(
            rp_id=site.id,
            rp_name=SITE_NAME,
            user_id=user.id.bytes,
            user_name=user.email,
            user_display_name=user.display_name,
            challenge=_challenge(context, _enrolment(user.id)),
            timeout=CHALLENGE_SECONDS * 1000,
            authenticator_selection=AuthenticatorSelectionCriteria(
                resident_key=ResidentKeyRequirement.REQUIRED, user_verification=REQUIRED
            ),
            exclude_credentials=[PublicKeyCredentialDescriptor(id=name) for _, name in known],
        )
    )


async def enrol(context: Context, claims: Claims, credential: Credential, name: str, client: Client) -> Passkey:
    """Raises: InvalidToken, NoNameForPasskeys, ReauthenticationRequired, RefusedPasskey, TooManyPasskeys."""
    site = _site(context)
    await require_recent(context.pool, claims)
    try:
        parsed = parse_registration_credential_json(dict(credential))
        answered, challenge = _answered(context, _enrolment(UUID(claims.user_id)), parsed)
        verified = webauthn.verify_registration_response(
            credential=parsed,
            expected_challenge=answered,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            require_user_verification=True,
        )
    except MALFORMED as error:
        log.info("passkey refused", error=repr(error))
        raise RefusedPasskey from error
    async with context.pool.acquire() as connection, connection.transaction():
        user = await lock_caller(connection, claims)
        if len(await passkeys.listed(connection, user.id)) >= PASSKEYS:
            raise TooManyPasskeys(PASSKEYS)
        is_new = await passkeys.spend(connection, challenge.digest, challenge.until)
        key, count = verified.credential_public_key, verified.sign_count
        made = is_new and await passkeys.insert(connection, user.id, verified.credential_id, key, count, name)
        if not made:
            raise RefusedPasskey
        await mails.put_for(context, connection, user, "passkey_added", passkey=name)
        await audit.record(connection, user.audit_id, "passkey_added", ip=client.ip, detail=name)
    return made


async def listed(pool: Pool, claims: Claims) -> list[Passkey]:
    return [passkey for passkey, _ in await passkeys.listed(pool, UUID(claims.user_id))]


async def rename(pool: Pool, claims: Claims, passkey_id: UUID | None, name: str) -> Passkey:
    """Raises: NotFound."""
    renamed = await passkeys.rename(pool, UUID(claims.user_id), passkey_id, name) if passkey_id else None
    if renamed is None:
        raise NotFound
    return renamed


async def remove(context: Context, claims: Claims, passkey_id: UUID | None, client: Client) -> None:
    """Raises: InvalidToken, LastWayIn, NotFound, ReauthenticationRequired."""
    await ways_in.remove(context, claims, passkey_id, passkeys.delete, "passkey_removed", client)


def login_options(context: Context) -> dict[str, Any]:
    """What the browser needs to ask for any passkey of this site; the same for everybody. Raises: NoNameForPasskeys."""
    return _json(
        webauthn.generate_authentication_options(
            rp_id=_site(context).id,
            challenge=_challenge(context, LOGIN),
            timeout=CHALLENGE_SECONDS * 1000,
            user_verification=REQUIRED,
        )
    )


async def log_in(context: Context, credential: Credential, client: Client) -> Grant:
    """Raises: InvalidPasskey, NoNameForPasskeys, NoSigningKey; those of the log-in."""
    user = await _owner(context, credential)
    if user is None:
        raise InvalidPasskey
    await admit(context, user)
    return grant(context, user, await open_session(context, user, None, client, "by a passkey"))


async def reauthenticate(context: Context, claims: Claims, credential: Credential) -> None:
    """Raises: InvalidToken, NoNameForPasskeys, WrongPasskey."""
    user = await _owner(context, credential)
    if user is None or str(user.id) != claims.user_id:
        raise WrongPasskey
    await mark(context, claims)


async def _owner(context: Context, credential: Credential) -> User | None:
    """Whose passkey has answered a challenge, which is used up by that."""
    site = _site(context)
    try:
        parsed = parse_authentication_credential_json(dict(credential))
        answered, challenge = _answered(context, LOGIN, parsed)
        key = await passkeys.find(context.pool, parsed.raw_id)
        if key is None or (parsed.response.user_handle or key.user_id.bytes) != key.user_id.bytes:
            return None
        verified = webauthn.verify_authentication_response(
            credential=parsed,
            expected_challenge=answered,
            expected_rp_id=site.id,
            expected_origin=site.origin,
            credential_public_key=key.public_key,
            credential_current_sign_count=key.sign_count,
            require_user_verification=True,
        )
    except MALFORMED as error:
        log.info("passkey refused", error=repr(error))
        return None
    async with context.pool.acquire() as connection, connection.transaction():
        if not await passkeys.spend(connection, challenge.digest, challenge.until):
            return None
        if not await passkeys.use(connection, key.user_id, key.id, verified.new_sign_count):
            return None
    return await users.with_id(context.pool, key.user_id)


def _site(context: Context) -> Site:
    address = urlsplit(context.settings.public_url)
    name = address.hostname or ""
    try:
        ip_address(name)
    except ValueError:
        return Site(name, f"{address.scheme}://{address.netloc}")
    raise NoNameForPasskeys


def _enrolment(user_id: UUID) -> str:
    return f"enrol {user_id}"


def _challenge(context: Context, purpose: str) -> bytes:
    return context.secrets.challenge(purpose, int(time.time()) + CHALLENGE_SECONDS)


def _answered(context: Context, purpose: str, credential: Parsed) -> tuple[bytes, Challenge]:
    """The challenge that was answered. Raises ValueError for one that is over, or was not made here for this."""
    answered = parse_client_data_json(credential.response.client_data_json).challenge
    challenge = context.secrets.read_challenge(purpose, answered)
    if challenge is None or challenge.until < datetime.now(UTC):
        raise ValueError("not a challenge of this site, or one that is over")
    return answered, challenge


def _json(options: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(webauthn.options_to_json(options))
    return made
