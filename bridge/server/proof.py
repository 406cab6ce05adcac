"""Proving that one knows a token without sending it: HMAC-SHA256 over nonces of both sides.

The key is the SHA-256 of the token. What is proven is bound to the role (so that no proof can be played back to its
maker), to the token's id and to the address that was called: who listens on another port and passes everything on to
the real bridge gets proofs that fit neither side. docs/websocket.md has a worked example.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Literal

from bridge.server.principals import Principal, Principals
from bridge.server.rate import RateLimit

Role = Literal["server", "client", "http"]

NONCE_BYTES = 32

# For ids that nobody has: a key that no one knows, and the same one for the same id, as a real one would be.
_NOBODY = secrets.token_bytes(32)


def new_nonce() -> str:
    return _text(secrets.token_bytes(NONCE_BYTES))


def proof(key: bytes, role: Role, host: str, token_id: str, client_nonce: str, server_nonce: str) -> str:
    """What `role` shows. `host` is the authority called, in lower case, as in the Host header."""
    said = "\n".join((f"tillbridge proof 1 {role}", host.lower(), token_id, client_nonce, server_nonce))
    return _text(hmac.digest(key, said.encode(), "sha256"))


class Proofs:
    """The server's proofs for HTTP, for whoever asks: so not without end."""

    def __init__(self, principals: Principals, at_once: int, per_second: float) -> None:
        self._principals = principals
        self._rate = RateLimit(at_once, per_second)

    def server(self, host: str, token_id: str, client_nonce: str) -> dict[str, str]:
        """Raises RequestError (429) where it is asked for too often."""
        self._rate.take("proofs were asked for")
        nonce = new_nonce()
        _, key = key_of(self._principals, token_id)
        return {"nonce": nonce, "proof": proof(key, "http", host, token_id, client_nonce, nonce)}


def is_proof(candidate: str, expected: str) -> bool:
    """Takes the same time wherever the two differ."""
    return hmac.compare_digest(candidate.encode("utf-8", "surrogatepass"), expected.encode())


def key_of(principals: Principals, token_id: str) -> tuple[Principal | None, bytes]:
    """The holder of the token and the key to prove with. For an unknown id a key that fits nothing, found as quickly."""
    nobody = hmac.digest(_NOBODY, token_id.encode("utf-8", "surrogatepass"), "sha256")
    principal = principals.find(token_id)
    return principal, principal.key if principal is not None else nobody


def token_key(token: str) -> bytes:
    """The key that belongs to a token."""
    return hashlib.sha256(token.encode()).digest()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
