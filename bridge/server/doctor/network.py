"""The API's port and the devices' addresses. A device that a server holds is never connected to: the server is asked."""

from __future__ import annotations

import socket
from collections.abc import Callable, Iterator
from urllib.parse import urlsplit

from bridge.server.doctor.facts import Finding, Level, Situation

_API = "api port"
_REACH = "device"
_SECONDS = 2.0
_LISTENS = "0A"  # TCP_LISTEN in /proc/net/tcp. Source: include/net/tcp_states.h of Linux
_WELL = frozenset({"ready", "connecting"})
_PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443}

Connect = Callable[[str, int], None]


def connect(host: str, port: int) -> None:
    """A TCP connection, closed at once. Raises OSError."""
    socket.create_connection((host, port), timeout=_SECONDS).close()


def api_port(situation: Situation) -> Iterator[Finding]:
    """Whether our server answers, and who has its port if not."""
    server = situation.server
    if server is not None:
        text = f"the bridge answers at http://127.0.0.1:{server.port} (version {server.version}, process {server.pid})"
        yield Finding(_API, str(server.port), Level.OK, text)
        for problem in server.problems:
            yield Finding(
                "health", "bridge", Level.WARNING, problem, "tillbridge devices list and tillbridge logs --since 1h tell more"
            )
        return
    if situation.locked_by is not None:
        pid = situation.locked_by
        text = f"{situation.computer.name_of(pid)} (process {pid}) has this data directory, but does not answer"
        yield Finding(_API, str(situation.port), Level.PROBLEM, text, f"Wait a minute; then: kill {pid}, and tillbridge serve")
        return
    inode = _listener(situation)
    if inode is None:
        yield Finding(_API, str(situation.port), Level.WARNING, "no bridge runs for this data directory", "tillbridge serve")
        return
    holders = situation.computer.holders(f"socket:[{inode}]")
    who = f"{holders[0][1]} (process {holders[0][0]})" if holders else "another user's program"
    text = f"no bridge runs for this data directory, and {who} has the port"
    remedy = "Stop that program, or choose another port: tillbridge serve --port 47812. Who it is: sudo ss -ltnp"
    yield Finding(_API, str(situation.port), Level.PROBLEM, text, remedy)


def reachable(situation: Situation, connect: Connect = connect) -> Iterator[Finding]:
    """Each device: what the server says of it, or whether its address answers."""
    for device_id, config in situation.devices.items():
        subject = f"{device_id} {config.url}"
        if situation.server is not None:
            yield from _said(situation, device_id, subject)
            continue
        if situation.locked_by is not None:
            text = "a server that does not answer holds it: it is left alone"
            yield Finding(_REACH, subject, Level.NOT_CHECKED, text, "Stop that server first.")
            continue
        parts = urlsplit(config.url)
        if parts.scheme not in ("tcp", "tls", *_PORTS):
            text = "it is looked at with its port" if parts.scheme in ("serial", "usb") else "this kind cannot be tried from here"
            yield Finding(_REACH, subject, Level.NOT_CHECKED, text, "tillbridge serve, then tillbridge devices list")
            continue
        yield _tried(subject, parts.hostname or "", parts.port or _PORTS.get(parts.scheme, 0), connect)


def _said(situation: Situation, device_id: str, subject: str) -> Iterator[Finding]:
    assert situation.server is not None
    device = situation.server.devices.get(device_id)
    if device is None:
        text = "the running server does not know it: devices.toml was changed after its start"
        yield Finding(_REACH, subject, Level.WARNING, text, "Restart the bridge.")
        return
    state, reason = device.get("state"), device.get("reason")
    if state in _WELL:
        yield Finding(_REACH, subject, Level.OK, f"the server says: {state}")
        return
    remedies = {
        "offline": "Switch it on, check cable and address; tillbridge logs --device tells since when.",
        "wrong_device": f'If it was replaced: tillbridge devices accept {device_id} --what identity --reason "..."',
        "broken": "Correct what the reason names; tillbridge devices add ... --replace, or install the plugin.",
    }
    remedy = remedies.get(str(state), f"tillbridge devices status {device_id}")
    yield Finding(_REACH, subject, Level.PROBLEM, f"the server says: {state}{f': {reason}' if reason else ''}", remedy)


def _tried(subject: str, host: str, port: int, connect: Connect) -> Finding:
    try:
        connect(host, port)
    except ConnectionRefusedError:
        text = f"{host} is there, but nothing listens on port {port}"
        return Finding(
            _REACH, subject, Level.PROBLEM, text, "Check the port, and that the device's network interface is switched on."
        )
    except socket.gaierror:
        return Finding(
            _REACH, subject, Level.PROBLEM, f"the name {host} is not known", "Use the device's IP address, or correct the name."
        )
    except OSError as error:
        text = f"{host} does not answer ({error.strerror or 'no answer in time'})"
        return Finding(_REACH, subject, Level.PROBLEM, text, f"Switch it on, check cable and address. Try: ping {host}")
    return Finding(_REACH, subject, Level.OK, "its address answers; who is there the bridge finds out when it runs")


def _listener(situation: Situation) -> str | None:
    """The inode of the socket that listens on our port."""
    wanted = f":{situation.port:04X}"
    for name in ("tcp", "tcp6"):
        try:
            text = (situation.computer.proc / "net" / name).read_text()
        except OSError:
            continue
        for line in text.splitlines()[1:]:
            words = line.split()
            if len(words) > 9 and words[1].endswith(wanted) and words[3] == _LISTENS:
                return words[9]
    return None
