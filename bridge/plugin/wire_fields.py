"""Rows of fields in the bytes of a command or an answer, for binary protocols where a field is known by its place: how a row is written,
read and shown. How one value stands in bytes is the family's own (`WireField`), and so are the tables of which command has which fields.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any, Protocol, TypeVar

from bridge.plugin.decoding import one_line


class WireField(Protocol):
    """One field of such a row. `size` in bytes; None: all that is left, so it is the last one. `optional`: not every device has it, nor
    what comes behind it. `meaning`: beside the name for those who read wire logs; may be empty."""

    @property
    def name(self) -> str: ...

    @property
    def size(self) -> int | None: ...

    @property
    def meaning(self) -> str: ...

    @property
    def optional(self) -> bool: ...

    def read(self, data: bytes) -> Any:
        """The value of exactly its bytes. Raises ValueError or IndexError where they cannot be one."""
        ...

    def write(self, value: Any) -> bytes:
        """Raises BadValue."""
        ...


FieldT = TypeVar("FieldT", bound=WireField)


class BadAnswer(ValueError):
    """The device answered something that the protocol does not allow. `command` as people call it."""

    def __init__(self, command: str, field: str, what: str) -> None:
        super().__init__(f"answer to {command}: {field} {what}")
        self.command = command
        self.field = field


class BadValue(ValueError):
    """A value that its field cannot hold. Nothing was sent."""

    def __init__(self, field: str, message: str) -> None:
        super().__init__(f"{field}: {message}")
        self.field = field
        self.message = message


def write_fields(fields: Sequence[WireField], values: Mapping[str, Any]) -> bytes:
    """The bytes of these fields in their order. Optional ones may be left out from the end on. Raises BadValue."""
    unknown = values.keys() - {field.name for field in fields}
    if unknown:
        raise BadValue(min(unknown), "there is no such field")
    parts = []
    for field in fields:
        if field.name not in values:
            if field.optional:
                break
            raise BadValue(field.name, "is missing")
        parts.append(field.write(values[field.name]))
    return b"".join(parts)


def read_fields(command: str, fields: Sequence[WireField], data: bytes) -> tuple[dict[str, Any], bytes]:
    """The values of these fields, and what is left behind them: newer firmware tells more. Raises BadAnswer."""
    values: dict[str, Any] = {}
    at = 0
    for field in fields:
        part = data[at:] if field.size is None else data[at : at + field.size]
        if field.size is not None and len(part) < field.size:
            if field.optional and not part:
                break
            raise BadAnswer(command, field.name, f"is missing: {len(data)} bytes, and it ends at {at + field.size}")
        if field.size is None and field.optional and not part:
            break
        try:
            values[field.name] = field.read(part)
        except (ValueError, IndexError) as error:
            raise BadAnswer(command, field.name, f"cannot be {part.hex(' ')}: {error}") from None
        at += len(part)
    return values, data[at:]


def show_fields(
    command: str, fields: Sequence[FieldT], data: bytes, shown: Callable[[FieldT, Any], str]
) -> Iterator[tuple[str, str]]:
    """Names and values for a DescribedFrame, each on one line; why bytes cannot be read, and what is left behind them. Never raises but
    what `shown` does, which says how people write a value."""
    try:
        values, more = read_fields(command, fields, data)
    except BadAnswer as problem:
        yield "cannot be read", str(problem)
        return
    for field in fields:
        if field.name in values:
            name = f"{field.name} ({field.meaning})" if field.meaning else field.name
            yield name, one_line(shown(field, values[field.name]))
    if more:
        yield "more", more.hex(" ")
