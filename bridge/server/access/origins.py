"""Origins of pages: which texts are one, and which may be paired. They are only ever compared as whole strings.

Source of the form: the Fetch standard (serialising an origin) and RFC 6454, section 6.2. A browser writes it in lower case,
host names in punycode, the port left out where it is the scheme's own.
"""

from __future__ import annotations

import ipaddress
import re

_ORIGIN = re.compile(r"(https?)://(\[[0-9a-f:.]{2,45}\]|[a-z0-9_](?:[a-z0-9._-]{0,251}[a-z0-9])?)(?::([1-9][0-9]{0,4}))?")
_LABEL = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9])?")
_OWN_PORTS = {"http": 80, "https": 443}

LONGEST = 300
"""Characters: a host name has 253 at most."""


def is_origin(text: str) -> bool:
    """Whether a browser could have written this Origin header: `null`, other spellings and whatever comes behind are none."""
    if len(text) > LONGEST:
        return False
    match = _ORIGIN.fullmatch(text)
    if match is None:
        return False
    scheme, host, port = match.groups()
    if port is not None and (int(port) > 65535 or int(port) == _OWN_PORTS[scheme]):
        return False
    return _is_host(host)


def is_confidential(origin: str) -> bool:
    """Whether nobody on the way can put words into this page's mouth: https, or http from this very PC."""
    match = _ORIGIN.fullmatch(origin)
    if match is None:
        return False
    scheme, host, _ = match.groups()
    return scheme == "https" or host == "localhost" or host.endswith(".localhost") or _is_loopback(host)


def _is_host(host: str) -> bool:
    if host.startswith("["):
        try:
            return f"[{ipaddress.IPv6Address(host[1:-1]).compressed}]" == host
        except ValueError:
            return False
    labels = host.split(".")
    if labels[-1].isdigit() or re.fullmatch(r"0x[0-9a-f]*", labels[-1]):  # the URL standard reads such a name as IPv4
        try:
            return str(ipaddress.IPv4Address(host)) == host
        except ValueError:
            return False
    return all(_LABEL.fullmatch(label) for label in labels)


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
