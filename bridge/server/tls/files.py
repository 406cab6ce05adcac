"""`DIR/tls/`: where the certificates are, reading with every check, writing so that a crash leaves the old or the new.

- `ca.pem`: the authority's certificate, to be given to whoever shall trust it. There is no key to it anywhere.
- `leaf-01.pem` and so on: a certificate with its key, in one file so that one can never be there without the other.
- `tls.json`: what belongs together, see `installation`.

A new set is written beside the old one as a whole and then takes its place.
"""

from __future__ import annotations

import hashlib
import shutil
import ssl
import stat
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from bridge.server.tls.errors import TlsError
from bridge.server.tls.installation import CertificateFile, Installation

if TYPE_CHECKING:
    from bridge.server.tls.authority import Made
    from bridge.server.tls.names import Names

DIRECTORY = "tls"
AUTHORITY = "ca.pem"
INDEX = "tls.json"

# A staged set lives in a data directory of its own, so that everything that reads one can read and try it before it counts.
_STAGE = ".tls-new"
_OLD = ".tls-old"

_MARK = "-----BEGIN CERTIFICATE-----"
_END = "-----END CERTIFICATE-----"
_AGAIN = "Make new ones: tillbridge tls setup --replace"


def directory(data_dir: Path) -> Path:
    return data_dir / DIRECTORY


def authority_file(data_dir: Path) -> Path:
    return directory(data_dir) / AUTHORITY


def present(data_dir: Path) -> bool:
    """Whether anything of it is there, be it broken or half removed."""
    return any((data_dir / name).exists() for name in (DIRECTORY, _STAGE, _OLD))


def read(data_dir: Path) -> Installation | None:
    """What is set up; None where nothing is. Raises TlsError where the files are not what tls.json says."""
    folder = directory(data_dir)
    if not folder.exists():
        return None
    index = folder / INDEX
    try:
        installation = Installation.from_json(index.read_text("utf-8"))
    except FileNotFoundError:
        raise TlsError(f"{index} is missing.", _AGAIN) from None
    except OSError as error:
        raise _unreadable(index, error) from error
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        reason = f"{error} is missing" if isinstance(error, KeyError) else str(error)
        raise TlsError(f"{index} cannot be understood: {reason}.", _AGAIN) from error
    for certificate in (installation.authority, *installation.leaves):
        path = folder / certificate.file
        if fingerprint(_first_certificate(path)) != certificate.sha256:
            raise TlsError(f"{path} holds another certificate than tls.json says.", _AGAIN)
    return installation


def stage(data_dir: Path, identity: str, label: str, names: Names, made: Made) -> tuple[Path, Installation]:
    """Write a new set beside the one that counts. Returns the data directory that it can be tried in; see `adopt`."""
    from bridge.store.files import write_atomically  # here: commands that only read need not load the store

    recover(data_dir)
    staged = data_dir / _STAGE
    shutil.rmtree(staged, ignore_errors=True)
    folder = directory(staged)
    for path in (staged, folder):
        path.mkdir(mode=0o700)
        path.chmod(0o700)  # whatever the umask
    der = ssl.PEM_cert_to_DER_cert(made.certificate)
    authority = CertificateFile(AUTHORITY, fingerprint(der), made.not_before, made.not_after)
    write_atomically(folder / AUTHORITY, made.certificate)
    leaves = []
    for number, leaf in enumerate(made.leaves, 1):
        name = f"leaf-{number:02}.pem"
        write_atomically(folder / name, leaf.certificate + leaf.key, owner_only=True)
        own = fingerprint(ssl.PEM_cert_to_DER_cert(leaf.certificate))
        leaves.append(CertificateFile(name, own, leaf.not_before, leaf.not_after))
    installation = Installation(identity, label, made.made_at, names, authority, thumbprint(der), tuple(leaves))
    save(staged, installation)
    return staged, installation


def adopt(data_dir: Path) -> None:
    """The staged set takes the place of whatever is there."""
    from bridge.store.files import sync_directory

    folder, old = directory(data_dir), data_dir / _OLD
    # A directory that is not empty cannot be replaced in one step everywhere; `recover` knows the moment between these two.
    if folder.exists():
        folder.rename(old)
    directory(data_dir / _STAGE).rename(folder)
    sync_directory(data_dir)
    for path in (data_dir / _STAGE, old):
        shutil.rmtree(path, ignore_errors=True)


def recover(data_dir: Path) -> None:
    """Put right what a crash left: the old set back where the new one had not taken its place, else no rest of either."""
    folder, old = directory(data_dir), data_dir / _OLD
    if old.exists() and not folder.exists():
        old.rename(folder)
    discard(data_dir)


def discard(data_dir: Path) -> None:
    """Remove a staged set, and an old one that has been replaced."""
    for path in (data_dir / _STAGE, data_dir / _OLD):
        if path.exists():
            shutil.rmtree(path)


def save(data_dir: Path, installation: Installation) -> None:
    """Replace tls.json alone."""
    from bridge.store.files import write_atomically

    write_atomically(directory(data_dir) / INDEX, installation.to_json(), owner_only=True)


def remove_keys(data_dir: Path) -> None:
    """Remove every certificate with its key; what tells the authority and its trust stores stays."""
    for path in directory(data_dir).glob("leaf-*.pem"):
        path.unlink()


def remove(data_dir: Path) -> None:
    """Remove everything of it, rests of a crash too."""
    discard(data_dir)
    folder = directory(data_dir)
    if folder.exists():
        shutil.rmtree(folder)


def too_open(data_dir: Path, platform: str = sys.platform) -> Sequence[Path]:
    """The directory and files with keys that other users may read. Windows keeps them by the rights of the profile."""
    if platform == "win32":
        return []
    folder = directory(data_dir)
    secret = [folder, folder / INDEX, *sorted(folder.glob("leaf-*.pem"))]
    return [path for path in secret if path.exists() and stat.S_IMODE(path.stat().st_mode) & 0o077]


def fingerprint(der: bytes) -> str:
    return hashlib.sha256(der).hexdigest()


def thumbprint(der: bytes) -> str:
    """The name that Windows and macOS know a certificate by. Nothing depends on SHA-1 being hard to forge here."""
    return hashlib.sha1(der, usedforsecurity=False).hexdigest()


def _first_certificate(path: Path) -> bytes:
    """The first certificate of a PEM file as DER. Raises TlsError."""
    try:
        text = path.read_text("ascii")
    except FileNotFoundError:
        raise TlsError(f"{path} is missing.", _AGAIN) from None
    except OSError as error:
        raise _unreadable(path, error) from error
    except UnicodeDecodeError:
        text = ""
    start, end = text.find(_MARK), text.find(_END)
    try:
        if 0 <= start < end:
            return ssl.PEM_cert_to_DER_cert(text[start : end + len(_END)])
    except ValueError:
        pass
    raise TlsError(f"{path} holds no certificate.", _AGAIN)


def _unreadable(path: Path, error: OSError) -> TlsError:
    return TlsError(f"{path} cannot be read ({error.strerror}).", "Run it as the user that the bridge runs as.")
