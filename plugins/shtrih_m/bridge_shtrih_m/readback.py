"""Documents of the FN read back for copies: found by FF0Ah, their tags read by FF3Ah and FF3Bh, the OFD's ticket by FF3Ch.

Nothing here changes the device. Follows protocol-specs/shtrih-m, "FN commands".
"""

from __future__ import annotations

from bridge_ffd.archive import ArchivedDocument
from bridge_ffd.copies import KINDS, find
from bridge_ffd.fn import FnStatus, FoundDocument
from bridge_ffd.readback import ReadBack
from bridge_ffd.tlv import Tlv, TlvError, decode
from bridge_ffd.versions import DocumentKind

from bridge.model import Copy
from bridge.plugin import BadAnswer, usual
from bridge_shtrih_m import commands
from bridge_shtrih_m.answers import error_of, values_of
from bridge_shtrih_m.commands import Command
from bridge_shtrih_m.errors import NO_DATA, NO_SUCH_DOCUMENT, NOT_KNOWN_BY_DEVICE
from bridge_shtrih_m.exchange import Exchange
from bridge_shtrih_m.facts import FactReader
from bridge_shtrih_m.layout import named
from bridge_shtrih_m.refusals import Refused, checked

_AT_END = frozenset((NO_SUCH_DOCUMENT, NO_DATA))
_READS_TAGS = named(0xFF3B)
_MOST_BYTES = 0x10000  # of one document; a device that has more to say is not understood


async def read(exchange: Exchange, reader: FactReader, storage: FnStatus, operation: Copy) -> ReadBack:
    """The document that a copy asks for. Raises DeviceError `request.not_found`, and Refused."""
    found = await find(reader.found, storage.last_document, operation, _is_of_kind)
    if found is None:
        raise usual.not_found(operation)
    kind, data = await _tags(exchange, found.number)
    document = ArchivedDocument(None, ())
    if data:
        try:
            document = ArchivedDocument.decode(data, kind)
        except TlvError as error:
            raise BadAnswer(_READS_TAGS, "tags", str(error)) from None
    copy = ReadBack(storage.fn_number, found, document if data else None, await _ticket(reader, found))
    # Where the device's numbers of kinds are its own, the tags tell what it is.
    if "kind" in operation.model_fields_set and isinstance(copy.kind, DocumentKind) and copy.kind not in KINDS[operation.kind]:
        raise usual.OTHER_KIND.error(field="kind", number=found.number)
    return copy


def _is_of_kind(found: FoundDocument, kind: str) -> bool:
    """A number of a kind that is the device's own is told by what stands behind it: operation and total, or something else [S10]."""
    if isinstance(found.kind, DocumentKind):
        return found.kind in KINDS[kind]
    return (len(found.rest) in (5, 6)) == (kind == "receipt")


async def _tags(exchange: Exchange, number: int) -> tuple[int | None, bytes]:
    """Form code and tags; none of them where the FN has them no more. Read to their end: some models stay in the mode of data
    output otherwise."""
    command = commands.choose_document(number)
    answer = await exchange.send(command)
    if error_of(answer) in _AT_END or error_of(answer) in NOT_KNOWN_BY_DEVICE:
        return None, b""
    kind: int = values_of(checked(command, answer))["type"]
    data = b""
    while error_of(answer := await exchange.send(commands.next_tags())) not in _AT_END:
        data += values_of(checked(commands.next_tags(), answer))["tags"]
        if len(data) > _MOST_BYTES:
            raise BadAnswer(_READS_TAGS, "tags", f"more than {_MOST_BYTES} bytes")
    return kind, data


async def _ticket(reader: FactReader, found: FoundDocument) -> tuple[Tlv, ...] | None:
    if not found.ticket:
        return None
    command: Command = commands.ticket(found.number)
    try:
        answer = await reader.ask_if_known(command)
        return decode(values_of(answer)["tags"], strict=False) if answer is not None else None
    except (Refused, TlvError):
        return None  # FF0Ah says that there is one; what it says is not needed
