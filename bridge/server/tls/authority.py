"""The authority of one installation and the certificates that it issues in its life, made in one go.

Follows RFC 5280. The authority's key lives in memory while `make` runs and is written nowhere: nobody can ever issue
another certificate with it, so those for all its years are issued here. Why: docs/decisions/0014. This is the only file
of the server that needs `cryptography`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from bridge.server.tls.names import Names

AUTHORITY_LIFE = timedelta(days=3652)
"""Ten years: about as long as a till lives. Longer, and keys lie about for longer."""

LEAF_LIFE = timedelta(days=397)
"""Browsers take no more of public authorities than 398 days; Apple takes 825 of those that users add."""

OVERLAP = timedelta(days=60)
"""The next one is valid this long before the current one ends: it is served from half of it on, so a clock that is a month
late or early meets no gap."""

BACKDATED = timedelta(days=1)
"""Tablets whose clocks are some hours late must not refuse what was made a minute ago."""

_SECOND = timedelta(seconds=1)
# The limit of a common name. Source: RFC 5280, appendix A, ub-common-name.
_MAX_COMMON_NAME = 64


@dataclass(frozen=True, slots=True)
class Leaf:
    """One certificate with its key, both as PEM."""

    certificate: str
    key: str
    not_before: datetime
    not_after: datetime


@dataclass(frozen=True, slots=True)
class Made:
    """An authority's certificate as PEM, and all the certificates that it will ever have issued, the first one first."""

    made_at: datetime
    certificate: str
    not_before: datetime
    not_after: datetime
    leaves: tuple[Leaf, ...]


def make(label: str, names: Names, now: datetime) -> Made:
    """A new authority with this name, and its certificates for these names. Takes some ten milliseconds."""
    authority = Authority(label, names, now)
    leaves = tuple(authority.issue(names, start, end) for start, end in periods(authority.not_before, authority.not_after))
    made = Made(authority.made_at, authority.certificate_pem(), authority.not_before, authority.not_after, leaves)
    # The only reference to the key. Nothing before this line writes, logs or returns it.
    del authority
    return made


def periods(start: datetime, end: datetime) -> list[tuple[datetime, datetime]]:
    """Validities that cover all the time from `start` to `end`, each overlapping the next. Both ends belong to them."""
    found = []
    while True:
        last = min(start + LEAF_LIFE - _SECOND, end)
        found.append((start, last))
        if last >= end:
            return found
        start = last + _SECOND - OVERLAP


class Authority:
    """An authority with its key. Only `make` and tests have one; it must not outlive them."""

    def __init__(self, label: str, names: Names, now: datetime) -> None:
        self.made_at = now.astimezone(UTC).replace(microsecond=0)
        self.not_before = self.made_at - BACKDATED
        self.not_after = self.made_at + AUTHORITY_LIFE
        self._key = ec.generate_private_key(ec.SECP256R1())
        self._name = _subject(label)
        public = self._key.public_key()
        # RFC 5280, 4.2.1.10: a kind of name without a permitted subtree is not limited at all; these are the two that a
        # server's certificate is matched by. The extended key usage keeps it from everything that is no server.
        permitted = [x509.DNSName(name) for name in names.names]
        networks = [x509.IPAddress(network) for network in names.networks]
        self.certificate = (
            self._builder(self._name, public, self.not_before, self.not_after)
            .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
            .add_extension(_usage(signs_certificates=True), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(
                x509.NameConstraints(permitted_subtrees=[*permitted, *networks], excluded_subtrees=None), critical=True
            )
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .sign(self._key, hashes.SHA256())
        )

    def issue(self, names: Names, not_before: datetime, not_after: datetime) -> Leaf:
        """A certificate for these names with a key of its own. What the authority may not sign, clients refuse."""
        key = ec.generate_private_key(ec.SECP256R1())
        public = key.public_key()
        identifier = x509.SubjectKeyIdentifier.from_public_key(self._key.public_key())
        # Browsers match the alternative names alone; the subject is for people who look at the certificate.
        alternatives = [x509.DNSName(name) for name in names.names] + [x509.IPAddress(address) for address in names.addresses]
        certificate = (
            self._builder(_subject(names.names[0]), public, not_before, not_after)
            .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
            .add_extension(_usage(signs_certificates=False), critical=True)
            .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
            .add_extension(x509.SubjectAlternativeName(alternatives), critical=False)
            .add_extension(x509.SubjectKeyIdentifier.from_public_key(public), critical=False)
            .add_extension(x509.AuthorityKeyIdentifier.from_issuer_subject_key_identifier(identifier), critical=False)
            .sign(self._key, hashes.SHA256())
        )
        secret = key.private_bytes(
            serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
        ).decode("ascii")
        return Leaf(_pem(certificate), secret, not_before, not_after)

    def certificate_pem(self) -> str:
        return _pem(self.certificate)

    def _builder(
        self, subject: x509.Name, public: ec.EllipticCurvePublicKey, not_before: datetime, not_after: datetime
    ) -> x509.CertificateBuilder:
        # Random serial numbers: Firefox refuses two certificates of one issuer with the same one.
        return (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(self._name)
            .public_key(public)
            .serial_number(x509.random_serial_number())
            .not_valid_before(not_before)
            .not_valid_after(not_after)
        )


def _subject(common_name: str) -> x509.Name:
    return x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Tillbridge"),
            x509.NameAttribute(NameOID.COMMON_NAME, common_name[:_MAX_COMMON_NAME]),
        ]
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=signs_certificates,
        crl_sign=False,
        encipher_only=False,
        decipher_only=False,
    )


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode("ascii")
