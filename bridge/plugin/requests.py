"""A request held against the fields of a protocol: what they cannot hold is told to the till by the field of its request."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from pydantic import BaseModel, ValidationError

from bridge.model import Raw, invalid
from bridge.plugin.wire_fields import BadValue

T = TypeVar("T")
ModelT = TypeVar("ModelT", bound=BaseModel)


def from_request(field: str, build: Callable[[], T]) -> T:
    """A command whose values come from the request. One that its fields cannot hold is the request's fault: RequestError naming `field`,
    and of a line what of it."""
    try:
        return build()
    except BadValue as error:
        raise invalid(f"{field}.{error.field}" if field.startswith("lines") else field, error.message) from None


def read_raw(operation: Raw, model: type[ModelT], example: str) -> ModelT:
    """The `command` of a raw operation, as the family has it. Raises RequestError naming what is wrong, with an example as the remedy."""
    try:
        return model.model_validate(operation.command)
    except ValidationError as error:
        problem = error.errors(include_url=False, include_input=False)[0]
        where = ".".join(("command", *(str(part) for part in problem["loc"])))
        raise invalid(where, problem["msg"], remedy=f"e.g. {example}") from None
