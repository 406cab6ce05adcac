"""A job's time line out of all that is kept of it: journal, wire trace, log files. Gathered here, shown by `inspect` and the API."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from bridge.server.diagnosis import logfiles
from bridge.server.diagnosis.errors import CannotTell
from bridge.server.diagnosis.frames import FrameReader
from bridge.server.diagnosis.masked import Mask
from bridge.server.diagnosis.steps import Step, moment
from bridge.store import read_trace

if TYPE_CHECKING:
    from bridge.plugin import DeviceFamily
    from bridge.transport import Secrets


@dataclass(frozen=True, slots=True)
class TimeLine:
    """All of it, masked. `source`: who told the job; `missing`: what could not be had, and why."""

    job: dict[str, Any]
    steps: list[Step]
    source: Literal["server", "journal"]
    missing: list[str]


def assemble(
    job: Mapping[str, Any],
    trace: Mapping[str, Any],
    source: Literal["server", "journal"],
    data_dir: Path,
    log_dir: Path | None,
    families: Mapping[str, DeviceFamily[Any]],
    secrets: Secrets,
) -> TimeLine:
    """The time line of a job, which the API or the journal has told. Reads files, and takes its time.

    `log_dir` None: without lines of the log. `families`: of the plugins that are installed, for their decoders.
    """
    job_id = str(job["id"])
    mask = Mask(secrets, job.get("operation"))
    missing: list[str] = []
    steps = list(_history(job, trace))
    wire = list(_wire(data_dir, job_id, families, missing))
    if not wire:
        missing.append("No wire log of this job is kept: nothing was sent for it, or it was dropped by age or size.")
    steps += wire
    if log_dir is not None:
        try:
            steps += [_logged(line) for line in logfiles.lines(log_dir, logfiles.Wanted(job=job_id))]
        except CannotTell as error:
            missing.append(str(error))
    steps.sort(key=lambda step: step.at)
    for step in steps:
        mask.step(step)
    shown = mask.data({name: value for name, value in job.items() if name != "operation"}) | {"id": job_id}
    return TimeLine(shown, steps, source, missing)


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


def _wire(data_dir: Path, job_id: str, families: Mapping[str, DeviceFamily[Any]], missing: list[str]) -> Iterator[Step]:
    reader = FrameReader(families, missing)
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


def _flat(data: Any, name: str = "") -> list[tuple[str, str]]:
    """Nested JSON as names and values."""
    if isinstance(data, Mapping):
        return [pair for key, value in data.items() for pair in _flat(value, f"{name}.{key}" if name else str(key))]
    if isinstance(data, list | tuple) and any(isinstance(item, Mapping | list) for item in data):
        return [pair for index, value in enumerate(data) for pair in _flat(value, f"{name}.{index}")]
    if isinstance(data, list | tuple):
        return [(name, ", ".join(str(item) for item in data))]
    return [(name, "none" if data is None else str(data))]
