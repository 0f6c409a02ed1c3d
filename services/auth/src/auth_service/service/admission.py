"""Who may try, and, once it is clear who it is, who may begin a session."""

from auth_service.domain import User
from auth_service.errors import AccountDisabled, EmailNotVerified, TooManyAttempts
from auth_service.repository import allowances, failures
from auth_service.repository.failures import Attempt
from auth_service.service import mails
from auth_service.service.context import Context
from service_common.database import Executor


async def admit(context: Context, user: User) -> None:
    """Raises: AccountDisabled; EmailNotVerified, where that is required: the link is sent again."""
    if user.disabled:
        raise AccountDisabled
    if context.settings.verify_email == "required" and not user.email_verified:
        if not await allowances.use(context.pool, mails.VERIFY, str(user.id), mails.OF_ACCOUNT):
            await mails.put_for(context, context.pool, user, mails.VERIFY)
        raise EmailNotVerified


async def refuse_blocked(db: Executor, attempt: Attempt) -> None:
    """Raises: TooManyAttempts, while earlier failures block."""
    if seconds := await failures.wait(db, attempt):
        raise TooManyAttempts(seconds)


async def count_failure(db: Executor, attempt: Attempt) -> None:
    """Raises: TooManyAttempts, once failures block."""
    if seconds := await failures.add(db, attempt):
        raise TooManyAttempts(seconds)
