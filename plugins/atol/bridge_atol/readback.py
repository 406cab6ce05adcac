"""Documents of the FN read back for copies: found by A4 40, their tags read by A4 45 and A4 46.

Nothing here changes the device. Follows protocol-specs/atol, "The FN"; how the blocks end is told by no source [A11].
"""

from __future__ import annotations

from bridge_ffd.archive import ArchivedDocument
from bridge_ffd.copies import find, is_of_kind
from bridge_ffd.fn import FnStatus
from bridge_ffd.readback import ReadBack
from bridge_ffd.tlv import TlvError

from bridge.model import Copy
from bridge.plugin import usual
from bridge_atol import commands
from bridge_atol.answers import values_of
from bridge_atol.exchange import Exchange
from bridge_atol.facts import FactReader

_MOST_BYTES = 0x10000


async def read(exchange: Exchange, reader: FactReader, storage: FnStatus, operation: Copy) -> ReadBack:
    """The document that a copy asks for. Raises DeviceError `request.not_found`, and Refused."""
    found = await find(reader.found, storage.last_document, operation)
    if found is None:
        raise usual.not_found(operation)
    if "kind" in operation.model_fields_set and not is_of_kind(found, operation.kind):
        raise usual.OTHER_KIND.error(field="kind", number=found.number)
    return ReadBack(storage.fn_number, found, await _document(exchange, found.number))


async def _document(exchange: Exchange, number: int) -> ArchivedDocument | None:
    """None where the device does not show it, or not in a way that is understood: its head is known then, and no tags."""
    chosen = await exchange.send(commands.choose_document(number))
    if chosen.error:
        return None
    head = values_of(chosen.command.shape, chosen.data)["head"]
    kind, size = int.from_bytes(head[:2], "little"), int.from_bytes(head[2:4], "little")
    data = b""
    while len(data) < min(size, _MOST_BYTES):
        block = await exchange.send(commands.next_block())
        if block.error:
            break
        more = values_of(block.command.shape, block.data)["tags"]
        if not more:
            break
        data += more
    try:
        return ArchivedDocument.decode(data, kind) if data else None
    except TlvError:
        return None
