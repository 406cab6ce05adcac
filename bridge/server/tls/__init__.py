"""TLS for the API: an authority for each installation, its certificates, and the one that is served now.

Why the certificates are made as they are: docs/decisions/0014-tls-and-its-certificates.md. Only `authority` needs the
library `cryptography`; the server needs the standard library's `ssl` alone.
"""

from bridge.server.tls.errors import TlsError
from bridge.server.tls.live import LiveCertificate

__all__ = ["LiveCertificate", "TlsError"]
