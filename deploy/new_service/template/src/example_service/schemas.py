"""What the endpoints answer."""

from uuid import UUID

from pydantic import BaseModel, Field


class Completions(BaseModel):
    user_id: UUID
    completed: int = Field(description="Todos that were completed, less those that were opened again")
    as_of_sequence: int = Field(description="Every change of the user up to this one is counted")
