"""Questions to the device through the queue: they are answered behind everything that was given to the server before.

A question changes nothing, so its id is a random one and it may be put again; one that is not answered in time is taken back.
"""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from bridge_ffd.register import Kind

from bridge.plugin import DeviceContext, Refusal
from bridge.transport import LinkLost
from bridge_atol.settings import AtolSettings
from bridge_atol.web import texts
from bridge_atol.web.answers import Condition, FiscalParams, Kept, facts_of
from bridge_atol.web.client import Refused, Server
from bridge_atol.web.errors import NO_DEVICE
from bridge_atol.web.messages import Json, Queue, Status, TaskState, Unreadable
from bridge_atol.web.plan import Facts

STATE: tuple[Mapping[str, Json], ...] = (
    {"type": "getDeviceStatus"},
    {"type": "getShiftStatus"},
    {"type": "getFnInfo"},
    {"type": "getFnStatus"},
    {"type": "getCashDrawerStatus"},
)
"""What is asked around a document. The drawer comes last: an error of one task keeps those behind it from being begun."""

_FIGURES: Mapping[str, Json] = {"type": "getShiftTotals"}
_WITH_FIGURES = (Kind.SHIFT_CLOSE, Kind.X_REPORT)
_SHORT = (0.05, 0.1, 0.2)  # most tasks are over in less than `timeouts.poll`


class Waiting(Exception):
    """The queue does not come to it. `queue` says why."""

    def __init__(self, queue: Queue) -> None:
        super().__init__(why(queue).text)
        self.queue = queue


@dataclass(frozen=True, slots=True)
class Reading:
    """`uuid`: of the request that asked. `figures`: result of getShiftTotals, where it was asked for and told."""

    uuid: str
    facts: Facts
    condition: Condition
    figures: Mapping[str, Json] | None
    results: tuple[Mapping[str, Json], ...]


class Reader:
    """Asks one device. Raises LinkError, Waiting, Refused, Unreadable."""

    def __init__(self, server: Server, settings: AtolSettings, device: DeviceContext) -> None:
        self._server = server
        self._settings = settings
        self._device = device
        self.zone = ZoneInfo(settings.zone)

    async def state(self, seconds: float, kind: Kind | None = None, given_up: Callable[[], bool] = lambda: False) -> Reading:
        """All that a document of this kind moves. LinkLost where the device is not reached."""
        tasks = (*STATE, _FIGURES) if kind in _WITH_FIGURES else STATE
        asked, states = await self.ask(tasks, seconds, given_up)
        needed = states[: len(STATE) - 1]
        for state in needed:
            _check(state)
        more = states[len(STATE) :]
        figures = more[0].result if more and more[0].status is Status.READY else None
        return Reading(
            uuid=asked,
            facts=facts_of([state.result for state in states[: len(STATE)]]),
            condition=Condition.of(states[0].result, self.zone),
            figures=figures,
            results=tuple(state.result for state in states),
        )

    async def documents(self, numbers: range, seconds: float) -> tuple[Kept, ...]:
        """The FN's documents of these numbers, as far as it shows them and they can be read."""
        if not numbers:
            return ()
        tasks = [{"type": "getFnDocument", "fiscalDocumentNumber": number, "withRawData": False} for number in numbers]
        _, states = await self.ask(tasks, seconds)
        kept = []
        for number, state in zip(numbers, states, strict=True):
            if state.status is Status.READY:
                try:
                    document = Kept.of(state.result, self.zone)
                except Unreadable:
                    continue
                if document.number == number:
                    kept.append(document)
        return tuple(kept)

    async def last(self, *, receipt: bool, seconds: float) -> FiscalParams:
        """The last document, or the last receipt."""
        _, (state,) = await self.ask([{"type": "getLastFiscalParams", "forReceipt": receipt}], seconds)
        _check(state)
        return FiscalParams.of(state.result, self.zone)

    async def ask(
        self, tasks: Sequence[Mapping[str, Json]], seconds: float, given_up: Callable[[], bool] = lambda: False
    ) -> tuple[str, tuple[TaskState, ...]]:
        """The id of the request and what became of each task. Waiting where its turn does not come within `seconds`, the queue stands
        still, or nobody wants to know any more (`given_up`): it is taken back then. One that is begun is waited for."""
        asked = str(uuid.uuid4())
        clock = self._device.clock
        timeouts = self._settings.timeouts
        begun = clock.monotonic()
        queue = await self._server.post(asked, tasks)
        for pause in pauses(self._settings.timeouts.poll):
            states = await self._server.get(asked)
            if states is None or len(states) != len(tasks):
                raise LinkLost("the server does not know a question that it has just taken")
            if all(state.status.final for state in states):
                return asked, states
            passed = clock.monotonic() - begun
            if all(state.status is Status.WAIT for state in states):
                if passed >= timeouts.person:
                    queue = await self._server.queue()
                if (queue.blocked or passed >= seconds or given_up()) and await self._server.cancel(asked):
                    raise Waiting(queue)
            elif passed >= seconds + timeouts.running:
                raise timeouts.ran_out("running", "the server makes no end of a question")
            await clock.sleep(pause)
        raise AssertionError("pauses have no end")


def pauses(poll: float) -> Iterator[float]:
    """Seconds between questions for a request."""
    yield from _SHORT
    while True:
        yield poll


def why(queue: Queue) -> Refusal:
    """Why the queue does not go on."""
    return _REASONS.get(queue.reason, texts.QUEUE_STOPPED) if queue.blocked else texts.QUEUE_BUSY


_REASONS = {
    "connectionError": texts.DEVICE_LOST,
    "fnError": texts.STORAGE_FAILED,
    "paperError": texts.PRINTER_STOPPED,
}


def _check(state: TaskState) -> None:
    """Raises LinkLost where the server did not reach the device, Refused for another error."""
    if state.status is Status.READY:
        return
    code = state.error.code if state.error is not None else 0
    text = state.error.text if state.error is not None else ""
    if code in NO_DEVICE:
        raise LinkLost(f"the server does not reach the device: {text or code}")
    if state.error is None:
        raise Unreadable(f"a question is {state.status} and no error is told")
    raise Refused(200, state.error)
