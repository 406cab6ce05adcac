"""Checks one test vector against the codec, the field table and the typed answers.

Vectors have the form of protocol-specs/posnet/vectors.json: name, direction, hex, meaning, source. Nothing here raises
on a broken vector: what is broken is a difference.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from bridge.plugin import VectorCheck, VectorComparison, check_bytes
from bridge_posnet.answers import BadAnswer, error_of, parse_answer
from bridge_posnet.errors import FAULT_NUMBERS
from bridge_posnet.fields import malformed
from bridge_posnet.frame import Decoder, Fault, Frame, Garbage, LocalError, checksum
from bridge_posnet.text import DEFAULT_CODE_PAGE, decode
from bridge_posnet.thermal import vectors as thermal
from bridge_posnet.vocabulary import FIELDS, KNOWN_COMMANDS

# Keys of a meaning that say nothing about the bytes.
NOT_COMPARED: dict[str, str] = {
    "crc_published": "tells whether the source printed the checksum; no property of the frame",
    "check_published": "tells whether the source printed the check byte; no property of the sequence",
    "note": "words for the reader",
    "session": "name of the dialogue that the frame belongs to",
    "step": "place in the dialogue",
    "source": "where the vector comes from",
}

_TO_PRINTER = "host->printer"
_TO_HOST = "printer->host"
_UNKNOWN_COMMAND = 1  # number of PROTO_ERR_CMD_UNKNOWN

# What the reason of an invalid vector begins with -> what the decoder must have found.
_REASONS = MappingProxyType({"checksum": Fault.CHECKSUM, "no #": Fault.SYNTAX})
_UNKNOWN_REASON = "unknown mnemonic"


def check_vector(vector: Mapping[str, Any]) -> VectorCheck:
    """Decodes the bytes of a vector, compares each key of its meaning, encodes again. Never raises."""

    def compare(raw: bytes, meaning: Mapping[str, Any], check: VectorComparison) -> None:
        of_protocol = _compare_thermal if meaning.get("protocol") == thermal.PROTOCOL else _compare
        of_protocol(raw, meaning, vector.get("direction"), check)

    return check_bytes(vector, compare)


def _compare_thermal(raw: bytes, meaning: Mapping[str, Any], direction: object, check: VectorComparison) -> None:
    for key in meaning:
        if key in NOT_COMPARED:
            check.skipped[key] = NOT_COMPARED[key]
        elif key not in thermal.KEYS:
            check.differ(f"{key}: no rule for this key")
    thermal.compare(raw, meaning, direction, check.equal, check.differ)


def _compare(raw: bytes, meaning: Mapping[str, Any], direction: object, check: VectorComparison) -> None:
    decoder = Decoder()
    events = [*decoder.feed(raw), *decoder.interrupt()]
    if len(events) != 1:
        check.differ(f"hex: {len(events)} frames or pieces of garbage instead of one")
        return
    event = events[0]
    frame = event if isinstance(event, Frame) else None
    for key, said in meaning.items():
        if key in NOT_COMPARED:
            check.skipped[key] = NOT_COMPARED[key]
        elif key in ("crc", "payload", "right_crc"):
            _raw_key(key, said, raw, check)
        elif key == "invalid":
            check.equal(key, said, frame is None or frame.mnemonic not in KNOWN_COMMANDS)
        elif key == "reason":
            _reason(said, event, check)
        elif key == "expected_answer":
            _expected_answer(said, event, check)
        elif key not in _FRAME_KEYS:
            check.differ(f"{key}: no rule for this key")
        elif frame is None:
            check.differ(f"{key}: the bytes are no frame: {_fault(event)}")
        else:
            _frame_key(key, said, frame, check)
    if not meaning.get("invalid") and "mnemonic" not in meaning:
        check.differ("mnemonic: is missing")
    if frame is None:
        if not meaning.get("invalid"):
            check.differ(f"hex: the bytes are no frame: {_fault(event)}")
        return
    _encode_again(frame, raw, check)
    if not meaning.get("invalid"):
        _typed(frame, direction, check)


_FRAME_KEYS = frozenset(("mnemonic", "params", "token", "error", "async", "frame_error"))


def _frame_key(key: str, said: object, frame: Frame, check: VectorComparison) -> None:
    match key:
        case "mnemonic":
            check.equal(key, said, frame.mnemonic)
        case "params":
            got = [[p.name, decode(p.value, DEFAULT_CODE_PAGE)] for p in frame.parameters]
            well_formed = isinstance(said, Sequence) and all(isinstance(p, (list, tuple)) for p in said)
            check.equal(key, [list(p) for p in said] if well_formed else said, got)  # type: ignore[attr-defined]
        case "token":
            check.equal(key, said, frame.token)
        case "error":
            check.equal(key, said, error_of(frame))
        case "async":
            check.equal(key, said, frame.immediate)
        case "frame_error":
            check.equal(key, said, frame.is_frame_error)


def _raw_key(key: str, said: object, raw: bytes, check: VectorComparison) -> None:
    """Keys that are compared with the bytes themselves, so that invalid frames have them too."""
    payload, _, digits = raw[1:-1].rpartition(b"#")
    match key:
        case "payload":
            check.equal(key, said, decode(payload, DEFAULT_CODE_PAGE))
        case "crc":
            check.equal(key, str(said).upper(), digits.decode("latin-1").upper())
        case "right_crc":
            check.equal(key, str(said).upper(), f"{checksum(payload):04X}")


def _reason(said: object, event: Frame | Garbage, check: VectorComparison) -> None:
    if said == _UNKNOWN_REASON:
        check.equal("reason", said, said if _is_unknown(event) else _fault(event))
        return
    for beginning, fault in _REASONS.items():
        if str(said).startswith(beginning):
            check.equal("reason", str(fault), _fault(event))
            return
    check.differ(f"reason: no rule for {said!r}")


def _expected_answer(said: object, event: Frame | Garbage, check: VectorComparison) -> None:
    """`ERR ?n`: the number that a printer answers these bytes with."""
    found = re.match(r"ERR \?([0-9]{1,2})(?:\s|$)", str(said))
    if found is None:
        check.differ(f"expected_answer: no rule for {said!r}")
        return
    got: int | None = None
    if isinstance(event, Garbage):
        got = FAULT_NUMBERS.get(event.fault)
    elif _is_unknown(event):
        got = _UNKNOWN_COMMAND
    check.equal("expected_answer", int(found[1]), got)


def _is_unknown(event: Frame | Garbage) -> bool:
    return isinstance(event, Frame) and event.mnemonic not in KNOWN_COMMANDS


def _fault(event: Frame | Garbage) -> str:
    return str(event.fault) if isinstance(event, Garbage) else f"a frame of {event.mnemonic}"


def _encode_again(frame: Frame, raw: bytes, check: VectorComparison) -> None:
    """Bytes must come back as they were, but for the case of the four checksum digits."""
    try:
        again = frame.to_bytes()
    except LocalError as problem:
        check.differ(f"hex: the frame cannot be encoded again: {problem}")
        return
    check.equal("hex", _upper_checksum(raw).hex(), _upper_checksum(again).hex())


def _upper_checksum(raw: bytes) -> bytes:
    return raw[:-5] + raw[-5:].upper()


def _typed(frame: Frame, direction: object, check: VectorComparison) -> None:
    """Answers through their classes, commands through the field table. Both hang on the direction."""
    if direction == _TO_HOST:
        check.note("direction")
        if error_of(frame) is None:
            try:
                parse_answer(frame)
            except BadAnswer as problem:
                check.differ(f"typed: {problem}")
    elif direction == _TO_PRINTER:
        check.note("direction")
        if frame.mnemonic not in KNOWN_COMMANDS:
            check.differ(f"mnemonic: {frame.mnemonic} is no command of the printer")
        fields = FIELDS.get(frame.mnemonic, {})
        for parameter in frame.parameters:
            known = fields.get(parameter.name)
            reason = None if known is None else malformed(known, parameter.value)
            if fields and known is None:
                check.differ(f"typed: {frame.mnemonic} has no parameter {parameter.name}")
            elif reason is not None:
                check.differ(f"typed: {parameter.name} {reason}")
    else:
        check.differ(f"direction: {direction!r} is neither {_TO_PRINTER} nor {_TO_HOST}")
