"""What happens, told to those who listen: job events from the journal, in order and each once; devices as they change.

The journal is the only source of job events. A commit merely wakes this feed, which then reads what is new from the
journal: so nothing is ever told that is not durable, and a replay and the live feed are one reading of one table.
Everything here runs in the host's loop, `committed` alone in the thread that writes the journal.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Protocol

from bridge.model import Event, EventKind, Job, RequestError
from bridge.store import EventLog, EventSpan, EventsPruned

log = logging.getLogger("tillbridge.events")

# Events in one step of the loop. A thousand sockets take some ten milliseconds for each; other work must get its turn.
_LIVE_PAGE = 16

# After the journal could not be read: the disk may come back.
_RETRY_SECONDS = 1.0

# A device that changes several times in this time is told of once. Below what a person notices.
COALESCE_SECONDS = 0.1


Messages = dict[tuple[str, ...], bytes]
"""An event as it is written out, by the languages of who reads it: kept by whoever writes it, so that it is written once for each."""


@dataclass(eq=False, slots=True)
class JobEvent:
    """An event as it is told: with the job as it stands when it is told, read once for all who listen."""

    event: Event
    _find: Callable[[str], Job | None]
    messages: Messages = field(default_factory=dict)

    @property
    def job(self) -> Job | None:
        """As it stands now. None: its retention ended in this very moment."""
        return self._find(self.event.job) if self.event.job is not None else None


@dataclass(eq=False, slots=True)
class DeviceEvent:
    """A device as it stands; `status` None: it was removed."""

    device: str
    status: dict[str, Any] | None
    messages: Messages = field(default_factory=dict)


@dataclass(eq=False, slots=True)
class ViewEvent:
    """Something of the whole bridge as it stands: its health, who waits to be paired, a search for devices."""

    kind: EventKind
    data: dict[str, Any]
    messages: Messages = field(default_factory=dict)


class Listener(Protocol):
    """Somebody who listens. `position`: the seq of the last event that it has had, or passed over."""

    position: int

    def happened(self, event: JobEvent) -> None: ...

    def changed(self, event: DeviceEvent) -> None: ...

    def viewed(self, event: ViewEvent) -> None: ...

    def lost(self, pruned: int) -> None:
        """Events that it has not had are no longer kept; it is told nothing more."""


@dataclass(slots=True)
class _Page:
    """Jobs that the events of one page speak of, each read at most once."""

    find: Callable[[str], Job | None]
    read: dict[str, Job | None] = field(default_factory=dict)

    def job(self, job_id: str) -> Job | None:
        if job_id not in self.read:
            self.read[job_id] = self.find(job_id)
        return self.read[job_id]


class EventFeed:
    """The events of one bridge. `find_job` and `device_status` say how things stand now."""

    def __init__(
        self,
        events: EventLog,
        find_job: Callable[[str], Job | None],
        device_status: Callable[[str], dict[str, Any]],
        coalesce_seconds: float = COALESCE_SECONDS,
    ) -> None:
        self.journal_id = events.journal_id
        self._events = events
        self._find_job = find_job
        self._device_status = device_status
        self._coalesce_seconds = coalesce_seconds
        self._loop = asyncio.get_running_loop()
        self._listeners: set[Listener] = set()
        self._head = 0
        self._woken = False
        self._changed: set[str] = set()
        self._views: dict[EventKind, Callable[[], dict[str, Any]]] = {}
        self._views_changed: set[EventKind] = set()
        self._views_told: dict[EventKind, dict[str, Any]] = {}
        self._telling: asyncio.TimerHandle | None = None

    # -- reading back ------------------------------------------------------------------------------------------------

    def span(self) -> EventSpan:
        return self._events.span()

    def read(self, after: int, limit: int) -> list[JobEvent]:
        """The next events behind `after`. Fewer than `limit`: these are all. Raises EventsPruned."""
        page = _Page(self._find_job)
        return [JobEvent(event, page.job) for event in self._events.after(after, limit)]

    def device(self, device_id: str) -> DeviceEvent:
        try:
            return DeviceEvent(device_id, self._device_status(device_id))
        except RequestError:  # there is no such device (any more)
            return DeviceEvent(device_id, None)

    def show(self, kind: EventKind, read: Callable[[], dict[str, Any]]) -> None:
        """From now on `read` says how this stands; `view_changed` is to be called when it may be otherwise."""
        self._views[kind] = read

    def view(self, kind: EventKind) -> ViewEvent | None:
        """How it stands now; None where nobody shows it."""
        read = self._views.get(kind)
        return ViewEvent(kind, read()) if read is not None else None

    # -- live --------------------------------------------------------------------------------------------------------

    def join(self, listener: Listener) -> None:
        """From now on it is told every event behind its `position`.

        To be called in the same step of the loop as the `read` that gave all there was: then nothing is between the two.
        """
        self._head = min(self._head, listener.position) if self._listeners else listener.position
        self._listeners.add(listener)
        self._views_told.clear()  # who comes now has seen how it stands now, which is not what was told last
        self._wake()  # a commit may have come since the page was read, when there was nobody to wake for

    def leave(self, listener: Listener) -> None:
        self._listeners.discard(listener)

    def committed(self) -> None:
        """In the thread that writes, behind each commit."""
        if self._listeners and not self._woken:
            self._woken = True
            with contextlib.suppress(RuntimeError):  # the loop was closed: nobody listens any more
                # A step later than those who waited for this write: by then the job is in its queue, or out of it.
                self._loop.call_soon_threadsafe(self._loop.call_soon, self._tell)

    def device_changed(self, device_id: str) -> None:
        """State, status, alerts or queue of a device changed, or it came or went."""
        if not self._listeners:
            return
        self._changed.add(device_id)
        self._views_changed.add(EventKind.HEALTH_UPDATED)
        self._tell_soon()

    def view_changed(self, kind: EventKind) -> None:
        """What `show` shows may be otherwise now."""
        if self._listeners:
            self._views_changed.add(kind)
            self._tell_soon()

    def close(self) -> None:
        """Tell nothing more: the journal is about to be closed."""
        self._listeners.clear()
        if self._telling is not None:
            self._telling.cancel()
            self._telling = None

    def _tell_soon(self) -> None:
        if self._telling is None:
            self._telling = self._loop.call_later(self._coalesce_seconds, self._tell_what_stands)

    def _wake(self) -> None:
        if not self._woken:
            self._woken = True
            self._loop.call_soon(self._tell)

    def _tell(self) -> None:
        self._woken = False  # before reading: what is committed from here on wakes again
        if not self._listeners:
            return
        try:
            page = self.read(self._head, _LIVE_PAGE)
        except EventsPruned as gone:
            for listener in tuple(self._listeners):
                self._listeners.discard(listener)
                listener.lost(gone.up_to)
            return
        except Exception:  # sqlite3.Error, or its like from another binding: the disk is in trouble, events are not lost
            log.exception("events cannot be read; trying again in %g s", _RETRY_SECONDS)
            self._loop.call_later(_RETRY_SECONDS, self._wake)
            return
        for event in page:
            seq = event.event.seq
            assert seq is not None  # it comes from the journal
            self._head = seq
            self.device_changed(event.event.device)  # its queue moved
            for listener in tuple(self._listeners):
                if listener.position < seq:
                    listener.position = seq
                    self._guarded(listener, listener.happened, event)
        if len(page) == _LIVE_PAGE:
            self._wake()

    def _tell_what_stands(self) -> None:
        self._telling = None
        self._tell_devices()
        changed, self._views_changed = self._views_changed, set()
        for kind in sorted(changed & self._views.keys()):
            event = self.view(kind)
            if event is None or event.data == self._views_told.get(kind):
                continue
            self._views_told[kind] = event.data
            for listener in tuple(self._listeners):
                self._guarded(listener, listener.viewed, event)

    def _tell_devices(self) -> None:
        changed, self._changed = self._changed, set()
        for device_id in sorted(changed):
            event = self.device(device_id)
            for listener in tuple(self._listeners):
                self._guarded(listener, listener.changed, event)

    def _guarded(self, listener: Listener, tell: Callable[[Any], None], event: JobEvent | DeviceEvent | ViewEvent) -> None:
        try:
            tell(event)
        except Exception:  # whatever is wrong with one who listens, the others must hear
            log.exception("one who listens failed; it is told nothing more")
            self._listeners.discard(listener)
            listener.lost(self._head)
