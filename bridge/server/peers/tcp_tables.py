"""Windows' tables of TCP connections with their processes, from bytes: MIB_TCPTABLE_OWNER_PID, MIB_TCP6TABLE_OWNER_PID.

Source: learn.microsoft.com, tcpmib.h, the pages of the two tables, of their rows and of MIB_TCP_STATE. A table is the
number of rows as a DWORD and then the rows, which consist of DWORDs and bytes only, so that no padding comes between. Not
in here: how the bytes are got.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

from bridge.server.peers.addresses import Version

STATE_ESTABLISHED = 5
STATE_FIN_WAIT1 = 6
STATE_FIN_WAIT2 = 7
STATE_CLOSE_WAIT = 8

_COUNT = struct.Struct("<I")
# dwState, dwLocalAddr, dwLocalPort, dwRemoteAddr, dwRemotePort, dwOwningPid
_ROW4 = struct.Struct("<I4sI4sII")
# ucLocalAddr, dwLocalScopeId, dwLocalPort, ucRemoteAddr, dwRemoteScopeId, dwRemotePort, dwState, dwOwningPid
_ROW6 = struct.Struct("<16sII16sIIII")


class TableError(ValueError):
    """These bytes are no such table."""


@dataclass(frozen=True, slots=True)
class Row:
    """One connection of one process. Addresses are packed, ports are numbers."""

    state: int
    local: bytes
    local_port: int
    remote: bytes
    remote_port: int
    pid: int


def rows(table: bytes, version: Version) -> Iterator[Row]:
    """The rows of a table; what follows them in the buffer is not looked at. Raises TableError and nothing else."""
    if len(table) < _COUNT.size:
        raise TableError(f"a table of {len(table)} bytes has no number of rows")
    (count,) = _COUNT.unpack_from(table)
    layout = _ROW4 if version == 4 else _ROW6
    end = _COUNT.size + count * layout.size
    if len(table) < end:
        raise TableError(f"{count} rows of {layout.size} bytes do not go into {len(table)} bytes")
    for columns in layout.iter_unpack(memoryview(table)[_COUNT.size : end]):
        if version == 4:
            state, local, local_port, remote, remote_port, pid = columns
        else:
            local, _, local_port, remote, _, remote_port, state, pid = columns
        yield Row(state, local, _port(local_port), remote, _port(remote_port), pid)


def _port(dword: int) -> int:
    """In network byte order in the lower 16 bits; the upper ones may hold anything."""
    return (dword & 0xFF) << 8 | dword >> 8 & 0xFF
