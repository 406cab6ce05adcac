"""Commands to the FN (A4): its state, its archive, what the OFD has.

Source: protocol-specs/atol, "The FN"; the total of a found document has its highest byte first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from bridge_ffd.tlv import decode, encode
from bridge_sim_fn import storage
from bridge_sim_fn.memory import FnDocument

from bridge_sim_atol.answers import fn_date, fn_moment, head, le
from bridge_sim_atol.refusals import FN_NO_DATA, FN_PARAMETERS, Refusal
from bridge_sim_atol.request import Call, Command

if TYPE_CHECKING:
    from bridge_sim_atol.register import Register

MAX_REGISTRATIONS = 12
_BLOCK = 250
_RECEIPTS = frozenset((storage.FORM_RECEIPT, storage.FORM_CORRECTION))
_SHIFTS = frozenset((storage.FORM_OPENING, storage.FORM_CLOSING))
_CONNECTED, _WAITING = 0x01, 0x02

FnHandler = Callable[["Register", Call], bytes]


def _status(register: Register, call: Call) -> bytes:
    fn = register.memory.fn
    current = fn.current
    last = fn.documents[-1] if fn.documents else None
    return (
        bytes((fn.life, current.kind if current else 0, bool(current and current.tlv), fn.shift_open))
        + bytes((storage.warnings(register),))
        + (fn_moment(last.at) if last else bytes(5))
        + fn.serial.encode()
        + le(fn.last, 4)
    )


def _number(register: Register, call: Call) -> bytes:
    return register.memory.fn.serial.encode()


def _validity(register: Register, call: Call) -> bytes:
    fn = register.memory.fn
    done = len(fn.registrations)
    more = bytes((max(MAX_REGISTRATIONS - done, 0), done)) if register.settings.fn_validity_long else b""
    return fn_date(fn.expires) + more


def _version(register: Register, call: Call) -> bytes:
    return b"fn_v_1_2        " + bytes((0,))


def _last_error(register: Register, call: Call) -> bytes:
    call.request.take(call.request.left)
    return b"\0"


def _exchange(register: Register, call: Call) -> bytes:
    waiting = register.memory.fn.queue
    state = (_CONNECTED if register.settings.ofd == "reachable" else 0) | (_WAITING if waiting else 0)
    first = le(waiting[0].number, 4) + fn_moment(waiting[0].at) if waiting else bytes(9)
    return bytes((state, 0)) + le(len(waiting), 2) + first


def _found(register: Register, call: Call) -> FnDocument:
    document = register.memory.fn.find(call.request.little(4))
    if document is None:
        raise Refusal(FN_NO_DATA)
    return document


def _find(register: Register, call: Call) -> bytes:
    document = _found(register, call)
    answer = bytes((document.form, document.ticket)) + head(document)
    if document.form in _RECEIPTS:
        return answer + bytes((document.operation,)) + document.total.to_bytes(5, "big")
    if document.form in _SHIFTS:
        return answer + le(document.shift, 2)
    done = next((one for one in register.memory.fn.registrations if one.number == document.number), None)
    if done is None:
        return answer
    return answer + done.inn.encode().ljust(12) + done.rnm.encode().ljust(20) + bytes((done.tax_systems, done.mode))


def _choose(register: Register, call: Call) -> bytes:
    document = _found(register, call)
    register.reading, register.position = document.number, 0
    return le(document.form, 2) + le(len(document.tlv) // 2, 2)


def _next(register: Register, call: Call) -> bytes:
    document = register.memory.fn.find(register.reading)
    tags = decode(bytes.fromhex(document.tlv), strict=False) if document is not None else ()
    if register.position >= len(tags):
        register.reading = register.position = 0
        raise Refusal(FN_NO_DATA)
    block = b""
    while register.position < len(tags):
        tag = encode((tags[register.position],))
        if block and (register.settings.tlv_read == "tag" or len(block) + len(tag) > _BLOCK):
            break
        block += tag
        register.position += 1
    return block


HANDLERS: Mapping[int, FnHandler] = {
    0x20: _exchange,
    0x30: _status,
    0x31: _number,
    0x32: _validity,
    0x33: _version,
    0x35: _last_error,
    0x40: _find,
    0x45: _choose,
    0x46: _next,
}


def _command(register: Register, call: Call) -> bytes:
    handler = HANDLERS.get(call.request.byte())
    if handler is None:
        raise Refusal(FN_PARAMETERS)
    return handler(register, call)


COMMANDS = {0xA4: Command(_command, during=True)}
