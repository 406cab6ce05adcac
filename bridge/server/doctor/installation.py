"""What is installed: configuration, plugins and their versions, the service that starts the bridge."""

from __future__ import annotations

from collections.abc import Iterator

from bridge.server.doctor.facts import Finding, Level, Situation

_CONFIG = "configuration"
_PLUGIN = "plugin"
_SERVICE = "service"
_UNIT = "tillbridge.service"


def configuration(situation: Situation) -> Iterator[Finding]:
    """devices.toml can be read, and every family in it is installed."""
    path = str(situation.data_dir / "devices.toml")
    if situation.devices_error is not None:
        yield Finding(
            _CONFIG,
            path,
            Level.PROBLEM,
            situation.devices_error,
            "Correct the file; the message names the place. A file that may not be read: call this as the user that runs the bridge.",
        )
        return
    if not situation.devices:
        yield Finding(_CONFIG, path, Level.WARNING, "no device is configured", "tillbridge devices add FAMILY --id ID --url URL")
        return
    missing = {config.family for config in situation.devices.values()} - set(situation.families)
    for family in sorted(missing):
        text = f"the family {family} is configured and not installed"
        yield Finding(_CONFIG, path, Level.PROBLEM, text, f"pip install tillbridge-{family}")
    if not missing:
        yield Finding(_CONFIG, path, Level.OK, f"{len(situation.devices)} devices, all of installed families")


def plugins(situation: Situation) -> Iterator[Finding]:
    """Each plugin works, or why not."""
    if not situation.plugins:
        yield Finding(_PLUGIN, "all", Level.WARNING, "no plugin is installed", "pip install tillbridge-posnet (or your family)")
    for report in situation.plugins:
        subject = f"{report.name} ({report.distribution} {report.version})"
        if report.problem is None:
            yield Finding(_PLUGIN, subject, Level.OK, ", ".join((*report.families, *report.simulators)) or "it works")
        else:
            remedy = f"pip install --upgrade tillbridge {report.distribution}; if it stays so, tell its author."
            yield Finding(_PLUGIN, subject, Level.PROBLEM, report.problem, remedy)


def service(situation: Situation) -> Iterator[Finding]:
    """Whether something starts the bridge with the computer."""
    computer = situation.computer
    if computer.platform != "linux":
        yield Finding(_SERVICE, _UNIT, Level.NOT_CHECKED, "services are looked at on Linux only", "tillbridge service status")
        return
    places = (
        computer.etc / "systemd" / "system" / _UNIT,
        computer.home / ".config" / "systemd" / "user" / _UNIT,
    )
    found = next((place for place in places if place.exists()), None)
    if found is None:
        text = "no service is installed: after a restart of the computer somebody must start the bridge"
        yield Finding(_SERVICE, _UNIT, Level.WARNING, text, "tillbridge service install")
        return
    user = ("--user",) if found == places[1] else ()
    said = computer.run(("systemctl", *user, "is-enabled", _UNIT))
    if said is not None and said.strip() == "enabled":
        yield Finding(_SERVICE, str(found), Level.OK, "it starts with the computer")
    else:
        command = f"systemctl {'--user ' if user else ''}enable --now {_UNIT}"
        yield Finding(_SERVICE, str(found), Level.WARNING, "it is installed and not enabled", command)
