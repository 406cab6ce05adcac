"""Checks one test vector against the codec and the table of commands.

Vectors have the form of protocol-specs/atol/vectors.json: name, direction, hex, meaning, source. Nothing here raises on a broken
vector: what is broken is a difference.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from bridge_ffd.signs import sign_of_tag
from bridge_ffd.tlv import Tlv, TlvError, decode, encode

from bridge.plugin import VectorCheck, VectorComparison, write_fields
from bridge_atol.answers import error_of, exchange_status, values_of
from bridge_atol.errors import ERRORS
from bridge_atol.frame import (
    Abort,
    Ack,
    Add,
    Decoder,
    Decoder2,
    Frame,
    Frame2,
    LocalError,
    Report,
    Request,
    bcc,
    order_of,
    report_of,
)
from bridge_atol.layout import Value
from bridge_atol.vocabulary import REGISTERS, SHAPES, STORAGE, Shape, code_of
from bridge_atol.web import vectors as web_vectors

NOT_COMPARED: dict[str, str] = {
    "direction": "who sent it; what these bytes are does not depend on it",
    "note": "words for the reader",
    "what": "words for the reader",
    "command_name": "words for the reader",
    "status": "words for the reader",
    "driver_code": "a number of the vendor's driver, which the wire does not have",
    "json_task": "what the vendor's driver was told; its commands are compared",
    "rule": "words for the reader",
    "case": "words for the reader",
}

NOT_BUILT: dict[str, str] = {}
"""Layers of which nothing is held against this plugin, with the reason."""

_TO_DEVICE = "host->device"


def check_vector(vector: Mapping[str, Any]) -> VectorCheck:
    """Decodes the bytes of a vector, compares each key of its meaning, encodes again. Never raises."""
    name = str(vector.get("name", "(no name)"))
    check = VectorComparison()
    meaning = vector.get("meaning")
    if not isinstance(meaning, Mapping):
        return VectorCheck(name, differences=("meaning: is missing",))
    layer = meaning.get("layer")
    if layer in NOT_BUILT:
        return VectorCheck(name, not_built=NOT_BUILT[str(layer)])
    got: dict[str, Any] = {}
    if layer == "v3-task-payload":
        check.note("direction")
    else:
        check.skipped["direction"] = NOT_COMPARED["direction"]
    try:
        raw = bytes.fromhex(vector["hex"])
        got = _MEANINGS[layer](raw, str(vector.get("direction")), meaning, check)
    except KeyError as problem:
        check.differ(f"{'layer' if 'hex' in vector else 'hex'}: {problem} is not known")
    except (TypeError, ValueError) as problem:
        check.differ(f"hex: {problem}")
    for key, said in meaning.items():
        if key == "layer":
            check.note(key)  # it chose what the bytes were read as
        elif key in NOT_COMPARED:
            check.skipped[key] = NOT_COMPARED[key]
        elif key in got:
            check.equal(key, said, got[key])
        elif not check.differences:
            check.differ(f"{key}: no rule for this key")
    return check.outcome(name, frozenset(("direction", "layer")))


# --- frames and tasks


def _frame(raw: bytes, direction: str, meaning: Mapping[str, Any], check: VectorComparison) -> dict[str, Any]:
    decoder = Decoder()
    events = [*decoder.feed(raw), *decoder.interrupt()]
    if len(events) != 1 or not isinstance(events[0], Frame):
        raise ValueError(f"not one frame: {events}")
    frame = events[0]
    check.equal("hex", raw.hex(), frame.to_bytes().hex())
    return {"packet_id": frame.id, "payload": frame.payload.hex(), **_order(frame.payload, check)}


def _frame2(raw: bytes, direction: str, meaning: Mapping[str, Any], check: VectorComparison) -> dict[str, Any]:
    """One of them shows the stuffing alone, with data that are no command: it names none."""
    decoder = Decoder2()
    events = [*decoder.feed(raw), *decoder.interrupt()]
    if len(events) != 1 or not isinstance(events[0], Frame2):
        raise ValueError(f"not one frame: {events}")
    data = events[0].data
    check.equal("hex", raw.hex(), events[0].to_bytes().hex())
    got: dict[str, Any] = {"data": data.hex(), "bcc": f"{bcc(raw[1:-1]):02X}"}
    if "command" in meaning:
        values = _command(data[2:], check)
        got |= {"password": data[:2].hex(), "command": data[2:3].hex().upper()}
        got |= {key: values[name] for key, name in _VALUES2.items() if name in values}
    return got


_VALUES2 = {"mode": "mode", "mode_password": "mode_password", "flags": "flags", "sum_kopecks": "sum"}


def _order(payload: bytes, check: VectorComparison) -> dict[str, Any]:
    """A unit test of one source feeds an order to the reader of answers: what the bytes are does not depend on who sent them."""
    order = order_of(payload)
    if order is None:
        raise ValueError(f"{payload.hex()} is no order to the buffer")
    try:
        check.equal("hex", payload.hex(), order.to_bytes().hex())
    except LocalError as problem:
        check.differ(f"hex: cannot be built: {problem}")
    match order:
        case Abort():
            return {"task": "abort"}
        case Request(task):
            return {"task": "req", "tid": task}
        case Ack(task):
            return {"task": "ack", "tid": task}
        case Add():
            command = order.data[2:]
            _command(command, check)
            built = {"task": "add", "flags": int(order.flags), "tid": order.task, "password": order.data[:2].hex()}
            return {**built, "command": command[:1].hex().upper(), "params": command[1:].hex()}


def _command(data: bytes, check: VectorComparison) -> dict[str, Value]:
    """The fields of a command, read by the table and written again."""
    shape = _shape(data)
    values = check.rewritten(str(shape), shape.request, data[len(shape.head) :])
    if shape.code == 0xE8:
        # The vendor's driver writes sums with zeros in front; what they say is the same.
        tags = decode(values["tags"], strict=False)
        check.equal("tags", tags, decode(encode(tags), strict=False))
    return values


def _shape(data: bytes) -> Shape:
    code = code_of(data)
    if code not in SHAPES:
        raise ValueError(f"the command {data[:2].hex()} is in no table")
    return SHAPES[code]


def _payload(raw: bytes, direction: str, meaning: Mapping[str, Any], check: VectorComparison) -> dict[str, Any]:
    if direction == _TO_DEVICE:
        return _order(raw, check)
    report = report_of(raw)
    if report is None:
        raise ValueError(f"{raw.hex()} is no report of the buffer")
    check.equal("hex", raw.hex(), report.to_bytes().hex())
    return _report(report, meaning, check)


def _report(report: Report, meaning: Mapping[str, Any], check: VectorComparison) -> dict[str, Any]:
    check.equal("state", str(meaning.get("status", "")).split(" ")[0], f"{report.state:02X}")
    return {"tid": report.task, "data": report.data.hex().upper()}


# --- answers


def _answer(raw: bytes, direction: str, meaning: Mapping[str, Any], check: VectorComparison) -> dict[str, Any]:
    request = bytes.fromhex(str(meaning.get("request", "")))
    shape = _shape(request)
    _command(request, check)
    error = error_of(shape, raw)
    if error:
        raise ValueError(f"an error: {error:02X}")
    values = values_of(shape, raw)
    if None not in values.values():  # a date that is none cannot be written
        written = write_fields(shape.answer, values)
        check.equal("hex", raw.hex(), (raw[: len(raw) - len(written)] + written).hex())
    said = meaning.get("parsed_by_vendor_driver")
    if not isinstance(said, Mapping):
        raise ValueError("parsed_by_vendor_driver: is missing")
    rules = _PARSED.get(shape.code, {})
    for key, value in said.items():
        if key in NOT_COMPARED:
            continue
        if key not in rules:
            check.differ(f"{key}: no rule for this key")
            continue
        check.equal(key, value, rules[key](values, raw))
    return {"request": meaning.get("request"), "parsed_by_vendor_driver": said}


_Rule = Callable[[Mapping[str, Value], bytes], Any]


def _value(name: str) -> _Rule:
    return lambda values, raw: values[name]


def _money(name: str, sign: str | None = None) -> _Rule:
    def rule(values: Mapping[str, Value], raw: bytes) -> str:
        minus = "-" if sign is not None and values[sign] else ""
        return f"{minus}{Decimal(values[name]).scaleb(-2):.2f}"

    return rule


def _when(name: str) -> _Rule:
    def rule(values: Mapping[str, Value], raw: bytes) -> str:
        moment: datetime = values[name]
        return moment.strftime("%Y-%m-%d %H:%M:%S")

    return rule


_EXCHANGE = SHAPES[STORAGE << 8 | 0x20]


def _exchange(read_: Callable[[Any], Any]) -> _Rule:
    return lambda values, raw: read_(exchange_status(_EXCHANGE, raw))


def _register(number: int) -> int:
    return REGISTERS << 8 | number


_PARSED: dict[int, dict[str, _Rule]] = {
    0xA5: {
        "error": lambda values, raw: raw[0],
        "protocol": _value("protocol"),
        "type": _value("type"),
        "model": _value("model"),
        "mode": lambda values, raw: values["mode"].hex(),
        "version": lambda values, raw: f"{values['version']}.{values['subversion']}",
        "language": _value("language"),
        "build": _value("build"),
        "name": _value("name"),
    },
    0x99: {"remainder": _money("remainder"), "change": _money("change")},
    _register(0x03): {"sell_electronic_payments": _money("sum")},
    _register(0x04): {"cash_in_sum": _money("sum")},
    _register(0x08): {"cash_in_count": _value("count")},
    _register(0x0A): {"cash_in_drawer": _money("sum")},
    _register(0x0B): {"revenue": _money("sum", "sign")},
    _register(0x12): {"shift_state": _value("state"), "shift_ends": _when("ends")},
    _register(0x18): {"line_chars": _value("characters"), "line_pixels": _value("pixels")},
    _register(0x2B): {
        "network_error": _value("network"),
        "ofd_error": _value("operator"),
        "fn_error": _value("storage"),
        "document_number": _value("document"),
        "fn_command": _value("command"),
    },
    _register(0x30): {
        "registration_document_number": _value("document"),
        "datetime_bcd": lambda values, raw: raw[-5:].hex(" "),
    },
    _register(0x34): {
        "document_number": _value("document"),
        "datetime_bcd": lambda values, raw: " ".join(
            f"{name}={byte:02X}" for name, byte in zip(("DD", "MM", "YY", "HH", "MM"), raw[7:12], strict=True)
        ),
        "fiscal_sign": lambda values, raw: f"{values['sign']:010d}",
    },
    _register(0x35): {"receipt_number": _value("receipt"), "shift_number": _value("shift")},
    _EXCHANGE.code: {
        "exchange_status": _exchange(lambda status: int(status.state)),
        "message_read": _exchange(lambda status: status.being_read),
        "not_sent": _exchange(lambda status: status.waiting),
        "first_not_sent": _exchange(lambda status: status.first_document),
        "datetime": lambda values, raw: (
            "binary "
            + " ".join(f"{name}={byte:02X}h" for name, byte in zip(("YY", "MM", "DD", "HH", "MI"), raw[-5:], strict=True))
        ),
    },
}


def _error(raw: bytes, direction: str, meaning: Mapping[str, Any], check: VectorComparison) -> dict[str, Any]:
    number = error_of(SHAPES[0x5A], raw, failed=True)
    if number not in ERRORS:
        raise ValueError(f"the error {number:02X} is in no table")
    check.equal("hex", raw.hex(), bytes((0x55, number, 0)).hex())
    return {"device_code": f"{number:02X}", "text": meaning.get("text")}


# --- tags and flows


def _tlv(raw: bytes, direction: str, meaning: Mapping[str, Any], check: VectorComparison) -> dict[str, Any]:
    try:
        (item,) = decode(raw, strict=False)
        check.equal("hex", raw.hex(), encode((item,)).hex())
    except (TlvError, ValueError) as problem:
        raise ValueError(str(problem)) from None
    return {"tag": item.tag, "length": len(raw) - 4, "value": _shown(item)}


def _shown(item: Tlv) -> Any:
    match item.value:
        case tuple():
            return [{str(child.tag): _shown_child(child)} for child in item.children]
        case bytes():
            return sign_of_tag(item.value)
        case _:
            return item.value


def _shown_child(child: Tlv) -> Any:
    if isinstance(child.value, Decimal):
        data = encode((child,))[4:]
        return f"FVLN {data.hex(' ').upper()} = {child.value:f}"
    return child.value


def _flow(raw: bytes, direction: str, meaning: Mapping[str, Any], check: VectorComparison) -> dict[str, Any]:
    """What the vendor's driver was told, sent and answered: the task is one that is given to its server, each command is in the table and
    is built again, and the result is read."""
    for sent in meaning.get("state_changing_commands", ()):
        _command(bytes.fromhex(sent), check)
    check.equal("state_changing_commands", True, isinstance(meaning.get("state_changing_commands"), list))
    web_vectors.flow(meaning, check.equal)
    compared = ("state_changing_commands", "task", "driver_result", "driver_error")
    return {key: meaning.get(key) for key in compared}


def _web(raw: bytes, direction: str, meaning: Mapping[str, Any], check: VectorComparison) -> dict[str, Any]:
    return web_vectors.web(meaning, check.equal)


_Meaning = Callable[[bytes, str, Mapping[str, Any], VectorComparison], dict[str, Any]]
_MEANINGS: dict[Any, _Meaning] = {
    "v3-frame": _frame,
    "v2-frame": _frame2,
    "v3-task-payload": _payload,
    "response": _answer,
    "response-error": _error,
    "ffd-tlv": _tlv,
    "json-task-flow": _flow,
    "web-requests": _web,
}
