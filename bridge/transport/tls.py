"""TLS: whom a link trusts, how it shows who we are, and what a refusal means in plain words.

Options of tls:// and https:// endpoints (`TLS_OPTIONS` in endpoint.py):

- none: the certificates that the system trusts, and the name in the certificate must be the host's;
- `ca=PATH`: only what the authorities in this PEM file have signed;
- `fingerprint=SHA256`: exactly this certificate and no other, whoever signed it and whatever name it carries. That is how a
  device with a certificate of its own making is trusted; there is no switch that trusts everybody;
- `server_name=NAME`: the name that must be in the certificate, where it is not the host of the URL;
- `cert=PATH`, `key=PATH`: our own certificate, for a server that asks for one. A passphrase of the key is a secret setting
  of the device, `tls_key_password`.

TLS 1.2 is the least: older versions are broken (RFC 8996).
"""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import ssl
from functools import partial
from pathlib import Path
from typing import Any

from bridge.transport.endpoint import Endpoint
from bridge.transport.errors import NotConnected


class WrongFingerprint(ssl.SSLCertVerificationError):
    """Another certificate than the pinned one."""


def context(endpoint: Endpoint, key_password: str | None = None) -> ssl.SSLContext:
    """What the endpoint's options ask for. Reads files and blocks. Raises NotConnected naming the option."""
    options = endpoint.options
    pinned = options.get("fingerprint")
    authorities = _file(endpoint, "ca")
    try:
        made = ssl.create_default_context(ssl.Purpose.SERVER_AUTH, cafile=authorities)
    except ssl.SSLError as error:
        raise NotConnected(f"{endpoint.base}: ca: {authorities} holds no certificate that can be read") from error
    made.minimum_version = ssl.TLSVersion.TLSv1_2
    if pinned is not None:
        made.sslobject_class = pinned_to(pinned)
        if "ca" not in options:  # the pin says more than any signature
            made.check_hostname = False
            made.verify_mode = ssl.CERT_NONE
    certificate = _file(endpoint, "cert")
    if certificate is not None:
        key = _file(endpoint, "key")
        try:
            made.load_cert_chain(certificate, key, password=lambda: key_password or "")
        except (ssl.SSLError, OSError) as error:
            why = "the file does not fit, or the setting tls_key_password is missing or wrong"
            raise NotConnected(f"{endpoint.base}: cert and key cannot be used: {why}") from error
    return made


def pinned_to(fingerprint: str) -> type[ssl.SSLObject]:
    """An SSLObject that ends the handshake with any other certificate: before a byte of ours is sent."""

    class Pinned(ssl.SSLObject):
        def do_handshake(self) -> None:
            super().do_handshake()
            shown = hashlib.sha256(self.getpeercert(binary_form=True) or b"").hexdigest()
            if not hmac.compare_digest(shown, fingerprint):
                raise WrongFingerprint(1, f"its fingerprint is {shown}")

    return Pinned


async def in_thread(endpoint: Endpoint, key_password: str | None) -> ssl.SSLContext:
    """`context`, off the loop: reading the system's authorities takes tens of milliseconds."""
    return await asyncio.get_running_loop().run_in_executor(None, partial(context, endpoint, key_password))


def server_name(endpoint: Endpoint) -> str:
    return endpoint.options.get("server_name", endpoint.address)


def _file(endpoint: Endpoint, option: str) -> str | None:
    path = endpoint.options.get(option)
    if path is None:
        return None
    try:
        text = Path(path).read_bytes()
    except OSError as error:
        raise NotConnected(f"{endpoint.base}: {option}: {path} cannot be read: {error.strerror or error}") from error
    if b"-----BEGIN " not in text:
        raise NotConnected(f"{endpoint.base}: {option}: {path} is no PEM file (it must begin with -----BEGIN ...)")
    return path


# OpenSSL's numbers of what is wrong with a certificate (x509_vfy.h), and what to do about it.
_EXPIRED, _NOT_YET, _HOSTNAME, _IP = 10, 9, 62, 64
_UNKNOWN_AUTHORITY = frozenset((2, 18, 19, 20, 21))


def explain_any(error: BaseException | None) -> str | None:
    """`explain` for an error that may carry the one of TLS inside, as aiohttp's do."""
    while error is not None:
        inner = getattr(error, "certificate_error", None) or getattr(error, "os_error", None)
        said = explain(inner) if inner is not None else explain(error)
        if said is not None:
            return said
        error = error.__cause__
    return None


def explain(error: BaseException) -> str | None:
    """A sentence with a remedy; None where TLS is not what went wrong."""
    if isinstance(error, WrongFingerprint):
        return (
            f"another certificate than the pinned one was shown ({error.args[-1]}); "
            "if it was renewed, compare it at the device and correct fingerprint="
        )
    if isinstance(error, ssl.SSLCertVerificationError):
        return _certificate(error)
    if not isinstance(error, ssl.SSLError):
        return None
    reason = str(getattr(error, "reason", None) or error)
    if "WRONG_VERSION_NUMBER" in reason or "HTTP_REQUEST" in reason or "RECORD_LAYER_FAILURE" in reason:
        return "the other end does not speak TLS; check the port, or use tcp:// or http://"
    if "UNSUPPORTED_PROTOCOL" in reason or "PROTOCOL_VERSION" in reason:
        return "the other end speaks an old TLS only, at least 1.2 is needed; update its firmware"
    if "HANDSHAKE_FAILURE" in reason:
        return "the other end found no way to speak TLS with us: it is too old (at least 1.2 is needed), or wants a certificate (cert=)"
    if "CERTIFICATE_REQUIRED" in reason or "BAD_CERTIFICATE" in reason:
        return "the other end wants a certificate from us; set cert= and key="
    if "UNKNOWN_CA" in reason or "CERTIFICATE_UNKNOWN" in reason or "CERTIFICATE_EXPIRED" in reason:
        return "the other end does not accept our certificate; set cert= and key= to one that it knows"
    return f"TLS failed: {reason}"


def _certificate(error: ssl.SSLCertVerificationError) -> str:
    code: Any = getattr(error, "verify_code", None)
    said = getattr(error, "verify_message", str(error))
    if code == _EXPIRED:
        return "its certificate has expired; renew it at the device, and check this computer's date"
    if code == _NOT_YET:
        return "its certificate is not valid yet; check this computer's date"
    if code in (_HOSTNAME, _IP):
        return f"its certificate is for another name ({said}); correct the host of the URL, or set server_name="
    if code in _UNKNOWN_AUTHORITY:
        return (
            f"nobody that this computer trusts has signed its certificate ({said}); set ca= to the authority's PEM file, "
            "or fingerprint= to the SHA-256 that the device shows"
        )
    return f"its certificate is not accepted: {said}"
