"""Webhooks: made, changed, tried out, played again."""

from typing import Annotated
from uuid import UUID

from fastapi import APIRouter, Query, Response

from notifications_service import domain, examples, schemas
from notifications_service.dependencies import User, Webhooks
from service_common.http.openapi import extra, problems
from service_common.http.routes import Route, needs
from service_common.tokens.scopes import Scope

router = APIRouter(route_class=Route, prefix="/api/webhooks")
UNKNOWN = problems(404)
CHANGED = problems(400, 404, 413, 415, 422)


@router.post(
    "",
    status_code=201,
    responses=problems(400, 403, 413, 415, 422, 503),
    openapi_extra=extra(sent=examples.NEW_WEBHOOK, got=examples.WEBHOOK_WITH_SECRET, status=201),
)
@needs(Scope.WEBHOOKS_WRITE)
async def create_webhook(
    body: schemas.NewWebhook, user: User, webhooks: Webhooks, response: Response
) -> schemas.WebhookWithSecret:
    """Deliver what happens from now on to an address; the secret is shown in this answer only."""
    made = await webhooks.create(user, body.url, body.types, body.project_id)
    response.headers["Location"] = f"/api/webhooks/{made.id}"
    return _with_secret(webhooks, made)


@router.get("", openapi_extra=extra(got=[examples.WEBHOOK]))
@needs(Scope.WEBHOOKS_WRITE)
async def list_webhooks(user: User, webhooks: Webhooks) -> list[schemas.Webhook]:
    return [schemas.Webhook.of(webhook) for webhook in await webhooks.all(user)]


@router.get("/{webhook_id}", responses=UNKNOWN, openapi_extra=extra(got=examples.WEBHOOK))
@needs(Scope.WEBHOOKS_WRITE)
async def get_webhook(webhook_id: UUID, user: User, webhooks: Webhooks) -> schemas.Webhook:
    return schemas.Webhook.of(await webhooks.get(user, webhook_id))


@router.patch(
    "/{webhook_id}",
    responses=CHANGED,
    openapi_extra=extra(sent=examples.WEBHOOK_CHANGE, got=examples.WEBHOOK),
)
@needs(Scope.WEBHOOKS_WRITE)
async def change_webhook(
    webhook_id: UUID, body: schemas.WebhookChange, user: User, webhooks: Webhooks
) -> schemas.Webhook:
    """Change it; once enabled again it goes on where it stopped."""
    given = body.model_dump(exclude_unset=True)
    return schemas.Webhook.of(await webhooks.change(user, webhook_id, given))


@router.delete("/{webhook_id}", status_code=204, responses=UNKNOWN)
@needs(Scope.WEBHOOKS_WRITE)
async def delete_webhook(webhook_id: UUID, user: User, webhooks: Webhooks) -> None:
    await webhooks.delete(user, webhook_id)


@router.post("/{webhook_id}/test", responses=UNKNOWN, openapi_extra=extra(got=examples.TEST_RESULT))
@needs(Scope.WEBHOOKS_WRITE)
async def test_webhook(webhook_id: UUID, user: User, webhooks: Webhooks) -> schemas.TestResult:
    """Send a signed event `webhook.test.v1` now, and tell what was answered."""
    return schemas.TestResult.of(await webhooks.test(user, webhook_id))


@router.post("/{webhook_id}/rotate-secret", responses=UNKNOWN, openapi_extra=extra(got=examples.WEBHOOK_WITH_SECRET))
@needs(Scope.WEBHOOKS_WRITE)
async def rotate_secret(webhook_id: UUID, user: User, webhooks: Webhooks) -> schemas.WebhookWithSecret:
    """Make a new secret; for 24 hours the old one signs too."""
    return _with_secret(webhooks, await webhooks.rotate_secret(user, webhook_id))


@router.post("/{webhook_id}/replay", responses=CHANGED, openapi_extra=extra(sent=examples.REPLAY, got=examples.WEBHOOK))
@needs(Scope.WEBHOOKS_WRITE)
async def replay(webhook_id: UUID, body: schemas.Replay, user: User, webhooks: Webhooks) -> schemas.Webhook:
    """Deliver again, in order and with the same ids, from a change on."""
    return schemas.Webhook.of(await webhooks.replay(user, webhook_id, body.from_sequence))


@router.get("/{webhook_id}/deliveries", responses=UNKNOWN, openapi_extra=extra(got=[examples.ATTEMPT]))
@needs(Scope.WEBHOOKS_WRITE)
async def list_deliveries(
    webhook_id: UUID, user: User, webhooks: Webhooks, limit: Annotated[int, Query(ge=1, le=200)] = 100
) -> list[schemas.Attempt]:
    """The last attempts, newest first."""
    return [schemas.Attempt.of(one) for one in await webhooks.attempts(user, webhook_id, limit)]


def _with_secret(webhooks: Webhooks, webhook: domain.Webhook) -> schemas.WebhookWithSecret:
    return schemas.WebhookWithSecret.of(webhook).model_copy(update={"secret": webhooks.secret(webhook)})
