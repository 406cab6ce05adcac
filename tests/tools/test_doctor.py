"""Each check of the doctor with good and with bad facts: fake /proc, /sys, /dev and /etc."""

from __future__ import annotations

import json
import os
import shutil
import socket
import sqlite3
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bridge.cli.doctor import look
from bridge.devices import DeviceConfig
from bridge.plugin import PluginReport
from bridge.server.doctor import certificates, clock, disk, installation, journal, network, ports
from bridge.server.doctor.examining import as_data, examine, report
from bridge.server.doctor.facts import Computer, Finding, Level, Server, Situation, lock_holder
from tests.core.world import World, in_world

NOW = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)

Check = Callable[..., Iterable[Finding]]


@pytest.fixture
def computer(tmp_path: Path) -> Computer:
    roots = {name: tmp_path / name for name in ("proc", "sysfs", "dev", "etc", "home")}
    for root in roots.values():
        root.mkdir()
    (roots["etc"] / "localtime").touch()
    (roots["proc"] / "mounts").write_text("/dev/sda1 / ext4 rw 0 0\n")
    return Computer(
        **roots,
        platform="linux",
        now=lambda: NOW,
        run=lambda command: None,
        may=lambda path, mode: True,
        environment={"USER": "till"},
    )


@pytest.fixture
def situation(computer: Computer, tmp_path: Path) -> Situation:
    data_dir = tmp_path / "data"
    data_dir.mkdir(mode=0o700)
    return Situation(computer, data_dir, data_dir / "logs")


def device(url: str, **settings: Any) -> dict[str, DeviceConfig]:
    return {"till-1": DeviceConfig(family="posnet", url=url, settings=settings)}


def levels(findings: Iterable[Finding]) -> list[Level]:
    return [finding.level for finding in findings]


def problem(findings: Iterable[Finding]) -> Finding:
    """The one problem or warning among them; whatever is not in order says what to do."""
    found = [finding for finding in findings if finding.level is not Level.OK]
    assert len(found) == 1, found
    assert found[0].remedy
    return found[0]


def all_well(findings: Iterable[Finding]) -> bool:
    found = levels(findings)
    return bool(found) and set(found) == {Level.OK}


def process(computer: Computer, pid: int, name: str, opened: str) -> None:
    place = computer.proc / str(pid)
    (place / "fd").mkdir(parents=True)
    (place / "comm").write_text(f"{name}\n")
    (place / "fd" / "3").symlink_to(opened)


SERVER = Server(47811, 77, "0.1.0", {"till-1": {"state": "ready", "reason": None}}, {})


# -- serial ports and usb ------------------------------------------------------------------------------------------------


def test_a_serial_port_that_may_be_used_and_is_free(situation: Situation) -> None:
    (situation.computer.dev / "ttyUSB0").touch()
    assert all_well(ports.serial(replace(situation, devices=device("serial:///dev/ttyUSB0?baudrate=9600"))))


def test_a_serial_port_that_is_not_there_names_those_that_are(situation: Situation) -> None:
    (situation.computer.dev / "ttyACM0").touch()
    found = problem(ports.serial(replace(situation, devices=device("serial:///dev/ttyUSB0"))))
    assert (found.level, "ttyACM0" in found.text) == (Level.PROBLEM, True)


def test_a_serial_port_that_may_not_be_used_names_its_group(situation: Situation) -> None:
    (situation.computer.dev / "ttyUSB0").touch()
    closed = replace(situation, computer=replace(situation.computer, may=lambda path, mode: False))
    found = problem(ports.serial(replace(closed, devices=device("serial:///dev/ttyUSB0"))))
    group = (situation.computer.dev / "ttyUSB0").group()
    assert found.remedy == f"sudo usermod -aG {group} till, then sign out and in again."


def test_a_serial_port_that_another_program_has_names_it_and_our_server_is_no_stranger(situation: Situation) -> None:
    port = situation.computer.dev / "ttyUSB0"
    port.touch()
    process(situation.computer, 77, "tillbridge", str(port))
    configured = replace(situation, devices=device("serial:///dev/ttyUSB0"))
    assert all_well(ports.serial(replace(configured, server=SERVER)))
    assert "tillbridge (process 77)" in problem(ports.serial(configured)).text
    shutil.rmtree(situation.computer.proc / "77")
    process(situation.computer, 78, "ModemManager", str(port))
    found = problem(ports.serial(replace(configured, server=SERVER)))
    assert "disable --now ModemManager" in str(found.remedy)


def usb_device(computer: Computer, driver: str | None = None) -> None:
    place = computer.sysfs / "bus" / "usb" / "devices" / "1-2"
    place.mkdir(parents=True)
    for name, value in (("idVendor", "1424"), ("idProduct", "0012"), ("busnum", "1"), ("devnum", "4"), ("serial", "S-1")):
        (place / name).write_text(f"{value}\n")
    interface = place.parent / "1-2:1.0"
    interface.mkdir()
    if driver is not None:
        (computer.sysfs / driver).mkdir()
        (interface / "driver").symlink_to(computer.sysfs / driver)


def test_a_usb_device_without_a_driver_that_may_be_used(situation: Situation) -> None:
    usb_device(situation.computer)
    assert all_well(ports.usb(replace(situation, devices=device("usb://1424:0012:S-1"))))


@pytest.mark.parametrize(("driver", "remedy"), [("usblp", "unbind"), ("cdc_acm", "serial:///dev/serial/by-id")])
def test_a_usb_device_that_a_driver_has_says_which_and_what_then(situation: Situation, driver: str, remedy: str) -> None:
    usb_device(situation.computer, driver)
    found = problem(ports.usb(replace(situation, devices=device("usb://1424:0012"))))
    assert (driver in found.text, remedy in str(found.remedy)) == (True, True)


def test_a_usb_device_that_is_not_plugged_in_or_may_not_be_used(situation: Situation) -> None:
    usb_device(situation.computer)
    assert "plugged in" in problem(ports.usb(replace(situation, devices=device("usb://1424:0013")))).text
    assert "plugged in" in problem(ports.usb(replace(situation, devices=device("usb://1424:0012:S-2")))).text
    closed = replace(situation, computer=replace(situation.computer, may=lambda path, mode: False))
    assert "60-tillbridge.rules" in str(problem(ports.usb(replace(closed, devices=device("usb://1424:0012")))).remedy)


# -- network -------------------------------------------------------------------------------------------------------------


def test_our_own_server_is_no_problem(situation: Situation) -> None:
    assert all_well(network.api_port(replace(situation, server=SERVER)))


def test_no_server_is_a_warning_and_a_stranger_at_the_port_a_problem(situation: Situation) -> None:
    assert problem(network.api_port(situation)).level is Level.WARNING
    net = situation.computer.proc / "net"
    net.mkdir()
    row = "0: 0100007F:BAC3 00000000:0000 0A 00000000:00000000 00:00000000 00000000 1000 0 4711 1 0 100"
    (net / "tcp").write_text(f"head\n{row}\n")
    process(situation.computer, 99, "node", "socket:[4711]")
    found = problem(network.api_port(situation))
    assert (found.level, "node (process 99)" in found.text) == (Level.PROBLEM, True)


def test_a_server_that_holds_the_directory_and_does_not_answer(situation: Situation) -> None:
    found = problem(network.api_port(replace(situation, locked_by=55)))
    assert (found.level, "kill 55" in str(found.remedy)) == (Level.PROBLEM, True)


def refuse(error: OSError) -> Callable[[str, int], None]:
    def connect(host: str, port: int) -> None:
        raise error

    return connect


def test_a_device_that_nobody_holds_is_tried(situation: Situation) -> None:
    configured = replace(situation, devices=device("tcp://10.0.0.7:6666"))
    tried: list[tuple[str, int]] = []
    assert all_well(network.reachable(configured, lambda host, port: tried.append((host, port))))
    assert tried == [("10.0.0.7", 6666)]
    assert "nothing listens" in problem(network.reachable(configured, refuse(ConnectionRefusedError()))).text
    assert "ping 10.0.0.7" in str(problem(network.reachable(configured, refuse(TimeoutError()))).remedy)
    assert "is not known" in problem(network.reachable(configured, refuse(socket.gaierror()))).text


def test_a_device_that_a_server_holds_is_never_connected_to(situation: Situation) -> None:
    def never(host: str, port: int) -> None:
        raise AssertionError("connected")

    configured = replace(situation, devices=device("tcp://10.0.0.7:6666"))
    assert all_well(network.reachable(replace(configured, server=SERVER), never))
    assert levels(network.reachable(replace(configured, locked_by=55), never)) == [Level.NOT_CHECKED]
    offline = replace(SERVER, devices={"till-1": {"state": "offline", "reason": "no route"}})
    assert "offline: no route" in problem(network.reachable(replace(configured, server=offline), never)).text
    assert "does not know it" in problem(network.reachable(replace(configured, server=replace(SERVER, devices={})), never)).text


def test_who_holds_a_lock_is_read_from_the_kernels_table(situation: Situation, tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    lock.touch()
    assert lock_holder(situation.computer, lock) is None
    (situation.computer.proc / "locks").write_text(f"1: FLOCK  ADVISORY  WRITE 4242 08:01:{lock.stat().st_ino} 0 EOF\n")
    assert lock_holder(situation.computer, lock) == 4242


# -- disk ----------------------------------------------------------------------------------------------------------------

PLENTY = 10 * 1024**3


def test_a_data_directory_in_order(situation: Situation) -> None:
    assert all_well(disk.data_directory(situation, lambda path: PLENTY))


def test_a_disk_that_fills_up_warns_and_a_full_one_is_a_problem(situation: Situation) -> None:
    assert problem(disk.data_directory(situation, lambda path: 500 * 1024**2)).level is Level.WARNING
    assert problem(disk.data_directory(situation, lambda path: 1024**2)).level is Level.PROBLEM


def test_a_data_directory_that_others_may_read_names_the_files(situation: Situation) -> None:
    (situation.data_dir / "admin-token").touch(mode=0o644)
    found = problem(disk.data_directory(situation, lambda path: PLENTY))
    assert found.remedy is not None
    assert found.remedy.startswith(f"chmod go-rwx {situation.data_dir / 'admin-token'}")


def test_a_journal_on_a_network_file_system_is_a_problem(situation: Situation) -> None:
    mounts = f"/dev/sda1 / ext4 rw 0 0\nserver:/x {situation.data_dir.parent} nfs4 rw 0 0\n"
    (situation.computer.proc / "mounts").write_text(mounts)
    assert "nfs4" in problem(disk.data_directory(situation, lambda path: PLENTY)).text


def test_a_data_directory_that_is_missing_or_anothers(situation: Situation, tmp_path: Path) -> None:
    assert "does not exist" in problem(disk.data_directory(replace(situation, data_dir=tmp_path / "none"))).text
    closed = replace(situation, computer=replace(situation.computer, may=lambda path, mode: False))
    assert problem(disk.data_directory(closed)).remedy == "Call this as the user that runs the bridge."


def test_logs_tell_their_place_and_the_errors_of_the_last_day(situation: Situation) -> None:
    assert all_well(disk.logs(situation))
    situation.log_dir.mkdir()
    rows = [
        {"at": (NOW - age).isoformat(), "level": "error", "logger": "a", "message": f"{age}"}
        for age in (timedelta(2), timedelta(0))
    ]
    (situation.log_dir / "tillbridge.log").write_text("".join(json.dumps(row) + "\n" for row in rows))
    assert problem(disk.logs(situation)).text.startswith("1 errors in the last day, the last one: 0:00:00")


# -- journal -------------------------------------------------------------------------------------------------------------


def test_a_sound_journal_with_nothing_in_doubt(situation: Situation) -> None:
    async def story(world: World) -> None:
        await world.settle()
        await world.sell()

    in_world(situation.data_dir, story)
    before = sorted(situation.data_dir.iterdir())
    assert all_well(journal.journal(situation))
    assert sorted(situation.data_dir.iterdir()) == before  # looking leaves nothing behind


def test_unresolved_jobs_and_a_lost_journal_are_problems_with_the_command_that_settles_them(situation: Situation) -> None:
    async def story(world: World) -> None:
        await world.settle()
        world.devices["d1"].lose_answer_of = "issue"
        world.family.recoveries = ["operator"]
        job = await world.sell(wait=2)
        assert f"tillbridge inspect {job.id}" == problem(journal.journal(situation)).remedy
        await world.bridge.stop(grace=1)
        assert f"tillbridge inspect {job.id}" == problem(journal.journal(situation)).remedy

    in_world(situation.data_dir, story)
    connection = sqlite3.connect(situation.data_dir / "journal.db")
    connection.execute("UPDATE jobs SET state='done'")
    connection.execute("INSERT INTO device_state VALUES ('d1', '#journal_hold', '\"the journal is missing\"')")
    connection.commit()
    connection.close()
    found = problem(journal.journal(situation))
    assert ("--what journal" in str(found.remedy), "the journal is missing" in found.text) == (True, True)


def test_a_damaged_a_foreign_and_a_missing_journal(situation: Situation) -> None:
    assert all_well(journal.journal(situation))
    path = situation.data_dir / "journal.db"
    path.write_bytes(b"no database at all" * 100)
    assert "cannot be read" in problem(journal.journal(situation)).text
    path.unlink()
    (situation.data_dir / "instance.json").write_text("{}")
    assert "is missing" in problem(journal.journal(situation)).text
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA user_version=999")
    connection.execute("CREATE TABLE x (y)")
    connection.commit()
    connection.close()
    assert "schema 999" in problem(journal.journal(situation)).text
    path.rename(situation.data_dir / "journal.damaged-20261120T210000.db")
    (situation.data_dir / "instance.json").unlink()
    assert "set aside" in problem(journal.journal(situation)).text


def test_a_locked_journal_says_that_another_program_holds_it(situation: Situation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bridge.store.reading._BUSY_SECONDS", 0.01)
    path = situation.data_dir / "journal.db"
    connection = sqlite3.connect(path)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA locking_mode=EXCLUSIVE")
    connection.execute("CREATE TABLE x (y)")
    found = problem(journal.journal(situation))
    connection.close()
    assert ("locked" in found.text, "Another program holds it" in str(found.remedy)) == (True, True)


def test_a_job_that_waits_past_its_deadline_is_a_problem(situation: Situation) -> None:
    async def story(world: World) -> None:
        world.devices["d1"].off = True
        await world.sell(wait=1)
        await world.crash()

    in_world(situation.data_dir, story)
    found = problem(journal.journal(situation))
    assert (found.level, found.text.startswith("1 jobs wait")) == (Level.PROBLEM, True)


def test_a_job_that_ran_when_the_bridge_was_killed_is_a_problem_until_it_runs_again(situation: Situation) -> None:
    async def story(world: World) -> None:
        await world.settle()
        world.devices["d1"].deaf_to = "issue"
        await world.sell(wait=1)
        await world.crash()

    in_world(situation.data_dir, story)
    assert "tillbridge serve" in str(problem(journal.journal(situation)).remedy)
    assert all_well(journal.journal(replace(situation, server=SERVER)))


# -- certificates, clock, installation -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if shutil.which("openssl") is None:
        pytest.skip("there is no openssl to make a certificate with")
    place = tmp_path_factory.mktemp("certificate")
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 400 -subj /CN=till -keyout key.pem -out cert.pem"
    subprocess.run(command.split(), cwd=place, check=True, capture_output=True)
    return place


def test_a_certificate_is_valid_ends_soon_or_has_expired(situation: Situation, certificate: Path) -> None:
    configured = replace(situation, devices=device("tls://10.0.0.7:1", certificate=str(certificate / "cert.pem")))

    def after(days: int) -> Situation:
        now = datetime.now(UTC) + timedelta(days=days)
        return replace(configured, computer=replace(situation.computer, now=lambda: now))

    assert all_well(certificates.certificates(after(0)))
    assert problem(certificates.certificates(after(380))).level is Level.WARNING
    assert "expired" in problem(certificates.certificates(after(401))).text


def test_a_key_that_others_may_read_and_files_that_are_missing(situation: Situation, certificate: Path) -> None:
    key = certificate / "key.pem"
    configured = replace(situation, devices=device(f"tls://10.0.0.7:1?key={key}"))
    key.chmod(0o644)
    assert f"chmod go-rwx {key}" == problem(certificates.certificates(configured)).remedy
    key.chmod(0o600)
    assert all_well(certificates.certificates(configured))
    missing = replace(situation, devices=device("tls://10.0.0.7:1", tls={"ca": "none.pem"}))
    assert "does not exist" in problem(certificates.certificates(missing)).text
    assert list(certificates.certificates(replace(situation, devices=device("tcp://10.0.0.7:1")))) == []


def test_a_clock_in_order_and_one_that_forgot_everything(situation: Situation) -> None:
    synchronised = replace(situation.computer, run=lambda command: "yes\n")
    assert all_well(clock.clock(replace(situation, computer=synchronised)))
    forgot = replace(synchronised, now=lambda: datetime(1970, 1, 1, tzinfo=UTC))
    assert "1970" in problem(clock.clock(replace(situation, computer=forgot))).text
    alone = replace(synchronised, run=lambda command: "no\n")
    assert "set-ntp" in str(problem(clock.clock(replace(situation, computer=alone))).remedy)
    (situation.computer.etc / "localtime").unlink()
    assert "zone" in problem(clock.clock(replace(situation, computer=synchronised))).text


def test_a_devices_clock_that_runs_away_is_told_as_it_was_seen_last(situation: Situation) -> None:
    def seen(seconds: int) -> Situation:
        status = {"status": {"as_of": NOW.isoformat(), "clock": (NOW + timedelta(seconds=seconds)).isoformat()}}
        server = replace(SERVER, statuses={"till-1": status})
        return replace(situation, devices=device("tcp://10.0.0.7:1"), server=server)

    assert all_well(clock.devices(seen(-100)))
    assert "3600 s ahead" in problem(clock.devices(seen(3600))).text
    assert levels(clock.devices(replace(seen(0), server=None))) == [Level.NOT_CHECKED]


def test_plugins_configuration_and_service(situation: Situation) -> None:
    good = PluginReport("posnet", "tillbridge-posnet", "0.1.0", ("posnet",))
    assert all_well(installation.plugins(replace(situation, plugins=[good])))
    bad = replace(good, problem="it was written for plugin API 2.0, this host has 1.0")
    assert "tillbridge-posnet" in str(problem(installation.plugins(replace(situation, plugins=[bad]))).remedy)
    configured = replace(situation, devices=device("tcp://10.0.0.7:1"))
    assert all_well(installation.configuration(replace(configured, families=["posnet"])))
    assert problem(installation.configuration(configured)).remedy == "pip install tillbridge-posnet"
    assert "line 3" in problem(installation.configuration(replace(situation, devices_error="devices.toml: line 3"))).text
    assert problem(installation.service(situation)).level is Level.WARNING
    unit = situation.computer.etc / "systemd" / "system"
    unit.mkdir(parents=True)
    (unit / "tillbridge.service").touch()
    assert "enable --now" in str(problem(installation.service(situation)).remedy)
    enabled = replace(situation.computer, run=lambda command: "enabled\n")
    assert all_well(installation.service(replace(situation, computer=enabled)))


# -- the whole -----------------------------------------------------------------------------------------------------------


def test_a_check_that_fails_itself_keeps_no_other_from_telling(situation: Situation) -> None:
    def broken(of: Situation) -> list[Finding]:
        raise ZeroDivisionError("oops")

    def closed(of: Situation) -> list[Finding]:
        raise PermissionError(13, "Permission denied", "/var/lib/x")

    first, second, third = examine(situation, (broken, closed, disk.logs))
    assert (first.level, "ZeroDivisionError" in first.text) == (Level.NOT_CHECKED, True)
    assert (second.level, second.remedy) == (Level.NOT_CHECKED, "Call this as the user that runs the bridge.")
    assert third.level is Level.OK


def test_the_report_puts_problems_first_and_fits_80_columns(situation: Situation) -> None:
    findings = examine(replace(situation, devices=device("serial:///dev/ttyUSB0"), devices_error="x" * 30))
    rows = list(report(findings))
    assert rows[0].startswith("PROBLEM")
    assert max(len(row) for row in rows if "/" not in row) <= 80
    assert rows[-1].endswith(f"{as_data(findings)['summary']['ok']} in order")


def test_a_broken_devices_file_and_a_directory_that_is_no_bridges(tmp_path: Path, computer: Computer) -> None:
    (tmp_path / "devices.toml").write_text("[devices.till-1\nfamily=")
    situation = look(tmp_path, 1, computer)
    assert situation.devices_error is not None
    assert "devices.toml" in situation.devices_error
    assert any(finding.check == "configuration" and finding.level is Level.PROBLEM for finding in examine(situation))
    assert os.listdir(tmp_path / "home") == []
