"""Commands to the FN: its state, its archive, what the OFD has, registration, report on settlements.

Source: protocol-specs/shtrih-m, "FN commands".
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge_ffd.tags import Tag
from bridge_ffd.tlv import Tlv, decode, encode
from bridge_sim_fn import storage
from bridge_sim_fn.memory import FISCAL_MODE, FN_CLOSING, NO_DOCUMENT, REGISTERING, SETTLEMENTS, FnDocument, Registration

from bridge_sim_shtrih_m import fn, states
from bridge_sim_shtrih_m.answers import date_time, fn_date, le, numbers
from bridge_sim_shtrih_m.refusals import FN_NO_DATA, FN_STATE, PARAMETERS, Refusal
from bridge_sim_shtrih_m.request import Call, Command, Request, exactly

if TYPE_CHECKING:
    from bridge_sim_shtrih_m.register import Register

MAX_REGISTRATIONS = 30
_BLOCK = 250
_RESOURCE_KB = 5 * 1024  # of 30 days of documents that wait for the OFD
_JAVAPOS_TYPES = {storage.FORM_CORRECTION: 0x14, storage.FORM_FN_CLOSING: 0x10}
_RECEIPTS = frozenset((storage.FORM_RECEIPT, storage.FORM_CORRECTION))
_SHIFTS = frozenset((storage.FORM_OPENING, storage.FORM_CLOSING))
_CP866 = "cp866"


def _found(register: Register, number: int) -> FnDocument:
    document = register.memory.fn.find(number)
    if document is None:
        raise Refusal(FN_NO_DATA)
    return document


def _status(register: Register, call: Call) -> bytes:
    kept = register.memory.fn
    current = kept.current
    last = kept.documents[-1] if kept.documents else None
    return (
        bytes((kept.life, current.kind if current else 0, bool(current and current.tlv), kept.shift_open))
        + bytes((storage.warnings(register),))
        + (date_time(last.at) if last else bytes(5))
        + kept.serial.encode()
        + le(kept.last, 4)
    )


def _serial(register: Register, call: Call) -> bytes:
    return register.memory.fn.serial.encode()


def _expiry(register: Register, call: Call) -> bytes:
    storage = register.memory.fn
    done = len(storage.registrations)
    return fn_date(storage.expires.date()) + bytes((MAX_REGISTRATIONS - done, done))


def _version(register: Register, call: Call) -> bytes:
    return b"fn_v_1_2        " + bytes((0,))


def _find(register: Register, call: Call) -> bytes:
    document = _found(register, call.request.number(4))
    form = document.form
    if register.settings.fn_type_numbers == "document":
        form = _JAVAPOS_TYPES.get(form, form)
    answer = bytes((form, document.ticket)) + date_time(document.at) + numbers(document)
    return answer + _about(register, document)


def _about(register: Register, document: FnDocument) -> bytes:
    """What each kind of document has behind the common head."""
    if document.form in _RECEIPTS:
        return bytes((document.operation,)) + le(document.total, int(register.settings.ff0a_total))
    if document.form in _SHIFTS:
        return le(document.shift, 2)
    last = register.memory.fn.registrations[-1]
    if document.form == storage.FORM_FN_CLOSING:
        return _who(last)
    done = next((one for one in register.memory.fn.registrations if one.number == document.number), None)
    if done is None:
        return b""
    reason = bytes((_reason(done),)) if document.form == storage.FORM_CHANGE else b""
    return _who(done) + bytes((done.tax_systems, done.mode)) + reason


def _who(registration: Registration) -> bytes:
    return registration.inn.encode().ljust(12) + registration.rnm.encode().ljust(20)


def _reason(registration: Registration) -> int:
    """Why the registration was changed, as a number from 1 on; 0 for the first one."""
    return registration.reasons.bit_length()


# --- reading a document


def _choose(register: Register, call: Call) -> bytes:
    document = _found(register, call.request.number(4))
    memory = register.memory
    memory.reading, memory.position = document.number, 0
    return le(document.form, 2) + le(len(document.tlv) // 2, 2)


def _next(register: Register, call: Call) -> bytes:
    memory = register.memory
    if not memory.reading:
        raise Refusal(FN_NO_DATA)
    tags = decode(bytes.fromhex(_found(register, memory.reading).tlv), strict=False)
    if memory.position >= len(tags):
        memory.reading = memory.position = 0
        raise Refusal(int(register.settings.tlv_end, 16))
    block = b""
    while memory.position < len(tags):
        tag = encode((tags[memory.position],))
        if block and (register.settings.tlv_read == "tag" or len(block) + len(tag) > _BLOCK):
            break
        block += tag
        memory.position += 1
    return block


def _ticket(register: Register, call: Call) -> bytes:
    document = _found(register, call.request.number(4))
    if not document.ticket:
        raise Refusal(FN_NO_DATA)
    return encode(
        (
            Tlv(Tag.OFD_INN, storage.OFD_INN),
            Tlv(Tag.FN_NUMBER, register.memory.fn.serial),
            Tlv(Tag.DOCUMENT_NUMBER, document.number),
            Tlv(Tag.DATE_TIME, document.at.replace(tzinfo=None)),
            Tlv(Tag.OFD_ANSWER, 0),
        )
    )


# --- what the OFD has


def _exchange(register: Register, call: Call) -> bytes:
    waiting = register.memory.fn.queue
    transport = register.settings.ofd == "reachable"
    state = (1 if transport else 0) | (2 if waiting else 0)
    first = le(waiting[0].number, 4) + date_time(waiting[0].at) if waiting else bytes(9)
    return bytes((state, 0)) + le(len(waiting), 2) + first


def _unconfirmed(register: Register, call: Call) -> bytes:
    return le(len(register.memory.fn.queue), 2)


# --- registration


def _registration(register: Register, number: int) -> Registration:
    """0 stands for the last one."""
    done = register.memory.fn.registrations
    if not done:
        raise Refusal(FN_STATE)
    if number > len(done):
        raise Refusal(FN_NO_DATA)
    return done[number - 1]


def _summary(register: Register, registration: Registration, more: bytes = b"") -> bytes:
    """`more`: of FFD 1.05, what FF4C has before the numbers."""
    answer = date_time(registration.at) + _who(registration) + bytes((registration.tax_systems, registration.mode))
    if register.format != "1.05":
        more = bytes((0,)) + storage.OFD_INN.encode().ljust(12) + le(registration.reasons, 4)
    return answer + more + le(registration.number, 4) + le(registration.sign, 4)


def _last_registration(register: Register, call: Call) -> bytes:
    """In FFD 1.05 with the time once more, where answers are extended."""
    last = _registration(register, 0)
    again = register.settings.extended_answers and register.format == "1.05"
    return _summary(register, last) + (date_time(last.at) if again else b"")


def _some_registration(register: Register, call: Call) -> bytes:
    """In FFD 1.05 with the reason, of every one but the first."""
    number = call.request.number()
    done = _registration(register, number)
    return _summary(register, done, bytes((_reason(done),)) if done.reasons else b"")


def _registration_tag(register: Register, call: Call) -> bytes:
    registration, tag = _registration(register, call.request.number()), call.request.number(2)
    document = _found(register, registration.number)
    found = [item for item in decode(bytes.fromhex(document.tlv), strict=False) if item.tag == tag]
    if not found:
        raise Refusal(FN_NO_DATA)
    return encode(found)


def _begin_registration(register: Register, call: Call) -> bytes:
    again = call.request.number()
    fn.check(register, registering=True)
    if bool(again) != bool(register.memory.fn.registrations):
        raise Refusal(FN_STATE)
    storage.begin(register, REGISTERING)
    return b""


def _form_registration(register: Register, call: Call) -> bytes:
    inn, rnm, systems, mode = _read_registration(call.request)
    form = storage.FORM_CHANGE if register.memory.fn.registrations else storage.FORM_REGISTRATION
    document = storage.register_device(register, mode, form, inn=inn, rnm=rnm, tax_systems=systems)
    return _registered(register, document, call.origin)


def _register_again(register: Register, call: Call) -> bytes:
    """What FF06 has, and the reason: 1 another FN, 2 another OFD, 3 the user's data, 4 settings."""
    _registration(register, 0)
    if len(register.memory.fn.registrations) >= MAX_REGISTRATIONS:
        raise Refusal(FN_STATE)
    inn, rnm, systems, mode = _read_registration(call.request)
    reason = call.request.number()
    if not 1 <= reason <= 4:
        raise Refusal(PARAMETERS)
    fn.check(register)
    document = storage.register_device(
        register, mode, storage.FORM_CHANGE, 1 << reason - 1, inn=inn, rnm=rnm, tax_systems=systems
    )
    return _registered(register, document, call.origin)


def _read_registration(request: Request) -> tuple[str, str, int, int]:
    """INN, registration number, taxation systems, mode."""
    inn, rnm = request.take(12).decode(_CP866).strip("\0 "), request.take(20).decode(_CP866).strip("\0 ")
    systems, mode = request.number(), request.number()
    if len(inn) not in (10, 12) or not inn.isdigit() or not rnm or not 0 < systems < 64:
        raise Refusal(PARAMETERS)
    return inn, rnm, systems, mode


def _registered(register: Register, document: FnDocument, origin: str) -> bytes:
    title = "ОТЧЕТ О РЕГИСТРАЦИИ" if document.form == storage.FORM_REGISTRATION else "ОТЧЕТ ОБ ИЗМ. ПАРАМЕТРОВ РЕГ."
    _paper(register, title, document, "registration", origin)
    return numbers(document, extended=register.settings.extended_answers)


# --- report on settlements, closing of the FN


def _begin(kind: int) -> Command:
    def begin(register: Register, call: Call) -> bytes:
        fn.check(register, closing=True)
        storage.begin(register, kind)
        return b""

    legal = states.SHIFT_CLOSED if kind == FN_CLOSING else states.IDLE
    return Command(begin, exactly(6), "sysadmin", "fill", legal, frozenset((NO_DOCUMENT,)))


def _settlements(register: Register, call: Call) -> bytes:
    """Begun by FF37, or by nothing: hosts send it alone."""
    fn.check(register, closing=True)
    waiting = register.memory.fn.queue
    tags = [Tlv(Tag.UNSENT_DOCUMENTS, len(waiting))]
    document = storage.record(register, storage.FORM_SETTLEMENTS, tags)
    _paper(register, "ОТЧЕТ О СОСТОЯНИИ РАСЧЕТОВ", document, "settlements_report", call.origin)
    first = fn_date(waiting[0].at.date()) if waiting else bytes(3)
    again = date_time(document.at) if register.settings.extended_answers else b""
    return numbers(document) + le(len(waiting), 4) + first + again


def _close_fn(register: Register, call: Call) -> bytes:
    document = storage.record(register, storage.FORM_FN_CLOSING, [])
    register.memory.fn.life |= 0x04
    _paper(register, "ОТЧЕТ О ЗАКРЫТИИ ФН", document, "fn_closing", call.origin)
    return numbers(document, extended=register.settings.extended_answers)


def _paper(register: Register, title: str, document: FnDocument, kind: str, origin: str) -> None:
    register.print(*register.header(title), *register.requisites(document), *register.ending())
    register.memory.counters.documents += 1
    register.end_document()
    details = {"document": document.number, "sign": document.sign}
    register.issue(kind, str(document.number), 0, fiscal=True, origin=origin, details=details)


def _synchronise(register: Register, call: Call) -> bytes:
    if register.memory.fn.life != FISCAL_MODE:
        raise Refusal(FN_STATE)
    return b""


def _resource(register: Register, call: Call) -> bytes:
    left = register.settings.fn_capacity - len(register.memory.fn.documents)
    answer = le(left, 4) + le(_RESOURCE_KB, 4)
    return answer + bytes((0,)) if register.format == "1.2" else answer


_SYSADMIN = exactly(6)

COMMANDS = {
    0xFF01: Command(_status, _SYSADMIN, "sysadmin"),
    0xFF02: Command(_serial, _SYSADMIN, "sysadmin"),
    0xFF03: Command(_expiry, _SYSADMIN, "sysadmin"),
    0xFF04: Command(_version, _SYSADMIN, "sysadmin"),
    0xFF05: Command(_begin_registration, exactly(7), "sysadmin", "fill", states.SHIFT_CLOSED, frozenset((NO_DOCUMENT,))),
    0xFF06: Command(_form_registration, exactly(40), "sysadmin", "print", states.SHIFT_CLOSED, frozenset((REGISTERING,))),
    0xFF09: Command(_last_registration, _SYSADMIN, "sysadmin"),
    0xFF0A: Command(_find, exactly(10), "sysadmin"),
    0xFF0E: Command(_registration_tag, exactly(9), "sysadmin"),
    0xFF34: Command(_register_again, exactly(41), "sysadmin", "print", states.SHIFT_CLOSED, frozenset((NO_DOCUMENT,))),
    0xFF37: _begin(SETTLEMENTS),
    0xFF38: Command(_settlements, _SYSADMIN, "sysadmin", "print", states.IDLE, frozenset((NO_DOCUMENT, SETTLEMENTS))),
    0xFF39: Command(_exchange, _SYSADMIN, "sysadmin"),
    0xFF3A: Command(_choose, exactly(10), "sysadmin"),
    0xFF3B: Command(_next, _SYSADMIN, "sysadmin"),
    0xFF3C: Command(_ticket, exactly(10), "sysadmin"),
    0xFF3D: _begin(FN_CLOSING),
    0xFF3E: Command(_close_fn, _SYSADMIN, "sysadmin", "print", states.SHIFT_CLOSED, frozenset((FN_CLOSING,))),
    0xFF3F: Command(_unconfirmed, _SYSADMIN, "sysadmin"),
    0xFF4C: Command(_some_registration, exactly(7), "sysadmin"),
    0xFF60: Command(_registration_tag, exactly(9), "sysadmin"),
    0xFF62: Command(_synchronise, _SYSADMIN, "sysadmin"),
    0xFF63: Command(_resource, _SYSADMIN, "sysadmin"),
}
