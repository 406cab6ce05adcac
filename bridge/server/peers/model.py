"""What can be told of the other end of a loopback connection, and what every system's look-up answers.

How the systems tell it is in linux.py, windows.py and unsupported.py; what follows from it is the gate's decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Peer:
    """The owner of the client's socket."""

    user_id: str
    """Linux: the uid as decimal text; Windows: the SID as text. The one to compare: names can be given anew."""
    user: str
    """For people: `anna`, `SHOP\\anna`; the user_id again where the system knows no name for it."""
    session: str | None
    """Windows: the session's id as text, `0` for services. None elsewhere."""
    pid: int | None
    """Windows: the process that owns the socket. None elsewhere."""


class PeerLookup(Protocol):
    """One operating system's way to tell. Every call asks the system anew, and none raises but own_user_id."""

    @property
    def supported(self) -> bool:
        """Whether this system can tell at all."""

    def peer(self, peername: object, sockname: object) -> Peer | None:
        """The owner of the client's socket; None: cannot be told, and then nobody may guess.

        The two addresses of the accepted socket, as asyncio's get_extra_info gives them. Ask as soon as the connection
        is accepted, while the client has it open: a port that was closed can be opened again by somebody else.
        """

    def client_name(self, peer: Peer) -> str | None:
        """The name of the PC from which the peer's session is used now; None: at the machine itself, or cannot be told.

        It changes while a connection lasts, when the user reconnects from another PC, so it is never to be kept. The PC
        chooses its name itself: it may say where to print, and never who someone is.
        """

    def own_user_id(self) -> str:
        """The user_id that this process itself has. Raises OSError where the system does not tell."""

    def is_administrator(self, user_id: str) -> bool:
        """Whether this user can read and change everything here anyway: root, or Windows' SYSTEM."""
