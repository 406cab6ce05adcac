"""One socket's events: first those that the journal still has, page by page, then what happens, each once and in order."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

from bridge.jobs.events import DeviceEvent, EventFeed, JobEvent, ViewEvent
from bridge.model import VIEWS, Event, EventKind, RequestError, spoken_attention
from bridge.server import spoken
from bridge.server.principals import Principal
from bridge.server.websocket import rpc
from bridge.server.websocket.messages import Subscribe, Subscribed
from bridge.store import EventsPruned

# Events of one step of a replay: some milliseconds of reading and writing, then others have their turn.
_PAGE = 50


class Subscription:
    """Listens for one socket. `send` takes a frame, `writable` returns when the client has read what was sent before;
    `languages`: what it reads, best first.

    The socket starts `run` behind the answer to events.subscribe, so that no event comes before it.
    """

    def __init__(
        self,
        feed: EventFeed,
        principal: Principal,
        wanted: Subscribe,
        send: Callable[[bytes], None],
        writable: Callable[[], Awaitable[None]],
        languages: tuple[str, ...] = (),
    ) -> None:
        self._feed = feed
        self._principal = principal
        self._devices = None if wanted.devices is None else frozenset(wanted.devices)
        self._kinds = frozenset(EventKind) - VIEWS if wanted.kinds is None else frozenset(wanted.kinds)
        if not (principal.administers and principal.scope.devices is None):
            self._kinds -= VIEWS
        self._languages = () if languages[:1] == ("en",) else languages
        self._send = send
        self._writable = writable
        self._ended = False
        span = feed.span()
        self.position = span.last if wanted.after is None else wanted.after
        if wanted.after is not None:
            _check(feed, wanted.after, wanted.epoch)
        self.answer = Subscribed(epoch=feed.journal_id, after=self.position, last=span.last)

    async def run(self, known_devices: Callable[[], list[str]]) -> None:
        """Replay, then listen. Raises ConnectionError where the client is gone."""
        while not self._ended:
            try:
                page = self._feed.read(self.position, _PAGE)
            except EventsPruned as gone:
                self.lost(gone.up_to)
                return
            for event in page:
                assert event.event.seq is not None  # it comes from the journal
                self.position = event.event.seq
                self.happened(event)
            if len(page) < _PAGE:
                break
            await self._writable()
        if self._ended:
            return
        if EventKind.DEVICE_UPDATED in self._kinds:
            for device_id in known_devices():  # what is volatile cannot be replayed: tell how it stands
                self.changed(self._feed.device(device_id))
        for kind in sorted(VIEWS & self._kinds):
            view = self._feed.view(kind)
            if view is not None:
                self.viewed(view)
        self._feed.join(self)  # in the step of the loop that read the last page: nothing comes between

    def end(self) -> None:
        self._ended = True
        self._feed.leave(self)

    # -- as a listener -----------------------------------------------------------------------------------------------

    def happened(self, event: JobEvent) -> None:
        if not self._wants(event.event.kind, event.event.device) or not self._owns(event):
            return
        message = event.messages.get(self._languages)
        if message is None:
            message = event.messages[self._languages] = _job_message(event, self._languages)
        if message:
            self._send(message)

    def changed(self, event: DeviceEvent) -> None:
        if not self._wants(EventKind.DEVICE_UPDATED, event.device):
            return
        message = event.messages.get(self._languages)
        if message is None:
            status = None if event.status is None else spoken.device(event.status, self._languages)
            message = rpc.notification(EventKind.DEVICE_UPDATED.value, {"device": event.device, "status": status})
            event.messages[self._languages] = message
        self._send(message)

    def viewed(self, event: ViewEvent) -> None:
        if event.kind not in self._kinds:
            return
        message = event.messages.get(self._languages)
        if message is None:
            data = event.data
            if event.kind is EventKind.HEALTH_UPDATED:
                data = {**data, "health": spoken.health(data["health"], self._languages)}
            message = event.messages[self._languages] = rpc.notification(event.kind.value, data)
        self._send(message)

    def lost(self, pruned: int) -> None:
        self._ended = True
        params = {"epoch": self._feed.journal_id, "pruned": pruned, "last": self._feed.span().last}
        self._send(rpc.notification("events.reset", params))

    def _wants(self, kind: EventKind, device: str) -> bool:
        return kind in self._kinds and (self._devices is None or device in self._devices) and self._principal.scope.sees(device)

    def _owns(self, event: JobEvent) -> bool:
        """Whether the job is of this token's till: receipts of another are none of its business."""
        if self._principal.sees_all_jobs:
            return True
        job = event.job
        return job is not None and self._principal.owns(event.event.device, job.actor.principal, job.actor.label)


def _job_message(event: JobEvent, languages: tuple[str, ...]) -> bytes:
    """The frame of a job's event; empty where the job's retention ended just now, with which its events end too."""
    told = event.event
    params: dict[str, Any] = {"seq": told.seq, "at": told.at, "device": told.device, "job_id": told.job}
    params |= _particulars(told, languages)
    if told.kind is not EventKind.JOB_PROMPT:
        job = event.job
        if job is None:
            return b""
        params["job"] = job.as_json(languages)
    return rpc.notification(told.kind.value, params)


def _particulars(told: Event, languages: tuple[str, ...]) -> dict[str, Any]:
    match told.kind:
        case EventKind.JOB_AMENDED:
            return {"changes": told.data}
        case EventKind.JOB_PROMPT:
            return {"attention": spoken_attention(told.data.get("attention"), languages)}
        case _:
            return {"state": told.data["state"]}


def _check(feed: EventFeed, after: int, epoch: str | None) -> None:
    """Whether nothing is missing behind `after`. Raises RequestError saying from where one can resume."""
    span = feed.span()
    if after > 0 and epoch is None:
        raise RequestError("request.invalid", "epoch: is missing; the seq in `after` belongs to the journal it was told with")
    if epoch is not None and epoch != feed.journal_id:
        why = "other_journal", "the journal was lost, or put aside, and began anew"
    elif after > span.last:
        why = "ahead", f"the newest event is {span.last}: the journal is an older one than the one that event was in"
    elif after < span.pruned:
        why = "pruned", f"events up to {span.pruned} are no longer all kept"
    else:
        return
    told = {"reason": why[0], "epoch": feed.journal_id, "pruned": span.pruned, "last": span.last}
    raise RequestError("events.gone", f"There is no resuming after {after}: {why[1]}.", extra=told)
