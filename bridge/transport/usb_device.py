"""One USB device as libusb sees it: found, claimed, read and written, given back. Everything here blocks.

Which interface: the one named, else the only one with a bulk endpoint in each direction; where there are several the data
interface of a virtual serial port (CDC-ACM) comes first, then vendor-specific ones, then printers. Sources: USB 2.0,
chapter 9 (descriptors), 5.8 (bulk transfers); USB CDC PSTN 1.2, 6.3.12 (SET_CONTROL_LINE_STATE).
"""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import usb.backend.libusb1  # type: ignore[import-untyped]
import usb.core  # type: ignore[import-untyped]
import usb.util  # type: ignore[import-untyped]

from bridge.transport.endpoint import Endpoint
from bridge.transport.errors import NotConnected

FindBackend = Callable[[], Any]
"""Returns pyusb's backend, or None where there is none."""

_COMMUNICATIONS, _PRINTER, _CDC_DATA, _VENDOR = 0x02, 0x07, 0x0A, 0xFF
_CLASSES = (_CDC_DATA, _VENDOR, _PRINTER)  # in the order in which they are preferred
_ACM = 0x02  # subclass of the communications class

# To the interface, class-specific, OUT; DTR and RTS raised: many virtual serial ports send nothing before.
_SET_CONTROL_LINE_STATE = (0x21, 0x22, 0x0003)
_CONTROL_MS = 1000

# What one read asks for: a whole number of packets of any size that USB has (8 to 1024), else the last could overflow.
_READ_SIZE = 16 * 1024


def installed_backend() -> Any:
    """libusb 1.0 and no other: the older ones do not tell how much of a transfer went through before its time was up."""
    return usb.backend.libusb1.get_backend()


@dataclass(slots=True)
class BulkDevice:
    """A claimed interface. `detached`: interfaces whose kernel driver gets them back at the end."""

    device: Any
    claimed: tuple[int, ...]
    detached: tuple[int, ...]
    address_in: int
    address_out: int
    packet_out: int
    zlp: bool

    def read(self, timeout_ms: int) -> bytes:
        """What came, possibly nothing. Raises usb.core.USBError."""
        try:
            return bytes(self.device.read(self.address_in, _READ_SIZE, timeout_ms))
        except usb.core.USBTimeoutError:
            return b""

    def write(self, data: bytes, timeout_ms: int) -> int:
        """How many bytes the device took, possibly none. Raises usb.core.USBError."""
        try:
            return int(self.device.write(self.address_out, data, timeout_ms))
        except usb.core.USBTimeoutError:
            return 0  # libusb 1.0 raises it only when nothing at all went through

    def wants_end(self, length: int) -> bool:
        """Whether an empty packet must tell the device that the transfer is over."""
        return self.zlp and length > 0 and length % self.packet_out == 0

    def recover_from(self, error: Exception) -> None:
        """Clear a halt, so that the next link finds the endpoints usable."""
        if getattr(error, "errno", None) == errno.EPIPE:
            for address in (self.address_in, self.address_out):
                with contextlib.suppress(Exception):  # the link is lost either way; the device may be gone meanwhile
                    self.device.clear_halt(address)

    def release(self) -> None:
        """Give the device back to whoever had it. Never raises."""
        _give_back(self.device, self.claimed, self.detached)


def claim(endpoint: Endpoint, find_backend: FindBackend) -> BulkDevice:
    """Find and claim what the endpoint names. Raises NotConnected with a remedy: no byte was sent."""
    backend = find_backend()
    if backend is None:
        raise NotConnected(
            f"{endpoint.url}: libusb 1.0 is not installed; on Debian and Ubuntu: apt install libusb-1.0-0, "
            "on Windows put libusb-1.0.dll beside python.exe"
        )
    device = _find(endpoint, backend)
    claimed: list[int] = []
    detached: list[int] = []
    try:
        configuration = _configure(endpoint, device)
        found = _interface(endpoint, configuration)
        inward, outward = _endpoint(endpoint, found, "in", 0x80), _endpoint(endpoint, found, "out", 0x00)
        wanted = _with_control(configuration, found)
        for number in wanted:
            if _kernel_has(device, number):
                device.detach_kernel_driver(number)
                detached.append(number)
        for number in wanted:
            usb.util.claim_interface(device, number)
            claimed.append(number)
        if found.bAlternateSetting:
            device.set_interface_altsetting(found.bInterfaceNumber, found.bAlternateSetting)
        _raise_lines(device, configuration, found)
    except (usb.core.USBError, NotImplementedError) as error:
        _give_back(device, claimed, detached)
        raise _explained(endpoint, error) from error
    except BaseException:
        _give_back(device, claimed, detached)
        raise
    return BulkDevice(
        device,
        tuple(claimed),
        tuple(detached),
        inward.bEndpointAddress,
        outward.bEndpointAddress,
        outward.wMaxPacketSize or 64,
        endpoint.options.get("zlp") == "1",
    )


def _find(endpoint: Endpoint, backend: Any) -> Any:
    vendor, product, serial = endpoint.usb
    try:
        devices = list(usb.core.find(find_all=True, idVendor=vendor, idProduct=product, backend=backend))
    except usb.core.USBError as error:
        raise _explained(endpoint, error) from error
    if not devices:
        raise NotConnected(f"{endpoint.url}: no such USB device: is it switched on and plugged in?")
    if serial is None and len(devices) == 1:
        return devices[0]
    named = [(device, _serial(device)) for device in devices]
    numbers = ", ".join(number for _, number in named if number) or "none that can be read (see docs/running.md, permissions)"
    matching = [device for device, number in named if number == serial] if serial is not None else []
    for device in devices:
        if device not in matching or len(matching) > 1:
            usb.util.dispose_resources(device)
    if serial is None:
        raise NotConnected(f"{endpoint.url}: {len(devices)} devices are alike; add the serial number to the URL: {numbers}")
    if not matching:
        raise NotConnected(f"{endpoint.url}: no device has this serial number; plugged in: {numbers}")
    if len(matching) > 1:
        raise NotConnected(f"{endpoint.url}: {len(matching)} devices have this serial number; plug in only one of them")
    return matching[0]


def _serial(device: Any) -> str | None:
    """The serial number; None where the device has none or may not be asked."""
    try:
        number = device.serial_number
    except (usb.core.USBError, ValueError, NotImplementedError):  # ValueError: strings cannot be read, most often no permission
        return None
    return str(number) if number else None


def _configure(endpoint: Endpoint, device: Any) -> Any:
    """The active configuration. It is set only where it must be: setting it resets the device."""
    wanted = int(endpoint.options["configuration"]) if "configuration" in endpoint.options else None
    try:
        active = device.get_active_configuration()
    except usb.core.USBError as error:
        if error.errno is not None:
            raise
        active = None  # pyusb's way to say: not configured
    if active is not None and wanted in (None, active.bConfigurationValue):
        return active
    for interface in active or ():  # a configuration in use by the kernel's drivers cannot be changed
        if _kernel_has(device, interface.bInterfaceNumber):
            device.detach_kernel_driver(interface.bInterfaceNumber)
    try:
        device.set_configuration(wanted)
    except ValueError:
        raise NotConnected(f"{endpoint.url}: the device has no configuration {wanted}") from None
    return device.get_active_configuration()


def _interface(endpoint: Endpoint, configuration: Any) -> Any:
    """The interface (in one of its settings) that is to be used."""
    candidates = [interface for interface in configuration if _bulk(interface, 0x80) and _bulk(interface, 0x00)]
    if "interface" in endpoint.options:
        number = int(endpoint.options["interface"])
        for interface in candidates:
            if interface.bInterfaceNumber == number:
                return interface
        usable = ", ".join(str(number) for number in sorted({i.bInterfaceNumber for i in candidates})) or "none"
        raise NotConnected(f"{endpoint.url}: interface {number} has no pair of bulk endpoints; usable: {usable}")
    for kind in _CLASSES:
        fitting = [interface for interface in candidates if interface.bInterfaceClass == kind]
        numbers = sorted({interface.bInterfaceNumber for interface in fitting})
        if len(numbers) > 1:
            choices = ", ".join(f"interface={number}" for number in numbers)
            raise NotConnected(f"{endpoint.url}: the device has several interfaces; add one to the URL: {choices}")
        if fitting:
            return fitting[0]
    if not candidates:
        raise NotConnected(f"{endpoint.url}: the device has no bulk endpoints: it cannot be used as a stream of bytes")
    usable = ", ".join(f"interface={interface.bInterfaceNumber}" for interface in candidates)
    raise NotConnected(f"{endpoint.url}: no interface of a known kind; if you know better, add one to the URL: {usable}")


def _bulk(interface: Any, direction: int) -> list[Any]:
    return [end for end in interface if end.bmAttributes & 0x03 == 0x02 and end.bEndpointAddress & 0x80 == direction]


def _endpoint(endpoint: Endpoint, interface: Any, option: str, direction: int) -> Any:
    ends = _bulk(interface, direction)
    if option not in endpoint.options:
        return ends[0]
    address = int(endpoint.options[option], 16)
    for end in ends:
        if end.bEndpointAddress == address:
            return end
    known = ", ".join(f"0x{end.bEndpointAddress:02x}" for end in ends)
    raise NotConnected(
        f"{endpoint.url}: interface {interface.bInterfaceNumber} has no bulk endpoint 0x{address:02x}; it has {known}"
    )


def _control_of(configuration: Any, interface: Any) -> Any:
    """The control interface of a virtual serial port: the nearest one before its data interface."""
    if interface.bInterfaceClass != _CDC_DATA:
        return None
    before = [
        other
        for other in configuration
        if other.bInterfaceClass == _COMMUNICATIONS
        and other.bInterfaceSubClass == _ACM
        and other.bInterfaceNumber < interface.bInterfaceNumber
    ]
    return max(before, key=lambda other: other.bInterfaceNumber, default=None)


def _with_control(configuration: Any, interface: Any) -> list[int]:
    """What must be claimed. The kernel's driver for virtual serial ports holds both interfaces."""
    control = _control_of(configuration, interface)
    return [*([control.bInterfaceNumber] if control is not None else []), interface.bInterfaceNumber]


def _raise_lines(device: Any, configuration: Any, interface: Any) -> None:
    control = _control_of(configuration, interface)
    if control is None:
        return
    kind, request, lines = _SET_CONTROL_LINE_STATE
    try:
        device.ctrl_transfer(kind, request, lines, control.bInterfaceNumber, None, _CONTROL_MS)
    except usb.core.USBError as error:
        if error.errno not in (errno.EPIPE, errno.ETIMEDOUT):  # a device need not know this request
            raise


def _kernel_has(device: Any, number: int) -> bool:
    try:
        return bool(device.is_kernel_driver_active(number))
    except NotImplementedError:  # Windows and macOS know no such thing
        return False


def _give_back(device: Any, claimed: Sequence[int], detached: Sequence[int]) -> None:
    steps: list[Callable[[], Any]] = [
        *(partial(usb.util.release_interface, device, number) for number in reversed(claimed)),
        *(partial(device.attach_kernel_driver, number) for number in detached),
        partial(usb.util.dispose_resources, device),
    ]
    for step in steps:
        # The device may be gone, or its driver may have taken the second interface together with the first.
        with contextlib.suppress(Exception):
            step()


def _explained(endpoint: Endpoint, error: Exception) -> NotConnected:
    code = getattr(error, "errno", None)
    if isinstance(error, NotImplementedError) or code in (errno.ENOSYS, errno.ENOENT):
        why = "libusb cannot open it; on Windows give the device the WinUSB driver (Zadig), see docs/running.md"
    elif code in (errno.EACCES, errno.EPERM):
        why = "no permission to use it; on Linux add a udev rule, see docs/running.md; on Windows close the program that uses it"
    elif code == errno.EBUSY:
        why = "another program uses it: close that program, or say which interface is free with interface="
    elif code == errno.ENODEV:
        why = "it was unplugged or switched off"
    else:
        why = f"USB failed: {error}"
    return NotConnected(f"{endpoint.url}: {why}")
