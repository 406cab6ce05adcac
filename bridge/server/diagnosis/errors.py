"""What keeps a look back from being had: a sentence, and what to do about it."""

from __future__ import annotations


class CannotTell(Exception):
    """Something that is kept cannot be read, or there is no such thing."""

    def __init__(self, message: str, remedy: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.remedy = remedy
