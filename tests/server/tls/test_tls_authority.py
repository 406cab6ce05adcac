"""B70: what the certificates say, what OpenSSL makes of them, and that nobody can make another one."""

from __future__ import annotations

import base64
import gc
import shutil
import ssl
import subprocess
import sys
from datetime import timedelta
from ipaddress import ip_address, ip_network
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID

sys.path.insert(0, str(Path(__file__).parent))

from shaking import LABEL, TODAY, client_of, days, server_of, set_up, shake

from bridge.server.tls import TlsError, authority, files
from bridge.server.tls.authority import Authority, make, periods
from bridge.server.tls.names import Names

LAN = Names.of(["Till-Server.local"], ["192.168.1.20", "fd00::20"])


def extension(certificate: x509.Certificate, kind: type[Any]) -> Any:
    return certificate.extensions.get_extension_for_class(kind)


@pytest.fixture(scope="module")
def made() -> authority.Made:
    return make(LABEL, LAN, TODAY)


def test_every_certificate_is_for_loopback_and_the_names_asked_for_and_for_servers_only(made: authority.Made) -> None:
    for leaf in made.leaves:
        certificate = x509.load_pem_x509_certificate(leaf.certificate.encode())
        names = extension(certificate, x509.SubjectAlternativeName).value
        assert names.get_values_for_type(x509.DNSName) == ["localhost", "till-server.local"]
        assert names.get_values_for_type(x509.IPAddress) == [
            ip_address(text) for text in ("127.0.0.1", "::1", "192.168.1.20", "fd00::20")
        ]
        life = certificate.not_valid_after_utc - certificate.not_valid_before_utc + timedelta(seconds=1)
        assert life <= days(397)
        assert (leaf.not_before, leaf.not_after) == (certificate.not_valid_before_utc, certificate.not_valid_after_utc)
        constraints = extension(certificate, x509.BasicConstraints)
        assert (constraints.critical, constraints.value.ca) == (True, False)
        assert list(extension(certificate, x509.ExtendedKeyUsage).value) == [ExtendedKeyUsageOID.SERVER_AUTH]
        key = serialization.load_pem_private_key(leaf.key.encode(), None)
        assert isinstance(key, ec.EllipticCurvePrivateKey)
        assert key.curve.name == "secp256r1"
        assert key.public_key() == certificate.public_key()


def test_no_two_certificates_share_a_key_or_a_serial_number(made: authority.Made) -> None:
    certificates = [x509.load_pem_x509_certificate(leaf.certificate.encode()) for leaf in made.leaves]
    assert len({certificate.serial_number for certificate in certificates}) == len(made.leaves) > 1
    assert len({leaf.key for leaf in made.leaves}) == len(made.leaves)


def test_the_authority_may_sign_servers_of_these_names_and_nothing_else(made: authority.Made) -> None:
    certificate = x509.load_pem_x509_certificate(made.certificate.encode())
    constraints = extension(certificate, x509.BasicConstraints)
    assert (constraints.critical, constraints.value.ca, constraints.value.path_length) == (True, True, 0)
    usage = extension(certificate, x509.KeyUsage)
    assert usage.critical
    others = ("digital_signature", "content_commitment", "key_encipherment", "data_encipherment", "key_agreement", "crl_sign")
    assert [usage.value.key_cert_sign, *(getattr(usage.value, name) for name in others)] == [True, *(False for _ in others)]
    assert list(extension(certificate, x509.ExtendedKeyUsage).value) == [ExtendedKeyUsageOID.SERVER_AUTH]
    names = extension(certificate, x509.NameConstraints)
    assert names.critical
    assert [name.value for name in names.value.permitted_subtrees] == [
        "localhost",
        "till-server.local",
        *(ip_network(text) for text in ("127.0.0.0/8", "::1/128", "192.168.1.20/32", "fd00::20/128")),
    ]
    assert certificate.subject.rfc4514_string() == f"CN={LABEL},O=Tillbridge"
    assert certificate.not_valid_after_utc - certificate.not_valid_before_utc == days(3653)
    certificate.verify_directly_issued_by(certificate)


@pytest.mark.parametrize("name", ["localhost", "127.0.0.1", "::1", "till-server.local", "192.168.1.20", "fd00::20"])
def test_a_client_that_trusts_the_authority_takes_each_name(made: authority.Made, name: str, tmp_path: Path) -> None:
    end = shake(server_of(made.leaves[0], tmp_path), client_of(made.certificate), name)
    assert end.version() == "TLSv1.3"


def test_a_name_that_is_not_in_the_certificate_is_refused(made: authority.Made, tmp_path: Path) -> None:
    with pytest.raises(ssl.SSLCertVerificationError, match=r"not valid for 'other\.local'"):
        shake(server_of(made.leaves[0], tmp_path), client_of(made.certificate), "other.local")


@pytest.mark.parametrize(
    ("names", "asked"),
    [
        (Names(("evil.example",), ()), "evil.example"),
        (Names(("localhost", "evil.example"), ()), "localhost"),
        (Names(("localhost",), (ip_address("192.168.1.21"),)), "192.168.1.21"),
        (Names(("localhost",), (ip_address("128.0.0.1"),)), "localhost"),
        (Names(("localhost",), (ip_address("::2"),)), "localhost"),
    ],
)
def test_what_the_authority_would_sign_beyond_its_names_is_refused_by_openssl(names: Names, asked: str, tmp_path: Path) -> None:
    signer = Authority(LABEL, LAN, TODAY)
    forged = signer.issue(names, TODAY - days(1), TODAY + days(100))
    with pytest.raises(ssl.SSLCertVerificationError, match="permitted subtree violation"):
        shake(server_of(forged, tmp_path), client_of(signer.certificate_pem()), asked)
    honest = signer.issue(LAN, TODAY - days(1), TODAY + days(100))
    assert shake(server_of(honest, tmp_path), client_of(signer.certificate_pem()), "localhost").version() == "TLSv1.3"


def test_certificates_follow_each_other_for_ten_years_without_a_gap(made: authority.Made) -> None:
    leaves = made.leaves
    assert leaves[0].not_before < TODAY
    assert leaves[-1].not_after == made.not_after == TODAY + days(3652)
    for one, following in pairwise(leaves):
        assert one.not_after - following.not_before == days(60) - timedelta(seconds=1)
    assert len(leaves) == 11


@pytest.mark.parametrize("length", [1, 396, 397, 398, 457, 734, 3653])
def test_any_length_of_time_is_covered_by_certificates_that_are_short_enough(length: int) -> None:
    found = periods(TODAY, TODAY + days(length))
    assert (found[0][0], found[-1][1]) == (TODAY, TODAY + days(length))
    assert all(timedelta(0) < end - start < days(397) for start, end in found)
    assert all(start < following <= end for (start, end), (following, _) in pairwise(found))


def test_on_any_day_of_ten_years_the_one_that_is_due_has_a_month_to_both_sides(tmp_path: Path) -> None:
    installation = set_up(tmp_path)
    month = days(30) - timedelta(seconds=1)
    served = set()
    for day in range(3653):
        now = TODAY + days(day)
        leaf = installation.leaves[installation.due(now)]
        served.add(leaf.file)
        assert leaf.not_before <= now <= leaf.not_after
        assert now - leaf.not_before >= month or leaf is installation.leaves[0]
        assert leaf.not_after - now >= month or leaf is installation.leaves[-1]
    assert len(served) == len(installation.leaves)


@pytest.mark.skipif(shutil.which("openssl") is None, reason="asks openssl about other days than today")
def test_openssl_takes_each_certificate_on_the_days_on_which_it_is_served(tmp_path: Path) -> None:
    installation = set_up(tmp_path, names=LAN)
    folder = files.directory(tmp_path)

    def taken(file: str, at: Any) -> bool:
        line = ["openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-attime", str(int(at.timestamp()))]
        told = subprocess.run(
            [*line, "-verify_hostname", "localhost", "-CAfile", str(folder / "ca.pem"), str(folder / file)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        return told.returncode == 0

    begins = [TODAY, *installation.switches]
    ends = [*installation.switches, installation.leaves[-1].not_after - timedelta(seconds=1)]
    for leaf, begin, end in zip(installation.leaves, begins, ends, strict=True):
        assert taken(leaf.file, begin), leaf.file
        assert taken(leaf.file, end), leaf.file
    assert not taken(installation.leaves[0].file, installation.leaves[0].not_after + days(1)), "the clock is asked"


def test_the_key_of_the_authority_is_in_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    keys: list[ec.EllipticCurvePrivateKey] = []

    def kept(curve: ec.EllipticCurve) -> ec.EllipticCurvePrivateKey:
        keys.append(ec.generate_private_key(curve))
        return keys[-1]

    class Watched:
        """`ec` as the authority sees it."""

        generate_private_key = staticmethod(kept)
        SECP256R1 = ec.SECP256R1
        EllipticCurvePublicKey = ec.EllipticCurvePublicKey

    monkeypatch.setattr(authority, "ec", Watched)
    set_up(tmp_path)
    held = b"".join(path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file())
    # PEM is base64 in lines: a key at any place of it shows when what is between the marks is decoded.
    decoded = b"".join(
        base64.b64decode(block.partition(b"-----")[0]) for block in held.replace(b"\n", b"").split(b" KEY-----")[1::2]
    )

    def found(key: ec.EllipticCurvePrivateKey) -> bool:
        number = key.private_numbers().private_value
        raw = number.to_bytes(32, "big")
        forms = (raw, raw.hex().encode(), str(number).encode(), base64.b64encode(raw)[:40])
        return any(form in text for form in forms for text in (held, decoded))

    public = x509.load_pem_x509_certificate(files.authority_file(tmp_path).read_bytes()).public_key()
    owners = [key for key in keys if key.public_key() == public]
    assert len(owners) == 1
    assert not found(owners[0])
    assert [found(key) for key in keys if key is not owners[0]] == [True] * 11, "the search finds keys that are there"


def test_no_file_holds_a_private_key_that_fits_the_authoritys_certificate(tmp_path: Path) -> None:
    set_up(tmp_path)
    public = x509.load_pem_x509_certificate(files.authority_file(tmp_path).read_bytes()).public_key()
    keys = 0
    for path in tmp_path.rglob("*"):
        if path.is_file() and b"PRIVATE KEY" in path.read_bytes():
            keys += 1
            key = serialization.load_pem_private_key(path.read_bytes(), None)
            assert key.public_key() != public, path
    assert keys == 11


def test_nothing_keeps_the_authority_in_memory() -> None:
    def living() -> int:
        return sum(isinstance(one, Authority) for one in gc.get_objects())

    signer = Authority(LABEL, Names(), TODAY)
    assert living() == 1
    del signer
    made = make(LABEL, Names(), TODAY)
    assert living() == 0
    assert "PRIVATE" not in made.certificate


def test_the_server_loads_no_cryptography() -> None:
    code = "import sys, bridge.server.tls, bridge.cli.tls.command; print('cryptography' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.strip() == "False"


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("192.168.1.20", "is an address"),
        ("*.shop.example", "is no name"),
        ("", "is no name"),
        ("till 3", "is no name"),
        ("till_3", "is no name"),
        ("-till", "is no name"),
        ("till.local.", "is no name"),
        ("a" * 64, "is no name"),
        (".".join(["a" * 60] * 5), "is no name"),
        ("1.2.3", "is no name"),
        ("local", "whole network"),
        ("kasa-główna", "xn--"),
    ],
)
def test_what_is_no_name_of_one_computer_is_refused_with_a_remedy(name: str, says: str) -> None:
    with pytest.raises(TlsError, match=says) as refused:
        Names.of([name])
    assert refused.value.remedy


@pytest.mark.parametrize(
    "address",
    [
        "0.0.0.0",
        "::",
        "224.0.0.1",
        "255.255.255.255",
        "192.168.1.0/24",
        "192.168.1.20:47811",
        "fe80::1%eth0",
        "::ffff:10.0.0.1",
        "till",
    ],
)
def test_what_is_no_address_of_one_computer_is_refused(address: str) -> None:
    with pytest.raises(TlsError):
        Names.of([], [address])


def test_names_are_taken_once_and_loopback_is_always_there() -> None:
    names = Names.of(["Shop", "shop", "localhost"], ["127.0.0.1", "10.0.0.7", "127.0.0.5"])
    assert names.names == ("localhost", "shop")
    assert names.hosts == ("localhost", "shop", "127.0.0.1", "[::1]", "10.0.0.7", "127.0.0.5")
    assert [str(network) for network in names.networks] == ["127.0.0.0/8", "::1/128", "10.0.0.7/32"]
