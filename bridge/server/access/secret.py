"""The text of a token: a kind, an id that may be shown, and 256 random bits that may not.

    tbw_3f9c0a12b4de_kq0...   `tbw` of a page, `tbn` of a program, `tbc` of a signed-in console

The id finds the token, so that what is secret is only ever compared, in constant time, and never looked up.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from dataclasses import dataclass, field

from bridge.server.principals import Kind

_LETTERS = {Kind.WEB: "w", Kind.NATIVE: "n", Kind.CONSOLE: "c"}
_TEXT = re.compile(r"tb[wnc]_([0-9a-f]{12})_[A-Za-z0-9_-]{43}")

ID_PATTERN = r"^[0-9a-f]{12}$"


@dataclass(frozen=True, slots=True)
class Minted:
    """A new token. Its text is shown to its holder once and kept nowhere."""

    id: str
    text: str = field(repr=False)

    @property
    def hash(self) -> bytes:
        return digest(self.text)


def mint(kind: Kind, token_id: str | None = None) -> Minted:
    """A new token; `token_id` keeps the id of the one that it replaces."""
    token_id = token_id or secrets.token_hex(6)
    return Minted(token_id, f"tb{_LETTERS[kind]}_{token_id}_{secrets.token_urlsafe(32)}")


def id_of(text: str) -> str | None:
    """The id in what may be a token; None for what is none of these kinds."""
    match = _TEXT.fullmatch(text)
    return match.group(1) if match else None


def digest(text: str) -> bytes:
    """What is stored of a token, and what both sides prove with (proof.py)."""
    return hashlib.sha256(text.encode("utf-8", "surrogateescape")).digest()
