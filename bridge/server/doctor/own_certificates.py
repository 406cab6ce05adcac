"""The API's own certificates in `DIR/tls`: whole, not near their end, keys closed to others."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from bridge.server.doctor.facts import Finding, Level, Situation
from bridge.server.tls import TlsError, files
from bridge.server.tls.installation import WARN_BEFORE, Installation

_CHECK = "tls"
_REPLACE = "tillbridge tls setup --replace, then take ca.pem to every device that shall trust it"


def own_certificates(situation: Situation) -> Iterator[Finding]:
    """What is served, until when, and when the last one ends."""
    subject = str(files.directory(situation.data_dir))
    try:
        installation = files.read(situation.data_dir)
    except TlsError as error:
        yield Finding(_CHECK, subject, Level.PROBLEM, error.message, error.remedy)
        return
    if installation is None:
        yield Finding(
            _CHECK, subject, Level.OK, "no certificates are set up: the API speaks plain HTTP, which most browsers take"
        )
        return
    yield from _keys(situation, subject)
    ends = installation.ends_at
    if ends is None:
        yield Finding(
            _CHECK,
            subject,
            Level.WARNING,
            "the keys were removed, but not the authority from every store",
            "tillbridge tls remove",
        )
        return
    yield from _times(situation, subject, installation)
    left = ends - situation.computer.now()
    if left < timedelta(0):
        yield Finding(_CHECK, subject, Level.PROBLEM, f"the last certificate ended on {ends:%Y-%m-%d}", _REPLACE)
    elif left < WARN_BEFORE:
        yield Finding(_CHECK, subject, Level.WARNING, f"the last certificate ends on {ends:%Y-%m-%d}", _REPLACE)
    else:
        yield Finding(_CHECK, subject, Level.OK, f"there are certificates until {ends:%Y-%m-%d}")


def _times(situation: Situation, subject: str, installation: Installation) -> Iterator[Finding]:
    now = situation.computer.now()
    number = installation.due(now)
    leaf = installation.leaves[number]
    if now < leaf.not_before:
        text = f"the certificate begins on {leaf.not_before:%Y-%m-%d}, after today"
        yield Finding(_CHECK, subject, Level.PROBLEM, text, "Put this computer's clock right.")
    elif now <= leaf.not_after:
        text = f"certificate {number + 1} of {len(installation.leaves)} is valid until {leaf.not_after:%Y-%m-%d}"
        yield Finding(_CHECK, subject, Level.OK, text)


def _keys(situation: Situation, subject: str) -> Iterator[Finding]:
    if situation.computer.platform == "win32":
        return
    open_ones = files.too_open(situation.data_dir, situation.computer.platform)
    if open_ones:
        shown = ", ".join(path.name for path in open_ones)
        remedy = f"chmod go-rwx {' '.join(str(path) for path in open_ones)}; if in doubt also: tillbridge tls setup --replace"
        yield Finding(_CHECK, subject, Level.PROBLEM, f"other users may read {shown}", remedy)
    else:
        yield Finding(_CHECK, subject, Level.OK, "only its owner may read the keys")
