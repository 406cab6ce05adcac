"""The certificate that is served now: a context for the listener that takes the next one without a restart.

OpenSSL gives each connection the certificate that its context holds at that moment. So the context stays the same for the
life of the server, new connections get what `refresh` loaded last, and open ones keep theirs.
"""

from __future__ import annotations

import logging
import ssl
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from bridge.server.tls import files
from bridge.server.tls.errors import TlsError
from bridge.server.tls.installation import WARN_BEFORE, CertificateFile, Installation
from bridge.server.tls.names import Address, Network

log = logging.getLogger("tillbridge.server")

_RENEW = "Make new ones and take their authority to every device that shall trust it: tillbridge tls setup --replace"
# The same warning again: often enough to be in every log file, seldom enough to be read.
_REPEAT = timedelta(days=1)
_NEVER = (-1, -1, -1)


class LiveCertificate:
    """A server's TLS. Call `refresh` about once an hour, in the thread that accepts connections."""

    def __init__(self, data_dir: Path, now: Callable[[], datetime]) -> None:
        """Raises TlsError where nothing is set up, a file is broken, or the last certificate has ended."""
        self._data_dir = data_dir
        self._now = now
        self._said: dict[str, datetime] = {}
        self.context = server_context()
        self._seen: tuple[int, int, int] | None = self._index_facts()
        installation = files.read(data_dir)
        if installation is None:
            raise TlsError(f"There are no certificates in {files.directory(data_dir)}.", "Make them: tillbridge tls setup")
        self._refuse_ended(installation)
        self._close_to_others()
        self._installation = installation
        self._leaf = self._load(installation)
        self._warn()

    @property
    def names(self) -> tuple[str, ...]:
        """The DNS names in the certificate, `localhost` first."""
        return self._installation.names.names

    @property
    def addresses(self) -> tuple[Address, ...]:
        """The addresses in the certificate, loopback first."""
        return self._installation.names.addresses

    @property
    def hosts(self) -> tuple[str, ...]:
        """Names and addresses as they stand in a URL, without port: what a Host header may carry."""
        return self._installation.names.hosts

    @property
    def networks(self) -> tuple[Network, ...]:
        """The addresses that the authority may speak for."""
        return self._installation.networks

    @property
    def fingerprint(self) -> str:
        """SHA-256 of the certificate that is served now, in hex."""
        return self._leaf.sha256

    @property
    def authority_file(self) -> Path:
        """What whoever shall trust this server must be given."""
        return files.authority_file(self._data_dir)

    @property
    def expires_at(self) -> datetime:
        """When the certificate that is served now ends. The next one takes its place 30 days before, if there is one."""
        return self._leaf.not_after

    @property
    def ends_at(self) -> datetime:
        """When the last certificate ends: after it only a new set-up helps."""
        return self._installation.leaves[-1].not_after

    def refresh(self) -> bool:
        """Load the certificate that is due, also of a new set-up. True when another one is served from now on.

        Never raises: while a server runs, a certificate that still works is better than none. What is wrong is logged.
        """
        installation = self._installation
        facts = self._index_facts()
        try:
            if facts != self._seen:
                self._seen = facts
                found = files.read(self._data_dir)
                if found is None:
                    log.warning("%s is gone; the certificate is served on until the end of this server", files.INDEX)
                else:
                    self._refuse_ended(found)
                    installation = found
            changed = installation.leaves[installation.due(self._now())].sha256 != self._leaf.sha256
            if changed:
                self._leaf = self._load(installation)
            self._installation = installation
            if changed:
                log.info("another certificate is served now, until %s", self.expires_at.date())
        except TlsError as error:
            self._seen = _NEVER  # what is wrong may be put right without a word in tls.json
            self._say("the certificate cannot be renewed: %s", error)
            return False
        self._warn()
        return changed

    def _load(self, installation: Installation) -> CertificateFile:
        """Put the certificate that is due into our context, and return it. Raises TlsError."""
        leaf = installation.leaves[installation.due(self._now())]
        path = files.directory(self._data_dir) / leaf.file
        # First into a context that nobody uses: a key that does not fit must not leave ours with half of a pair.
        for context in (server_context(), self.context):
            try:
                context.load_cert_chain(path, password=lambda: "")  # none of ours has one; without this OpenSSL would ask
            except ssl.SSLError as error:
                raise TlsError(f"{path} holds no key that fits its certificate.", _RENEW) from error
            except OSError as error:
                raise TlsError(f"{path} cannot be read ({error.strerror}).", "Run it as the bridge's user.") from error
        return leaf

    def _refuse_ended(self, installation: Installation) -> None:
        ends_at = installation.ends_at
        if ends_at is None:
            raise TlsError("The keys of the certificates were removed.", "Finish it: tillbridge tls remove")
        if self._now() > ends_at:
            raise TlsError(f"The last certificate ended on {ends_at:%Y-%m-%d}.", _RENEW)

    def _close_to_others(self) -> None:
        for path in files.too_open(self._data_dir):
            log.warning(
                "%s could be read by other users; it is owner-only now. If in doubt: tillbridge tls setup --replace", path
            )
            path.chmod(0o700 if path.is_dir() else 0o600)

    def _warn(self) -> None:
        now = self._now()
        if now > self.ends_at:
            self._say("the last certificate ended on %s, and browsers refuse it. %s", f"{self.ends_at:%Y-%m-%d}", _RENEW)
        elif now > self.ends_at - WARN_BEFORE:
            self._say("the last certificate ends on %s. %s", f"{self.ends_at:%Y-%m-%d}", _RENEW)
        elif now < self._leaf.not_before:
            self._say(
                "the certificate begins on %s, after today: is this computer's clock right?", f"{self._leaf.not_before:%Y-%m-%d}"
            )

    def _say(self, text: str, *values: object) -> None:
        """Warn, once a day."""
        now = self._now()
        before = self._said.get(text)
        if before is None or abs(now - before) >= _REPEAT:
            self._said[text] = now
            log.warning(text, *values)

    def _index_facts(self) -> tuple[int, int, int] | None:
        try:
            facts = (files.directory(self._data_dir) / files.INDEX).stat()
        except OSError:
            return None
        return (facts.st_mtime_ns, facts.st_ino, facts.st_size)


def server_context() -> ssl.SSLContext:
    """TLS 1.2 at the least (RFC 8996), HTTP/1.1 only, no certificate yet."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # TLS 1.2 lets a client start the handshake anew on an open connection, which costs the server more than the client.
    context.options |= ssl.OP_NO_RENEGOTIATION
    context.set_alpn_protocols(["http/1.1"])
    return context
