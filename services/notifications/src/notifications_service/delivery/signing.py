"""Signatures of the Standard Webhooks specification, and the secrets that make them.

A secret is derived from the key file, the webhook and the number of rotations: none is stored.
"""

import base64
import hmac
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

PREFIX = "whsec_"


class Secrets:
    """Without the key file, a copy of the database signs nothing."""

    def __init__(self, key: bytes) -> None:
        self._webhooks = hmac.digest(key, b"todobus/notifications/webhooks", "sha256")

    def of_webhook(self, webhook_id: UUID, generation: int) -> str:
        """As its owner gets it: 32 bytes in base64 behind `whsec_`."""
        return PREFIX + base64.b64encode(self._secret(webhook_id, generation)).decode()

    def headers(
        self, webhook_id: UUID, generations: Sequence[int], event_id: str, at: datetime, body: bytes
    ) -> dict[str, str]:
        """`at` is when the request is sent."""
        timestamp = str(int(at.timestamp()))
        content = f"{event_id}.{timestamp}.".encode() + body
        secrets = (self._secret(webhook_id, generation) for generation in generations)
        signatures = (base64.b64encode(hmac.digest(secret, content, "sha256")).decode() for secret in secrets)
        return {
            "webhook-id": event_id,
            "webhook-timestamp": timestamp,
            "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
        }

    def _secret(self, webhook_id: UUID, generation: int) -> bytes:
        return hmac.digest(self._webhooks, webhook_id.bytes + generation.to_bytes(4, "big"), "sha256")
