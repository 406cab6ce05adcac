"""Checks one test vector of the Thermal protocol against the codec. Nothing here raises on a broken vector.

The keys of a meaning: `command`, `ps`, `check`, and the fields of a sale line.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from bridge_posnet.text import decode
from bridge_posnet.thermal.frame import Decoder, LocalError, Sequence, Side, check_byte

PROTOCOL = "thermal"
_CODE_PAGE = "mazovia"
_SIDES = MappingProxyType({"host->printer": Side.PRINTER, "printer->host": Side.HOST})


def line_fields(sequence: Sequence) -> dict[str, str]:
    """The fields of `$l` by name: name CR quantity CR rate / price / gross / ..., empty where there are none."""
    name, _, rest = decode(sequence.text, _CODE_PAGE).partition("\r")
    quantity, _, figures = rest.partition("\r")
    values = [*figures.split("/"), "", "", ""]
    return {"name": name, "qty": quantity, "ptu": values[0], "price": values[1], "gross": values[2]}


LINE_KEYS = frozenset(line_fields(Sequence("$l")))
KEYS = frozenset(("protocol", "command", "ps", "check")) | LINE_KEYS

Equal = Callable[[str, object, object], None]
Differ = Callable[[str], None]


def compare(raw: bytes, meaning: Mapping[str, Any], direction: object, equal: Equal, differ: Differ) -> None:
    """Tells `equal` of each key that was compared (key, what the vector says, what was found), `differ` of what is wrong."""
    side = _SIDES.get(str(direction))
    if side is None:
        differ(f"direction: {direction!r} is neither {' nor '.join(_SIDES)}")
        return
    equal("direction", direction, next(name for name, known in _SIDES.items() if known is side))
    decoder = Decoder(side)
    events = [*decoder.feed(raw), *decoder.interrupt()]
    sequence = events[0] if len(events) == 1 else None
    if not isinstance(sequence, Sequence):
        differ(f"hex: the bytes are no sequence: {events}")
        return
    if "command" not in meaning:
        differ("command: is missing")
    for key, said in meaning.items():
        if key not in KEYS:
            continue
        if key in LINE_KEYS and sequence.command != "$l":
            differ(f"{key}: {sequence.command} has no such field")
            continue
        equal(key, said, _found(key, sequence))
    try:
        equal("hex", raw.hex(), sequence.to_bytes().hex())
    except LocalError as problem:
        differ(f"hex: the sequence cannot be encoded again: {problem}")


def _found(key: str, sequence: Sequence) -> object:
    match key:
        case "protocol":
            return PROTOCOL
        case "command":
            return sequence.command
        case "ps":
            return list(sequence.parameters)
        case "check":
            return f"{check_byte(sequence.payload()):02X}" if sequence.checked else None
        case _:
            return line_fields(sequence)[key]
