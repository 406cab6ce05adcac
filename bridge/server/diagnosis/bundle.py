"""What goes into a bundle, the zip for whoever helps, with what is in it and what is not told at its front.

Made of the files of a data directory, with or without a running server; what only the server or the command knows comes as
`Sources`. Nothing is sent anywhere. Secrets, tokens and customers' data are left out or hidden.
"""

from __future__ import annotations

import contextlib
import json
import os
import platform
import sys
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from bridge.model import private_values, without_private
from bridge.server import logplace
from bridge.server.diagnosis import logfiles
from bridge.server.diagnosis.errors import CannotTell
from bridge.server.diagnosis.masked import Mask, secrets_of
from bridge.server.diagnosis.rows import as_data, report
from bridge.server.diagnosis.timeline import TimeLine
from bridge.server.doctor import examining
from bridge.server.doctor.facts import Situation
from bridge.store import read_journal, read_trace
from bridge.transport import Secrets, Values

# More jobs than a busy till makes in a week; beyond it the newest are taken, and the manifest says so.
_MOST_JOBS = 2000

# In a job as the journal has it: what may hold a customer's words beside the operation.
_RESULT_TEXTS = frozenset({"text", "qr"})

_LEFT_OUT = (
    "admin-token and secrets.toml: never.",
    "The journal itself: jobs.json has an excerpt. Of a receipt the goods, sums, taxes and payments stay; names, addresses, "
    "e-mails, phones, tax ids, loyalty ids, card data and delivery are hidden.",
    "Free texts (printouts, titles, texts of discounts, the receipt as text) are told by their length only: a till may write "
    "anything there. What was sent to the printer of them still stands in the wire logs and time lines, as it was printed.",
    "The operator's name and tax id, and the user of the operating system.",
    "The audit of administrative acts, except what was done to a job that is inspected here.",
    "In logs and wire logs: tokens, secret settings, card numbers, e-mail addresses, phone numbers, the customer's values.",
)


@dataclass(frozen=True, slots=True)
class Sources:
    """What is not in the files. Each may raise CannotTell. `gather`: a job's time line; `look`: for the doctor; `metrics`."""

    gather: Callable[[str], TimeLine]
    look: Callable[[], Situation]
    metrics: Callable[[], str]


class Bundle:
    """The zip while it is made, and what the manifest will say. `most`: bytes of all parts before they are packed; None: no limit."""

    def __init__(self, file: zipfile.ZipFile, most: int | None = None) -> None:
        self._file = file
        self._left = most
        self.contents: list[tuple[str, str, int]] = []
        self.missing: list[str] = []

    def add(self, name: str, what: str, text: str) -> None:
        raw = text.encode("utf-8", "backslashreplace")
        if self._left is not None:
            if len(raw) > self._left:
                raise CannotTell(
                    f"it has {len(raw)} bytes, and the bundle is as large as it may be; tillbridge bundle has no such limit"
                )
            self._left -= len(raw)
        self._file.writestr(name, raw)
        self.contents.append((name, what, len(raw)))

    def json(self, name: str, what: str, data: Any) -> None:
        self.add(name, what, json.dumps(data, ensure_ascii=False, indent=2, default=str) + "\n")

    def attempt(self, what: str, make: Callable[[], None]) -> None:
        """A part that cannot be had is named, and the others still come."""
        try:
            make()
        except CannotTell as error:
            self.missing.append(f"{what}: {error.message}")
        except Exception as error:  # half a bundle helps more than none, and this runs where things are broken
            self.missing.append(f"{what}: {type(error).__name__}: {error}")


def write(
    file: zipfile.ZipFile,
    data_dir: Path,
    sources: Sources,
    *,
    job: str | None,
    start: datetime,
    now: datetime,
    most: int | None = None,
) -> Bundle:
    """Fill the zip. `job`: one that this is about, whenever it was; `start`: how far back jobs and logs go."""
    made = Bundle(file, most)
    _fill(made, data_dir, sources, job, start)
    manifest = Bundle(file)  # whatever the limit: it says what is not there
    manifest.contents, manifest.missing = made.contents, made.missing
    _manifest(manifest, now, start, job)
    return made


def _fill(made: Bundle, data_dir: Path, sources: Sources, job: str | None, start: datetime) -> None:
    """All the parts, each by itself; what is small and tells most first."""
    secrets = secrets_of(data_dir)
    jobs: list[dict[str, Any]] = []
    made.attempt("jobs.json", lambda: jobs.extend(_read_jobs(data_dir, job, start, made)))
    private = _private(jobs)
    mask = Mask(secrets)
    if jobs:
        made.attempt(
            "jobs.json", lambda: made.json("jobs.json", f"{len(jobs)} jobs of the journal", [_job(one, secrets) for one in jobs])
        )
    inspected = dict.fromkeys(
        [*([job] if job else []), *(one["id"] for one in jobs if one["state"] in ("unresolved", "running"))]
    )
    for job_id in inspected:
        made.attempt(f"inspect/{job_id}", partial(_gathered, made, sources, job_id, private))
    made.attempt("doctor", lambda: _doctor(made, sources.look(), mask))
    made.attempt(
        "devices.json", lambda: made.json("devices.json", "configured devices, without secrets", _devices(data_dir, mask))
    )
    made.attempt(
        "installation.json", lambda: made.json("installation.json", "versions, plugins, operating system", _installation(mask))
    )
    made.attempt("metrics.txt", lambda: made.add("metrics.txt", "the server's metrics", mask.text(sources.metrics())))
    made.attempt("logs.jsonl", lambda: _logs(made, data_dir, start, secrets, private))
    for job_id in dict.fromkeys([*inspected, *(one["id"] for one in jobs)]):
        made.attempt(f"wire/{job_id}", partial(_wire, made, data_dir, job_id, secrets, private))


def _gathered(made: Bundle, sources: Sources, job_id: str, private: Values) -> None:
    _inspect(made, sources.gather(job_id), private)


def _read_jobs(data_dir: Path, job: str | None, start: datetime, made: Bundle) -> Iterator[dict[str, Any]]:
    journal, database = read_journal(data_dir)
    with contextlib.closing(database):
        rows = database.read(
            "SELECT id FROM jobs WHERE created_at>=? OR id=? OR state IN ('queued','running','unresolved') ORDER BY id DESC LIMIT ?",
            (start.astimezone(UTC).isoformat(), job or "", _MOST_JOBS + 1),
        )
        if len(rows) > _MOST_JOBS:
            made.missing.append(f"jobs.json: only the newest {_MOST_JOBS} jobs; say --since with a shorter time for others")
        for row in rows[:_MOST_JOBS]:
            found = journal.get(row["id"])
            if found is not None:
                yield found.as_json() | {"checkpoints": [point["name"] for point in journal.trace(found.id)["checkpoints"]]}


def _private(jobs: list[dict[str, Any]]) -> Values:
    return Values({value for job in jobs for value in (*private_values(job.get("operation")), *_operators(job))})


def _operators(job: dict[str, Any]) -> tuple[str, ...]:
    """Who stood at the till, as the till named him: printers are told, and print it."""
    named = (job.get("operation") or {}).get("operator"), (job.get("actor") or {}).get("operator")
    return tuple({str(one[name]) for one in named if isinstance(one, dict) for name in ("name", "tax_id") if one.get(name)})


def _job(job: dict[str, Any], secrets: Secrets) -> dict[str, Any]:
    """One job for strangers."""
    shown = dict(job)
    operation = dict(job.get("operation") or {})
    operation.pop("operator", None)
    shown["operation"] = without_private(operation)
    shown["actor"] = {"principal": job["actor"].get("principal"), "label": job["actor"].get("label")}
    shown["result"] = _without_texts(job.get("result"))
    masked: dict[str, Any] = Mask(secrets, job.get("operation")).data(shown)
    return masked | {"id": job["id"]}


def _without_texts(result: Any) -> Any:
    if isinstance(result, dict):
        # Where a person settled it, the reason is what he wrote; a device's reason is a code, and tells what is wrong.
        free = _RESULT_TEXTS | {"reason"} if "resolved_by" in result else _RESULT_TEXTS
        return {
            key: f"({len(value)} characters)" if key in free and isinstance(value, str) else _without_texts(value)
            for key, value in result.items()
        }
    return [_without_texts(item) for item in result] if isinstance(result, list) else result


def _inspect(made: Bundle, line: TimeLine, private: Values) -> None:
    job_id = line.job["id"]
    line.job["actor"] = {"principal": (line.job.get("actor") or {}).get("principal")}
    line.job["result"] = _without_texts(line.job.get("result"))
    for step in line.steps:
        if step.kind == "act":  # what was done counts, not who did it
            step.title = step.title.partition(" by ")[0]
        if step.kind == "act" or step.title == "#recheck":
            step.fields = [(name, value) for name, value in step.fields if name != "reason"]
        step.fields = [(name, private.hide(value)) for name, value in step.fields]
        if step.hex is not None:
            step.hex = private.hide_bytes(bytes.fromhex(step.hex)).hex()
    made.add(f"inspect/{job_id}.txt", "time line of a job", "\n".join(report(line, raw=False)) + "\n")
    made.json(f"inspect/{job_id}.json", "the same for programs, with bytes", as_data(line, raw=True))


def _doctor(made: Bundle, situation: Situation, mask: Mask) -> None:
    # Masked before rows are broken: devices and files have their say in them.
    findings = [
        replace(
            one, subject=mask.text(one.subject), text=mask.text(one.text), remedy=mask.text(one.remedy) if one.remedy else None
        )
        for one in examining.examine(situation)
    ]
    made.add("doctor.txt", "what tillbridge doctor found", "\n".join(examining.report(findings)) + "\n")
    made.json("doctor.json", "the same for programs", examining.as_data(findings))


def _devices(data_dir: Path, mask: Mask) -> dict[str, Any]:
    from bridge.devices.config import ConfigError, DeviceFile, secret_fields
    from bridge.plugin import PluginRegistry

    families = PluginRegistry.installed().families
    file = DeviceFile(data_dir)
    try:
        configs = file.load()
    except ConfigError as error:
        raise CannotTell(mask.text(str(error))) from None
    shown: dict[str, Any] = {}
    for device_id, config in configs.items():
        family = families.get(config.family)
        # Of a family that is not installed nobody knows which settings are secret: none is shown.
        hidden = secret_fields(family) | file.known_secrets(device_id) if family is not None else frozenset(config.settings)
        data = config.model_dump(mode="json")
        data["settings"] = {key: "***" if key in hidden else value for key, value in config.settings.items()}
        shown[device_id] = mask.data(data)
    return shown


def _installation(mask: Mask) -> dict[str, Any]:
    from importlib.metadata import distributions

    from bridge.plugin import PluginRegistry
    from bridge.server.version import version

    reports = [
        {
            "plugin": report.name,
            "distribution": report.distribution,
            "version": report.version,
            "families": list(report.families),
            "problem": mask.text(report.problem) if report.problem else None,
        }
        for report in PluginRegistry.installed().reports
    ]
    return {
        "tillbridge": version(),
        "plugins": reports,
        "python": sys.version,
        "platform": platform.platform(),
        "machine": platform.machine(),
        "locale": os.environ.get("LANG"),
        "zone": datetime.now().astimezone().tzname(),
        "distributions": sorted({f"{one.metadata['Name']} {one.version}" for one in distributions()}),
    }


def _logs(made: Bundle, data_dir: Path, start: datetime, secrets: Secrets, private: Values) -> None:
    """Masked once more: a secret that was set later, and what the jobs' customers are called, was not known to the writer."""
    mask = Mask(secrets)
    rows = [
        json.dumps(
            {name: private.hide(value) if isinstance(value, str) else value for name, value in mask.data(line).items()},
            ensure_ascii=False,
        )
        for line in logfiles.lines(logplace.directory_of(data_dir), logfiles.Wanted(since=start))
    ]
    if rows:
        made.add("logs.jsonl", f"{len(rows)} lines of the log", "\n".join(rows) + "\n")
    else:
        made.missing.append("logs.jsonl: no lines since then")


def _wire(made: Bundle, data_dir: Path, job_id: str, secrets: Secrets, private: Values) -> None:
    rows = []
    for line in read_trace(data_dir, job_id):
        if isinstance(line.get("hex"), str):
            line["hex"] = secrets.hide_bytes(bytes.fromhex(line["hex"]), private).hex()
        rows.append(json.dumps(line, ensure_ascii=False))
    if rows:
        made.add(f"wire/{job_id}.jsonl", "what went over the wire for a job", "\n".join(rows) + "\n")


def _manifest(made: Bundle, now: datetime, start: datetime, job: str | None) -> None:
    lines = [
        f"Tillbridge bundle, made {now.isoformat(timespec='seconds')}, from {start.isoformat(timespec='seconds')} on.",
        f"About job {job}." if job else "About no job in particular.",
        "",
        "In it:",
        *(f"  {name}: {what} ({size} bytes)" for name, what, size in made.contents),
        "",
        "Left out or hidden:",
        *(f"  {item}" for item in _LEFT_OUT),
        "",
        "Could not be had:",
        *(f"  {item}" for item in made.missing or ["nothing"]),
    ]
    data = {
        "made_at": now.isoformat(),
        "since": start.isoformat(),
        "job": job,
        "contents": [{"name": name, "what": what, "bytes": size} for name, what, size in made.contents],
        "left_out": list(_LEFT_OUT),
        "missing": list(made.missing),
    }
    made.add("MANIFEST.txt", "this list", "\n".join(lines) + "\n")
    made.json("manifest.json", "the same for programs", data)
