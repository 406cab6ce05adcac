"""Where a device is: endpoints, written as URLs.

tcp://host:port, serial:///dev/ttyUSB0?baudrate=9600&parity=E, serial://COM3, http://127.0.0.1:3010,
null://name (in-process, for tests). Opening one is in `open.py`; later kinds (tls, usb, ws, wss, folder) join the table.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from bridge.transport.errors import EndpointError

KINDS = ("tcp", "tls", "serial", "usb", "http", "https", "ws", "wss", "null")

_EXAMPLES = {
    "tcp": "tcp://192.168.1.20:6666",
    "tls": "tls://192.168.1.20:6667",
    "serial": "serial:///dev/ttyUSB0?baudrate=9600 or serial://COM3",
    "http": "http://127.0.0.1:3010",
    "https": "https://gateway.example:443",
    "null": "null://printer-1",
}

SERIAL_OPTIONS: dict[str, frozenset[str] | None] = {
    "baudrate": None,
    "bytesize": frozenset({"7", "8"}),
    "parity": frozenset({"N", "E", "O"}),
    "stopbits": frozenset({"1", "1.5", "2"}),
    "xonxoff": frozenset({"0", "1"}),
    "rtscts": frozenset({"0", "1"}),
    "dsrdtr": frozenset({"0", "1"}),
}


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A parsed URL. `address` is host or path without options; `port` 0 where the kind has none."""

    kind: str
    address: str
    port: int = 0
    options: Mapping[str, str] = field(default_factory=dict)

    @property
    def url(self) -> str:
        """The URL again, without secrets (an endpoint holds none)."""
        query = "&".join(f"{key}={quote(value, safe='')}" for key, value in sorted(self.options.items()))
        suffix = f"?{query}" if query else ""
        if self.kind == "serial":
            return f"serial://{self.address}{suffix}"
        if self.kind == "null":
            return f"null://{self.address}{suffix}"
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.kind}://{host}:{self.port}{suffix}" if self.port else f"{self.kind}://{host}{suffix}"

    @property
    def place(self) -> tuple[str, str, int]:
        """What two endpoints share when they are the same place, whatever their options."""
        return (self.kind, self.address, self.port)


def parse_endpoint(url: str) -> Endpoint:
    """Read an endpoint URL. Raises EndpointError with a sentence and an example."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        raise EndpointError(f"{url!r}: {error}, e.g. {_EXAMPLES['tcp']}") from None
    kind = parts.scheme
    if kind not in KINDS:
        raise EndpointError(f"{url!r}: the kind must be one of {', '.join(KINDS)}, e.g. {_EXAMPLES['tcp']}")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if kind == "serial":
        return _serial(url, unquote(parts.netloc + parts.path), options)
    if kind == "null":
        return Endpoint(kind, parts.netloc + parts.path, 0, options)
    if parts.username or parts.password:
        raise EndpointError(f"an endpoint URL must not hold a user or password: use the device's settings ({kind}://...)")
    try:
        port = parts.port
    except ValueError:
        raise EndpointError(f"{url!r}: the port must be 1 to 65535, e.g. {_EXAMPLES.get(kind, _EXAMPLES['tcp'])}") from None
    if not parts.hostname:
        raise EndpointError(f"{url!r}: the host is missing, e.g. {_EXAMPLES.get(kind, _EXAMPLES['tcp'])}")
    if kind in ("tcp", "tls") and not port:
        raise EndpointError(f"{url!r}: the port is missing, e.g. {_EXAMPLES[kind]}")
    if parts.path not in ("", "/"):
        raise EndpointError(f"{url!r}: a {kind} endpoint has no path, e.g. {_EXAMPLES.get(kind, _EXAMPLES['tcp'])}")
    default = {"http": 80, "https": 443, "ws": 80, "wss": 443}.get(kind, 0)
    return Endpoint(kind, parts.hostname, port or default, options)


def _serial(url: str, address: str, options: dict[str, str]) -> Endpoint:
    if not address:
        raise EndpointError(f"{url!r}: the port's name is missing, e.g. {_EXAMPLES['serial']}")
    for name, value in options.items():
        if name not in SERIAL_OPTIONS:
            raise EndpointError(f"{url!r}: unknown option {name}; a serial endpoint knows {', '.join(SERIAL_OPTIONS)}")
        allowed = SERIAL_OPTIONS[name]
        if allowed is not None and value not in allowed:
            raise EndpointError(f"{url!r}: {name} must be one of {', '.join(sorted(allowed))}")
    if "baudrate" in options and not re.fullmatch("[1-9][0-9]{0,7}", options["baudrate"]):
        raise EndpointError(f"{url!r}: baudrate must be a number, e.g. 9600")
    return Endpoint("serial", address, 0, options)
