"""The computer's clock: zone, year, synchronisation, and how far the devices' clocks are from it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from bridge.server.doctor.facts import Finding, Level, Situation

_CHECK = "clock"

# Before the first release, or so late that only a broken clock says so.
_FIRST_YEAR, _LAST_YEAR = 2025, 2060
# Fiscal devices take documents of their own time; minutes apart are a clock that nobody set, and an hour a wrong zone.
_DRIFT_SECONDS = 120


def clock(situation: Situation) -> Iterator[Finding]:
    """The computer's own."""
    computer = situation.computer
    now = computer.now()
    if not _FIRST_YEAR <= now.year <= _LAST_YEAR:
        text = f"the year is {now.year}"
        yield Finding(
            _CHECK, "computer", Level.PROBLEM, text, "Set date and time; a computer that forgets them needs a new battery."
        )
    else:
        yield Finding(_CHECK, "computer", Level.OK, f"it is {now.isoformat(timespec='seconds')}")
    if computer.platform == "win32":
        yield Finding(_CHECK, "zone", Level.NOT_CHECKED, "the zone is looked at on Linux only", "See Settings, Time & language.")
        return
    if computer.environment.get("TZ") or (computer.etc / "localtime").exists():
        yield Finding(_CHECK, "zone", Level.OK, "a time zone is set")
    else:
        text = "no time zone is set: times are shown in UTC"
        yield Finding(_CHECK, "zone", Level.WARNING, text, "sudo timedatectl set-timezone Europe/Warsaw (or your own)")
    yield _synchronised(situation)


def devices(situation: Situation) -> Iterator[Finding]:
    """The devices', as the running server heard them last."""
    for device_id in situation.devices:
        status = (situation.statuses_of(device_id) or {}).get("status") or {}
        if not status.get("clock") or not status.get("as_of"):
            why = "the server is off" if situation.server is None else "the device has not told its clock"
            yield Finding(_CHECK, device_id, Level.NOT_CHECKED, why, f"tillbridge devices status {device_id}")
            continue
        drift = (datetime.fromisoformat(status["clock"]) - datetime.fromisoformat(status["as_of"])).total_seconds()
        text = f"the device's clock is {abs(drift):.0f} s {'ahead of' if drift > 0 else 'behind'} this computer's"
        if abs(drift) > _DRIFT_SECONDS:
            remedy = "Set the computer's clock first, then the device's: operation clock.set, where it can, or the device's menu."
            yield Finding(_CHECK, device_id, Level.WARNING, text, remedy)
        else:
            yield Finding(_CHECK, device_id, Level.OK, text)


def _synchronised(situation: Situation) -> Finding:
    said = situation.computer.run(("timedatectl", "show", "-p", "NTPSynchronized", "--value"))
    if said is None:
        text = "whether the time is synchronised cannot be told (no timedatectl)"
        return Finding(_CHECK, "synchronisation", Level.NOT_CHECKED, text, "Compare it with a clock that you trust.")
    if said.strip() == "yes":
        return Finding(_CHECK, "synchronisation", Level.OK, "the time is synchronised over the network")
    text = "the time is not synchronised over the network"
    return Finding(_CHECK, "synchronisation", Level.WARNING, text, "sudo timedatectl set-ntp true")
