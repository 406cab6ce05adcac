"""USB links over pyusb's backend interface: what is found and claimed, and what becomes of every trouble of a transfer."""

from __future__ import annotations

import asyncio
import errno
import threading
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest

from bridge.transport import ByteLink, EndpointError, LinkLost, LinkOpener, NotConnected, WireLog, parse_endpoint, usb_device
from bridge.transport import usb as usb_module
from bridge.transport.usb import UsbLink
from tests.usb.fake_backend import BULK, HID, PRINTER, VENDOR, FakeBus, FakeDevice, FakeInterface, acm, bulk

URL = "usb://0483:5720"


@pytest.fixture(autouse=True)
def impatient(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A link that is closed waits for the read that is under way: here not for long. Afterwards no thread is left."""
    monkeypatch.setattr(usb_module, "TRANSFER_MS", 5)
    yield
    for thread in threading.enumerate():
        if thread.name.startswith("usb-"):
            thread.join(2)
            assert not thread.is_alive(), f"{thread.name} was left behind"


async def opened(bus: FakeBus, url: str = URL) -> ByteLink:
    link = await LinkOpener(usb_backend=bus).open(parse_endpoint(url), WireLog(lambda: datetime.now(UTC)))
    assert isinstance(link, ByteLink)
    return link


async def until(is_so: Callable[[], bool]) -> None:
    """Threads do their part meanwhile."""
    async with asyncio.timeout(20):
        while not is_so():
            await asyncio.sleep(0)


async def refused(bus: FakeBus, url: str = URL) -> str:
    with pytest.raises(NotConnected) as refusal:
        await opened(bus, url)
    assert all(device.opened == 0 for device in bus.devices), "a device that was refused must not stay open"
    return str(refusal.value)


# -- finding and claiming ------------------------------------------------------------------------------------------------


async def test_bytes_pass_both_ways_and_the_device_is_given_back() -> None:
    device = FakeDevice()
    link = await opened(FakeBus(device))
    await link.write(b"\x02ping\x03")
    await until(lambda: bytes(device.taken) == b"\x02ping\x03")
    device.send(b"pong")
    assert await link.read() == b"pong"
    await link.close()
    await link.close()
    assert (device.claimed, device.opened) == (set(), 0)
    with pytest.raises(LinkLost):
        await link.read()
    with pytest.raises(LinkLost):
        await link.write(b"after")


async def test_a_virtual_serial_port_gets_both_its_interfaces_claimed_and_its_lines_raised() -> None:
    device = FakeDevice(kernel={0, 1})
    link = await opened(FakeBus(device))
    assert (device.claimed, device.kernel) == ({0, 1}, set())
    assert device.requests == [(0x21, 0x22, 3, 0)], "SET_CONTROL_LINE_STATE to the control interface: DTR and RTS"
    await link.close()
    assert (device.claimed, device.kernel) == (set(), {0, 1}), "the kernel's driver gets them back"


async def test_a_device_that_does_not_know_the_request_for_lines_is_used_all_the_same() -> None:
    device = FakeDevice(line_state=False)
    link = await opened(FakeBus(device))
    await link.write(b"x")
    await until(lambda: bytes(device.taken) == b"x")
    await link.close()


@pytest.mark.parametrize(
    ("interfaces", "options", "claimed"),
    [
        ([bulk()], "", {0}),
        ([FakeInterface(0, HID, ((0x81, 3),)), bulk(2)], "", {2}),
        ([bulk(0, PRINTER), bulk(1)], "", {1}),
        ([bulk(0, PRINTER), bulk(1)], "?interface=0", {0}),
        ([bulk(0, 0xE0)], "?interface=0", {0}),
        ([bulk(0), *acm()[1:]], "", {1}),
        ([FakeInterface(0, VENDOR, ()), FakeInterface(0, VENDOR, ((0x81, BULK), (0x02, BULK)), setting=1)], "", {0}),
    ],
)
async def test_the_interface_is_found_or_named(interfaces: list[FakeInterface], options: str, claimed: set[int]) -> None:
    device = FakeDevice(interfaces)
    bus = FakeBus(device)
    settings: list[tuple[int, int]] = []
    bus.set_interface_altsetting = lambda handle, number, setting: settings.append((number, setting))
    link = await opened(bus, URL + options)
    assert device.claimed == claimed
    assert settings == [(0, 1)] * (interfaces[-1].setting == 1)
    await link.close()


async def test_endpoints_can_be_named() -> None:
    ends = ((0x81, BULK), (0x82, BULK), (0x03, BULK), (0x04, BULK))
    bus = FakeBus(FakeDevice([FakeInterface(0, VENDOR, ends)]))
    link = await opened(bus, URL + "?in=0x82&out=04")
    assert isinstance(link, UsbLink)
    assert (link._device.address_in, link._device.address_out) == (0x82, 0x04)
    await link.close()
    assert "has no bulk endpoint 0x85; it has 0x81, 0x82" in await refused(bus, URL + "?in=0x85")


async def test_a_device_that_is_not_configured_yet_is_configured() -> None:
    device = FakeDevice(configured=0)
    link = await opened(FakeBus(device))
    assert device.configured == 1
    await link.close()


async def test_of_two_that_are_alike_the_serial_number_names_one() -> None:
    one, other = FakeDevice(serial="ABC 1"), FakeDevice(serial="ABC/2")
    bus = FakeBus(one, other)
    assert "2 devices are alike; add the serial number to the URL: ABC 1, ABC/2" in await refused(bus)
    link = await opened(bus, URL + ":ABC%2F2")
    assert (one.claimed, other.claimed) == (set(), {0, 1})
    assert one.opened == 0
    await link.close()
    assert "no device has this serial number; plugged in: ABC 1, ABC/2" in await refused(bus, URL + ":ABC")
    other.serial = "ABC 1"
    assert "2 devices have this serial number" in await refused(bus, URL + ":ABC 1")


@pytest.mark.parametrize(
    ("device", "url", "says"),
    [
        (FakeDevice(plugged=False), URL, "no such USB device: is it switched on and plugged in?"),
        (FakeDevice(), "usb://0483:5721", "no such USB device"),
        (FakeDevice(permitted=False), URL, "no permission to use it; on Linux add a udev rule"),
        (FakeDevice(permitted=False, serial="A"), URL + ":A", "none that can be read (see docs/running.md, permissions)"),
        (FakeDevice(winusb=False), URL, "WinUSB driver (Zadig)"),
        (FakeDevice(claimed_by_other=True), URL, "another program uses it"),
        (FakeDevice([FakeInterface(0, HID, ((0x81, 3),))]), URL, "no bulk endpoints"),
        (FakeDevice([bulk(0, 0xE0)]), URL, "if you know better, add one to the URL: interface=0"),
        (FakeDevice([bulk(0), bulk(3)]), URL, "several interfaces; add one to the URL: interface=0, interface=3"),
        (FakeDevice(), URL + "?interface=0", "interface 0 has no pair of bulk endpoints; usable: 1"),
        (FakeDevice(), URL + "?configuration=2", "has no configuration 2"),
    ],
)  # fmt: skip
async def test_a_device_that_cannot_be_opened_says_why_and_what_to_do(device: FakeDevice, url: str, says: str) -> None:
    assert says in await refused(FakeBus(device), url)


async def test_without_libusb_the_remedy_is_to_install_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usb_device.usb.backend.libusb1, "get_backend", lambda: None)
    with pytest.raises(NotConnected, match=r"libusb 1\.0 is not installed"):
        await LinkOpener().open(parse_endpoint(URL), WireLog(lambda: datetime.now(UTC)))


async def test_a_device_in_use_by_one_link_is_refused_to_a_second_until_it_is_closed() -> None:
    device = FakeDevice()
    bus = FakeBus(device)
    link = await opened(bus)
    with pytest.raises(NotConnected, match="another program uses it"):
        await opened(bus)
    await link.close()
    await (await opened(bus)).close()


async def test_a_kernels_driver_gets_its_interface_back_when_opening_fails_half_way() -> None:
    device = FakeDevice(kernel={0, 1}, claimed_by_other=True)
    await refused(FakeBus(device))
    assert device.kernel == {0, 1}


async def test_a_device_that_was_claimed_too_late_is_given_back() -> None:
    device = FakeDevice()
    bus = FakeBus(device)
    looked, go_on = threading.Event(), threading.Event()

    def slow() -> None:
        looked.set()
        go_on.wait(20)

    bus.on_enumerate = slow
    opening = asyncio.ensure_future(opened(bus))
    await until(looked.is_set)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    go_on.set()
    await until(lambda: bool(device.requests))
    await until(lambda: not device.claimed and device.opened == 0)


# -- transfers -----------------------------------------------------------------------------------------------------------


async def test_a_device_unplugged_while_nothing_happens_is_lost_for_reader_and_writer() -> None:
    device = FakeDevice(kernel={0, 1})
    link = await opened(FakeBus(device))
    device.unplug()
    with pytest.raises(LinkLost, match="unplugged or switched off"):
        await link.read()
    with pytest.raises(LinkLost, match="unplugged"):
        await link.write(b"x")
    await link.close()
    assert device.opened == 0


async def test_whoever_listens_hears_of_the_bytes_and_once_of_the_end() -> None:
    device = FakeDevice()
    link = await opened(FakeBus(device))
    heard: list[bytes] = []
    ends: list[str] = []
    stop = link.listen(heard.append, lambda error: ends.append(str(error)))
    device.send(b"one")
    await until(lambda: heard == [b"one"])
    device.unplug()
    await until(lambda: bool(ends))
    await link.close()
    stop()
    assert ends == ["the device was unplugged or switched off"]
    assert [entry.data for entry in link.wire_log.entries()] == [b"one"]


async def test_what_the_device_does_not_take_at_once_is_offered_again_each_byte_once() -> None:
    device = FakeDevice(takes=3)
    link = await opened(FakeBus(device))
    data = bytes(range(100))
    await link.write(data)
    await until(lambda: len(device.taken) == 100)
    assert bytes(device.taken) == data
    device.takes = 0  # NAK: the device takes nothing for a while
    await link.write(b"more")
    await until(lambda: device.packets[-1] == 0)
    device.takes = None
    await until(lambda: bytes(device.taken[100:]) == b"more")
    await link.close()


async def test_a_time_out_of_a_read_and_an_empty_packet_are_no_end() -> None:
    device = FakeDevice()
    link = await opened(FakeBus(device))
    device.send(b"")
    device.send(b"after")
    assert await link.read() == b"after"
    device.fails.append(("in", errno.ETIMEDOUT))
    with pytest.raises(LinkLost):  # as a plain USBError it is no time-out that tells what went through
        await link.read()
    await link.close()


@pytest.mark.parametrize(("options", "packets"), [("", [64, 65]), ("?zlp=1", [64, 0, 65])])
async def test_an_empty_packet_ends_a_full_transfer_where_the_device_wants_it(options: str, packets: list[int]) -> None:
    device = FakeDevice()
    link = await opened(FakeBus(device), URL + options)
    await link.write(b"x" * 64)
    await link.write(b"x" * 65)
    await until(lambda: len(device.taken) == 129)
    await link.close()
    assert device.packets == packets


@pytest.mark.parametrize("direction", ["in", "out"])
@pytest.mark.parametrize(
    ("code", "says"),
    [
        (errno.EPIPE, "halted its USB endpoint"),
        (errno.EOVERFLOW, "overflow"),
        (errno.ENODEV, "unplugged"),
        (errno.EIO, "USB failed: .*EIO"),
        (errno.EACCES, "USB failed"),
        (None, "USB failed"),
    ],
)
async def test_a_transfer_that_fails_ends_the_link_and_the_next_one_works(direction: str, code: int | None, says: str) -> None:
    device = FakeDevice()
    bus = FakeBus(device)
    link = await opened(bus)
    device.fails.append((direction, code))
    await link.write(b"lost?")
    with pytest.raises(LinkLost, match=says):
        await link.read()
    await link.close()
    assert device.halts_cleared == ([0x81, 0x02] if code == errno.EPIPE else [])
    assert (device.claimed, device.opened) == (set(), 0)
    device.taken.clear()
    again = await opened(bus)
    await again.write(b"works")
    await until(lambda: bytes(device.taken) == b"works")
    await again.close()


async def test_nothing_is_sent_after_a_link_was_abandoned_neither_new_nor_what_waits() -> None:
    device = FakeDevice(gate=threading.Event())
    assert device.gate is not None
    link = await opened(FakeBus(device))
    await link.write(b"1" * 5000)
    await link.write(b"2")
    await until(device.reached.is_set)
    await asyncio.to_thread(link.abandon)
    with pytest.raises(LinkLost, match="given up"):
        await link.write(b"3")
    device.gate.set()
    with pytest.raises(LinkLost, match="given up"):
        await link.read()
    await link.close()
    assert bytes(device.taken) == b"1" * 4096, "only the transfer that USB had already"


async def test_a_writer_waits_when_too_much_is_waiting_and_hears_of_the_end() -> None:
    device = FakeDevice(takes=0)
    link = await opened(FakeBus(device))
    writing = asyncio.ensure_future(link.write(b"x" * 100_000))
    await until(lambda: bool(device.packets))
    assert not writing.done()
    device.takes = None
    await writing
    device.takes = 0
    writing = asyncio.ensure_future(link.write(b"x" * 100_000))
    await until(lambda: device.packets[-1] == 0)
    device.unplug()
    with pytest.raises(LinkLost, match="unplugged"):
        await writing
    await link.close()


async def test_a_device_that_says_too_much_is_made_to_wait_until_somebody_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.transport.pushed.HIGH_WATER", 100)
    device = FakeDevice()
    link = await opened(FakeBus(device))
    for _ in range(50):
        device.send(b"x" * 60)
    assert isinstance(link, UsbLink)
    await until(lambda: not link._room.is_set())
    got = 0
    while got < 3000:
        got += len(await link.read())
    assert got == 3000
    await link.close()


async def test_closing_does_not_wait_for_ever_for_a_usb_stack_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(usb_module, "CLOSE_SECONDS", 0.02)
    device = FakeDevice(gate=threading.Event())
    assert device.gate is not None
    bus = FakeBus(device)
    link = await opened(bus)
    await link.write(b"x")
    await until(device.reached.is_set)
    await link.close()
    with pytest.raises(NotConnected, match="another program uses it"):
        await opened(bus)
    device.gate.set()
    await until(lambda: device.opened == 0)


# -- endpoints -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "address", "again"),
    [
        ("usb://483:5720", "0483:5720", "usb://0483:5720"),
        ("usb://0483:57AB:Abc1", "0483:57ab:Abc1", "usb://0483:57ab:Abc1"),
        ("usb://0483:5720:A%3AB%2F1?interface=1&out=0x02", "0483:5720:A:B/1", "usb://0483:5720:A%3AB%2F1?interface=1&out=0x02"),
    ],
)
def test_a_usb_endpoint_is_read_from_its_url_and_written_again(url: str, address: str, again: str) -> None:
    endpoint = parse_endpoint(url)
    assert (endpoint.kind, endpoint.address, endpoint.url) == ("usb", address, again)
    assert parse_endpoint(endpoint.url) == endpoint


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("usb://", "must be hexadecimal numbers, e.g. usb://0483:5720"),
        ("usb://0483", "must be hexadecimal"),
        ("usb://0483:xyz", "must be hexadecimal"),
        ("usb://10483:5720", "must be hexadecimal"),
        ("usb://0483:5720:", "must be hexadecimal"),
        ("usb://0483:5720?port=1", "unknown option port; a usb endpoint knows interface, configuration, in, out, zlp"),
        ("usb://0483:5720?interface=x", "interface must be a number"),
        ("usb://0483:5720?configuration=0", "configuration must be a number"),
        ("usb://0483:5720?in=0x02", "in must be the address of an IN endpoint"),
        ("usb://0483:5720?out=0x81", "out must be the address of an OUT endpoint"),
    ],
)
def test_a_usb_url_that_is_none_is_refused_with_the_part_that_is_wrong(url: str, says: str) -> None:
    with pytest.raises(EndpointError) as refusal:
        parse_endpoint(url)
    assert says in str(refusal.value)


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("usb://0483:5720", "usb://483:5720?interface=1", True),
        ("usb://0483:5720", "usb://0483:5720:ABC", True),
        ("usb://0483:5720:ABC", "usb://0483:5720:ABC", True),
        ("usb://0483:5720:ABC", "usb://0483:5720:DEF", False),
        ("usb://0483:5720", "usb://0483:5721", False),
        ("usb://0483:5720", "tcp://0483:5720", False),
    ],
)
def test_one_usb_device_is_one_place_however_it_is_written(one: str, other: str, same: bool) -> None:
    assert parse_endpoint(one).same_place(parse_endpoint(other)) is same
    assert parse_endpoint(other).same_place(parse_endpoint(one)) is same
