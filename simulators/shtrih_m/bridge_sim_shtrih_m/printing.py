"""Everything that is printed beside fiscal documents: lines, codes, graphics, copies, free documents; cutter, feed, drawer.

Source: protocol-specs/shtrih-m, "Commands a first driver needs", "Extras". What has dots stands on the paper as text in brackets.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge_sim_fn import wording

from bridge_sim_shtrih_m import render, states
from bridge_sim_shtrih_m.answers import le
from bridge_sim_shtrih_m.refusals import NO_DATA, NOTHING_TO_REPEAT, PARAMETERS, Refusal
from bridge_sim_shtrih_m.request import Call, Command, exactly

if TYPE_CHECKING:
    from bridge_sim_shtrih_m.register import Register

_RECEIPT_TAPE, _JOURNAL_TAPE = 2, 1  # flags: where a line is printed; there is no journal here
_BLOCK = 64
_BLOCKS = 128
_GRAPHICS = 200
_QR = 3
_VERSIONS, _LEVELS = 40, 4
_DOTS = range(3, 9)  # of a module's side
_CODES_2D = {0: "PDF417", 1: "DataMatrix", 2: "Aztec", 3: "QR"}
_CODES_1D = {
    0: "UPC-A", 1: "UPC-E", 2: "EAN-13", 3: "EAN-8", 4: "Code39", 5: "ITF", 6: "Codabar", 7: "Code93", 8: "Code128",
    10: "PDF417", 11: "GS1", 12: "GS1", 13: "GS1", 14: "GS1", 15: "GS1", 16: "GS1", 17: "GS1",
}  # fmt: skip


def _line(register: Register, call: Call) -> bytes:
    flags = call.request.number()
    if call.code == 0x2F:
        call.request.number()  # the font
    if not flags & (_RECEIPT_TAPE | _JOURNAL_TAPE):
        raise Refusal(PARAMETERS)
    if flags & _RECEIPT_TAPE:
        _print(register, call, call.request.text())
    return b""


def _print(register: Register, call: Call, *lines: str) -> None:
    """Beside a document a line is a document of its own for the truth; within one it belongs to that."""
    register.print(*lines)
    receipt = register.memory.receipt
    if receipt is not None:
        receipt.texts.extend(lines)


def _cut(register: Register, call: Call) -> bytes:
    if call.request.number() > 1:
        raise Refusal(PARAMETERS)
    register.print(wording.CUT_MARK)
    if register.memory.receipt is None and not register.memory.non_fiscal:
        _issue_text(register, call)
    return b""


def _issue_text(register: Register, call: Call) -> None:
    """What was printed freely ends here."""
    if any(line != wording.CUT_MARK and line for line in register.memory.document):
        register.memory.counters.non_fiscal += 1
        number = str(register.memory.counters.non_fiscal)
        details = {"lines": [line for line in register.memory.document if line != wording.CUT_MARK]}
        register.issue("non_fiscal", number, 0, fiscal=False, origin=call.origin, details=details)
    register.end_document()


def _drawer(register: Register, call: Call) -> bytes:
    if call.request.number() > 1:
        raise Refusal(PARAMETERS)
    register.drawer_open = True
    register.drawer_opened += 1
    return b""


def _feed(register: Register, call: Call) -> bytes:
    call.request.number()
    lines = call.request.number()
    if not lines:
        raise Refusal(PARAMETERS)
    register.print(*[""] * lines)
    return b""


def _copy(register: Register, call: Call) -> bytes:
    memory = register.memory
    if not memory.last_receipt:
        raise Refusal(NOTHING_TO_REPEAT)
    register.print("КОПИЯ ЧЕКА", *memory.last_receipt)
    register.memory.document.clear()
    register.issue("copy", str(memory.fn.last), 0, fiscal=False, origin=call.origin)
    return b""


def _header(register: Register, call: Call) -> bytes:
    text = call.request.text(30)
    memory = register.memory
    register.print(*register.header(text))
    memory.counters.documents += 1
    return le(memory.counters.documents, 2)


def _cliche(register: Register, call: Call) -> bytes:
    register.print(*register.header("")[:-1])
    return b""


def _end(register: Register, call: Call) -> bytes:
    register.print(*register.ending())
    _issue_text(register, call)
    return b""


def _advertising(register: Register, call: Call) -> bytes:
    register.print(*(str(register.tables.value(4, row, 1)) for row in (1, 2, 3)))
    return b""


def _report(title: str) -> Command:
    def report(register: Register, call: Call) -> bytes:
        memory = register.memory
        lines = render.report(memory.totals, memory.cash, [], memory.counters.sums)
        register.print(*register.header(title), *lines, *register.ending())
        memory.counters.documents += 1
        register.end_document()
        register.issue("report", str(memory.counters.documents), 0, fiscal=False, origin=call.origin, details={"title": title})
        return b""

    return Command(report, exactly(5), "admin", "print", states.IDLE, op=True)


# --- codes and graphics


def _load(register: Register, call: Call) -> bytes:
    kind, block, data = call.request.number(), call.request.number(), call.request.rest()
    if kind or block >= _BLOCKS:
        raise Refusal(PARAMETERS)
    register.blocks[block] = data
    return b""


def _code_2d(register: Register, call: Call) -> bytes:
    request = call.request
    kind, size, first = request.number(), request.number(2), request.number()
    version, _, dot, _, level = request.take(5)
    align = request.number()
    needed = range(first, first + -(-size // _BLOCK))
    if kind not in _CODES_2D or align > 2 or not size or needed[-1] >= _BLOCKS:
        raise Refusal(PARAMETERS)
    if kind == _QR and not (version <= _VERSIONS and dot in _DOTS and level < _LEVELS):
        raise Refusal(PARAMETERS)
    if any(block not in register.blocks for block in needed):
        raise Refusal(NO_DATA)
    data = b"".join(register.blocks[block] for block in needed)[:size]
    text = data.decode("utf-8", "replace")
    lines = render.qr(text) if kind == _QR else [f"[{_CODES_2D[kind]}] {text}"]
    _print(register, call, *(render.aligned(line, align) for line in lines))
    return b""


def _ean13(register: Register, call: Call) -> bytes:
    digits = f"{call.request.number(5):012d}"
    if len(digits) > 12:
        raise Refusal(PARAMETERS)
    check = -sum(int(digit) * (3 if at % 2 else 1) for at, digit in enumerate(digits)) % 10
    _print(register, call, f"[EAN-13] {digits}{check}")
    return b""


def _code_1d(register: Register, call: Call) -> bytes:
    request = call.request
    request.take(4)
    kind, text = request.number(), request.text()
    if kind not in _CODES_1D or not text:
        raise Refusal(PARAMETERS)
    _print(register, call, f"[{_CODES_1D[kind]}] {text}")
    return b""


def _load_graphics(register: Register, call: Call) -> bytes:
    line = call.request.number()
    if not 1 <= line <= _GRAPHICS:
        raise Refusal(PARAMETERS)
    register.graphics[line] = call.request.rest()
    return b""


def _print_graphics(register: Register, call: Call) -> bytes:
    first, last = call.request.number(), call.request.number()
    if not 1 <= first <= last <= _GRAPHICS:
        raise Refusal(PARAMETERS)
    _print(register, call, f"[графика {first}-{last}]")
    return b""


# --- documents that are not fiscal


def _open_free(register: Register, call: Call) -> bytes:
    register.memory.non_fiscal = True
    register.print(*register.header("НЕФИСКАЛЬНЫЙ ДОКУМЕНТ"))
    return b""


def _close_free(register: Register, call: Call) -> bytes:
    register.memory.non_fiscal = False
    register.print(*register.ending())
    _issue_text(register, call)
    return b""


def _text(least: int, size: int) -> Command:
    """A line: `size` characters filled up with zeros, as old models insist; others take any length."""
    return Command(_line, (least, 255), work="print", legal=states.PRINTS, op=True, old_length=(least + size, 255))


COMMANDS = {
    0x12: _text(6, 20),
    0x17: _text(6, 40),
    0x2F: _text(7, 40),
    0x18: Command(_header, exactly(37), work="print", legal=states.IDLE, op=True),
    0x25: Command(_cut, exactly(6), work="print", legal=states.PRINTS, op=True),
    0x28: Command(_drawer, exactly(6), work="set", op=True),
    0x29: Command(_feed, exactly(7), work="print", legal=states.PRINTS, op=True),
    0x2C: _report("ОТЧЕТ ПО ОПЕРАЦИОННЫМ РЕГИСТРАМ"),
    0x42: _report("ОТЧЕТ ПО ОТДЕЛАМ"),
    0x43: _report("ОТЧЕТ ПО НАЛОГАМ"),
    0x44: _report("ОТЧЕТ ПО КАССИРАМ"),
    0x45: _report("ПОЧАСОВОЙ ОТЧЕТ"),
    0x46: _report("ОТЧЕТ ПО ТОВАРАМ"),
    0x52: Command(_cliche, exactly(5), work="print", legal=states.IDLE, op=True),
    0x53: Command(_end, exactly(6), work="print", legal=states.IDLE, op=True),
    0x54: Command(_advertising, exactly(5), work="print", legal=states.IDLE, op=True),
    0x8C: Command(_copy, exactly(5), work="print", legal=states.IDLE, op=True),
    0xC0: Command(_load_graphics, exactly(46), work="set", op=True),
    0xC1: Command(_print_graphics, exactly(7), work="print", legal=states.PRINTS, op=True),
    0xC2: Command(_ean13, exactly(10), work="print", legal=states.PRINTS, op=True),
    0xCB: Command(_code_1d, (11, 57), work="print", legal=states.PRINTS, op=True),
    0xDD: Command(_load, exactly(71), work="set", op=True),
    0xDE: Command(_code_2d, exactly(15), work="print", legal=states.PRINTS, op=True),
    0xE2: Command(_open_free, exactly(5), work="print", legal=states.IDLE, op=True),
    0xE3: Command(_close_free, exactly(5), work="print", legal=states.IN_NON_FISCAL, op=True),
}
