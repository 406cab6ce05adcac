"""What the tests of TLS share: a set-up at any moment, and handshakes in memory."""

from __future__ import annotations

import ssl
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from bridge.server.tls import files
from bridge.server.tls.authority import Leaf, make
from bridge.server.tls.installation import Installation
from bridge.server.tls.names import Names

TODAY = datetime.now(UTC).replace(microsecond=0)
"""OpenSSL's client compares with the real clock, so set-ups are made relative to it."""

LABEL = "Tillbridge 1a2b3c4d on till-3"


@dataclass
class Clock:
    moment: datetime = TODAY

    def __call__(self) -> datetime:
        return self.moment


def set_up(data_dir: Path, at: datetime = TODAY, names: Names | None = None) -> Installation:
    """As `tillbridge tls setup` does it at this moment, without trust stores."""
    names = names or Names()
    _, installation = files.stage(data_dir, "1a2b3c4d", LABEL, names, make(LABEL, names, at))
    files.adopt(data_dir)
    return installation


def days(number: float) -> timedelta:
    return timedelta(days=number)


def server_of(leaf: Leaf, folder: Path) -> ssl.SSLContext:
    path = folder / "some-leaf.pem"
    path.write_text(leaf.certificate + leaf.key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(path)
    return context


def client_of(authority: str) -> ssl.SSLContext:
    """Trusts this authority, given as PEM, and no other."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=authority)
    return context


def shake(server: ssl.SSLContext, client: ssl.SSLContext, name: str) -> ssl.SSLObject:
    """A handshake in memory; the client's end of it. Raises what either side raises."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [
        client.wrap_bio(to_client, to_server, server_hostname=name),
        server.wrap_bio(to_server, to_client, server_side=True),
    ]
    waiting = list(ends)
    for _ in range(10):
        for end in list(waiting):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
            waiting.remove(end)
        if not waiting:
            return ends[0]
    raise AssertionError("the handshake does not come to an end")
