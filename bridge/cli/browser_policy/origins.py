"""Origins as policies take them: checked, sorted, and never anything wider than what a browser would send as `Origin`.

Source: RFC 6454 section 6.2 (serialised origins), the URL standard (hosts that end in a number are addresses).
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable
from dataclasses import dataclass

from bridge.cli.errors import CliError

_FORM = re.compile(r"(?P<scheme>https?)://(?P<host>\[[^\[\]]*\]|[^:/?#@\[\]\\]+)(?::(?P<port>[0-9]{1,5}))?")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?")
_DEFAULT_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True, order=True)
class Origin:
    """A web origin. `host` without the brackets of IPv6."""

    scheme: str
    host: str
    port: int

    def __str__(self) -> str:
        """As a browser sends it: without the scheme's own port."""
        return f"{self.scheme}://{self.bracketed}" + ("" if self.port == _DEFAULT_PORTS[self.scheme] else f":{self.port}")

    @property
    def bracketed(self) -> str:
        return f"[{self.host}]" if ":" in self.host else self.host

    @property
    def pattern(self) -> str:
        """As a pattern of Chromium's policies: always with the port, since one without it matches every port."""
        return f"{self.scheme}://{self.bracketed}:{self.port}"

    @property
    def is_local(self) -> bool:
        """Whether the host is by its very name one of this computer or of a local network."""
        address = _address(self.host)
        if address is not None:
            return not address.is_global
        return "." not in self.host or self.host.endswith((".localhost", ".local"))


def parse_origin(text: str) -> Origin:
    """The origin that a text is, exactly. Raises CliError that says what is wrong with it."""
    if "*" in text:
        raise _refused(text, "it has a wildcard", "A policy names each origin by itself: --origin https://pos.example.com")
    if not text.isascii():
        raise _refused(text, "it has letters outside ASCII", "Write the host as the browser sends it, in its xn-- form.")
    if text != text.lower():
        raise _refused(text, "it has capitals", f"Write it as the browser does: {text.lower()}")
    match = _FORM.fullmatch(text)
    if match is None:
        raise _refused(text, "it is not of the form https://host or https://host:port", "Without a path, user or final slash.")
    scheme, host, written = match["scheme"], match["host"], match["port"]
    port = _DEFAULT_PORTS[scheme] if written is None else int(written)
    if not 0 < port <= 65535 or (written is not None and written != str(port)):
        raise _refused(text, f"{written} is no port", "Ports go from 1 to 65535.")
    origin = Origin(scheme, _host(text, host), port)
    if str(origin) != text:
        raise _refused(text, "a browser leaves the scheme's own port away", f"Write it as the browser does: {origin}")
    return origin


def checked(texts: Iterable[str]) -> tuple[Origin, ...]:
    """All of them, each once, in order. Raises CliError for the first that is none."""
    return tuple(sorted({parse_origin(text) for text in texts}))


def _host(text: str, host: str) -> str:
    if host.startswith("["):
        try:
            address = ipaddress.IPv6Address(host[1:-1])
        except ValueError:
            raise _refused(text, f"{host} is no IPv6 address", "Write it as the browser shows it.") from None
        if address.scope_id is not None or address.ipv4_mapped is not None or str(address) != host[1:-1]:
            raise _refused(text, f"{host} is not in its shortest form", "Write it as the browser shows it.")
        return str(address)
    labels = host.split(".")
    if len(host) > 253 or not all(_LABEL.fullmatch(label) for label in labels):
        raise _refused(text, f"{host} is no host name", "Letters, digits and hyphens between dots, without a final dot.")
    # The URL standard takes 127.1 and 0x7f.1 for addresses too; a browser shows and sends them with four decimal numbers.
    if re.fullmatch(r"[0-9]+|0x[0-9a-f]*", labels[-1]) and _address(host) is None:
        raise _refused(text, f"{host} is no address of four numbers", "Write it as the browser shows it.")
    return host


def _address(host: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(host)
    except ValueError:
        return None


def _refused(text: str, reason: str, remedy: str) -> CliError:
    return CliError(f"{text!r} is no origin for a policy: {reason}.", remedy)
