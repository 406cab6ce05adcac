"""What every simulated device is: connections pushed into it, documents and paper coming out, hands that act on it.

No socket here (`listen.py` has them), so that a null modem and virtual time work. A device uses the running asyncio
loop for everything that takes time, and an injectable wall clock. Money is written as a decimal string.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any, ClassVar, Protocol

from bridge_simulators.face import Face
from bridge_simulators.faults import Direction, Fault, FaultLayer
from bridge_simulators.jsonable import from_json, to_json
from bridge_simulators.pace import Pace
from bridge_simulators.paper import Paper
from bridge_simulators.persist import StateFile
from bridge_simulators.settings import changed, shown

Clock = Callable[[], datetime]


class Refused(ConnectionError):
    """The device does not take this connection (switched off, no line free, or a fault)."""


class Occupied(Refused):
    """Another connection has the line. Where that one is just ending, the newcomer is taken."""


class Wire(Protocol):
    """The host's end of a connection, as the device sees it."""

    def send(self, data: bytes) -> None: ...

    def close(self) -> None: ...


class Session(Protocol):
    """The device's end of a connection, as the host's side sees it."""

    def received(self, data: bytes) -> None: ...

    def disconnected(self) -> None: ...


@dataclass(frozen=True, slots=True)
class IssuedDocument:
    """One document that left the device: the truth that the bridge's verdicts are compared with.

    `total` and every amount inside `lines`, `payments` and `taxes` is a decimal string in the receipt currency.
    `reference` is the till's own number where the protocol has a field for it. `origin` says who asked for it: the name
    of the device's port ("pc1", "pc2"), or "device" (keypad, power-up).
    """

    seq: int
    kind: str
    number: str
    total: str
    fiscal: bool
    origin: str
    issued_at: str
    lines: list[dict[str, Any]] = field(default_factory=list)
    payments: list[dict[str, Any]] = field(default_factory=list)
    change: str = "0.00"
    reference: str = ""
    taxes: dict[str, str] = field(default_factory=dict)
    details: dict[str, Any] = field(default_factory=dict)


class Connection:
    """One open connection behind the fault layer: a Session towards the host's side, a Wire towards the device."""

    def __init__(self, device: SimulatedDevice, wire: Wire, port: str) -> None:
        self._device = device
        self._wire = wire
        self.open = True
        self._inner: Session | None = device.attach(self, port)

    def send(self, data: bytes) -> None:
        if not self.open:
            return
        allowed, cut = self._device.faults.passes("to_host", len(data))
        if allowed:
            self._wire.send(data[:allowed])
        if cut:
            self._cut()

    def received(self, data: bytes) -> None:
        if not self.open or self._inner is None:
            return
        allowed, cut = self._device.faults.passes("to_device", len(data))
        if allowed:
            self._inner.received(data[:allowed])
        if cut:
            self._cut()

    def _cut(self) -> None:
        self.close()
        if self._device.faults.takes_the_plug_out():
            self._device.plug(False)

    def close(self) -> None:
        """The device's side or the line ends the connection."""
        if self.open:
            self.disconnected()
            self._wire.close()

    def disconnected(self) -> None:
        """The host's side ended it."""
        if self.open:
            self.open = False
            self._device.connections.discard(self)
            if self._inner is not None:
                self._inner.disconnected()


class SimulatedDevice(ABC):
    """The common half of a device. A family's device adds its protocol in `attach` and its memory in `snapshot`."""

    id: ClassVar[str] = ""
    paper_width: ClassVar[int] = 40
    fault_kinds: ClassVar[tuple[type[Fault], ...]] = ()
    face: ClassVar[Face | None] = None  # the page on which a person uses it
    fixed_settings: ClassVar[frozenset[str]] = frozenset()  # those that count only when the device is new
    settings: Any = None  # a frozen dataclass as in `settings.py`; None: nothing to choose

    def __init__(self, *, clock: Clock, pace: Pace, state_file: Path | None) -> None:
        self.clock = clock
        self.pace = pace
        self.faults = FaultLayer(self, self.fault_kinds)
        self.connections: set[Connection] = set()
        self.powered = True
        self.plugged = True
        self.paper_loaded = True
        self.cover_closed = True
        self.clock_shift = timedelta()  # set by the protocol's own clock command
        self.roll = Paper(self.paper_width)
        self._documents: list[IssuedDocument] = []
        self._saved_lines = 0
        self._saved_documents = 0
        self._file = StateFile(state_file, self.id) if state_file is not None else None

    # --- connections

    def connect(self, wire: Wire, port: str = "") -> Session:
        """A host connects. `port` names one of the device's ports, empty = the first. May raise Refused."""
        if not self.powered:
            raise Refused("the device is switched off")
        if not self.plugged:
            raise Refused("the cable is out")
        if self.faults.refuses_connection():
            raise Refused("a fault refuses connections")
        connection = Connection(self, wire, port)
        self.connections.add(connection)
        return connection

    @abstractmethod
    def attach(self, wire: Wire, port: str) -> Session:
        """The device's protocol for a new connection. May raise Refused."""

    # --- what came out

    def documents(self) -> list[IssuedDocument]:
        return list(self._documents)

    def issue(self, kind: str, number: str, total: int | Decimal, **rest: Any) -> IssuedDocument:
        """A document left the device. `total` in hundredths when int."""
        amount = Decimal(total) / 100 if isinstance(total, int) else total
        document = IssuedDocument(
            seq=len(self._documents) + 1,
            kind=kind,
            number=number,
            total=f"{amount:.2f}",
            issued_at=self.now().isoformat(timespec="seconds"),
            **rest,
        )
        self._documents.append(document)
        return document

    def paper(self, since: int = 0) -> str:
        """What is on paper, from line `since` on."""
        return self.roll.text(since)

    def state(self) -> dict[str, Any]:
        """All a test may want to see, JSON-able."""
        return {
            "id": self.id,
            "powered": self.powered,
            "plugged": self.plugged,
            "paper_loaded": self.paper_loaded,
            "cover_closed": self.cover_closed,
            "clock": self.now().isoformat(timespec="seconds"),
            "connections": len(self.connections),
            "documents": len(self._documents),
            "paper_lines": len(self.roll.lines),
            "memory": self.snapshot(),
        }

    def now(self) -> datetime:
        """The device's own clock: aware, in the zone of the injected one."""
        return self.clock() + self.clock_shift + self.faults.clock_offset

    # --- hands on the device

    def power(self, on: bool) -> None:
        """Off: every connection breaks and the volatile part is gone. On: what the device does at power-up."""
        if on == self.powered:
            return
        self.powered = on
        if on:
            self.on_power_on()
            return
        self.on_power_off()
        for connection in list(self.connections):
            connection.close()

    def plug(self, plugged: bool) -> None:
        """The cable out of the device, or in again: the device itself runs on and notices nothing else."""
        self.plugged = plugged
        if not plugged:
            self.cut_connections()

    def load_paper(self, loaded: bool) -> None:
        self.paper_loaded = loaded
        self.on_hand()

    def close_cover(self, closed: bool) -> None:
        self.cover_closed = closed
        self.on_hand()

    @abstractmethod
    def press_key(self) -> None:
        """Someone presses the key that the device waits for; nothing happens when it waits for none."""

    @abstractmethod
    def foreign(self, total: Decimal | None = None, *, hold: float = 0.0) -> None:
        """Another program issues a document. None: same total as the open document, else as the last one.

        `hold`: seconds during which its document stays open, so that ours is told to wait.
        """

    @abstractmethod
    def foreign_total(self) -> Decimal | None:
        """Total of the open document, else of the last one; None where there was none yet."""

    @abstractmethod
    def on_power_off(self) -> None: ...

    @abstractmethod
    def on_power_on(self) -> None: ...

    @abstractmethod
    def on_hand(self) -> None:
        """Paper or cover changed."""

    def switches(self) -> dict[str, str]:
        """The settings that may change while the device runs, with their present values."""
        values = shown(self.settings) if self.settings is not None else {}
        return {name: value for name, value in values.items() if name not in self.fixed_settings}

    def switch(self, values: Mapping[str, str]) -> None:
        """Changes settings of the running device, all or none. Raises ValueError with a sentence that names the setting."""
        known = self.switches()
        for name in values:
            if name not in known:
                raise ValueError(f"There is no switch {name!r} on a running device. The switches are: {', '.join(known)}.")
        self.settings = changed(self.settings, values)
        self.on_hand()

    def view(self) -> dict[str, Any]:
        """What the face shows, JSON-able."""
        return {}

    def act(self, form: Mapping[str, str]) -> None:
        """What a person does at the face. Raises ValueError with a sentence where that makes no sense."""
        raise ValueError("this device has no face")

    def cut_connections(self) -> None:
        """Every open connection breaks; the device itself runs on."""
        for connection in list(self.connections):
            connection.close()

    # --- memory

    @abstractmethod
    def snapshot(self) -> dict[str, Any]:
        """The non-volatile memory, JSON-able."""

    def save(self) -> None:
        """Writes the memory where there is a state file: once per executed command that changed something."""
        if self._file is None:
            return
        grown: list[dict[str, Any]] = [{"document": to_json(document)} for document in self._documents[self._saved_documents :]]
        if len(self.roll.lines) > self._saved_lines:
            grown.append({"paper": self.roll.lines[self._saved_lines :]})
        clock_shift = self.clock_shift.total_seconds()
        self._file.save({"memory": self.snapshot(), "clock_shift": clock_shift}, grown)
        self._saved_documents = len(self._documents)
        self._saved_lines = len(self.roll.lines)

    def load(self) -> dict[str, Any] | None:
        """Reads documents and paper back and hands over the stored memory; None when the device is new."""
        if self._file is None:
            return None
        stored, log = self._file.load()
        if stored is None:
            return None
        self._documents = [from_json(IssuedDocument, entry["document"]) for entry in log if "document" in entry]
        self.roll.lines = list(_flatten(entry["paper"] for entry in log if "paper" in entry))
        self._saved_documents = len(self._documents)
        self._saved_lines = len(self.roll.lines)
        self.clock_shift = timedelta(seconds=float(stored["clock_shift"]))
        memory = stored["memory"]
        return memory if isinstance(memory, dict) else None


def _flatten(pieces: Iterable[list[str]]) -> Iterable[str]:
    for piece in pieces:
        yield from piece


__all__ = ["Clock", "Connection", "Direction", "IssuedDocument", "Occupied", "Refused", "Session", "SimulatedDevice", "Wire"]
