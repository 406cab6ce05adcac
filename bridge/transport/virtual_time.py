"""An event loop whose clock jumps to the next timer when there is nothing to do: tests that wait for nothing.

Only for one-process set-ups over the null modem. While real work is under way elsewhere (a thread of the executor, a
socket), the loop really waits for it: `hold()` says so.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, TypeVarTuple, Unpack

_T = TypeVar("_T")
_Args = TypeVarTuple("_Args")

# How long a loop that has neither timers nor other work waits for a wake-up from outside before it looks again. A guard
# against a test that would hang: real seconds.
_DEADLOCK_SECONDS = 20.0


class Deadlock(RuntimeError):
    """Every task of the virtual loop waits, no timer is set and nothing from outside can wake it."""


class _JumpingSelector(selectors.DefaultSelector):
    """Never sleeps: where the real selector would, virtual time moves on."""

    def __init__(self, jump: Callable[[float], None], held: Callable[[], bool]) -> None:
        super().__init__()
        self._jump = jump
        self._held = held

    def select(self, timeout: float | None = None) -> list[tuple[selectors.SelectorKey, int]]:
        ready = super().select(0)
        if ready or (timeout is not None and timeout <= 0):
            return ready
        if self._held():
            return super().select(0.05)
        if timeout is None:
            ready = super().select(_DEADLOCK_SECONDS)
            if not ready:
                raise Deadlock("nothing left to wait for: a task waits for something that cannot happen")
            return ready
        self._jump(timeout)
        return ready


class VirtualTimeLoop(asyncio.SelectorEventLoop):
    """asyncio's loop with a clock of its own, starting at 0.0 seconds."""

    def __init__(self) -> None:
        self._virtual_time = 0.0
        self._holds = 0
        super().__init__(_JumpingSelector(self._advance, lambda: self._holds > 0))

    def _advance(self, seconds: float) -> None:
        self._virtual_time += seconds

    def time(self) -> float:
        return self._virtual_time

    @contextmanager
    def hold(self) -> Iterator[None]:
        """Time stands still inside: real work is under way outside the loop."""
        self._holds += 1
        try:
            yield
        finally:
            self._holds -= 1

    def run_in_executor(self, executor: Any, func: Callable[[Unpack[_Args]], _T], *args: *_Args) -> asyncio.Future[_T]:
        self._holds += 1
        future = super().run_in_executor(executor, func, *args)

        def released(_: object) -> None:
            self._holds -= 1

        future.add_done_callback(released)
        return future


def run_virtual(main: Any) -> Any:
    """asyncio.run on a VirtualTimeLoop."""
    with asyncio.Runner(loop_factory=VirtualTimeLoop) as runner:
        return runner.run(main)
