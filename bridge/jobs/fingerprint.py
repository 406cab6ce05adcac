"""What makes two requests the same: SHA-256 over the device's id and the canonical JSON as received."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any


def fingerprint(device_id: str, body: Any) -> str:
    """Hexadecimal. Member order and white space do not count; every value does, 1 and "1" are different."""
    canonical = json.dumps(body, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=_number)
    return hashlib.sha256(f"{device_id}\n{canonical}".encode("utf-8", "surrogatepass")).hexdigest()


def _number(value: Any) -> Any:
    if isinstance(value, Decimal):
        return {"number": str(value)}
    raise TypeError(f"{type(value).__name__} is no JSON value")
