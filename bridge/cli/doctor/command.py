"""`tillbridge doctor`: every check in turn, then the findings. Exit code 1 when there is a problem."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import click

from bridge.cli.client import Client, NotRunning, segment
from bridge.cli.data_dir import data_dir_option, json_option
from bridge.cli.doctor import access, certificates, clock, disk, installation, journal, network, own_certificates, ports
from bridge.cli.doctor.facts import Computer, Finding, Level, Server, Situation, lock_holder
from bridge.cli.errors import CliError
from bridge.cli.inspect import printable
from bridge.cli.output import print_json, progress
from bridge.server import instance, logplace
from bridge.server.diagnosis.masked import Mask, secrets_of
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
_COLOURS = {Level.OK: "green", Level.WARNING: "yellow", Level.PROBLEM: "red", Level.NOT_CHECKED: "blue"}
_WIDTH = 80


@click.command()
@click.option(
    "--port", type=click.IntRange(1, 65535), default=DEFAULT_PORT, show_default=True, help="Where the bridge should answer."
)
@data_dir_option
@json_option
def doctor(port: int, data_dir: Path, as_json: bool) -> None:
    """Look at everything that keeps a device silent, and say what to do about it.

    Changes nothing. Works with the server on or off. Exit code 1 when there is a problem.
    """
    with progress("Looking"):
        findings = examine(look(data_dir, port))
    if as_json:
        print_json(as_data(findings))
    else:
        for row in report(findings):
            click.echo(row)
    if any(finding.level is Level.PROBLEM for finding in findings):
        sys.exit(1)


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


def report(findings: Sequence[Finding], *, colours: bool | None = None) -> Iterator[str]:
    """Problems first, what is in order last and short."""
    styled = sys.stdout.isatty() if colours is None else colours
    for level in (Level.PROBLEM, Level.WARNING, Level.NOT_CHECKED, Level.OK):
        for finding in findings:
            if finding.level is level:
                yield from _rows(finding, styled)
    counts = as_data(findings)["summary"]
    yield ""
    yield f"{counts['problem']} problems, {counts['warning']} warnings, {counts['not_checked']} not checked, {counts['ok']} in order"


def _rows(finding: Finding, styled: bool) -> Iterator[str]:
    mark = f"{_MARKS[finding.level]:<11}"
    head = printable(f"{finding.check} {finding.subject}: {finding.text}".replace(" :", ":"))
    first, *rest = textwrap.wrap(head, _WIDTH - 12, break_on_hyphens=False) or [""]
    yield f"{click.style(mark, fg=_COLOURS[finding.level]) if styled else mark} {first}"
    for row in rest:
        yield f"{'':<12}{row}"
    if finding.remedy is not None and finding.level is not Level.OK:
        for row in textwrap.wrap(f"-> {printable(finding.remedy)}", _WIDTH - 12, subsequent_indent="   ", break_on_hyphens=False):
            yield f"{'':<12}{row}"


# -- gathering -----------------------------------------------------------------------------------------------------------


def look(data_dir: Path, port: int = DEFAULT_PORT, computer: Computer | None = None) -> Situation:
    """What the checks need to know; whatever cannot be had is left out, and the checks say so."""
    from bridge.plugin import PluginRegistry

    computer = computer or Computer()
    registry = PluginRegistry.installed()
    devices, error = _devices(data_dir)
    server = _server(data_dir)
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


def _server(data_dir: Path) -> Server | None:
    """The running server's word. None where none answers, or this user may not ask it."""
    running = _quietly(lambda: instance.find(data_dir))
    if running is None:
        return None
    try:
        client = Client.connect(data_dir)
        devices = {device["id"]: device for device in client.get("/devices")["devices"]}
        statuses = {device_id: client.get(f"/devices/{segment(device_id)}/status") for device_id in devices}
        version = str(client.get("/ping")["version"])
        problems = client.get("/health").get("problems") or ()
    except (CliError, NotRunning, OSError):
        return None
    return Server(running.port, running.pid, version, devices, statuses, tuple(problems))


def _quietly(ask: Callable[[], Any]) -> Any:
    try:
        return ask()
    except OSError:
        return None
