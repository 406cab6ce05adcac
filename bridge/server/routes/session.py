"""Before a token is sent: the server proves that it knows it."""

from __future__ import annotations

from bridge.server.answers import ProofAnswer
from bridge.server.bodies import SessionProof, validated
from bridge.server.call import Answer, Call, Handler
from bridge.server.describing import Authority, Description, Reply
from bridge.server.routing import Route


async def proof(call: Call) -> Answer:
    """The server's proof over the client's nonce and one of its own; docs/websocket.md says what it is made of."""
    call.known_query()
    asked = validated(SessionProof, call.body)
    return Answer(call.prove(asked.token_id, asked.nonce))


ROUTES: tuple[Route[Handler], ...] = (
    Route(
        "POST",
        "/session/proof",
        proof,
        "session.proof",
        Description(
            "service",
            {200: Reply("The proof. For a token id that nobody has it looks the same and fits nothing.", ProofAnswer)},
            body=SessionProof,
            errors=("gate.rate",),
            authority=Authority.OPEN,
        ),
    ),
)
