"""The heartbeat: notices an event loop that no longer turns, and names the code that holds it up.

A thread of its own asks every watched loop for a sign of life. It never stops anything: it tells.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import sys
import threading
import time
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field

log = logging.getLogger("tillbridge.heartbeat")

# A loop that does not turn for this long is blocked: our own longest step in a loop is some milliseconds.
BLOCKED_SECONDS = 2.0


@dataclass(slots=True)
class _Watched:
    loop: asyncio.AbstractEventLoop
    thread_id: int | None
    on_change: Callable[[str | None], None]
    beat_at: float = field(default_factory=time.monotonic)
    asked: bool = False
    blocked: bool = False


class Heartbeat:
    """Watches any number of loops. `on_change` gets a sentence when one is blocked, None when it turns again."""

    def __init__(self, blocked_seconds: float = BLOCKED_SECONDS) -> None:
        self._blocked_seconds = blocked_seconds
        self._watched: dict[str, _Watched] = {}
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def watch(
        self, name: str, loop: asyncio.AbstractEventLoop, thread_id: int | None, on_change: Callable[[str | None], None]
    ) -> None:
        """`on_change` is called in the heartbeat's thread."""
        with self._lock:
            self._watched[name] = _Watched(loop, thread_id, on_change)

    def forget(self, name: str) -> None:
        with self._lock:
            self._watched.pop(name, None)

    def _run(self) -> None:
        while not self._stop.wait(self._blocked_seconds / 4):
            with self._lock:
                watched = list(self._watched.items())
            for name, item in watched:
                self._look(name, item)

    def _look(self, name: str, item: _Watched) -> None:
        now = time.monotonic()
        if not item.asked:
            item.asked, item.beat_at = True, now

            def beat() -> None:
                item.asked = False

            with contextlib.suppress(RuntimeError):  # the loop was closed meanwhile
                item.loop.call_soon_threadsafe(beat)
        elif not item.blocked and now - item.beat_at > self._blocked_seconds:
            item.blocked = True
            where = _where(item.thread_id)
            log.error("%s does not answer for %.1f s: it is held up in %s", name, now - item.beat_at, where)
            item.on_change(f"its plugin blocks: {where}")
        if item.blocked and not item.asked:
            item.blocked = False
            log.warning("%s turns again", name)
            item.on_change(None)


def _where(thread_id: int | None) -> str:
    """The innermost place in code that is neither the standard library's nor ours: the one to blame."""
    frame = sys._current_frames().get(thread_id) if thread_id is not None else None
    if frame is None:
        return "an unknown place"
    stack = traceback.extract_stack(frame)
    blamed = [
        entry
        for entry in stack
        if "/asyncio/" not in entry.filename and "/bridge/" not in entry.filename and entry.name != "_bootstrap"
    ]
    foreign = [entry for entry in blamed if not entry.filename.endswith(("threading.py", "selectors.py", "socket.py", "ssl.py"))]
    entry = (foreign or blamed or stack)[-1]
    return f"{entry.filename}, line {entry.lineno}, in {entry.name}"
