"""What goes wrong with the certificates: a sentence, and what to do."""

from __future__ import annotations


class TlsError(Exception):
    """The certificates cannot be made or used. `str()` is the sentence and the remedy."""

    def __init__(self, message: str, remedy: str) -> None:
        super().__init__(f"{message} {remedy}")
        self.message = message
        self.remedy = remedy
