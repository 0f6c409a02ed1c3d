"""OpenID Connect with the providers that the operator named: where a log-in begins, and who came back from it.

What a provider says counts if it is signed with one of its keys, for this client and for this log-in:
docs/decisions/0039-openid-connect.md.
"""

import asyncio
import base64
import hashlib
import time
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar
from urllib.parse import quote_plus, urlencode, urlsplit

import httpx
import jwt
import orjson
import structlog

from auth_service.errors import InvalidProviderLogin, ProviderUnavailable
from auth_service.settings import OpenIdProvider

log = structlog.get_logger("openid")
SECONDS = 5.0
ANSWER_BYTES = 256 * 1024
AT_ONCE = 16  # calls of one provider; whoever comes above that is told to try again
KEEP_SECONDS = 3600.0
PAUSE_SECONDS = 30.0  # between two fetches of the keys for one that is not there
FAILED_SECONDS = 2.0  # what could not be fetched is not asked for again so soon
LEEWAY_SECONDS = 60
REFUSALS = frozenset({400, 401, 403})
SUBJECT_LENGTH, EMAIL_LENGTH, NAME_LENGTH = 255, 320, 100
SCOPE = "openid email profile"
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
Found = TypeVar("Found")
REQUIRED = ("iss", "sub", "aud", "exp", "iat", "nonce")


@dataclass(frozen=True, slots=True)
class Person:
    """Whom a provider knows: `issuer` and `subject` together never change; `email` is verified by it, or ""."""

    issuer: str
    subject: str
    email: str
    name: str


@dataclass(frozen=True, slots=True)
class Secrets:
    """What binds the answer of a provider to the browser in which the log-in began."""

    state: str
    nonce: str
    verifier: str


class Providers:
    """Those of the settings, by their ids."""

    def __init__(self, settings: Mapping[str, OpenIdProvider], public_url: str) -> None:
        self._http = httpx.AsyncClient(timeout=SECONDS, follow_redirects=False) if settings else None
        self._all = {
            name: Provider(name, one, f"{public_url}/api/auth/providers/{name}/callback", self._http)
            for name, one in settings.items()
            if self._http
        }

    def all(self) -> "list[Provider]":
        return [*self._all.values()]

    def find(self, name: str) -> "Provider | None":
        return self._all.get(name)

    def id_of(self, issuer: str) -> str | None:
        """The id of the provider that is this issuer."""
        return next((one.id for one in self.all() if one.issuer == issuer), None)

    async def start(self) -> None:
        """A provider is asked when somebody first goes to it."""

    async def stop(self) -> None:
        if self._http:
            await self._http.aclose()


class Provider:
    def __init__(self, name: str, settings: OpenIdProvider, redirect_uri: str, http: httpx.AsyncClient) -> None:
        self.id = name
        self.name = settings.name or name.capitalize()
        self.issuer = settings.issuer
        self._settings = settings
        self._redirect_uri = redirect_uri
        self._http = http
        self._calls = asyncio.Semaphore(AT_ONCE)
        self._metadata = Kept(self._load_metadata)
        self._keys = Kept(self._load_keys)

    async def authorization_url(self, secrets: Secrets) -> str:
        """Where the browser is sent. Raises: ProviderUnavailable."""
        challenge = hashlib.sha256(secrets.verifier.encode()).digest()
        query = {
            "response_type": "code",
            "client_id": self._settings.client_id,
            "redirect_uri": self._redirect_uri,
            "scope": SCOPE,
            "state": secrets.state,
            "nonce": secrets.nonce,
            "code_challenge": base64.urlsafe_b64encode(challenge).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        endpoint = await self._endpoint("authorization_endpoint")
        return f"{endpoint}{'&' if urlsplit(endpoint).query else '?'}{urlencode(query)}"

    async def person(self, secrets: Secrets, code: str, issuer: str | None) -> Person:
        """Who came back with `code`; `issuer` is who says to have sent them (RFC 9207).

        Raises: InvalidProviderLogin, ProviderUnavailable.
        """
        metadata = await self._metadata.newer_than()
        if (issuer or metadata.get("authorization_response_iss_parameter_supported")) and issuer != self.issuer:
            raise InvalidProviderLogin
        tokens = await self._exchange(code, secrets.verifier)
        claims = await self._claims(str(tokens.get("id_token")), secrets.nonce)
        if "email" not in claims and "userinfo_endpoint" in metadata:
            claims = await self._user_info(str(tokens.get("access_token")), claims["sub"])
        verified = claims.get("email_verified") in (True, "true")
        email = _text(claims, "email", EMAIL_LENGTH) if verified else ""
        return Person(self.issuer, claims["sub"], email, _text(claims, "name", NAME_LENGTH).strip())

    async def _exchange(self, code: str, verifier: str) -> dict[str, Any]:
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._redirect_uri,
            "code_verifier": verifier,
        }
        name, secret = self._settings.client_id, self._settings.client_secret.get_secret_value()
        metadata = await self._metadata.newer_than()
        supported = metadata.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        endpoint = await self._endpoint("token_endpoint")
        if secret and "client_secret_basic" in supported:
            return await self._ask("POST", endpoint, data=form, auth=(quote_plus(name), quote_plus(secret)))
        form |= {"client_id": name} | ({"client_secret": secret} if secret else {})
        return await self._ask("POST", endpoint, data=form)

    async def _claims(self, token: str, nonce: str) -> dict[str, Any]:
        """What the ID token says (OpenID Connect Core, 3.1.3.7)."""
        try:
            key = await self._key(jwt.get_unverified_header(token).get("kid"))
            claims: dict[str, Any] = jwt.decode(
                token,
                key.key,
                algorithms=ALGORITHMS,
                audience=self._settings.client_id,
                issuer=self.issuer,
                leeway=LEEWAY_SECONDS,
                options={"require": [*REQUIRED]},
            )
        except (jwt.PyJWTError, TypeError, ValueError) as error:
            log.warning("ID token refused", provider=self.id, error=repr(error))
            raise InvalidProviderLogin from error
        client_id = self._settings.client_id
        is_only_ours = claims["aud"] in (client_id, [client_id])
        party = claims.get("azp", client_id if is_only_ours else None)
        if claims["nonce"] != nonce or party != client_id or not _text(claims, "sub"):
            raise InvalidProviderLogin
        return claims

    async def _user_info(self, access_token: str, subject: str) -> dict[str, Any]:
        endpoint = await self._endpoint("userinfo_endpoint")
        found = await self._ask("GET", endpoint, headers={"Authorization": f"Bearer {access_token}"})
        if found.get("sub") != subject:
            raise InvalidProviderLogin
        return found

    async def _key(self, name: str | None) -> jwt.PyJWK:
        """The key of this name. Keys rotate: for one that is not there they are fetched again, at most every 30 s."""
        for seconds in (KEEP_SECONDS, PAUSE_SECONDS):
            keys = await self._keys.newer_than(seconds)
            if name is None and len(keys) == 1:
                return next(iter(keys.values()))
            if name in keys:
                return keys[name]
        raise InvalidProviderLogin

    async def _load_keys(self) -> dict[str | None, jwt.PyJWK]:
        found = await self._ask("GET", await self._endpoint("jwks_uri"))
        try:
            return {key.key_id: key for key in jwt.PyJWKSet.from_dict(found).keys}
        except jwt.PyJWTError as error:
            raise ProviderUnavailable from error

    async def _load_metadata(self) -> dict[str, Any]:
        found = await self._ask("GET", f"{self.issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != self.issuer:
            log.error("the provider's document has another issuer", provider=self.id, issuer=found.get("issuer"))
            raise ProviderUnavailable
        return found

    async def _endpoint(self, name: str) -> str:
        """An address from the provider's document; over TLS, unless the issuer itself is not."""
        address = (await self._metadata.newer_than()).get(name)
        if not isinstance(address, str) or urlsplit(address).scheme not in {"https", urlsplit(self.issuer).scheme}:
            raise ProviderUnavailable
        return address

    async def _ask(self, method: str, address: str, **options: Any) -> dict[str, Any]:
        """The JSON object that is answered. Raises: InvalidProviderLogin for a refusal, ProviderUnavailable."""
        if self._calls.locked():
            raise ProviderUnavailable
        try:
            async with self._calls, asyncio.timeout(SECONDS):
                status, body = await self._answer(method, address, options)
            found = orjson.loads(body)
        except (httpx.HTTPError, TimeoutError, ValueError) as error:
            log.warning("provider failed", provider=self.id, address=address, error=repr(error))
            raise ProviderUnavailable from error
        if status in REFUSALS:
            log.warning(
                "provider refused", provider=self.id, address=address, answer=body[:200].decode(errors="replace")
            )
            raise InvalidProviderLogin
        if status != httpx.codes.OK or not isinstance(found, dict):
            raise ProviderUnavailable
        return found

    async def _answer(self, method: str, address: str, options: dict[str, Any]) -> tuple[int, bytes]:
        body = bytearray()
        headers = {"Accept": "application/json"} | options.pop("headers", {})
        async with self._http.stream(method, address, headers=headers, **options) as answer:
            async for part in answer.aiter_bytes():
                body += part
                if len(body) > ANSWER_BYTES:
                    raise ValueError("the answer is too long")
            return answer.status_code, bytes(body)


def _text(claims: Mapping[str, Any], name: str, most: int = SUBJECT_LENGTH) -> str:
    """A claim that can be stored and shown; "" for what is none."""
    value = claims.get(name)
    return value if isinstance(value, str) and len(value) <= most and value.isprintable() else ""


class Kept(Generic[Found]):
    """What `load` found last; all who wait for it share one call, and while it fails the last one stays."""

    def __init__(self, load: Callable[[], Awaitable[Found]]) -> None:
        self._load = load
        self._lock = asyncio.Lock()
        self._found: Found | None = None
        self._at = self._failed_at = float("-inf")

    async def newer_than(self, seconds: float = KEEP_SECONDS) -> Found:
        """At most so old, if it can be had. Raises: ProviderUnavailable."""
        async with self._lock:
            now = time.monotonic()
            if now - self._at > seconds and now - self._failed_at > FAILED_SECONDS:
                try:
                    self._found, self._at = await self._load(), now
                except (InvalidProviderLogin, ProviderUnavailable):
                    self._failed_at = time.monotonic()
        if self._found is None:
            raise ProviderUnavailable
        return self._found
