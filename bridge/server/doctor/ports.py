"""Serial ports and USB: are they there, may we use them, who has them."""

from __future__ import annotations

import contextlib
import os
import re
from collections.abc import Iterator
from pathlib import Path

from bridge.server.doctor.facts import Finding, Level, Situation

_CHECK = "serial port"
_USB = "usb"
_USB_URL = re.compile(r"usb://([0-9a-fA-F]{1,4}):([0-9a-fA-F]{1,4})(?::([^/?]+))?")

# Drivers of the kernel that make something else of the device: who speaks to it through them needs another URL.
_SERIAL_DRIVERS = frozenset({"cdc_acm", "ftdi_sio", "pl2303", "ch341", "cp210x"})


def serial(situation: Situation) -> Iterator[Finding]:
    """Each serial port of the configuration."""
    computer = situation.computer
    for device_id, config in situation.devices.items():
        if not config.url.startswith("serial://"):
            continue
        name = config.url.removeprefix("serial://").partition("?")[0]
        subject = f"{device_id} {name}"
        if computer.platform == "win32":
            yield Finding(_CHECK, subject, Level.NOT_CHECKED, "ports are looked at on Linux only", "See the device manager.")
            continue
        path = computer.at(name)
        if not path.exists():
            there = ", ".join(_ports(computer.dev)) or "none"
            yield Finding(
                _CHECK,
                subject,
                Level.PROBLEM,
                f"there is no such port; there are: {there}",
                "Plug the device in, or correct the address: tillbridge devices add ... --replace. Names below "
                "/dev/serial/by-id stay the same wherever it is plugged in.",
            )
            continue
        yield from _permitted(situation, subject, path, name)
        yield from _free(situation, subject, path)


def usb(situation: Situation) -> Iterator[Finding]:
    """Each USB address of the configuration: is it plugged in, which driver has it, may we open it."""
    computer = situation.computer
    for device_id, config in situation.devices.items():
        match = _USB_URL.match(config.url)
        if match is None:
            continue
        subject = f"{device_id} {config.url}"
        root = computer.sysfs / "bus" / "usb" / "devices"
        if not root.is_dir():
            yield Finding(_USB, subject, Level.NOT_CHECKED, f"there is no {root}", "USB is looked at on Linux only.")
            continue
        found = list(_usb_devices(root, int(match[1], 16), int(match[2], 16), match[3]))
        if not found:
            yield Finding(_USB, subject, Level.PROBLEM, "no such device is plugged in", "Plug it in and switch it on. See: lsusb")
        for place in found:
            yield from _usb_device(situation, subject, place)


def _permitted(situation: Situation, subject: str, path: Path, name: str) -> Iterator[Finding]:
    if situation.computer.may(path, os.R_OK | os.W_OK):
        yield Finding(_CHECK, subject, Level.OK, "this user may use it")
        return
    group = _group(path)
    yield Finding(
        _CHECK,
        subject,
        Level.PROBLEM,
        f"this user may not use it; it belongs to the group {group}",
        f"sudo usermod -aG {group} {situation.computer.environment.get('USER', 'USER')}, then sign out and in again.",
    )


def _free(situation: Situation, subject: str, path: Path) -> Iterator[Finding]:
    own = situation.server.pid if situation.server is not None else situation.locked_by
    strangers = [(pid, name) for pid, name in situation.computer.holders(str(path.resolve())) if pid != own]
    for pid, name in strangers:
        yield Finding(
            _CHECK,
            subject,
            Level.PROBLEM,
            f"{name} (process {pid}) has it open",
            f"Stop that program; if nobody needs it: kill {pid}"
            + (
                ". ModemManager takes every new port: sudo systemctl disable --now ModemManager" if name == "ModemManager" else ""
            ),
        )
    if not strangers:
        yield Finding(_CHECK, subject, Level.OK, "no other program that this user may see has it open")


def _usb_device(situation: Situation, subject: str, place: Path) -> Iterator[Finding]:
    for interface in sorted(place.parent.glob(f"{place.name}:*")):
        driver = interface / "driver"
        if not driver.exists():
            continue
        name = driver.resolve().name
        if name in _SERIAL_DRIVERS:
            remedy = "Use it as a serial port: serial:///dev/serial/by-id/..., see ls /dev/serial/by-id"
        else:
            remedy = f"sudo sh -c 'echo {interface.name} > {driver}/unbind', or keep the driver away with a udev rule."
        yield Finding(_USB, subject, Level.PROBLEM, f"the kernel's driver {name} has the interface {interface.name}", remedy)
        return
    try:
        bus, number = (int((place / fact).read_text()) for fact in ("busnum", "devnum"))
    except (OSError, ValueError):
        yield Finding(_USB, subject, Level.NOT_CHECKED, "where it is on the bus cannot be read", "See: lsusb")
        return
    node = situation.computer.dev / "bus" / "usb" / f"{bus:03d}" / f"{number:03d}"
    if situation.computer.may(node, os.R_OK | os.W_OK):
        yield Finding(_USB, subject, Level.OK, "it is plugged in, no driver has it, and this user may use it")
        return
    vendor = (place / "idVendor").read_text().strip()
    rule = f'SUBSYSTEM=="usb", ATTR{{idVendor}}=="{vendor}", GROUP="dialout", MODE="0660"'
    yield Finding(
        _USB,
        subject,
        Level.PROBLEM,
        f"this user may not use {node}",
        f"Put this line into /etc/udev/rules.d/60-tillbridge.rules and plug it in again: {rule}",
    )


def _usb_devices(root: Path, vendor: int, product: int, number: str | None) -> Iterator[Path]:
    for place in sorted(root.iterdir()):
        with contextlib.suppress(OSError, ValueError):
            ids = (int((place / "idVendor").read_text(), 16), int((place / "idProduct").read_text(), 16))
            if ids != (vendor, product):
                continue
            if number is None or (place / "serial").read_text().strip() == number:
                yield place


def _ports(dev: Path) -> list[str]:
    by_id = sorted(dev.glob("serial/by-id/*"))
    plain = sorted(path for pattern in ("ttyUSB*", "ttyACM*", "ttyS[0-9]") for path in dev.glob(pattern))
    return [str(path) for path in (*by_id, *plain)]


def _group(path: Path) -> str:
    try:
        return path.group()
    except (KeyError, OSError, NotImplementedError):
        return "dialout"
