"""The attendant's PIN: which digits may be one, and how it is kept: by scrypt (RFC 7914) with a salt, never itself.

A PIN has few digits, so what keeps it is that guesses are slow and few (`guesses.py`); the hash only sees to it that nobody reads
it from the file. Who has a copy of the file tries a million of them in a day or two.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

SHORTEST = 6
LONGEST = 12

# RFC 7914's r; p 1. With the cost of the settings (2^15) one check takes 32 MiB and some tenth of a second.
_BLOCK = 8
_PARALLEL = 1
_SALT_BYTES = 16
_HASH_BYTES = 32


@dataclass(frozen=True, slots=True)
class PinHash:
    """`cost` is the binary logarithm of scrypt's N."""

    cost: int
    salt: bytes = field(repr=False)
    hash: bytes = field(repr=False)

    @classmethod
    def of(cls, pin: str, cost: int) -> PinHash:
        """Takes its time: for a thread."""
        salt = secrets.token_bytes(_SALT_BYTES)
        return cls(cost, salt, _scrypt(pin, salt, cost))

    @classmethod
    def of_nobody(cls, cost: int) -> PinHash:
        """What a PIN is held against where none is set: it takes as long, and nothing fits."""
        return cls(cost, secrets.token_bytes(_SALT_BYTES), secrets.token_bytes(_HASH_BYTES))

    def fits(self, pin: str) -> bool:
        """Takes its time: for a thread."""
        return hmac.compare_digest(_scrypt(pin, self.salt, self.cost), self.hash)

    def as_json(self) -> dict[str, Any]:
        return {"kind": "scrypt", "cost": self.cost, "salt": _text(self.salt), "hash": _text(self.hash)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> PinHash:
        return cls(int(data["cost"]), base64.b64decode(data["salt"]), base64.b64decode(data["hash"]))


def weakness(pin: str) -> str | None:
    """Why these digits are too easy to guess; None where they are not."""
    if len(set(pin)) < 3:
        return "has fewer than three different digits"
    steps = {(int(after) - int(before)) % 10 for before, after in pairwise(pin)}
    return "counts up or down" if steps in ({1}, {9}) else None


def generate() -> str:
    """A PIN that nobody chose."""
    while True:
        pin = f"{secrets.randbelow(10**SHORTEST):0{SHORTEST}d}"
        if weakness(pin) is None:
            return pin


def _scrypt(pin: str, salt: bytes, cost: int) -> bytes:
    n = 1 << cost
    return hashlib.scrypt(pin.encode("ascii"), salt=salt, n=n, r=_BLOCK, p=_PARALLEL, maxmem=256 * n * _BLOCK, dklen=_HASH_BYTES)


def _text(raw: bytes) -> str:
    return base64.b64encode(raw).decode("ascii")
