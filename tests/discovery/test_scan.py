"""Scans in virtual time: what is tried where, what is left alone, and what is told of it."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from pathlib import Path
from typing import Any

import pytest

from bridge.devices.discovery import Announced, ScanRequest, SerialPort, UsbDevice, UsbUnknown
from bridge.devices.discovery.mdns import ZeroconfBrowser
from bridge.devices.discovery.ports import holders, port_key
from bridge.devices.discovery.probing import Limits, Outcome, Prober
from bridge.devices.discovery.usb import system_usb
from bridge.model import Identity, RequestError
from bridge.server.bodies import validated
from bridge.transport import ByteLink, Endpoint, Link, LinkLost, LinkOpener, NullModemBoard, SystemClock, WireLog, null_modem
from bridge.transport.null_modem import Cable
from tests.core.fake_family import FakeDevice, FakePlugin
from tests.core.world import TILL
from tests.discovery.ports_world import OtherFamily, PortFamily, PortsWorld, in_ports_world

USB: dict[str, Any] = {"vendor": 0x1234, "product": 1, "serial": "S1"}


def nothing_configured(world: PortsWorld) -> None:
    world.configured.clear()
    world.around.listed.clear()


async def scan(world: PortsWorld, **body: Any) -> dict[str, Any]:
    await world.bridge.discovery.start(TILL, validated(ScanRequest, body))
    return await world.bridge.discovery.wait()


def place(scanned: dict[str, Any], name: str) -> dict[str, Any]:
    [found] = [row for row in scanned["places"] if row["name"] == name]
    assert isinstance(found, dict)
    return found


def plug_speaker(world: PortsWorld, port: str, answer: bytes, **facts: Any) -> list[bytes]:
    """Something that answers these bytes to whatever it hears. Returns what it heard."""
    heard: list[bytes] = []

    async def serve(device: ByteLink) -> None:
        with contextlib.suppress(LinkLost):
            while True:
                heard.append(await device.read())
                await device.write(answer)

    async def connect(wire_log: WireLog) -> Link:
        logs = iter((wire_log, WireLog(SystemClock().now)))
        host, device = null_modem(Cable(), lambda: next(logs))
        world.tasks.append(asyncio.ensure_future(serve(device)))
        return host

    world.around.listed[port] = SerialPort(port, **facts)
    world.board.plug(port, connect)
    return heard


def test_a_device_is_found_at_the_familys_settings_with_a_url_ready_to_configure(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        world.plug_in("/dev/t1", "d1", **USB)
        scanned = await scan(world)
        [found] = scanned["found"]
        assert (found["family"], found["url"], found["configured_as"]) == ("fake", "serial:///dev/t1", None)
        assert found["identity"]["serial"] == "F-1"
        assert place(scanned, "/dev/t1")["outcome"] == "found"
        assert world.opener.opened[0].options == {"baudrate": "115200"}
        assert set(world.devices["d1"].seen) == {"who"}
        await world.bridge.devices.configure(TILL, "new", {"family": found["family"], "url": found["url"]})
        assert (await world.sell(device="new")).success

    in_ports_world(tmp_path, story, before=nothing_configured)


def test_further_settings_are_tried_where_the_first_bring_no_answer_and_each_is_told(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        world.stranger("/dev/t5").deaf_to = "who"
        scanned = await scan(world)
        looked = place(scanned, "/dev/t5")
        assert (looked["outcome"], looked["reason"]) == ("nothing", "no answer")
        assert [(a["url"], a["outcome"]) for a in looked["attempts"]] == [
            ("serial:///dev/t5", "silent"),
            ("serial:///dev/t5?baudrate=9600", "silent"),
        ]
        assert all(attempt["seconds"] == 1 for attempt in looked["attempts"])
        assert looked["attempts"][0]["sent"]["text"] == "who\\x0a"
        assert [endpoint.options["baudrate"] for endpoint in world.opener.opened] == ["115200", "9600"]

    in_ports_world(tmp_path, story, before=nothing_configured)


def test_answers_that_nobody_knows_are_kept_printable_and_without_card_numbers(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        plug_speaker(world, "/dev/t5", b"\x1b[2JHELLO 4111111111111111 \xff\n" + b"x" * 500)
        looked = place(await scan(world), "/dev/t5")
        assert looked["outcome"] == "nothing"
        assert "no answer that this family knows" in looked["reason"]
        received = looked["attempts"][0]["received"]
        assert received["text"].startswith("\\x1b[2JHELLO 411111******1111 \\xff\\x0a")
        assert (received["cut"], received["text"].isprintable()) == (True, True)
        assert "34313131313131313131" not in received["hex"]

    in_ports_world(tmp_path, story, before=nothing_configured)


def test_where_two_families_know_the_answer_both_are_told_and_neither_is_sure(tmp_path: Path) -> None:
    def before(world: PortsWorld) -> None:
        nothing_configured(world)
        world.plugins.append((FakePlugin(OtherFamily()), "other"))

    async def story(world: PortsWorld) -> None:
        world.plug_in("/dev/t1", "d1")
        scanned = await scan(world)
        looked = place(scanned, "/dev/t1")
        assert (looked["outcome"], looked["reason"]) == (
            "ambiguous",
            "fake and other both know what answers here: choose one of them",
        )
        assert sorted((row["family"], *row["ambiguous_with"]) for row in scanned["found"]) == [
            ("fake", "other"),
            ("other", "fake"),
        ]

    in_ports_world(tmp_path, story, before=before)


def test_a_family_that_claims_the_usb_ids_and_knows_its_device_is_the_only_one_asked(tmp_path: Path) -> None:
    def before(world: PortsWorld) -> None:
        nothing_configured(world)
        world.plugins.insert(0, (FakePlugin(OtherFamily()), "other"))

    async def story(world: PortsWorld) -> None:
        world.stranger("/dev/a")
        world.plug_in("/dev/t1", "d1", **USB)
        scanned = await scan(world)
        assert [row["name"] for row in scanned["places"]] == ["/dev/t1", "/dev/a"], "what is claimed comes first"
        assert [attempt["family"] for attempt in place(scanned, "/dev/t1")["attempts"]] == ["fake"]
        assert {attempt["family"] for attempt in place(scanned, "/dev/a")["attempts"]} == {"fake", "other"}
        only = await scan(world, families=["other"])
        assert {attempt["family"] for row in only["places"] for attempt in row["attempts"]} == {"other"}

    in_ports_world(tmp_path, story, before=before)


# -- what is left alone --------------------------------------------------------------------------------------------------


def test_the_place_of_a_configured_device_is_left_alone_under_every_name(tmp_path: Path) -> None:
    link = tmp_path / "by-id"
    link.symlink_to("/dev/t1")

    async def story(world: PortsWorld) -> None:
        world.devices["d2"].off = True
        world.devices["d2"].cut()
        await world.notice()
        asked = world.devices["d1"].seen.count("who"), len(world.opener.opened)
        scanned = await scan(world, ports=[str(link), "/dev/../dev/t2"])
        assert (world.devices["d1"].seen.count("who"), len(world.opener.opened)) == asked
        assert {row["name"]: row["device"] for row in scanned["places"]} == {"/dev/t1": "d1", "/dev/t2": "d2"}
        assert {row["outcome"] for row in scanned["places"]} == {"configured"}
        assert sorted((row["configured_as"], row["left_alone"]) for row in scanned["found"]) == [("d1", True), ("d2", True)]

    in_ports_world(tmp_path / "data", story, devices=2)


def test_a_configured_device_at_a_port_that_is_not_its_own_is_recognised(tmp_path: Path) -> None:
    def before(world: PortsWorld) -> None:
        world.stranger("/dev/t9", "F-1")

    async def story(world: PortsWorld) -> None:
        world.pull_out("/dev/t1", "d1")
        await world.notice()
        [found] = [row for row in (await scan(world))["found"] if not row["left_alone"]]
        assert (found["configured_as"], found["url"]) == ("d1", "serial:///dev/t9")

    in_ports_world(tmp_path, story, before=before)


def test_a_port_that_another_program_holds_is_not_opened_and_the_program_is_named(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        stranger = world.stranger("/dev/t5")
        world.around.held["/dev/t5"] = ["subiekt.exe (process 4711)"]
        looked = place(await scan(world), "/dev/t5")
        assert (looked["outcome"], looked["reason"]) == ("in_use", "in use by subiekt.exe (process 4711)")
        assert (looked["attempts"], stranger.seen, world.opener.opened) == ([], [], [])

    in_ports_world(tmp_path, story, before=nothing_configured)


def test_a_device_configured_while_the_scan_runs_is_left_alone_from_then_on(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        world.stranger("/dev/t5").deaf_to = "who"
        await world.bridge.discovery.start(TILL, ScanRequest())
        await asyncio.sleep(0.5)
        await world.bridge.devices.configure(TILL, "new", {"family": "fake", "url": "serial:///dev/t5"})
        looked = place(await world.bridge.discovery.wait(), "/dev/t5")
        assert (looked["outcome"], looked["device"], len(looked["attempts"])) == ("configured", "new", 1)

    in_ports_world(tmp_path, story, before=nothing_configured)


# -- plugins in trouble --------------------------------------------------------------------------------------------------


def test_a_probe_that_raises_or_hangs_is_told_and_the_others_are_asked_all_the_same(tmp_path: Path) -> None:
    class Hanging(OtherFamily):
        id = "hanging"

        async def probe(self, link: Link) -> Identity | None:
            await asyncio.Event().wait()
            return None

    class Raising(OtherFamily):
        id = "raising"

        async def probe(self, link: Link) -> Identity | None:
            raise ZeroDivisionError("a bug in probe")

    class Lying(OtherFamily):
        id = "lying"

        async def probe(self, link: Link) -> Any:
            return "yes"

    def before(world: PortsWorld) -> None:
        nothing_configured(world)
        for family in (Hanging(), Raising(), Lying()):
            world.plugins.insert(0, (FakePlugin(family), family.id))

    async def story(world: PortsWorld) -> None:
        world.plug_in("/dev/t1", "d1")
        scanned = await scan(world)
        told = {attempt["family"]: (attempt["outcome"], attempt["reason"]) for attempt in place(scanned, "/dev/t1")["attempts"]}
        assert told["hanging"] == ("hung", "the probe did not come to an end within 5 s")
        assert told["raising"] == ("failed", "the plugin raised ZeroDivisionError: a bug in probe")
        assert told["lying"] == ("failed", "the plugin raised TypeError: probe returned str, not an Identity")
        assert told["fake"][0] == "identified"
        assert [row["family"] for row in scanned["found"]] == ["fake"]

    in_ports_world(tmp_path, story, before=before)


async def test_a_probe_that_blocks_its_thread_is_given_up_sends_nothing_more_and_is_not_asked_again_until_it_is_back() -> None:
    released = threading.Event()
    heard: list[str] = []

    class Blocking(PortFamily):
        async def probe(self, link: Link) -> Identity | None:
            released.wait(60)
            assert isinstance(link, ByteLink)
            heard.append("tried to go on")
            await link.write(b"print something\n")
            return None

    device = FakeDevice()
    board = NullModemBoard()
    board.plug("blocking", device.connect)
    prober = Prober(LinkOpener(board), SystemClock(), inline=False, limits=Limits(open=0.05, probe=0.05, grace=0.05))
    family = Blocking()
    family.endpoint_kinds = {"null": next(iter(PortFamily.endpoint_kinds.values()))}  # type: ignore[misc]
    endpoint = Endpoint("null", "blocking")
    first = await prober.probe(family, endpoint)
    assert (first.outcome, first.reason) == (Outcome.HUNG, "the plugin blocks: its probe did not come to an end")
    second = await prober.probe(family, endpoint)
    assert (second.outcome, second.reason) == (Outcome.HUNG, "an earlier probe of this plugin still hangs")
    released.set()
    async with asyncio.timeout(20):
        while (await prober.probe(family, endpoint)).reason == second.reason:
            await asyncio.sleep(0.001)
    assert heard
    assert first.sent == b""


# -- one at a time -------------------------------------------------------------------------------------------------------


def test_one_scan_at_a_time_its_progress_can_be_seen_and_it_is_audited(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        discovery = world.bridge.discovery
        assert discovery.current()["state"] == "none"
        for number in range(40):
            world.stranger(f"/dev/s{number:02}").deaf_to = "who"
        started = await discovery.start(TILL, ScanRequest())
        assert started["state"] == "running"
        await asyncio.sleep(2.5)
        with pytest.raises(RequestError) as refusal:
            await discovery.start(TILL, ScanRequest())
        assert (refusal.value.code, refusal.value.extra) == ("discovery.running", {"scan": started["id"]})
        progress = discovery.current()["progress"]
        assert (progress["places"], progress["done"]) == (40, 24), "so many are looked at side by side"
        done = await discovery.wait()
        assert (done["state"], done["progress"]) == ("done", {"places": 40, "done": 40})
        assert done["finished_at"] > done["started_at"]
        assert (await discovery.start(TILL, ScanRequest()))["id"] != started["id"]
        await discovery.stop()
        assert discovery.current()["state"] == "stopped"
        assert [row["action"] for row in await world.audit()].count("discovery.started") == 2

    in_ports_world(tmp_path, story, before=nothing_configured)


def test_a_family_that_is_not_installed_is_named_with_those_that_are(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        with pytest.raises(RequestError) as refusal:
            await scan(world, families=["fake", "nix"])
        assert (refusal.value.errors[0].field, refusal.value.errors[0].limit) == ("families.1", "fake")

    in_ports_world(tmp_path, story, before=nothing_configured)


@pytest.mark.parametrize(
    ("body", "field", "words"),
    [
        ({"tcp": ["8.8.8.0/28"]}, "tcp.0", "private"),
        ({"tcp": ["10.0.0.0/8"]}, "tcp.0", "at most 256"),
        ({"tcp": ["10.0.0.1/24"]}, "tcp.0", "host bits"),
        ({"tcp": ["10.0.0.0/24", "10.0.1.0/24"]}, "tcp", "at most 256"),
        ({"tcp": ["printer:0"]}, "tcp.0", "port"),
        ({"tcp": ["printer:99999"]}, "tcp.0", "port"),
        ({"tcp": ["http://printer"]}, "tcp.0", "port"),
        ({"tcp": ["a b"]}, "tcp.0", "not a host"),
        ({"tcp": [""]}, "tcp.0", "at least 1"),
        ({"ports": ["a\nb"]}, "ports.0", "control character"),
        ({"serial": "perhaps"}, "serial", "true or false"),
        ({"wifi": True}, "wifi", "not permitted"),
    ],
)
def test_what_cannot_be_looked_for_is_refused_by_field(body: dict[str, Any], field: str, words: str) -> None:
    with pytest.raises(RequestError) as refusal:
        validated(ScanRequest, body)
    assert refusal.value.errors[0].field == field
    assert words in refusal.value.errors[0].message


# -- network, USB, announcements -----------------------------------------------------------------------------------------


def test_hosts_are_looked_at_at_the_familys_usual_ports_and_at_those_named(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        world.board.plug("10.0.0.2:6000", world.devices["d1"].connect)
        world.board.plug("10.0.0.9:7777", FakeDevice(serial="F-7").connect)
        scanned = await scan(world, tcp=["10.0.0.0/29", "10.0.0.9:7777", "10.0.0.2"])
        assert [row["url"] for row in scanned["found"]] == ["tcp://10.0.0.2:6000", "tcp://10.0.0.9:7777"]
        assert len(scanned["places"]) == 7, "each place once"
        assert place(scanned, "10.0.0.1:6000")["reason"].endswith("nothing is plugged in there")
        assert (await scan(world, tcp=["10.0.0.9"], serial=False))["found"] == []

    in_ports_world(tmp_path, story, before=nothing_configured)


def test_a_configured_network_device_is_left_alone_under_its_other_name(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        world.board.plug("127.0.0.1:6000", world.devices["d1"].connect)
        await world.bridge.devices.configure(TILL, "d1", {"family": "fake", "url": "tcp://127.0.0.1:6000"})
        await world.settle()
        looked = place(await scan(world, tcp=["localhost"]), "localhost:6000")
        assert (looked["outcome"], looked["device"]) == ("configured", "d1")

    in_ports_world(tmp_path, story)


def test_a_device_that_announces_itself_is_asked_by_the_families_of_its_type(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        world.board.plug("10.0.0.5:9", world.devices["d1"].connect)
        world.around.announced = [
            Announced("_fake._tcp", "till printer._fake._tcp.local.", "10.0.0.5", 9),
            Announced("_ipp._tcp", "office printer._ipp._tcp.local.", "10.0.0.6", 631),
        ]
        scanned = await scan(world)
        assert [row["url"] for row in scanned["found"]] == ["tcp://10.0.0.5:9"]
        assert [row["kind"] for row in scanned["places"]] == ["mdns"]
        assert (await scan(world, mdns=False))["places"] == []

    in_ports_world(tmp_path, story, before=nothing_configured)


def test_a_network_that_cannot_be_asked_is_told_and_the_rest_goes_on(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        world.around.browse_error, world.around.usb_error = OSError("Network is unreachable"), UsbUnknown("no USB here")
        world.plug_in("/dev/t1", "d1")
        scanned = await scan(world)
        assert len(scanned["found"]) == 1
        assert sorted(problem.split(":")[0] for problem in scanned["problems"]) == [
            "USB devices",
            "devices that announce themselves (mDNS) could not be asked for",
        ]

    in_ports_world(tmp_path, story, before=nothing_configured)


def test_usb_devices_are_told_with_what_keeps_them_from_being_tried(tmp_path: Path) -> None:
    async def story(world: PortsWorld) -> None:
        world.around.usb = [UsbDevice(0x1234, 1, "S1", "Acme"), UsbDevice(0x046D, 0xC077, None, "Mouse"), UsbDevice(0x1234, 2)]
        world.plug_in("/dev/t1", "d1", **USB)
        scanned = await scan(world)
        usb = {row["name"]: row for row in scanned["places"] if row["kind"] == "usb"}
        assert set(usb) == {"usb://1234:0001:S1", "usb://1234:0002"}
        assert usb["usb://1234:0001:S1"]["reason"] == "it is the serial port /dev/t1, and is tried there"
        assert usb["usb://1234:0002"]["outcome"] in ("not_tried", "nothing")
        assert usb["usb://1234:0002"]["reason"]

    in_ports_world(tmp_path, story, before=nothing_configured)


# -- the computer --------------------------------------------------------------------------------------------------------


def test_programs_that_hold_a_port_are_read_from_the_process_table(tmp_path: Path) -> None:
    port = tmp_path / "ttyX"
    port.touch()
    for process, name, target in (("12", "till", port), ("13", "other", tmp_path), ("self", "x", port)):
        (tmp_path / "proc" / process / "fd").mkdir(parents=True)
        (tmp_path / "proc" / process / "comm").write_text(f"{name}\n")
        (tmp_path / "proc" / process / "fd" / "3").symlink_to(target)
    (tmp_path / "proc" / "14").mkdir()
    link = tmp_path / "by-id"
    link.symlink_to(port)
    assert holders(str(link), tmp_path / "proc") == ["till (process 12)"]
    assert holders(str(port), tmp_path / "no-proc") == []


@pytest.mark.parametrize(
    ("platform", "one", "other"),
    [
        ("win32", "com5", "\\\\.\\COM5"),
        ("darwin", "/dev/tty.usbserial-1", "/dev/cu.usbserial-1"),
        ("linux", "/dev/x", "/dev/./x"),
    ],
)
def test_two_names_of_one_port_have_one_key(platform: str, one: str, other: str) -> None:
    assert port_key(one, platform) == port_key(other, platform)
    assert port_key(one, platform) != port_key(one + "1", platform)


def test_usb_devices_are_read_from_sysfs_and_interfaces_are_left_out(tmp_path: Path) -> None:
    device = tmp_path / "1-1"
    device.mkdir()
    for name, text in (("idVendor", "1424"), ("idProduct", "100b"), ("serial", "0001"), ("product", "Posnet Trio")):
        (device / name).write_text(text + "\n")
    (tmp_path / "1-1:1.0").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "idVendor").write_text("what?")
    assert [(found.url, found.title) for found in system_usb(tmp_path)] == [("usb://1424:100b:0001", "Posnet Trio")]
    with pytest.raises(UsbUnknown):
        system_usb(tmp_path / "none")


async def test_a_service_announced_on_loopback_is_heard() -> None:
    from zeroconf import ServiceInfo
    from zeroconf.asyncio import AsyncZeroconf

    announcer = AsyncZeroconf(interfaces=["127.0.0.1"])
    try:
        kind = "_tbtest._tcp.local."
        info = ServiceInfo(kind, f"till printer.{kind}", port=6543, parsed_addresses=["127.0.0.1"], server="tbtest.local.")
        await announcer.async_register_service(info)
        browser = ZeroconfBrowser(seconds=0.3, interfaces=["127.0.0.1"])
        async with asyncio.timeout(30):
            while not (heard := await browser(["_tbtest._tcp"])):
                pass
    finally:
        await announcer.async_close()
    assert heard == [Announced("_tbtest._tcp", "till printer._tbtest._tcp.local.", "127.0.0.1", 6543)]
