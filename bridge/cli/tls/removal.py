"""Taking everything back: the authority out of the trust stores, the keys and the certificates off the disk."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path

from bridge.cli.tls.store import Machine, Outcome, Run
from bridge.cli.tls.trust import take_back
from bridge.server.tls import TlsError, files
from bridge.server.tls.installation import Installation


@dataclass(frozen=True, slots=True)
class Removal:
    """What was removed, a line each; and the stores that still trust the authority."""

    lines: tuple[str, ...]
    left: tuple[Outcome, ...]


def remove_everything(data_dir: Path, run: Run) -> list[str]:
    """Remove the certificates of this data directory and take their authority out of every trust store that was changed.

    Returns lines that tell what was removed, and what could not be with what to do; none where nothing was set up.
    """
    return list(remove(data_dir, Machine(run=run)).lines)


def remove(data_dir: Path, machine: Machine) -> Removal:
    """The same, for a machine of one's own. Where a store is left, what tells of it stays, so that it can be repeated."""
    if not files.present(data_dir):
        return Removal((), ())
    files.recover(data_dir)
    installation = known(data_dir)
    lines: list[str] = []
    left: list[Outcome] = []
    if installation is not None:
        for remaining, outcome in take_back(data_dir, installation, machine):
            installation = remaining
            if outcome.done:
                lines.append(f"The authority was taken out of {outcome.store.title}.")
            else:
                left.append(outcome)
                lines.append(f"NOT taken out of {outcome.store.title}: {outcome.problem} By hand: {outcome.by_hand or '-'}")
    folder = files.directory(data_dir)
    if installation is not None and left:
        files.remove_keys(data_dir)
        files.save(data_dir, replace(installation, leaves=()))
        lines.append(f"All keys in {folder} were removed. What tells of the stores stays until they are done.")
    else:
        files.remove(data_dir)
        lines.append(f"{folder} was removed, with all keys.")
    return Removal(tuple(lines), tuple(left))


def known(data_dir: Path) -> Installation | None:
    """What is set up; of a broken set-up what its authority's certificate still tells; None where there is no trace."""
    try:
        return files.read(data_dir)
    except TlsError:
        return _salvaged(data_dir)


def _salvaged(data_dir: Path) -> Installation | None:
    from cryptography import x509
    from cryptography.hazmat.primitives.serialization import Encoding
    from cryptography.x509.oid import NameOID

    from bridge.server.tls.installation import CertificateFile
    from bridge.server.tls.names import Names

    path = files.authority_file(data_dir)
    try:
        index = Installation.from_json((files.directory(data_dir) / files.INDEX).read_text("utf-8"))
        return replace(index, leaves=())  # the index is whole, so a certificate is what is broken
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        pass
    try:
        certificate = x509.load_pem_x509_certificate(path.read_bytes())
        label = str(certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)[0].value)
    except (OSError, ValueError, IndexError):
        return None
    found = re.match(r"Tillbridge ([0-9a-f]{8})\b", label)
    if found is None:
        return None
    der = certificate.public_bytes(Encoding.DER)
    begins, ends = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    authority = CertificateFile(files.AUTHORITY, files.fingerprint(der), begins, ends)
    return Installation(found[1], label, begins, Names(), authority, files.thumbprint(der), ())
