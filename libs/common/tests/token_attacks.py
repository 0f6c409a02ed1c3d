"""Ways to bend a token, by name: each makes one that looks right and must be refused."""

import base64
import hashlib
import hmac
import json
import time
import uuid
from collections.abc import Callable
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from service_common.tokens import verifier
from service_testing.tokens import TokenIssuer

USER = uuid.UUID("01a20000-0000-7000-8000-000000000001")
RSA = generate_rsa(65537, 2048)
EC = generate_ec(SECP256R1())
Forge = Callable[[TokenIssuer], str]


def encode(part: Any) -> str:
    raw = part if isinstance(part, bytes) else json.dumps(part).encode()
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()


def header(issuer: TokenIssuer, **changes: Any) -> dict[str, Any]:
    return {"alg": "EdDSA", "typ": "at+jwt", "kid": issuer.key_id} | changes


def signed(issuer: TokenIssuer, head: Any, payload: Any) -> str:
    """Whatever `head` and `payload` are, the signature over them is genuine."""
    signing_input = f"{encode(head)}.{encode(payload)}"
    return f"{signing_input}.{encode(issuer.private_key.sign(signing_input.encode()))}"


def hs256(issuer: TokenIssuer, secret: bytes, **changes: Any) -> str:
    signing_input = f"{encode(header(issuer, alg='HS256', **changes))}.{encode(issuer.payload(USER))}"
    return f"{signing_input}.{encode(hmac.digest(secret, signing_input.encode(), hashlib.sha256))}"


def with_header(**changes: Any) -> Forge:
    return lambda issuer: signed(issuer, header(issuer, **changes), issuer.payload(USER))


def with_claims(**changes: Any) -> Forge:
    return lambda issuer: signed(issuer, header(issuer), issuer.payload(USER) | changes)


def without_claim(name: str) -> Forge:
    def forge(issuer: TokenIssuer) -> str:
        payload = issuer.payload(USER)
        del payload[name]
        return signed(issuer, header(issuer), payload)

    return forge


def unsigned(alg: str, signature: str) -> Forge:
    return lambda issuer: f"{encode(header(issuer, alg=alg))}.{encode(issuer.payload(USER))}.{signature}"


def changed(change: Callable[[str], str]) -> Forge:
    return lambda issuer: change(issuer.token(USER))


def flipped(bit: int) -> Forge:
    """The genuine token with one bit of its signature turned."""

    def change(token: str) -> str:
        head, _, signature = token.rpartition(".")
        raw = bytearray(base64.urlsafe_b64decode(signature + "=="))
        raw[bit // 8] ^= 1 << bit % 8
        return f"{head}.{encode(bytes(raw))}"

    return changed(change)


def public_secrets() -> dict[str, Callable[[TokenIssuer], bytes]]:
    """The public key in every encoding somebody might have fed to an HMAC."""
    key = lambda issuer: issuer.private_key.public_key()  # noqa: E731
    return {
        "raw": lambda issuer: key(issuer).public_bytes_raw(),
        "pem": lambda issuer: key(issuer).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo),
        "pem stripped": lambda issuer: (
            key(issuer).public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo).strip()
        ),
        "der": lambda issuer: key(issuer).public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
        "openssh": lambda issuer: key(issuer).public_bytes(Encoding.OpenSSH, PublicFormat.OpenSSH),
        "x": lambda issuer: issuer.jwks["keys"][0]["x"].encode(),
        "jwk": lambda issuer: json.dumps(issuer.jwks["keys"][0]).encode(),
        "jwks": lambda issuer: json.dumps(issuer.jwks).encode(),
        "empty": lambda _: b"",
    }


def doubled(which: str) -> Forge:
    """A header or a payload with one key twice: parsers differ in which of the two they believe."""

    def forge(issuer: TokenIssuer) -> str:
        head, payload = json.dumps(header(issuer)), json.dumps(issuer.payload(USER))
        if which == "header":
            head = head[:-1] + f', "kid": "{issuer.key_id}"}}'
        else:
            payload = f'{{"sub": "{uuid.uuid4()}", ' + payload[1:]
        return signed(issuer, head.encode(), payload.encode())

    return forge


def foreign(algorithm: str, key: Any) -> Forge:
    def forge(issuer: TokenIssuer) -> str:
        headers = {"typ": "at+jwt", "kid": issuer.key_id}
        return jwt.encode(issuer.payload(USER), key, algorithm=algorithm, headers=headers)

    return forge


def embedded(name: str, value: Callable[[TokenIssuer], Any]) -> Forge:
    """Signed by the attacker's key, which the header brings along or points at."""

    def forge(issuer: TokenIssuer) -> str:
        attacker = TokenIssuer()
        return signed(attacker, header(issuer, **{name: value(attacker)}), issuer.payload(USER))

    return forge


NOW = int(time.time())
URL = "http://127.0.0.1:9/jwks.json"
ATTACKS: dict[str, Forge] = {
    **{f"alg {alg!r}": unsigned(alg, "") for alg in ("none", "None", "NONE", "nOnE", "NonE", "")},
    **{f"alg {alg!r} with a signature": unsigned(alg, "AAAA") for alg in ("none", "None", "NONE")},
    **{
        f"HS256 with the public key, {name}": (lambda issuer, secret=secret: hs256(issuer, secret(issuer)))
        for name, secret in public_secrets().items()
    },
    **{
        f"alg {alg!r}": with_header(alg=alg)
        for alg in ("HS256", "HS512", "RS256", "ES256", "Ed25519", "EDDSA", "eddsa", "EdDSA ", None, 1, ["EdDSA"])
    },
    "a foreign Ed25519 key": foreign("EdDSA", Ed25519PrivateKey.generate()),
    "a foreign RSA key": foreign("RS256", RSA),
    "a foreign EC key": foreign("ES256", EC),
    "jwk": embedded("jwk", lambda attacker: attacker.jwks["keys"][0]),
    **{name: embedded(name, lambda _: URL) for name in ("jku", "x5u")},
    "x5c": embedded("x5c", lambda _: ["MIIB"]),
    "x5t": embedded("x5t", lambda _: "AAAA"),
    "crit": with_header(crit=["exp"]),
    "crit empty": with_header(crit=[]),
    "zip": with_header(zip="DEF"),
    "cty": with_header(cty="JWT"),
    "b64": with_header(b64=False),
    "enc": with_header(enc="A128GCM"),
    **{
        f"kid {str(kid)[:20]!r}": with_header(kid=kid)
        for kid in (
            "../../../../dev/null",
            "/etc/passwd",
            "' union select 'x' --",
            "k" * 10_000,
            "",
            URL,
            "\x00",
            "ключ",
            None,
            7,
            True,
            ["a"],
            {"a": 1},
        )
    },
    "kid unknown but well-formed": with_header(kid="A" * 43),
    **{
        f"typ {typ!r}": with_header(typ=typ)
        for typ in ("JWT", "jwt", "AT+JWT", "application/at+jwt", "refresh+jwt", "", None, 1)
    },
    **{
        f"no {name} in the header": (
            lambda issuer, name=name: signed(
                issuer, {key: value for key, value in header(issuer).items() if key != name}, issuer.payload(USER)
            )
        )
        for name in ("alg", "typ", "kid")
    },
    **{
        f"header {head!r}": (lambda issuer, head=head: signed(issuer, head, issuer.payload(USER)))
        for head in ([], "x", 1, None, b"", b"{", b"\xff\xfe", b"[" * 2500)
    },
    **{
        f"payload {body!r}"[:30]: (lambda issuer, body=body: signed(issuer, header(issuer), body))
        for body in ([], "x", 1, None, b"", b"{", b"\xff\xfe", b"[" * 2500, b"NaN")
    },
    **{f"no {name}": without_claim(name) for name in (*verifier.STRINGS, *verifier.TIMES)},
    **{f"{name} null": with_claims(**{name: None}) for name in (*verifier.STRINGS, *verifier.TIMES)},
    **{
        f"{name} {value!r}": with_claims(**{name: value})
        for name in verifier.STRINGS
        for value in (1, True, ["x"], {"x": 1})
    },
    **{
        f"{name} {kind}": with_claims(**{name: value})
        for name in verifier.TIMES
        for kind, value in {
            "a string": str(NOW),
            "a fraction": NOW + 0.5,
            "true": True,
            "a list": [NOW],
            "negative": -1,
            "huge": 10**30,
        }.items()
    },
    "exp passed": with_claims(iat=NOW - 400, exp=NOW - 100, auth_time=NOW - 400),
    "exp too far": with_claims(exp=NOW + 3600),
    "exp before iat": with_claims(iat=NOW + 4, exp=NOW + 2),
    "iat in the future": with_claims(iat=NOW + 3600, exp=NOW + 3900),
    "auth_time in the future": with_claims(auth_time=NOW + 3600),
    "nbf in the future": with_claims(nbf=NOW + 3600),
    "iss of another": with_claims(iss="https://elsewhere.example"),
    "iss with a slash": with_claims(iss="todobus/"),
    "aud of another": with_claims(aud="other"),
    "aud among several": with_claims(aud=["todobus", "other"]),
    **{f"token_name {value!r}": with_claims(token_name=value) for value in (None, 1, ["x"])},
    "sub not an id": with_claims(sub="admin"),
    "sid not an id": with_claims(sid="../x"),
    "header key twice": doubled("header"),
    "payload key twice": doubled("payload"),
    "2 segments": changed(lambda token: token.rpartition(".")[0]),
    "4 segments": changed(lambda token: token + ".AAAA"),
    "5 segments": changed(lambda token: token + ".AAAA.AAAA"),
    "no signature": changed(lambda token: token.rpartition(".")[0] + "."),
    "1 segment": changed(lambda token: token.replace(".", "")),
    "padded": changed(lambda token: token + "=="),
    "padded header": changed(lambda token: token.replace(".", "=.", 1)),
    "standard base64": changed(lambda token: token.rpartition(".")[0] + ".+/" + token.rpartition(".")[2][2:]),
    "trailing newline": changed(lambda token: token + "\n"),
    "space inside": changed(lambda token: token[:50] + " " + token[50:]),
    "not ASCII": changed(lambda token: token + "é"),
    "too long": changed(lambda token: token + "A" * 5000),
    "cut short": changed(lambda token: token[:-1]),
    "another spelling of the same signature": changed(lambda token: token[:-1] + chr(ord(token[-1]) + 1)),
    "refresh token": lambda _: base64.urlsafe_b64encode(b"\x01" + b"r" * 56).rstrip(b"=").decode(),
    **{f"signature bit {bit}": flipped(bit) for bit in (0, 7, 100, 255, 256, 504, 511)},
    "empty": lambda _: "",
    "twice": changed(lambda token: f"{token}, Bearer {token}"),
}
