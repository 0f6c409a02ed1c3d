import uuid
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from notifications_service.delivery.signing import Secrets

SECRETS = Secrets(bytes(32))
WEBHOOK = uuid.UUID("01939d5a-0000-7000-8000-000000000001")
BODY = '{"title": "Äpfel"}'.encode()


def headers(*generations, secrets=SECRETS):
    return secrets.headers(WEBHOOK, generations, "event-1", datetime.now(UTC), BODY)


def test_the_reference_library_accepts_the_signature():
    assert Webhook(SECRETS.of_webhook(WEBHOOK, 1)).verify(BODY, headers(1)) == {"title": "Äpfel"}


def test_after_a_rotation_both_secrets_verify():
    for generation in (1, 2):
        Webhook(SECRETS.of_webhook(WEBHOOK, generation)).verify(BODY, headers(2, 1))


@pytest.mark.parametrize(
    ("secrets", "webhook", "generation"),
    [(SECRETS, WEBHOOK, 2), (SECRETS, uuid.uuid4(), 1), (Secrets(b"x" * 32), WEBHOOK, 1)],
)
def test_no_other_secret_does(secrets, webhook, generation):
    with pytest.raises(WebhookVerificationError):
        Webhook(secrets.of_webhook(webhook, generation)).verify(BODY, headers(1))
