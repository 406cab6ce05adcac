"""Serial ports of this computer: which there are, when two names mean one port, and which programs hold one.

Names are the system's whim: COM3 today and COM5 tomorrow, a link under /dev/serial/by-id and the tty behind it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from serial.tools import list_ports  # type: ignore[import-untyped]

# Listing reads the system's device tree: milliseconds. A driver that hangs there must not hang us.
LIST_SECONDS = 5.0


@dataclass(frozen=True, slots=True)
class SerialPort:
    """A serial port as the system lists it. `location`: where on the USB tree it is plugged in."""

    name: str
    description: str | None = None
    vendor: int | None = None
    product: int | None = None
    serial: str | None = None
    location: str | None = None

    @property
    def key(self) -> str:
        return port_key(self.name)

    @property
    def usb(self) -> str | None:
        """`1424:100b`, with the serial number where it has one; None for a port that is not on USB."""
        if self.vendor is None or self.product is None:
            return None
        return f"{self.vendor:04x}:{self.product:04x}" + (f":{self.serial}" if self.serial else "")

    def as_json(self) -> dict[str, Any]:
        return asdict(self)


PortLister = Callable[[], Sequence[SerialPort]]
HolderTeller = Callable[[str], Sequence[str]]


def system_ports() -> list[SerialPort]:
    """The ports that the operating system lists, in the order of their names."""
    listed = [
        SerialPort(
            name=str(found.device),
            description=_said(found.description),
            vendor=found.vid,
            product=found.pid,
            serial=_said(found.serial_number),
            location=_said(found.location),
        )
        for found in list_ports.comports()
    ]
    return sorted(listed, key=lambda port: port.name)


def port_key(name: str, platform: str = sys.platform) -> str:
    """What two names of one port have in common."""
    if platform == "win32":
        return name.removeprefix("\\\\.\\").upper()
    if platform == "darwin":  # each port has a name for calling out and one for being called
        name = name.replace("/dev/tty.", "/dev/cu.", 1)
    return os.path.realpath(name)


class PortWatch:
    """Looks at the ports without holding up the loop; whoever asks while a listing is under way shares it."""

    def __init__(self, lister: PortLister, tell_holders: HolderTeller, seconds: float = LIST_SECONDS) -> None:
        self._lister = lister
        self._tell_holders = tell_holders
        self._seconds = seconds
        self._running: asyncio.Future[Sequence[SerialPort]] | None = None

    async def ports(self) -> Sequence[SerialPort]:
        """Raises PortsUnknown where the system does not tell."""
        if self._running is None:
            self._running = asyncio.get_running_loop().run_in_executor(None, self._lister)
            self._running.add_done_callback(self._over)
        try:
            async with asyncio.timeout(self._seconds):
                return await asyncio.shield(self._running)
        except TimeoutError:
            raise PortsUnknown(f"the system does not list its serial ports within {self._seconds:g} s") from None
        except Exception as error:  # drivers and platforms fail in their own ways here
            raise PortsUnknown(f"the serial ports cannot be listed: {error}") from error

    async def holders(self, name: str) -> Sequence[str]:
        """Other programs that have this port open, as far as the system tells."""
        return await asyncio.get_running_loop().run_in_executor(None, self._tell_holders, name)

    def _over(self, done: asyncio.Future[Sequence[SerialPort]]) -> None:
        self._running = None
        if not done.cancelled():
            done.exception()  # told to whoever waited; nobody may be waiting any more


class PortsUnknown(Exception):
    """The serial ports cannot be listed. The message says why."""


def holders(name: str, proc: Path = Path("/proc")) -> list[str]:
    """Other programs that have this port open, as `program (process 123)`. Empty where the system does not tell."""
    key = port_key(name)
    own = str(os.getpid())
    found = []
    try:
        processes = [entry for entry in os.listdir(proc) if entry.isdigit() and entry != own]
    except OSError:
        return []
    for process in processes:
        if _has_open(proc / process / "fd", key):
            found.append(f"{_program(proc / process)} (process {process})")
    return found


def _has_open(descriptors: Path, key: str) -> bool:
    with contextlib.suppress(OSError):  # another user's process, or one that has ended meanwhile
        for descriptor in os.listdir(descriptors):
            with contextlib.suppress(OSError):  # a descriptor that was closed meanwhile
                if os.readlink(descriptors / descriptor) == key:
                    return True
    return False


def _program(process: Path) -> str:
    try:
        return (process / "comm").read_text("utf-8", "replace").strip() or "a program"
    except OSError:
        return "a program"


def _said(text: str | None) -> str | None:
    return None if text in (None, "", "n/a") else text
