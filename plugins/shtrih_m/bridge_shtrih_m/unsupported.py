"""What no device of this family does: refused before anything is stored."""

from __future__ import annotations

from bridge.model import FieldError, RequestError


def unsupported(field: str, message: str, *, remedy: str | None = None, limit: str | None = None) -> RequestError:
    return RequestError("request.unsupported", f"{field}: {message}", (FieldError(field, message, limit, remedy),))
