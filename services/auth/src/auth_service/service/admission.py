"""Who may begin a session, once it is clear who it is."""

from auth_service.domain import User
from auth_service.errors import AccountDisabled, EmailNotVerified
from auth_service.repository import allowances
from auth_service.service import mails
from auth_service.service.context import Context


async def admit(context: Context, user: User) -> None:
    """Raises: AccountDisabled; EmailNotVerified, where that is required: the link is sent again."""
    if user.disabled:
        raise AccountDisabled
    if context.settings.verify_email == "required" and not user.email_verified:
        if not await allowances.use(context.pool, mails.VERIFY, str(user.id), mails.OF_ACCOUNT):
            await mails.put_for(context, context.pool, user, mails.VERIFY)
        raise EmailNotVerified
