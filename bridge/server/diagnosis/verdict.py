"""How a job stands, why, and what to do: the sentences above its time line."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bridge.model.fates import Fate, of_money, split, what_became
from bridge.server.diagnosis.steps import unanswered
from bridge.server.diagnosis.timeline import TimeLine


def verdict(line: TimeLine, *, commands: bool = True) -> Iterator[str]:
    """How the job stands, why, and what to do: sentences for somebody who sees it for the first time.

    `commands`: also which command to type; without, for those who see a page.
    """
    job = line.job
    state = job["state"]
    if state == "done":
        yield from _done(line)
    elif state == "failed":
        yield from _failed(job)
    elif state == "unresolved":
        yield from _unresolved(line, commands)
    elif state == "running":
        if of_money(job["op"]):
            yield "RUNNING: the terminal has begun, and the outcome is not known yet."
        else:
            yield "RUNNING: the device has begun, and the outcome is not known yet."
        yield from _waits(line)
        if line.source == "journal":
            yield "The server is off: at its next start it asks the device what became of this."
    else:
        yield "QUEUED: nothing of it was sent to the device yet."
        yield from _waits(line)
        if line.source == "journal":
            yield "The server is off. Start it: tillbridge serve"


def _done(line: TimeLine) -> Iterator[str]:
    job = line.job
    result = job.get("result") or {}
    outcome = (result.get("payment") or {}).get("outcome")
    number = (result.get("document") or {}).get("number")
    if outcome == "reversed":
        yield "DONE: the terminal approved it, and it was taken back since."
    elif outcome == "partial":
        yield "DONE, but approved in part only."
    elif outcome is not None and not job.get("success"):
        yield f"DONE, but not approved: the terminal said {outcome}."
    elif not job.get("success"):
        yield "DONE without the device's confirmation: it was sent at most once."
    elif "resolved_by" in (result.get("evidence") or {}):
        yield "DONE: a person looked and settled it. The device itself has not told."
    elif of_money(job["op"]):
        yield "DONE: the terminal did it."
    elif number:
        yield f"DONE: the device confirmed it. The document has the number {number}."
    else:
        yield "DONE: the device confirmed it."
    for warning in result.get("warnings") or ():
        yield f"Warning: {warning['message']}"
    if any(step.kind == "state" and step.title == "unresolved" for step in line.steps):
        yield "It was in doubt for a while, and was then settled (see the last state below)."


def _failed(job: dict[str, Any]) -> Iterator[str]:
    error = job.get("error") or {}
    why, last = split(error.get("message") or "")
    if of_money(job["op"]):
        yield f"FAILED, surely: {last or what_became(Fate.NOT_ISSUED, job['op'])}"
        if why:
            yield why
    else:
        yield f"FAILED: surely nothing was issued. {why}" if why else "FAILED: surely nothing was issued."
    told = " ".join(str(error[name]) for name in ("device_code", "device_text") if error.get(name))
    if told:
        yield f"The device said: {told}"
    if error.get("remedy"):
        yield f"What to do: {error['remedy']}"


def _unresolved(line: TimeLine, commands: bool) -> Iterator[str]:
    job = line.job
    money = of_money(job["op"])
    if money:
        yield "UNRESOLVED: it is not known what the terminal did. It takes no other payment until it is."
    else:
        yield "UNRESOLVED: it is not known whether the document came out. The device takes no other document until it is."
    notes = [value for step in line.steps if step.kind == "state" and step.title == "unresolved" for _, value in step.fields]
    if notes:
        yield f"Why: {notes[-1].removesuffix('.')}."
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
        if money and commands:
            yield "The terminal cannot tell. Look at its display, its journal, the slips or the bank's totals, and settle it:"
        elif money:
            yield "The terminal cannot tell. Look at its display, its journal, the slips or the bank's totals, and settle it."
        elif commands:
            yield "The device cannot tell. Look at the paper, or at the device's own memory, and settle it:"
        else:
            yield "The device cannot tell. Look at the paper, or at the device's own memory, and settle it."
        if commands:
            yield f'  tillbridge jobs resolve {job["id"]} --verdict issued|not_issued --reason "..."'
        return
    yield from _waits(line)
    if line.source == "journal":
        yield "The server is off: recovery goes on when it runs. Start it: tillbridge serve"
    else:
        if money:
            yield "Mostly the terminal must only come back: switched on and connected. Then it is settled by itself."
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
