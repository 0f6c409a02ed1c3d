"""The HTTP API: parse a request, call one function of `service`, shape the answer."""

from fastapi import APIRouter

from example_service import examples, service
from example_service.dependencies import User
from example_service.schemas import Completions
from service_common.http.dependencies import Pool
from service_common.http.openapi import extra
from service_common.http.routes import Route, needs
from service_common.tokens.scopes import Scope

router = APIRouter(route_class=Route, prefix="/api/example")


@router.get("", summary="How many todos the user has completed", openapi_extra=extra(got=examples.COMPLETIONS))
@needs(Scope.STATS_READ)
async def get_completions(user: User, pool: Pool) -> Completions:
    found = await service.completions(pool, user)
    return Completions(user_id=user, completed=found.completed, as_of_sequence=found.as_of_sequence)
