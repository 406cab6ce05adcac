"""A job's time line out of all that is kept of it: journal, wire trace, log files. Gathered here, shown by `inspect`."""

from __future__ import annotations

import contextlib
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bridge.cli import logfiles
from bridge.cli.client import Client, NotRunning, segment
from bridge.cli.errors import CliError
from bridge.cli.masked import Mask, secrets_of
from bridge.server import logplace

if TYPE_CHECKING:
    from bridge.plugin import DescribedFrame, DeviceFamily, WireDecoder


@dataclass(slots=True)
class Step:
    """One thing that happened. `kind`: state, checkpoint, prompt, act, amended, phase, sent, received, log."""

    at: datetime
    kind: str
    title: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    link: int | None = None
    phase: str | None = None
    milliseconds: float | None = None
    """From the request to this answer."""
    answered: bool | None = None
    checksum: str | None = None
    garbage: str | None = None
    hex: str | None = None

    def as_json(self) -> dict[str, Any]:
        data: dict[str, Any] = {"at": self.at.isoformat(), "kind": self.kind, "title": self.title}
        data["fields"] = [{"name": name, "value": value} for name, value in self.fields]
        for name in ("link", "phase", "milliseconds", "answered", "checksum", "garbage", "hex"):
            value = getattr(self, name)
            if value is not None:
                data[name] = value
        return data


@dataclass(frozen=True, slots=True)
class TimeLine:
    """All of it, masked. `source`: server or journal; `missing`: what could not be had, and why."""

    job: dict[str, Any]
    steps: list[Step]
    source: str
    missing: list[str]


def gather(data_dir: Path, job_id: str, log_dir: Path | None = None) -> TimeLine:
    """The time line of a job. Raises CliError where there is no such job, or nothing may be read."""
    job, trace, source = _facts(data_dir, job_id)
    mask = Mask(secrets_of(data_dir), job.get("operation"))
    missing: list[str] = []
    steps = list(_history(job, trace))
    wire = list(_wire(data_dir, job_id, missing))
    if not wire:
        missing.append("No wire log of this job is kept: nothing was sent for it, or it was dropped by age or size.")
    directory = log_dir or logplace.directory_of(data_dir)
    try:
        found = list(logfiles.lines(directory, logfiles.Wanted(job=job_id)))
    except CliError as error:
        found = []
        missing.append(str(error))
    steps += wire
    steps += [_logged(line) for line in found]
    steps.sort(key=lambda step: step.at)
    for step in steps:
        step.title = mask.text(step.title)
        step.fields = [(name, mask.text(value)) for name, value in step.fields]
    job = mask.data({name: value for name, value in job.items() if name != "operation"}) | {"id": job_id}
    return TimeLine(job, steps, source, missing)


def _facts(data_dir: Path, job_id: str) -> tuple[dict[str, Any], dict[str, Any], str]:
    try:
        client = Client.connect(data_dir)
    except NotRunning:
        from bridge.store import StorageError, read_journal

        try:
            journal, database = read_journal(data_dir)
        except StorageError as error:
            raise CliError(f"The server is off, and {error}.", "tillbridge doctor tells more.") from None
        with contextlib.closing(database):
            try:
                job = journal.get(job_id)
                trace = journal.trace(job_id)
            except StorageError as error:
                raise CliError(f"The server is off, and {error}.", "tillbridge doctor tells more.") from None
        if job is None:
            raise CliError(f"There is no job {job_id!r} in the journal.", "See tillbridge jobs list.") from None
        return job.as_json(), trace, "journal"
    return client.get(f"/jobs/{segment(job_id)}"), client.get(f"/jobs/{segment(job_id)}/trace"), "server"


def _history(job: Mapping[str, Any], trace: Mapping[str, Any]) -> Iterator[Step]:
    for step in job.get("history") or ():
        yield Step(moment(step["at"]), "state", step["state"], [("why", step["note"])] if step.get("note") else [])
    for point in trace["checkpoints"]:
        yield Step(moment(point["at"]), "checkpoint", point["name"], _flat(point["data"]))
    for prompt in trace["prompts"]:
        attention = prompt.get("attention")
        title = f"waits: {attention['text']}" if attention else "waits no longer"
        choices = [(choice["code"], choice["text"]) for choice in (attention or {}).get("choices") or ()]
        yield Step(moment(prompt["at"]), "prompt", title, choices)
    for act in trace["acts"]:
        who = (act["actor"].get("operator") or {}).get("name") or act["actor"].get("os_user") or act["actor"].get("principal")
        yield Step(moment(act["at"]), "act", f"{act['action']} by {who}", _flat(act["detail"]))
    for change in job.get("amendments") or ():
        yield Step(moment(change["at"]), "amended", f"amendment {change['number']}", _flat(change["changes"]))


def _logged(line: Mapping[str, Any]) -> Step:
    fields = [("", row) for row in str(line.get("traceback") or "").rstrip().splitlines()]
    return Step(moment(line.get("at")), "log", f"{line.get('level')} {line.get('logger')}: {line['message']}", fields)


# -- the wire ------------------------------------------------------------------------------------------------------------


class _Reader:
    """Decodes a trace: a decoder for each connection, the time from each request to its answer."""

    def __init__(self, missing: list[str]) -> None:
        self._missing = missing
        self._decoders: dict[int, WireDecoder] = {}
        self._waiting: dict[tuple[int, str], deque[Step]] = {}
        self._family: DeviceFamily[Any] | None = None
        self.phase = "execute"

    def begin(self, family_id: str) -> None:
        """Another attempt; its family may be missing by now."""
        from bridge.plugin import PluginRegistry

        if self._family is None:
            self._family = PluginRegistry.installed().families.get(family_id)
            if self._family is None:
                self._missing.append(f"The family {family_id} is not installed here: its wire log is shown as bytes.")

    def transfer(self, link: int, data: bytes, direction: str, at: datetime) -> Iterator[Step]:
        from bridge.transport import Direction

        try:
            frames = list(self._decoder(link).feed(data, Direction(direction), at))
        except Exception as error:  # a plugin's decoder may raise anything; the bytes are shown all the same
            frames = list(self._broken(link, error).feed(data, Direction(direction), at))
        for frame in frames:
            yield self._step(link, frame)

    def end(self) -> Iterator[Step]:
        """An attempt ended, and with it what was not whole."""
        for link, decoder in self._decoders.items():
            try:
                frames = list(decoder.flush())
            except Exception as error:
                self._broken(link, error)
                frames = []
            for frame in frames:
                yield self._step(link, frame)
        for waiting in self._waiting.values():
            waiting.clear()

    def _decoder(self, link: int) -> WireDecoder:
        from bridge.plugin import HexDecoder

        if link not in self._decoders:
            self._decoders[link] = self._family.wire_decoder() if self._family is not None else HexDecoder()
        return self._decoders[link]

    def _broken(self, link: int, error: Exception) -> WireDecoder:
        from bridge.plugin import HexDecoder

        self._missing.append(f"The decoder of the family raised {type(error).__name__}: what follows is shown as bytes.")
        self._decoders[link] = HexDecoder()
        return self._decoders[link]

    def _step(self, link: int, frame: DescribedFrame) -> Step:
        sent = frame.direction.value == "out"
        step = Step(
            frame.at,
            "sent" if sent else "received",
            frame.title,
            list(frame.fields),
            link=link,
            phase=self.phase,
            checksum=frame.checksum.value,
            garbage=frame.garbage,
            hex=frame.data.hex() if frame.data else None,
        )
        if frame.pairing is None:
            return step
        waiting = self._waiting.setdefault((link, frame.pairing), deque())
        if sent:
            step.answered = False
            waiting.append(step)
        elif waiting and frame.garbage is None:
            request = waiting.popleft()
            request.answered = True
            step.milliseconds = round((frame.at - request.at).total_seconds() * 1000, 1)
        return step


def _wire(data_dir: Path, job_id: str, missing: list[str]) -> Iterator[Step]:
    from bridge.store import read_trace

    reader = _Reader(missing)
    try:
        lines = list(read_trace(data_dir, job_id))
    except OSError as error:
        missing.append(f"The wire log may not be read: {error.strerror}.")
        return
    for line in lines:
        at = moment(line.get("at"))
        mark = line.get("mark")
        if mark in ("execute", "recover"):
            yield from reader.end()
            reader.phase = mark
            reader.begin(str(line.get("family")))
            yield Step(at, "phase", "the device is asked to do it" if mark == "execute" else "recovery asks what became of it")
        elif mark == "cut":
            missing.append(f"The wire log of one attempt was cut at {line.get('limit')} bytes; the rest is not kept.")
            yield Step(at, "phase", f"the wire log is full ({line.get('limit')} bytes): what follows is not kept")
        elif mark == "end":
            yield from reader.end()
            title = "the attempt ended without certainty" if line.get("doubt") else "the attempt is over"
            left_out = [("left out", f"{line['dropped']} transfers")] if line.get("dropped") else []
            yield Step(at, "phase", title, left_out)
        elif mark is None:
            with contextlib.suppress(ValueError, KeyError, TypeError):  # a line that somebody changed by hand
                yield from reader.transfer(int(line["link"]), bytes.fromhex(line["hex"]), line["dir"], at)
    yield from reader.end()


def unanswered(steps: Sequence[Step]) -> Step | None:
    """The last request of executing that got no answer: mostly where certainty ended."""
    sent = [step for step in steps if step.kind == "sent" and step.phase == "execute"]
    return next((step for step in reversed(sent) if step.answered is False), None)


def moment(text: Any) -> datetime:
    try:
        found = datetime.fromisoformat(str(text))
    except ValueError:
        return datetime.min.replace(tzinfo=UTC)
    return found if found.tzinfo is not None else found.replace(tzinfo=UTC)


def _flat(data: Any, name: str = "") -> list[tuple[str, str]]:
    """Nested JSON as names and values."""
    if isinstance(data, Mapping):
        return [pair for key, value in data.items() for pair in _flat(value, f"{name}.{key}" if name else str(key))]
    if isinstance(data, list | tuple) and any(isinstance(item, Mapping | list) for item in data):
        return [pair for index, value in enumerate(data) for pair in _flat(value, f"{name}.{index}")]
    if isinstance(data, list | tuple):
        return [(name, ", ".join(str(item) for item in data))]
    return [(name, "none" if data is None else str(data))]
