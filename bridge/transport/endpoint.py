"""Where a device is: endpoints, written as URLs.

tcp://host:port, tls://host:port?ca=/etc/ssl/shop.pem, serial:///dev/ttyUSB0?baudrate=9600&parity=E, serial://COM3,
usb://vid:pid[:serial], http://127.0.0.1:3010, https://host, null://name (in-process, for tests). Opening one is in
`opening.py`; later kinds (ws, wss, folder) join the table.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, quote, unquote, urlsplit

from bridge.transport.errors import EndpointError

KINDS = ("tcp", "tls", "serial", "usb", "http", "https", "ws", "wss", "null")

_EXAMPLES = {
    "tcp": "tcp://192.168.1.20:6666",
    "tls": "tls://192.168.1.20:6667",
    "serial": "serial:///dev/ttyUSB0?baudrate=9600 or serial://COM3",
    "usb": "usb://0483:5720 or usb://0483:5720:SERIAL",
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

# `interface`, `configuration`: their numbers in the device's descriptors; `in`, `out`: addresses of the bulk endpoints, hex.
# `zlp`: end a transfer that fills its last packet with an empty one, for devices that wait for a short packet.
USB_OPTIONS: dict[str, tuple[str, str]] = {
    "interface": ("[0-9]{1,3}", "a number, e.g. 1"),
    "configuration": ("[1-9][0-9]{0,2}", "a number, e.g. 1"),
    "in": ("(0x)?8[1-9a-f]", "the address of an IN endpoint, 0x81 to 0x8f"),
    "out": ("(0x)?0[1-9a-f]", "the address of an OUT endpoint, 0x01 to 0x0f"),
    "zlp": ("[01]", "0 or 1"),
}

# Whom to trust, and how to show who we are. What they mean is in `tls.py`; the passphrase of a key is no option: it is
# secret, and a URL is not.
TLS_OPTIONS = ("ca", "fingerprint", "cert", "key", "server_name")
_TLS_KINDS = ("tls", "https", "wss")

_TLS_MEANINGS = {
    "ca": "Path of a PEM file: trust only what these authorities have signed.",
    "fingerprint": "SHA-256 of the one certificate to trust, 64 hexadecimal digits.",
    "cert": "Path of a PEM file: our own certificate, where the device asks for one.",
    "key": "Path of a PEM file: the private key of cert.",
    "server_name": "The name that must be in the certificate, where it is not the host's.",
}
_USB_ADDRESS = re.compile("([0-9a-fA-F]{1,4}):([0-9a-fA-F]{1,4})(?::(.+))?")


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
        if self.kind == "usb":
            vendor, product, serial = self.usb
            return f"usb://{vendor:04x}:{product:04x}{':' + quote(serial, safe='') if serial else ''}{suffix}"
        host = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.kind}://{host}:{self.port}{suffix}" if self.port else f"{self.kind}://{host}{suffix}"

    @property
    def base(self) -> str:
        """The URL without its options."""
        return self.url.partition("?")[0]

    @property
    def place(self) -> tuple[str, str, int]:
        """What two endpoints share when they are the same place, whatever their options."""
        return (self.kind, self.address, self.port)

    def same_place(self, other: Endpoint) -> bool:
        """Whether both may lead to one device. A USB endpoint without a serial number means any device of its ids."""
        if self.kind == other.kind == "usb":
            (*ids, serial), (*other_ids, other_serial) = self.usb, other.usb
            return ids == other_ids and (serial is None or other_serial is None or serial == other_serial)
        return self.place == other.place

    @property
    def usb(self) -> tuple[int, int, str | None]:
        """Vendor, product and serial number of a usb:// endpoint."""
        vendor, product, *serial = self.address.split(":", 2)
        return int(vendor, 16), int(product, 16), serial[0] if serial else None


def shown_url(url: str) -> str:
    """The URL as it may be shown, whatever is wrong with it: a user or password that somebody wrote into it is in no message."""
    kind, colon, rest = url.partition(":")
    return f"{kind}{colon}{'//' if rest.startswith('//') else ''}***@{rest.rpartition('@')[2]}" if "@" in rest else url


def parse_endpoint(url: str) -> Endpoint:
    """Read an endpoint URL. Raises EndpointError with a sentence and an example."""
    try:
        parts = urlsplit(url)
    except ValueError as error:
        why = "it is no URL" if "@" in url else str(error)  # which may repeat what stands before the @
        raise EndpointError(f"{shown_url(url)!r}: {why}, e.g. {_EXAMPLES['tcp']}") from None
    kind = parts.scheme
    if kind not in KINDS:
        raise EndpointError(f"{shown_url(url)!r}: the kind must be one of {', '.join(KINDS)}, e.g. {_EXAMPLES['tcp']}")
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    if kind == "serial":
        return _serial(url, unquote(parts.netloc + parts.path), options)
    if kind == "usb":
        return _usb(url, unquote(parts.netloc + parts.path), options)
    if kind == "null":
        return Endpoint(kind, parts.netloc + parts.path, 0, options)
    if parts.username or parts.password:
        raise EndpointError(f"an endpoint URL must not hold a user or password: use the device's settings ({kind}://...)")
    try:
        port = parts.port
    except ValueError:
        raise EndpointError(
            f"{shown_url(url)!r}: the port must be 1 to 65535, e.g. {_EXAMPLES.get(kind, _EXAMPLES['tcp'])}"
        ) from None
    if not parts.hostname:
        raise EndpointError(f"{shown_url(url)!r}: the host is missing, e.g. {_EXAMPLES.get(kind, _EXAMPLES['tcp'])}")
    if kind in ("tcp", "tls") and not port:
        raise EndpointError(f"{shown_url(url)!r}: the port is missing, e.g. {_EXAMPLES[kind]}")
    if parts.path not in ("", "/"):
        raise EndpointError(f"{shown_url(url)!r}: a {kind} endpoint has no path, e.g. {_EXAMPLES.get(kind, _EXAMPLES['tcp'])}")
    options = _tls(url, kind, options) if kind in _TLS_KINDS else _no_options(url, kind, options)
    default = {"http": 80, "https": 443, "ws": 80, "wss": 443}.get(kind, 0)
    return Endpoint(kind, parts.hostname, port or default, options)


def options_schema(kind: str) -> dict[str, Any]:
    """JSON Schema of what may stand behind the `?` of a URL of this kind, each a string. For forms; `parse_endpoint` checks."""
    properties: dict[str, dict[str, Any]] = {}
    if kind == "serial":
        for name, allowed in SERIAL_OPTIONS.items():
            properties[name] = {"type": "string", **({"enum": sorted(allowed)} if allowed else {"pattern": "^[1-9][0-9]{0,7}$"})}
    elif kind == "usb":
        for name, (pattern, meaning) in USB_OPTIONS.items():
            properties[name] = {"type": "string", "pattern": f"^({pattern})$", "description": meaning}
    elif kind in _TLS_KINDS:
        properties = {name: {"type": "string", "minLength": 1, "description": _TLS_MEANINGS[name]} for name in TLS_OPTIONS}
    return {"type": "object", "properties": properties, "additionalProperties": False}


def _serial(url: str, address: str, options: dict[str, str]) -> Endpoint:
    if not address:
        raise EndpointError(f"{shown_url(url)!r}: the port's name is missing, e.g. {_EXAMPLES['serial']}")
    for name, value in options.items():
        if name not in SERIAL_OPTIONS:
            raise EndpointError(f"{shown_url(url)!r}: unknown option {name}; a serial endpoint knows {', '.join(SERIAL_OPTIONS)}")
        allowed = SERIAL_OPTIONS[name]
        if allowed is not None and value not in allowed:
            raise EndpointError(f"{shown_url(url)!r}: {name} must be one of {', '.join(sorted(allowed))}")
    if "baudrate" in options and not re.fullmatch("[1-9][0-9]{0,7}", options["baudrate"]):
        raise EndpointError(f"{shown_url(url)!r}: baudrate must be a number, e.g. 9600")
    return Endpoint("serial", address, 0, options)


def _usb(url: str, address: str, options: dict[str, str]) -> Endpoint:
    found = _USB_ADDRESS.fullmatch(address)
    if found is None:
        raise EndpointError(f"{shown_url(url)!r}: vendor and product must be hexadecimal numbers, e.g. {_EXAMPLES['usb']}")
    for name, value in options.items():
        if name not in USB_OPTIONS:
            raise EndpointError(f"{shown_url(url)!r}: unknown option {name}; a usb endpoint knows {', '.join(USB_OPTIONS)}")
        pattern, meaning = USB_OPTIONS[name]
        if not re.fullmatch(pattern, value, re.IGNORECASE | re.ASCII):
            raise EndpointError(f"{shown_url(url)!r}: {name} must be {meaning}")
    vendor, product, serial = found.groups()
    return Endpoint("usb", f"{int(vendor, 16):04x}:{int(product, 16):04x}{':' + serial if serial else ''}", 0, options)


def _tls(url: str, kind: str, options: dict[str, str]) -> dict[str, str]:
    """The options checked, the fingerprint without colons."""
    for name, value in options.items():
        if name not in TLS_OPTIONS:
            raise EndpointError(f"{shown_url(url)!r}: unknown option {name}; a {kind} endpoint knows {', '.join(TLS_OPTIONS)}")
        if name in ("ca", "cert", "key") and not os.path.isabs(value):
            raise EndpointError(
                f"{shown_url(url)!r}: {name} must be the whole path of a PEM file, e.g. {name}=/etc/tillbridge/{name}.pem"
            )
        if name == "server_name" and not value:
            raise EndpointError(
                f"{shown_url(url)!r}: server_name must be the name in the certificate, e.g. server_name=printer.local"
            )
    if "key" in options and "cert" not in options:
        raise EndpointError(f"{shown_url(url)!r}: key is the private key of a client certificate: give cert too")
    if "fingerprint" in options:
        fingerprint = options["fingerprint"].replace(":", "").lower()
        if not re.fullmatch("[0-9a-f]{64}", fingerprint):
            raise EndpointError(
                f"{shown_url(url)!r}: fingerprint must be the certificate's SHA-256, 64 hexadecimal digits (colons allowed)"
            )
        options = {**options, "fingerprint": fingerprint}
    return options


def _no_options(url: str, kind: str, options: dict[str, str]) -> dict[str, str]:
    if options:
        raise EndpointError(f"{shown_url(url)!r}: a {kind} endpoint has no options; {next(iter(options))} means nothing here")
    return options
