"""The registers of 91h. Source: protocol-specs/atol, "Registers"."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from bridge_sim_fn import storage, wording
from bridge_sim_fn.memory import FnDocument

from bridge_sim_atol import receipts, render
from bridge_sim_atol.answers import bcd, day_month_year, moment
from bridge_sim_atol.memory import OPERATIONS, PAYMENTS, Kind
from bridge_sim_atol.refusals import FORMAT, UNKNOWN, Refusal
from bridge_sim_atol.request import Call, Command

if TYPE_CHECKING:
    from bridge_sim_atol.register import Register

_REGISTRATIONS = 12
_TAX_SUMS = 36  # bytes behind the numbers of register 13h: six sums of BCD6

Reader = Callable[["Register", int, int], bytes]


def _kind(register: Register, number: int) -> Kind:
    if number not in OPERATIONS:
        raise Refusal(FORMAT)
    return register.memory.totals.of(number)


def _payment(register: Register, kind: int, number: int) -> int:
    if not 1 <= number <= PAYMENTS:
        return 0
    return _kind(register, kind).payments[number - 1]


def _revenue(register: Register) -> int:
    """Cash and all else: what came in of sales and returned purchases, less the others."""
    totals = register.memory.totals
    return totals.of(1).sum + totals.of(5).sum - totals.of(2).sum - totals.of(4).sum


def _signed(amount: int, size: int) -> bytes:
    return bytes((amount < 0,)) + bcd(abs(amount), size)


def _shift(register: Register, first: int, second: int) -> bytes:
    opened = register.memory.fn.shift_opened
    if opened is None:
        return bytes(7)
    state = 2 if storage.shift_expired(register) else 1
    return bytes((state,)) + moment(opened + storage.DAY, seconds=True)


def _receipt(register: Register, first: int, second: int) -> bytes:
    memory = register.memory
    receipt, fn = memory.receipt, memory.fn
    taxes = bytes(_TAX_SUMS)
    if receipt is None:
        return bytes(2) + bcd(fn.receipts, 2) + bcd(fn.last, 4) + taxes
    taxes = b"".join(bcd(receipts.tax_of(receipt, code), 6) for code in range(1, 7))
    return bytes((0, receipt.type)) + bcd(fn.receipts + 1, 2) + bcd(fn.last + 1, 4) + taxes


def _sums(register: Register, first: int, second: int) -> bytes:
    receipt = register.memory.receipt
    if receipt is None:
        return bytes(15)
    return bcd(receipt.total, 5) + bcd(receipt.remainder, 5) + bcd(receipt.change, 5)


def _registrations(register: Register, first: int, second: int) -> bytes:
    fn = register.memory.fn
    done = len(fn.registrations)
    return bcd(done, 1) + bcd(max(_REGISTRATIONS - done, 0), 1) + day_month_year(fn.expires)


def _user(register: Register, first: int, second: int) -> bytes:
    done = register.memory.fn.registrations
    return bcd(int(done[-1].inn) if done else 0, 6)


def _exchange(register: Register, first: int, second: int) -> bytes:
    """Errors of the exchange with the OFD: that of the network, of the OFD, of the FN."""
    waiting = register.memory.fn.queue
    if not waiting:
        return bytes(9)
    return bytes((0x01, 0, 0)) + bcd(waiting[0].number, 5) + bytes((0x20,))


def _last_registration(register: Register, first: int, second: int) -> bytes:
    done = register.memory.fn.registrations
    return bcd(done[-1].number, 5) + moment(done[-1].at) if done else bytes(10)


def _document(document: FnDocument | None) -> tuple[bytes, bytes, bytes]:
    """Number, time and sign."""
    if document is None:
        return bytes(5), bytes(5), bytes(5)
    return bcd(document.number, 5), moment(document.at), bcd(document.sign, 5)


def _last_receipt(register: Register, first: int, second: int) -> bytes:
    last = register.memory.last_receipt
    document = register.memory.fn.find(last.document) if last is not None else None
    number, at, sign = _document(document)
    kind, total = (last.type, last.total) if last is not None and document is not None else (0, 0)
    return number + bytes((kind,)) + bcd(total, 7) + at + sign


def _last_document(register: Register, first: int, second: int) -> bytes:
    documents = register.memory.fn.documents
    return b"".join(_document(documents[-1] if documents else None))


def _formats(register: Register, first: int, second: int) -> bytes:
    settings = register.settings
    if not settings.format_register:
        raise Refusal(UNKNOWN)
    current = storage.FFD_NUMBERS[settings.ffd]
    return bytes((4, 4, current)) + day_month_year(register.now()) + bytes((2, 4))


def _sent(register: Register, first: int, second: int) -> bytes:
    """The last document that the OFD has."""
    sent = [document for document in register.memory.fn.documents if document.ticket]
    return bcd(sent[-1].number, 5) + moment(sent[-1].at, seconds=True) if sent else bytes(11)


def _documents(register: Register, first: int, second: int) -> bytes:
    fn = register.memory.fn
    return bytes(5) + bcd(sum(document.shift == fn.shift for document in fn.documents) if fn.shift_open else 0, 5)


def _receipt_tax(register: Register, first: int, second: int) -> bytes:
    receipt = register.memory.receipt
    return bcd(receipts.tax_of(receipt, first) if receipt is not None else 0, 6)


def _shift_tax(register: Register, first: int, second: int) -> bytes:
    kind = _kind(register, first)
    return bcd(kind.taxes[second - 1] if 1 <= second <= len(kind.taxes) else 0, 6)


def _grand(register: Register, first: int, second: int) -> bytes:
    paid = register.memory.grand.get(str(first), [])
    return bcd(sum(paid), 7)


def _grand_payment(register: Register, first: int, second: int) -> bytes:
    paid = register.memory.grand.get(str(first), [])
    return bcd(paid[second - 1] if 1 <= second <= len(paid) else 0, 7)


def _now(register: Register) -> datetime:
    return register.now()


REGISTERS: Mapping[int, Reader] = {
    0x01: lambda register, kind, _: bcd(_kind(register, kind).sum, 6),
    0x03: lambda register, kind, number: bcd(_payment(register, kind, number), 6),
    0x04: lambda register, *_: bcd(register.memory.totals.cash_in, 6),
    0x05: lambda register, *_: bcd(register.memory.totals.cash_out, 6),
    0x06: lambda register, kind, _: bcd(_kind(register, kind).items, 2),
    0x08: lambda register, *_: bcd(register.memory.totals.cash_ins, 2),
    0x09: lambda register, *_: bcd(register.memory.totals.cash_outs, 2),
    0x0A: lambda register, *_: bcd(register.memory.cash, 7),
    0x0B: lambda register, *_: _signed(_revenue(register), 6),
    0x0C: lambda register, *_: _signed(_revenue(register), 7),
    0x11: lambda register, *_: moment(_now(register), seconds=True),
    0x12: _shift,
    0x13: _receipt,
    0x14: _sums,
    0x15: lambda register, *_: bcd(register.memory.fn.shift - register.memory.fn.shift_open, 2),
    0x16: lambda register, *_: bcd(int(register.settings.serial), 7),
    0x18: lambda register, *_: bcd(wording.WIDTH, 1) + bcd(render.DOTS, 2),
    0x1A: _registrations,
    0x1B: _user,
    0x24: lambda register, *_: register.settings.version.encode(),
    0x27: lambda register, *_: bcd(31, 1),
    0x28: _grand,
    0x2A: lambda register, kind, _: bcd(_kind(register, kind).discounts, 6) + bytes(6),
    0x2B: _exchange,
    0x2E: lambda register, kind, _: bcd(_kind(register, kind).annulled_sum, 7),
    0x30: _last_registration,
    0x33: _last_receipt,
    0x34: _last_document,
    0x35: lambda register, *_: bcd(register.memory.fn.receipts, 3) + bcd(register.memory.fn.shift, 3),
    0x36: _formats,
    0x37: lambda register, *_: bytes(5),
    0x38: _grand_payment,
    0x39: _sent,
    0x3A: _documents,
    0x3B: lambda register, *_: bytes(2),
    0x3C: _shift_tax,
    0x3D: _receipt_tax,
    0x41: lambda register, kind, _: bcd(_kind(register, kind).receipts, 5) + bcd(_kind(register, kind).annulled, 5),
    0x42: lambda register, *_: bcd(0, 5),
    0x43: lambda register, *_: bcd(0, 5),
}


def _read(register: Register, call: Call) -> bytes:
    number, first, second = call.request.byte(), call.request.byte(), call.request.byte()
    reader = REGISTERS.get(number)
    if reader is None:
        raise Refusal(UNKNOWN)
    return reader(register, first, second)


COMMANDS = {0x91: Command(_read, during=True)}
