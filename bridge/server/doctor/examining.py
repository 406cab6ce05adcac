"""Every check in turn, what each may know, and the findings as rows: for `tillbridge doctor` and the bundle alike."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

from bridge.server import instance, logplace
from bridge.server.diagnosis.masked import Mask, secrets_of
from bridge.server.diagnosis.rows import Style, plain, printable
from bridge.server.doctor import access, certificates, clock, disk, installation, journal, network, own_certificates, ports
from bridge.server.doctor.facts import Computer, Finding, Level, Server, Situation, lock_holder
from bridge.server.settings import DEFAULT_PORT

Check = Callable[[Situation], Iterable[Finding]]

CHECKS: tuple[Check, ...] = (
    network.api_port,
    installation.configuration,
    installation.plugins,
    network.reachable,
    ports.serial,
    ports.usb,
    journal.journal,
    disk.data_directory,
    certificates.certificates,
    own_certificates.own_certificates,
    access.access,
    clock.clock,
    clock.devices,
    disk.logs,
    installation.service,
)

_MARKS = {Level.OK: "ok", Level.WARNING: "WARNING", Level.PROBLEM: "PROBLEM", Level.NOT_CHECKED: "not checked"}
_WIDTH = 80


def examine(situation: Situation, checks: Sequence[Check] = CHECKS) -> list[Finding]:
    """Run the checks. One that fails itself is a finding, and the others still run."""
    mask = Mask(secrets_of(situation.data_dir))
    findings: list[Finding] = []
    for check in checks:
        try:
            findings += check(situation)
        except PermissionError as error:
            text = f"this user may not read {error.filename or 'what it looks at'}"
            name = getattr(check, "__name__", "check")
            findings.append(Finding(name, "", Level.NOT_CHECKED, text, "Call this as the user that runs the bridge."))
        except Exception as error:  # a check must not keep the others from telling what they see
            text = f"the check itself failed: {type(error).__name__}: {error}"
            name = getattr(check, "__name__", "check")
            findings.append(Finding(name, "", Level.NOT_CHECKED, text, "Please report this, with tillbridge --version."))
    return [
        Finding(
            finding.check,
            mask.text(finding.subject),
            finding.level,
            mask.text(finding.text),
            mask.text(finding.remedy) if finding.remedy is not None else None,
        )
        for finding in findings
    ]


def as_data(findings: Sequence[Finding]) -> dict[str, Any]:
    counts = {level.value.replace(" ", "_"): sum(finding.level is level for finding in findings) for level in Level}
    return {"summary": counts, "findings": [finding.as_json() for finding in findings]}


def report(findings: Sequence[Finding], style: Style = plain) -> Iterator[str]:
    """Problems first, what is in order last and short."""
    for level in (Level.PROBLEM, Level.WARNING, Level.NOT_CHECKED, Level.OK):
        for finding in findings:
            if finding.level is level:
                yield from _rows(finding, style)
    counts = as_data(findings)["summary"]
    yield ""
    yield f"{counts['problem']} problems, {counts['warning']} warnings, {counts['not_checked']} not checked, {counts['ok']} in order"


def _rows(finding: Finding, style: Style) -> Iterator[str]:
    mark = f"{_MARKS[finding.level]:<11}"
    head = printable(f"{finding.check} {finding.subject}: {finding.text}".replace(" :", ":"))
    first, *rest = textwrap.wrap(head, _WIDTH - 12, break_on_hyphens=False) or [""]
    yield f"{style(mark, finding.level.value)} {first}"
    for row in rest:
        yield f"{'':<12}{row}"
    if finding.remedy is not None and finding.level is not Level.OK:
        for row in textwrap.wrap(f"-> {printable(finding.remedy)}", _WIDTH - 12, subsequent_indent="   ", break_on_hyphens=False):
            yield f"{'':<12}{row}"


def look(data_dir: Path, server: Server | None, port: int = DEFAULT_PORT, computer: Computer | None = None) -> Situation:
    """What the checks need to know; whatever cannot be had is left out, and the checks say so. `server`: who runs here, and what it
    says of its devices."""
    from bridge.plugin import PluginRegistry

    computer = computer or Computer()
    registry = PluginRegistry.installed()
    devices, error = _devices(data_dir)
    published = _quietly(lambda: instance.find(data_dir))
    return Situation(
        computer=computer,
        data_dir=data_dir,
        log_dir=logplace.directory_of(data_dir),
        devices=devices,
        devices_error=error,
        plugins=registry.reports,
        families=tuple(registry.families),
        server=server,
        locked_by=None if server is not None else lock_holder(computer, data_dir / "lock"),
        port=published.port if published is not None else port,
    )


def _devices(data_dir: Path) -> tuple[dict[str, Any], str | None]:
    from bridge.devices.config import ConfigError, DeviceFile

    try:
        return DeviceFile(data_dir).load(), None
    except ConfigError as error:
        return {}, str(error)
    except OSError as error:
        return {}, f"{error.filename}: {error.strerror}"


def _quietly(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except OSError:
        return None
