"""What a document would look like on the paper, drawn from the very sequences that would be sent.

The reference tells no layout of its own, and the ministry's rules for receipts are the same for every printer: so each
sequence is put into the words of the newer protocol and drawn as its documents are (`bridge_posnet/paper.py`). What the
Thermal protocol does otherwise (texts cut shorter, another code page, its names of payments) stands in the sequences.
"""

from __future__ import annotations

from collections.abc import Iterator

from bridge.model import Capabilities, Operation
from bridge.plugin import PaperText
from bridge_posnet.frame import Frame, Parameter
from bridge_posnet.paper import Drawing
from bridge_posnet.settings import PosnetSettings
from bridge_posnet.thermal.checking import planned
from bridge_posnet.thermal.commands import LETTERS, PaymentKind
from bridge_posnet.thermal.facts import Kind
from bridge_posnet.thermal.frame import Sequence
from bridge_posnet.thermal.layout import PAYMENTS_FROM, PAYMENTS_IN, parts

# The kinds of payments in the numbers of the newer protocol.
_PAYMENTS = {
    PaymentKind.CASH: 0,
    PaymentKind.CARD: 2,
    PaymentKind.CHEQUE: 3,
    PaymentKind.VOUCHER: 4,
    PaymentKind.OTHER: 6,
    PaymentKind.CREDIT: 5,
    PaymentKind.ACCOUNT: 8,
    PaymentKind.COUPON: 7,
    PaymentKind.CURRENCY: 6,
}
_DRAWN = frozenset({Kind.SALE, Kind.GOODS_RETURN, Kind.CASH})
_LINE_DISCOUNT, _RECEIPT_DISCOUNT = 1, 3  # Pr of `$l`, Px of `$Y`: an amount off


def paper(operation: Operation, settings: PosnetSettings, capabilities: Capabilities | None) -> PaperText | None:
    """None where the printer alone knows what it prints, as in a report. Raises RequestError as the check does."""
    plan = planned(operation, settings, capabilities)
    if plan is None or plan.kind not in _DRAWN:
        return None
    rates = capabilities.taxes if capabilities is not None else None
    frames = [frame for step in plan.steps for frame in _frames(step.command)]
    lines = Drawing(frames, plan.gross, settings.code_page, settings.columns, rates).lines()
    omitted = ["header", "number", "till", "time"]
    if plan.kind is Kind.SALE:
        omitted += ["fiscal logo", *(["tax letters", "taxes"] if rates is None else [])]
    return PaperText(lines, settings.columns, settings.code_page, tuple(omitted))


def _frames(command: Sequence) -> Iterator[Frame]:
    """What the newer protocol would say for this sequence."""
    given: dict[str, list[bytes]] = {}
    for found in parts(command.command, command.parameters, command.text):
        if found.part is not None:
            given.setdefault(found.part.name, []).append(found.value)
    value = {name: values[0] for name, values in given.items()}
    match command.command:
        case "$h":
            yield _frame("trinit")
        case "$l":
            yield _line(command, value)
        case "$Y":
            off = b"1" if command.parameters[0] == _RECEIPT_DISCOUNT else b"0"
            yield _frame("trdiscntbill", rd=off, rw=_grosze(value["discount"]), na=value.get("name of the discount"))
        case "$y":
            yield from _end(command, given)
        case "#z":
            yield _frame("stocash", kw=_grosze(value["amount"]))
        case "#i" | "#d":
            yield _frame("cash", wp=b"T" if command.command == "#i" else b"N", kw=_grosze(value["amount"]))
    if "cashier" in value:
        yield _frame("ftrcfg", cc=value["cashier"], sn=value.get("system number"))


def _line(command: Sequence, value: dict[str, bytes]) -> Frame:
    amount, _, unit = value["quantity"].partition(b" ")
    reduced: dict[str, bytes | None] = {}
    if command.parameters[1]:
        off = b"1" if command.parameters[1] == _LINE_DISCOUNT else b"0"
        reduced = {"rd": off, "rw": _grosze(value["discount"]), "rn": value.get("name of the discount")}
    return _frame(
        "trline",
        na=value["name"],
        vt=b"%d" % LETTERS.index(value["rate"].decode()),
        pr=_grosze(value["price"]),
        il=amount,
        jm=unit,
        wa=_grosze(value["gross"]),
        op=value.get("description"),
        **reduced,
    )


def _end(command: Sequence, given: dict[str, list[bytes]]) -> Iterator[Frame]:
    """Payments beside cash stand ahead of it, as the printer has them."""
    count = command.parameters[PAYMENTS_IN]
    for index, kind in enumerate(command.parameters[PAYMENTS_FROM : PAYMENTS_FROM + count], start=1):
        number = b"%d" % _PAYMENTS[PaymentKind(kind)]
        (name,), (amount,) = given[f"name of payment {index}"], given[f"payment {index}"]
        yield _frame("trpayment", ty=number, na=name, wa=_grosze(amount))
    (cash,), (change,), (total,) = given["cash"], given["change"], given["total"]
    if int(_grosze(cash)):
        yield _frame("trpayment", ty=b"0", wa=_grosze(cash))
    if int(_grosze(change)):
        yield _frame("trpayment", ty=b"0", wa=_grosze(change), re=b"1")
    yield _frame("trend", to=_grosze(total))


def _frame(mnemonic: str, **values: bytes | None) -> Frame:
    return Frame(mnemonic, tuple(Parameter(name, value) for name, value in values.items() if value is not None))


def _grosze(amount: bytes) -> bytes:
    return amount.replace(b".", b"")
