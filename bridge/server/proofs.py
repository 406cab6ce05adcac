"""The server's proofs: for HTTP, for whoever asks; and the keys that both transports prove with."""

from __future__ import annotations

import hmac
import secrets

from bridge.server.principals import Principal, Principals
from bridge.server.proof import new_nonce, proof
from bridge.server.rate import RateLimits

# For ids that nobody has: a key that no one knows, and the same one for the same id, as a real one would be.
_NOBODY = secrets.token_bytes(32)


class Proofs:
    """The server's proofs for HTTP, for whoever asks: so not without end."""

    def __init__(self, principals: Principals, at_once: int, per_second: float) -> None:
        self._principals = principals
        self._rate = RateLimits(at_once, per_second)

    def server(self, who: str, host: str, token_id: str, client_nonce: str) -> dict[str, str]:
        """`who` is counted. Raises RequestError (429) where it asks too often."""
        self._rate.take(who, "proofs were asked for")
        nonce = new_nonce()
        _, key = key_of(self._principals, token_id)
        return {"nonce": nonce, "proof": proof(key, "http", host, token_id, client_nonce, nonce)}


def key_of(principals: Principals, token_id: str) -> tuple[Principal | None, bytes]:
    """The holder of the token and the key to prove with. For an unknown id a key that fits nothing, found as quickly."""
    nobody = hmac.digest(_NOBODY, token_id.encode("utf-8", "surrogatepass"), "sha256")
    principal = principals.find(token_id)
    return principal, principal.key if principal is not None else nobody
