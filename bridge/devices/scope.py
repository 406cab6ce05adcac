"""On whose behalf code runs just now: the device, and its job if one runs. For log lines, wherever they come from.

The runner of a device sets its scope once; every task that it starts, in its own loop or a driver's thread, inherits the
same object. A device has one job at a time, so that the object's present job is the right one in a long-running reader too.
"""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass

from bridge.transport import Values


@dataclass(slots=True)
class Scope:
    """`private`: the customer's values of the job, to be hidden in what is logged meanwhile."""

    device: str
    job: str | None = None
    private: Values | None = None


_current: ContextVar[Scope | None] = ContextVar("tillbridge-scope", default=None)


def enter(scope: Scope) -> None:
    """For the rest of this task and all that it starts."""
    _current.set(scope)


def current() -> Scope | None:
    return _current.get()
