"""How often something may be done: buckets of permissions that fill again with time."""

from __future__ import annotations

import math
import time
from collections import OrderedDict
from collections.abc import Callable

from bridge.model import RequestError


class RateLimit:
    """`burst` at once, `per_second` in the long run."""

    __slots__ = ("_at", "_burst", "_left", "_monotonic", "_per_second")

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

    def give_back(self) -> None:
        """The last permission was not used up after all."""
        self._left = min(self._burst, self._left + 1)


class RateLimits:
    """A bucket for each of those who ask, so that one of them takes nothing from another.

    Names are not kept without end: the bucket that was used longest ago is dropped when there are too many, which gives its
    owner a full one again. Who could make up that many names is to be limited as a whole beside it.
    """

    def __init__(self, burst: int, per_second: float, most: int = 1024, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._burst = burst
        self._per_second = per_second
        self._most = most
        self._monotonic = monotonic
        self._buckets: OrderedDict[str, RateLimit] = OrderedDict()

    def take(self, who: str, what: str) -> None:
        """One permission of `who`. Raises RequestError (429)."""
        bucket = self._buckets.get(who)
        if bucket is None:
            bucket = self._buckets[who] = RateLimit(self._burst, self._per_second, self._monotonic)
            if len(self._buckets) > self._most:
                self._buckets.popitem(last=False)
        else:
            self._buckets.move_to_end(who)
        bucket.take(what)


def too_many(detail: str, retry_after: int) -> RequestError:
    return RequestError("gate.rate", f"{detail} Try again in {retry_after} s.", extra={"retry_after": retry_after})
