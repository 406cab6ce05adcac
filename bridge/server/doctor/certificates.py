"""Certificates and keys that devices' addresses and settings name: there, not expired, keys closed to others."""

from __future__ import annotations

import os
import ssl
import stat
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from bridge.server.doctor.facts import Finding, Level, Situation

_CHECK = "certificate"
_SOON = timedelta(days=30)
_FILES = (".pem", ".crt", ".cer", ".key", ".p12", ".pfx", ".der")
_MARK = "-----BEGIN CERTIFICATE-----"
_END = "-----END CERTIFICATE-----"

# Tags of DER. Source: ITU-T X.690; the order of the fields: RFC 5280, 4.1.
_SEQUENCE, _UTC_TIME, _GENERALIZED_TIME, _VERSION = 0x30, 0x17, 0x18, 0xA0


def certificates(situation: Situation) -> Iterator[Finding]:
    """Every file that looks like one in the configuration."""
    for device_id, config in situation.devices.items():
        options = dict(parse_qsl(urlsplit(config.url).query))
        for name, value in (*options.items(), *_texts(config.settings)):
            if value.lower().endswith(_FILES):
                yield from _file(situation, f"{device_id} {name}", Path(value))


def _texts(settings: Mapping[str, Any], within: str = "") -> Iterator[tuple[str, str]]:
    for name, value in settings.items():
        path = f"{within}{name}"
        if isinstance(value, str):
            yield path, value
        elif isinstance(value, Mapping):
            yield from _texts(value, f"{path}.")


def _file(situation: Situation, subject: str, path: Path) -> Iterator[Finding]:
    if not path.is_absolute():
        path = situation.data_dir / path
    if not path.exists():
        yield Finding(_CHECK, subject, Level.PROBLEM, f"{path} does not exist", "Put the file there, or correct the setting.")
        return
    if not situation.computer.may(path, os.R_OK):
        yield Finding(_CHECK, subject, Level.PROBLEM, f"this user may not read {path}", f"sudo chown $USER {path}")
        return
    raw = path.read_bytes()
    key = b"PRIVATE KEY" in raw or path.suffix in (".key", ".p12", ".pfx")
    if key and situation.computer.platform != "win32" and stat.S_IMODE(path.stat().st_mode) & 0o077:
        yield Finding(_CHECK, subject, Level.PROBLEM, f"other users may read the key {path}", f"chmod go-rwx {path}")
    elif key:
        yield Finding(_CHECK, subject, Level.OK, f"the key {path} is readable by its owner only")
    ends = _ends(raw)
    if ends is None:
        if not key:
            yield Finding(
                _CHECK, subject, Level.NOT_CHECKED, f"{path} holds no certificate in PEM form", "See: openssl x509 -in FILE"
            )
        return
    left = ends - situation.computer.now()
    text = f"{path} is valid until {ends:%Y-%m-%d}"
    if left < timedelta(0):
        yield Finding(
            _CHECK, subject, Level.PROBLEM, f"{path} expired on {ends:%Y-%m-%d}", "Ask whoever issued it for a new one."
        )
    elif left < _SOON:
        yield Finding(_CHECK, subject, Level.WARNING, text, "Ask whoever issued it for a new one in time.")
    else:
        yield Finding(_CHECK, subject, Level.OK, text)


def _ends(raw: bytes) -> datetime | None:
    """When the first certificate of a file that expires does; None where there is none that can be read."""
    text = raw.decode("ascii", "ignore")
    found = []
    while (start := text.find(_MARK)) >= 0 and (end := text.find(_END, start)) >= 0:
        try:
            found.append(not_after(ssl.PEM_cert_to_DER_cert(text[start : end + len(_END)])))
        except (ValueError, IndexError):
            return None
        text = text[end + len(_END) :]
    return min(found) if found else None


def not_after(der: bytes) -> datetime:
    """The end of validity in a certificate. The standard library reads certificates of connections only. Raises ValueError."""
    certificate = _value(der, 0, _SEQUENCE)
    body = _value(certificate, 0, _SEQUENCE)
    position = _skip(body, 0) if body[0] == _VERSION else 0
    for _ in range(3):  # serial number, algorithm, issuer
        position = _skip(body, position)
    validity = _value(body, position, _SEQUENCE)
    position = _skip(validity, 0)
    tag = validity[position]
    text = _value(validity, position, tag).decode("ascii")
    if tag == _UTC_TIME:
        year = int(text[:2])
        text = f"{1900 + year if year >= 50 else 2000 + year}{text[2:]}"
    elif tag != _GENERALIZED_TIME:
        raise ValueError("no time where the validity should be")
    return datetime.strptime(text, "%Y%m%d%H%M%SZ").replace(tzinfo=UTC)


def _header(data: bytes, position: int) -> tuple[int, int]:
    """Where the content of the element at `position` begins, and where it ends."""
    length, start = data[position + 1], position + 2
    if length & 0x80:
        count = length & 0x7F
        length = int.from_bytes(data[start : start + count], "big")
        start += count
    if start + length > len(data):
        raise ValueError("the certificate is cut off")
    return start, start + length


def _value(data: bytes, position: int, tag: int) -> bytes:
    if data[position] != tag:
        raise ValueError(f"tag {data[position]:#x} where {tag:#x} was expected")
    start, end = _header(data, position)
    return data[start:end]


def _skip(data: bytes, position: int) -> int:
    return _header(data, position)[1]
