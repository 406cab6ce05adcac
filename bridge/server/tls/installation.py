"""What `DIR/tls/tls.json` says: the authority, its certificates with their times, and which trust stores know it.

The certificates are read again by nobody for their dates: a library for one date would cost the server's start.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from ipaddress import ip_address
from itertools import pairwise
from typing import Any

from bridge.server.tls.names import Names, Network

VERSION = 1

RENEW_BEFORE = timedelta(days=30)
"""The next certificate is served this long before the current one ends, as the next one is valid for 30 days then."""

WARN_BEFORE = timedelta(days=90)
"""Before the last one ends somebody must make a new authority and take it to every tablet: that needs a season, not a day."""


@dataclass(frozen=True, slots=True)
class CertificateFile:
    """A certificate of the directory. `sha256`: the fingerprint that browsers show, in hex."""

    file: str
    sha256: str
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True, slots=True)
class Trusted:
    """A trust store that was changed, and all that is needed to take exactly that back.

    `place`: a database or a file of the store; `label` and `sha1`: by which the store knows the authority;
    `made`: directories and databases that were not there before.
    """

    kind: str
    place: str
    label: str
    sha1: str
    made: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Installation:
    """One authority and its certificates, in the order in which they are served."""

    id: str
    label: str
    created: datetime
    names: Names
    authority: CertificateFile
    sha1: str
    leaves: tuple[CertificateFile, ...]
    trusted: tuple[Trusted, ...] = ()

    @property
    def networks(self) -> tuple[Network, ...]:
        return self.names.networks

    @property
    def ends_at(self) -> datetime | None:
        """When the last certificate ends; None after the keys were removed."""
        return self.leaves[-1].not_after if self.leaves else None

    def due(self, now: datetime) -> int:
        """Which certificate is to be served: the number of those whose time to be replaced has come, at most the last."""
        passed = sum(now >= switch for switch in self.switches)
        return min(passed, len(self.leaves) - 1)

    @property
    def switches(self) -> tuple[datetime, ...]:
        """When each but the last is replaced by the next."""
        return tuple(leaf.not_after - RENEW_BEFORE for leaf in self.leaves[:-1])

    def to_json(self) -> str:
        data = {
            "version": VERSION,
            "id": self.id,
            "label": self.label,
            "created": self.created.isoformat(),
            "names": list(self.names.names),
            "addresses": [str(address) for address in self.names.addresses],
            "networks": [str(network) for network in self.networks],
            "authority": _certificate_data(self.authority) | {"sha1": self.sha1},
            "leaves": [_certificate_data(leaf) for leaf in self.leaves],
            "trusted": [
                {"kind": one.kind, "place": one.place, "label": one.label, "sha1": one.sha1, "made": list(one.made)}
                for one in self.trusted
            ],
        }
        return json.dumps(data, indent=2) + "\n"

    @classmethod
    def from_json(cls, text: str) -> Installation:
        """Raises ValueError, KeyError or TypeError for anything else than `to_json` wrote."""
        data = json.loads(text)
        if data["version"] != VERSION:
            raise ValueError(f"it is of version {data['version']!r}, and this program knows {VERSION}")
        names = Names(
            tuple(_text(name) for name in data["names"]), tuple(ip_address(_text(address)) for address in data["addresses"])
        )
        # The constraints stand in the certificate; a list beside it that says otherwise would mislead whoever reads it.
        if [str(network) for network in names.networks] != data["networks"]:
            raise ValueError("its networks are not those of its addresses")
        return cls(
            id=_text(data["id"]),
            label=_text(data["label"]),
            created=_moment(data["created"]),
            names=names,
            authority=_certificate(data["authority"]),
            sha1=_text(data["authority"]["sha1"]),
            leaves=_in_order(tuple(_certificate(leaf) for leaf in data["leaves"])),
            trusted=tuple(
                Trusted(
                    _text(one["kind"]),
                    _text(one["place"]),
                    _text(one["label"]),
                    _text(one["sha1"]),
                    tuple(_text(made) for made in one["made"]),
                )
                for one in data["trusted"]
            ),
        )


def _in_order(leaves: tuple[CertificateFile, ...]) -> tuple[CertificateFile, ...]:
    for before, after in pairwise(leaves):
        if not before.not_before < after.not_before <= before.not_after:
            raise ValueError(f"{before.file} and {after.file} do not follow each other")
    return leaves


def _certificate_data(one: CertificateFile) -> dict[str, str]:
    return {
        "file": one.file,
        "sha256": one.sha256,
        "not_before": one.not_before.isoformat(),
        "not_after": one.not_after.isoformat(),
    }


def _certificate(data: Mapping[str, Any]) -> CertificateFile:
    name = _text(data["file"])
    if "/" in name or "\\" in name or not name.endswith(".pem"):
        raise ValueError(f"{name!r} is no file of this directory")
    return CertificateFile(name, _text(data["sha256"]), _moment(data["not_before"]), _moment(data["not_after"]))


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(f"{value!r} where a text should be")
    return value


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError(f"{value!r} has no time zone")
    return moment.astimezone(UTC)
