"""Proving that one knows a token without sending it: HMAC-SHA256 over nonces of both sides.

The key is the SHA-256 of the token. What is proven is bound to the role (so that no proof can be played back to its
maker), to the token's id and to the address that was called: who listens on another port and passes everything on to
the real bridge gets proofs that fit neither side. docs/websocket.md has a worked example. Nothing heavy is imported here:
commands prove too.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from typing import Literal

Role = Literal["server", "client", "http"]

NONCE_BYTES = 32


def new_nonce() -> str:
    return _text(secrets.token_bytes(NONCE_BYTES))


def proof(key: bytes, role: Role, host: str, token_id: str, client_nonce: str, server_nonce: str) -> str:
    """What `role` shows. `host` is the authority called, in lower case, as in the Host header."""
    said = "\n".join((f"tillbridge proof 1 {role}", host.lower(), token_id, client_nonce, server_nonce))
    return _text(hmac.digest(key, said.encode(), "sha256"))


def is_proof(candidate: str, expected: str) -> bool:
    """Takes the same time wherever the two differ."""
    return hmac.compare_digest(candidate.encode("utf-8", "surrogatepass"), expected.encode())


def token_key(token: str) -> bytes:
    """The key that belongs to a token."""
    return hashlib.sha256(token.encode()).digest()


def _text(raw: bytes) -> str:
    return base64.urlsafe_b64encode(raw).rstrip(b"=").decode()
