"""Marked goods: FF61 checks a code, FF69 takes it or not, FF67 binds it to the line; FF68 and FF70 tell how that stands.

Source: protocol-specs/shtrih-m, "FN commands"; protocol-specs/ffd, "Marking". What the server behind the FN says is the setting
`marking`, what the FN itself finds `marking_local`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv, encode
from bridge_sim_fn.memory import CheckedCode

from bridge_sim_shtrih_m import receipts, states
from bridge_sim_shtrih_m.answers import date_time, le
from bridge_sim_shtrih_m.refusals import (
    INVALID,
    MARKING_FORBIDDEN,
    MARKING_FULL,
    MARKING_SEQUENCE,
    NO_DATA,
    PARAMETERS,
    UNSUPPORTED,
    Refusal,
)
from bridge_sim_shtrih_m.request import Call, Command, exactly

if TYPE_CHECKING:
    from bridge_sim_shtrih_m.register import Register

MAX_CODES = 128
MAX_CODE = 128
_STATUSES = frozenset((1, 2, 3, 4, 5, 6, 255))
_SILENT = 0xFF  # FN code: the server did not answer
_REASONS = {"checked": 0, "unknown_type": 1, "no_keys": 2}

# Tag 2106: checked, positive, the server knows the status, the planned one fits, stand-alone.
CHECKED, POSITIVE, STATUS_KNOWN, STATUS_FITS = 1, 2, 4, 8


class _Check(NamedTuple):
    """What a check found: tag 2004 and the reason of the FN, tag 2106 of both, and the server's part of the answer."""

    local: int
    reason: int
    result: int
    server: bytes


def _check(register: Register, code: bytes) -> _Check:
    local = {"checked": CHECKED | POSITIVE, "unknown_type": 0, "no_keys": 0}[register.settings.marking_local]
    if register.settings.marking == "negative" and local:
        local = CHECKED
    reason = _REASONS[register.settings.marking_local]
    match register.settings.marking:
        case "positive":
            result = CHECKED | POSITIVE | STATUS_KNOWN | STATUS_FITS
            tags = (Tlv(Tag.REQUEST_RESULT, 0x0F), Tlv(Tag.REQUEST_CODES, 0), Tlv(Tag.ISM_STATUS, 1))
        case "negative":
            result = CHECKED | STATUS_KNOWN
            tags = (Tlv(Tag.REQUEST_RESULT, 0x05), Tlv(Tag.REQUEST_CODES, 0), Tlv(Tag.ISM_STATUS, 2))
        case _:
            return _Check(local, reason, local, bytes((_SILENT, local)))
    return _Check(local, reason, result, bytes((0, result)) + encode(tags))


def _type(code: bytes) -> int:
    """Tag 2100: full with check code and key, short, or not recognised."""
    if b"\x1d91" in code or b"\x1d92" in code:
        return 2
    return 1 if b"\x1d93" in code else 0


def _modern(register: Register) -> None:
    if register.format != "1.2":
        raise Refusal(UNSUPPORTED)
    if register.settings.marking == "disabled":
        raise Refusal(MARKING_FORBIDDEN)


def _ask(register: Register, call: Call) -> bytes:
    _modern(register)
    request = call.request
    status, mode, size, tags = (request.number() for _ in range(4))
    if status not in _STATUSES or mode or not 0 < size <= MAX_CODE or request.left != size + tags:
        raise Refusal(PARAMETERS)
    code = request.take(size)
    codes = register.memory.fn.codes
    if any(not known.accepted for known in codes):
        raise Refusal(MARKING_SEQUENCE)
    if len(codes) >= MAX_CODES:
        raise Refusal(MARKING_FULL)
    found = _check(register, code)
    codes.append(CheckedCode(code.hex(), found.result))
    register.memory.fn.notifications += 1
    return _told(found, code)


def _told(found: _Check, code: bytes) -> bytes:
    return bytes((found.local, found.reason, _type(code), len(found.server))) + found.server


def _decide(register: Register, call: Call) -> bytes:
    _modern(register)
    decision = call.request.number()
    codes = register.memory.fn.codes
    if decision == 2:
        codes.clear()
        return b"\0"
    if decision > 2:
        raise Refusal(PARAMETERS)
    if not codes or codes[-1].accepted:
        raise Refusal(MARKING_SEQUENCE)
    check = codes[-1].check
    if decision:
        codes[-1].accepted = True
    else:
        codes.pop()
    return bytes((check,))


def _bind(register: Register, call: Call) -> bytes:
    request = call.request
    size = request.number()
    if not 0 < size <= MAX_CODE or request.left not in (size, size + 1):
        raise Refusal(PARAMETERS)
    code = request.take(size)
    if request.left and request.number() != 0xFF:
        raise Refusal(PARAMETERS)
    receipt = receipts.current(register, call.operator)
    if not receipt.items:
        raise Refusal(NO_DATA)
    item = receipt.items[-1]
    if item.code:
        raise Refusal(INVALID)
    kind = b"\x44\x4d" + bytes((1,))  # the first bytes of the product code, as they stand there
    if register.format != "1.2":
        item.code = code.hex()
        return kind
    if register.settings.marking == "disabled":
        raise Refusal(MARKING_FORBIDDEN)
    if sum(bool(other.code) for other in receipt.items) >= MAX_CODES:
        raise Refusal(MARKING_FULL)
    known = next((known for known in register.memory.fn.codes if known.code == code.hex() and known.accepted), None)
    item.code = code.hex()
    if known is not None:
        item.check = known.check
        return kind
    found = _check(register, code)  # not checked before: the register does it now, and takes it whatever comes of it
    item.check = found.result
    register.memory.fn.notifications += 1
    return kind + _told(found, code)


def _notifications(register: Register, call: Call) -> bytes:
    _modern(register)
    fn = register.memory.fn
    return bytes((0,)) + le(fn.notifications, 2) + le(fn.notifications, 4) + date_time(register.now()) + bytes((0,))


def _state(register: Register, call: Call) -> bytes:
    _modern(register)
    codes = register.memory.fn.codes
    waiting = bool(codes) and not codes[-1].accepted
    saved = sum(code.accepted for code in codes)
    return bytes((2 if waiting else 1, 0, 0xFF, saved, 0, 0)) + le(register.memory.fn.notifications, 2)


COMMANDS = {
    0xFF61: Command(_ask, (11, 255), work="fill", modern=True),
    0xFF67: Command(_bind, (8, 255), work="fill", legal=states.IN_RECEIPT, modern=True),
    0xFF68: Command(_notifications, exactly(6), modern=True),
    0xFF69: Command(_decide, exactly(7), work="fill", modern=True),
    0xFF70: Command(_state, exactly(6), modern=True),
}
