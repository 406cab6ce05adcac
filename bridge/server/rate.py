"""How often something may be done: a bucket of permissions that fills again with time."""

from __future__ import annotations

import math
import time
from collections.abc import Callable

from bridge.model import RequestError


class RateLimit:
    """`burst` at once, `per_second` in the long run."""

    def __init__(self, burst: int, per_second: float, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._burst = float(burst)
        self._per_second = per_second
        self._monotonic = monotonic
        self._left = float(burst)
        self._at = monotonic()

    def take(self, what: str) -> None:
        """One permission. Raises RequestError (429) with `retry_after` where there is none left."""
        now = self._monotonic()
        self._left = min(self._burst, self._left + (now - self._at) * self._per_second)
        self._at = now
        if self._left < 1:
            raise too_many(f"Too many {what}.", math.ceil((1 - self._left) / self._per_second))
        self._left -= 1


def too_many(detail: str, retry_after: int) -> RequestError:
    return RequestError("gate.rate", f"{detail} Try again in {retry_after} s.", extra={"retry_after": retry_after})
