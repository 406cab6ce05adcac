"""A USB bus for tests: pyusb's own backend interface, with devices whose troubles are switches.

What it does follows USB 2.0 (a bulk transfer is cut into packets; a device says NAK, STALL or nothing) and libusb 1.0 (what
raises which errno, and that a time-out tells how much went through). Waiting is done on conditions, never by the clock,
but for the time-outs that a caller asks for.
"""

from __future__ import annotations

import errno
import threading
from array import array
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import usb.backend
import usb.core

COMMUNICATIONS, PRINTER, HID, CDC_DATA, VENDOR = 0x02, 0x07, 0x03, 0x0A, 0xFF
BULK, INTERRUPT = 0x02, 0x03


@dataclass
class FakeInterface:
    """One interface in one setting. `ends`: address and kind of each endpoint."""

    number: int
    kind: int
    ends: tuple[tuple[int, int], ...]
    subclass: int = 0
    setting: int = 0
    packet: int = 64


def acm() -> list[FakeInterface]:
    """A virtual serial port."""
    return [
        FakeInterface(0, COMMUNICATIONS, ((0x83, INTERRUPT),), subclass=2),
        FakeInterface(1, CDC_DATA, ((0x81, BULK), (0x02, BULK))),
    ]


def bulk(number: int = 0, kind: int = VENDOR) -> FakeInterface:
    """An interface with a pair of bulk endpoints, whose addresses no other interface has."""
    return FakeInterface(number, kind, ((0x84 + number, BULK), (0x04 + number, BULK)))


@dataclass
class FakeDevice:
    """A device on the bus. `on_bytes` gets what the host writes; `send` is what the device says."""

    interfaces: list[FakeInterface] = field(default_factory=acm)
    vendor: int = 0x0483
    product: int = 0x5720
    serial: str | None = None
    configured: int = 1
    kernel: set[int] = field(default_factory=set)
    """Interfaces that a driver of the kernel holds."""
    on_bytes: Callable[[bytes], None] = lambda data: None
    on_open: Callable[[], None] = lambda: None
    on_gone: Callable[[], None] = lambda: None
    """The host is gone: the device was unplugged, or its interface given back."""

    # Switches.
    permitted: bool = True
    winusb: bool = True
    claimed_by_other: bool = False
    line_state: bool = True
    takes: int | None = None
    """Bytes that the device takes of one transfer before it says NAK until the time is up; None: all."""
    fails: deque[tuple[str, int | None]] = field(default_factory=deque)
    """Errors of the next transfers: ("in" or "out", errno)."""
    gate: threading.Event | None = None
    """A write waits for it before the device takes anything."""
    cut_out: int | None = None
    """Unplugged when so many bytes have come to the device..."""
    cut_in: int | None = None
    """...or to the host."""

    # What happened.
    plugged: bool = True
    taken: bytearray = field(default_factory=bytearray)
    given: int = 0
    packets: list[int] = field(default_factory=list)
    requests: list[tuple[int, int, int, int]] = field(default_factory=list)
    halts_cleared: list[int] = field(default_factory=list)
    opened: int = 0
    claimed: set[int] = field(default_factory=set)
    news: threading.Condition = field(default_factory=threading.Condition)
    outgoing: deque[bytes] = field(default_factory=deque)
    reached: threading.Event = field(default_factory=threading.Event)
    """Set when a write waits at the gate."""

    def send(self, data: bytes) -> None:
        """One transfer to the host; an empty one is a packet of length zero."""
        with self.news:
            self.outgoing.append(data)
            self.news.notify_all()

    def unplug(self) -> None:
        with self.news:
            if not self.plugged:
                return
            self.plugged = False
            self.claimed.clear()
            self.outgoing.clear()
            self.news.notify_all()
        self.on_gone()

    def plug_in(self) -> None:
        with self.news:
            self.plugged = True


class FakeBus(usb.backend.IBackend):  # type: ignore[misc]
    """Carries bytes between pyusb and FakeDevices. `on_enumerate` is called each time somebody looks who is there."""

    def __init__(self, *devices: FakeDevice) -> None:
        self.devices = list(devices)
        self.on_enumerate: Callable[[], None] = lambda: None

    # -- descriptors -------------------------------------------------------------------------------------------------

    def enumerate_devices(self) -> Sequence[FakeDevice]:
        self.on_enumerate()
        return [device for device in self.devices if device.plugged]

    def get_device_descriptor(self, dev: FakeDevice) -> Any:
        names = "bLength bDescriptorType bcdUSB bDeviceClass bDeviceSubClass bDeviceProtocol bMaxPacketSize0 bcdDevice"
        more_names = "iManufacturer iProduct address bus port_number port_numbers speed"
        fields = dict.fromkeys((*names.split(), *more_names.split()), 0)
        more = {"idVendor": dev.vendor, "idProduct": dev.product, "iSerialNumber": 3 if dev.serial else 0}
        return SimpleNamespace(**fields, **more, bNumConfigurations=1)

    def get_configuration_descriptor(self, dev: FakeDevice, config: int) -> Any:
        if config:
            raise IndexError
        fields = dict.fromkeys(("bLength", "bDescriptorType", "wTotalLength", "iConfiguration", "bmAttributes", "bMaxPower"), 0)
        count = len({interface.number for interface in dev.interfaces})
        return SimpleNamespace(**fields, bNumInterfaces=count, bConfigurationValue=1, extra_descriptors=[])

    def get_interface_descriptor(self, dev: FakeDevice, intf: int, alt: int, config: int) -> Any:
        numbers = sorted({interface.number for interface in dev.interfaces})
        found = [interface for interface in dev.interfaces if interface.number == numbers[intf]][alt]
        return SimpleNamespace(
            bLength=9,
            bDescriptorType=4,
            bInterfaceNumber=found.number,
            bAlternateSetting=found.setting,
            bNumEndpoints=len(found.ends),
            bInterfaceClass=found.kind,
            bInterfaceSubClass=found.subclass,
            bInterfaceProtocol=0,
            iInterface=0,
            extra_descriptors=[],
            found=found,
        )

    def get_endpoint_descriptor(self, dev: FakeDevice, ep: int, intf: int, alt: int, config: int) -> Any:
        found = self.get_interface_descriptor(dev, intf, alt, config).found
        address, kind = found.ends[ep]
        fields = dict.fromkeys(("bLength", "bDescriptorType", "bInterval", "bRefresh", "bSynchAddress"), 0)
        more = {"bEndpointAddress": address, "bmAttributes": kind, "wMaxPacketSize": found.packet}
        return SimpleNamespace(**fields, **more, extra_descriptors=[])

    # -- opening -----------------------------------------------------------------------------------------------------

    def open_device(self, dev: FakeDevice) -> FakeDevice:
        if not dev.plugged:
            raise _error(errno.ENODEV)
        if not dev.winusb:
            raise NotImplementedError("Operation not supported or unimplemented on this platform")
        if not dev.permitted:
            raise _error(errno.EACCES)
        dev.opened += 1
        return dev

    def close_device(self, dev_handle: FakeDevice) -> None:
        dev_handle.opened -= 1

    def get_configuration(self, dev_handle: FakeDevice) -> int:
        return dev_handle.configured

    def set_configuration(self, dev_handle: FakeDevice, config_value: int) -> None:
        if dev_handle.kernel:
            raise _error(errno.EBUSY)
        dev_handle.configured = config_value

    def claim_interface(self, dev_handle: FakeDevice, intf: int) -> None:
        if not dev_handle.plugged:
            raise _error(errno.ENODEV)
        if dev_handle.claimed_by_other or intf in dev_handle.kernel or intf in dev_handle.claimed:
            raise _error(errno.EBUSY)
        dev_handle.claimed.add(intf)
        if any(interface.number == intf and interface.kind != COMMUNICATIONS for interface in dev_handle.interfaces):
            dev_handle.on_open()

    def release_interface(self, dev_handle: FakeDevice, intf: int) -> None:
        if not dev_handle.plugged:
            raise _error(errno.ENODEV)
        if intf in dev_handle.claimed:
            dev_handle.claimed.remove(intf)
            dev_handle.on_gone()

    def is_kernel_driver_active(self, dev_handle: FakeDevice, intf: int) -> bool:
        return intf in dev_handle.kernel

    def detach_kernel_driver(self, dev_handle: FakeDevice, intf: int) -> None:
        dev_handle.kernel.discard(intf)

    def attach_kernel_driver(self, dev_handle: FakeDevice, intf: int) -> None:
        if not dev_handle.plugged:
            raise _error(errno.ENODEV)
        if intf in dev_handle.claimed:
            raise _error(errno.EBUSY)
        dev_handle.kernel.add(intf)

    # -- transfers ---------------------------------------------------------------------------------------------------

    def ctrl_transfer(
        self, dev_handle: FakeDevice, bmRequestType: int, bRequest: int, wValue: int, wIndex: int, data: Any, timeout: int
    ) -> int:
        if bmRequestType == 0x80 and bRequest == 6:  # GET_DESCRIPTOR of a string; number 0 lists the languages
            text = b"\x09\x04" if wValue & 0xFF == 0 else (dev_handle.serial or "").encode("utf-16-le")
            answer = bytes([len(text) + 2, 3]) + text
            data[: len(answer)] = array("B", answer)
            return len(answer)
        dev_handle.requests.append((bmRequestType, bRequest, wValue, wIndex))
        if not dev_handle.line_state:
            raise _error(errno.EPIPE)
        return 0

    def bulk_write(self, dev_handle: FakeDevice, ep: int, intf: int, data: Any, timeout: int) -> int:
        dev = dev_handle
        if dev.gate is not None:
            dev.reached.set()
            dev.gate.wait(20)
        self._fail(dev, "out")
        data = bytes(data)
        passed = data if dev.takes is None else data[: dev.takes]
        if dev.cut_out is not None:
            passed = passed[: max(0, dev.cut_out - len(dev.taken))]
        dev.taken += passed
        dev.packets.append(len(passed))
        if passed:
            dev.on_bytes(passed)
        if dev.cut_out is not None and len(dev.taken) >= dev.cut_out:
            dev.unplug()
            raise _error(errno.ENODEV)
        if data and not passed:
            with dev.news:
                dev.news.wait_for(lambda: not dev.plugged, timeout / 1000)
            raise usb.core.USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)
        return len(passed)

    def bulk_read(self, dev_handle: FakeDevice, ep: int, intf: int, buff: Any, timeout: int) -> int:
        dev = dev_handle
        with dev.news:
            there = dev.news.wait_for(lambda: dev.outgoing or not dev.plugged or _due(dev, "in"), timeout / 1000)
            self._fail(dev, "in")
            if not there:
                raise usb.core.USBTimeoutError("Operation timed out", -7, errno.ETIMEDOUT)
            data = dev.outgoing.popleft()
            if dev.cut_in is not None:
                data = data[: max(0, dev.cut_in - dev.given)]
            dev.given += len(data)
            buff[: len(data)] = array("B", data)
        if dev.cut_in is not None and dev.given >= dev.cut_in:
            dev.unplug()
        return len(data)

    def clear_halt(self, dev_handle: FakeDevice, ep: int) -> None:
        dev_handle.halts_cleared.append(ep)

    def _fail(self, dev: FakeDevice, direction: str) -> None:
        if not dev.plugged:
            raise _error(errno.ENODEV)
        if _due(dev, direction):
            _, code = dev.fails.popleft()
            raise _error(code)


def _due(dev: FakeDevice, direction: str) -> bool:
    return bool(dev.fails) and dev.fails[0][0] == direction


def _error(code: int | None) -> usb.core.USBError:
    return usb.core.USBError(errno.errorcode.get(code or 0, "Unknown error"), -1, code)
