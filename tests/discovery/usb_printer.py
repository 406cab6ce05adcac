"""A simulated Posnet printer on a USB cable: a pseudo-terminal behind a port name that comes and goes.

The name is a link in a directory of the test, as udev makes them, so that no other program's terminal can ever get it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from bridge_sim_posnet.family import PosnetSimulator
from bridge_simulators.device import IssuedDocument
from bridge_simulators.faults import Course, Step, StepFault
from bridge_simulators.listen import PtyListener

from bridge.devices.discovery import SerialPort


@dataclass(frozen=True, slots=True, kw_only=True)
class Hand(StepFault):
    """Somebody does something to the device at a step of a command; the answer is lost with the line."""

    kind = "hand"
    step: Step = "before"
    act: Callable[[], None] = field(compare=False)

    def strike(self, device: Any, course: Course) -> None:
        course.lost = True
        self.act()


class UsbPrinter:
    """The printer, its cable, and the names under which it has been plugged in."""

    def __init__(self, directory: Path, settings: Mapping[str, str] | None = None) -> None:
        self.device = PosnetSimulator().create(settings, pace="fast")
        self._directory = directory
        self._listener: PtyListener | None = None
        self._closing: set[asyncio.Task[None]] = set()
        self.port: Path | None = None

    def plug_in(self, name: str) -> None:
        self._listener = PtyListener(self.device, "", None)
        self.port = self._directory / name
        self.port.symlink_to(self._listener.path)

    def pull_out(self) -> None:
        assert self.port is not None
        assert self._listener is not None
        self.port.unlink()
        # In a task: the hand may be at the cable while the listener is at work.
        task = asyncio.ensure_future(self._listener.close())
        self._closing.add(task)
        self.port = self._listener = None

    def ports(self) -> list[SerialPort]:
        return [] if self.port is None else [SerialPort(str(self.port), vendor=0x1424, product=0x100B)]

    def sales(self) -> list[IssuedDocument]:
        return [document for document in self.device.documents() if document.kind == "receipt"]

    async def close(self) -> None:
        if self._listener is not None:
            await self._listener.close()
        await asyncio.gather(*self._closing)
        self.device.cut_connections()
