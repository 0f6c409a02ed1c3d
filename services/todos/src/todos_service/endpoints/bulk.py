"""Several operations at once."""

from fastapi import APIRouter, Response

from service_common.database import Connection
from service_common.http.openapi import extra, problems
from service_common.http.routes import Route, needs
from service_common.tokens.scopes import Scope
from todos_service import examples
from todos_service.dependencies import Owner
from todos_service.endpoints import responses
from todos_service.endpoints.idempotency import AnswerOnce
from todos_service.endpoints.responses import IDEMPOTENCY_KEY
from todos_service.repository.idempotency import StoredResponse
from todos_service.schemas import BulkCreate, BulkOperation, BulkRequest, BulkResults, BulkUpdate
from todos_service.service import bulk
from todos_service.service.bulk import Operation
from todos_service.service.calls import ANY_VERSION, Answer, Condition

STATUSES = {"create": 201, "delete": 204, "purge": 204}
router = APIRouter(route_class=Route, prefix="/api", responses=problems(401))


@router.post(
    "/todos/bulk",
    response_model=BulkResults,
    responses=problems(400, 403, 404, 409, 412, 413, 415, 422, 429),
    openapi_extra=extra(IDEMPOTENCY_KEY, sent=examples.BULK),
)
@needs(Scope.TODOS_WRITE)
async def bulk_todos(owner: Owner, asked: BulkRequest, answer_once: AnswerOnce) -> Response:
    """Up to 100 operations: all of them, or none. What goes wrong names the operation by its index."""
    operations = [_operation(one) for one in asked.operations]

    async def run(db: Connection) -> StoredResponse:
        answers = await bulk.run(db, owner, operations)
        results = ",".join(_result(*pair) for pair in zip(operations, answers, strict=True))
        return StoredResponse(
            200, responses.written_headers(answers[-1].sequence, owner.command.id), f'{{"results":[{results}]}}'
        )

    return await answer_once(run)


def _operation(one: BulkOperation) -> Operation:
    todo_id = str(one.id) if one.id else None
    if isinstance(one, BulkCreate):
        return Operation(one.op, todo_id or (str(one.todo.id) if one.todo.id else None), one.todo.given())
    wanted = ANY_VERSION if one.if_version is None else Condition(frozenset({one.if_version}))
    given = one.todo.given() if isinstance(one, BulkUpdate) else {}
    return Operation(one.op, todo_id, given, wanted)


def _result(operation: Operation, answer: Answer) -> str:
    """The status that the single call has, and the todo after the operation; after a purge there is none."""
    todo = "null" if operation.op == "purge" else answer.document
    status = STATUSES.get(operation.op, 200)
    return f'{{"op":"{operation.op}","id":"{answer.id}","status":{status},"todo":{todo}}}'
