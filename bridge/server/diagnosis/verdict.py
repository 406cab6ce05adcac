"""How a job stands, why, and what to do: the sentences above its time line."""

from __future__ import annotations

from collections.abc import Iterator

from bridge.server.diagnosis.steps import unanswered
from bridge.server.diagnosis.timeline import TimeLine


def verdict(line: TimeLine, *, commands: bool = True) -> Iterator[str]:
    """How the job stands, why, and what to do: sentences for somebody who sees it for the first time.

    `commands`: also which command to type; without, for those who see a page.
    """
    job = line.job
    result, error = job.get("result") or {}, job.get("error") or {}
    state = job["state"]
    if state == "done":
        document = result.get("document") or {}
        if job.get("success"):
            number = document.get("number")
            if number:
                yield f"DONE: the device confirmed it. The document has the number {number}."
            else:
                yield "DONE: the device confirmed it."
        elif result.get("payment"):
            yield f"DONE, but not approved: the terminal said {result['payment'].get('outcome')}."
        else:
            yield "DONE without the device's confirmation: it was sent at most once."
        for warning in result.get("warnings") or ():
            yield f"Warning: {warning['message']}"
        if any(step.kind == "state" and step.title == "unresolved" for step in line.steps):
            yield "It was in doubt for a while, and was then settled (see the last state below)."
    elif state == "failed":
        if error.get("message"):
            yield f"FAILED: surely nothing was issued. {error['message']}"
        else:
            yield "FAILED: surely nothing was issued."
        told = " ".join(str(error[name]) for name in ("device_code", "device_text") if error.get(name))
        if told:
            yield f"The device said: {told}"
        if error.get("remedy"):
            yield f"What to do: {error['remedy']}"
    elif state == "unresolved":
        yield from _unresolved(line, commands)
    elif state == "running":
        yield "RUNNING: the device has begun, and the outcome is not known yet."
        yield from _waits(line)
        if line.source == "journal":
            yield "The server is off: at its next start it asks the device what became of this."
    else:
        yield "QUEUED: nothing of it was sent to the device yet."
        yield from _waits(line)
        if line.source == "journal":
            yield "The server is off. Start it: tillbridge serve"


def _unresolved(line: TimeLine, commands: bool) -> Iterator[str]:
    job = line.job
    yield "UNRESOLVED: it is not known whether the document came out. The device takes no other document until it is."
    notes = [value for step in line.steps if step.kind == "state" and step.title == "unresolved" for _, value in step.fields]
    if notes:
        yield f"Why: {notes[-1]}."
    last = unanswered(line.steps)
    if last is not None:
        at = last.at.astimezone().strftime("%H:%M:%S")
        yield f'At {at} "{last.title}" was sent, and no answer to it came: that is where certainty ended.'
    recoveries = sum(step.kind == "phase" and step.title.startswith("recovery") for step in line.steps)
    yield (
        f"Since then the device was asked {recoveries} times what became of it."
        if recoveries != 1
        else ("Since then the device was asked once what became of it.")
    )
    if any(step.kind == "checkpoint" and step.title == "#needs_operator" for step in line.steps):
        if not commands:
            yield "The device cannot tell. Look at the paper, or at the device's own memory, and settle it."
        else:
            yield "The device cannot tell. Look at the paper, or at the device's own memory, and settle it:"
            yield f'  tillbridge jobs resolve {job["id"]} --verdict issued|not_issued --reason "..."'
        return
    yield from _waits(line)
    if line.source == "journal":
        yield "The server is off: recovery goes on when it runs. Start it: tillbridge serve"
    else:
        yield "Mostly the device must only come back: switched on, cable in, paper in. Then it is settled by itself."
        if commands:
            yield f"See tillbridge devices status {job['device']} and tillbridge doctor."


def _waits(line: TimeLine) -> Iterator[str]:
    attention = line.job.get("attention") or {}
    if attention.get("text"):
        yield f"It waits: {attention['text']}"
        return
    prompts = [step for step in line.steps if step.kind == "prompt"]
    if prompts and prompts[-1].title.startswith("waits:"):
        yield f"It waited last: {prompts[-1].title.removeprefix('waits: ')}"
