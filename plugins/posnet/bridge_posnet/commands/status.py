"""Questions about identity, state and counters. Follows protocol-specs/posnet, "Identification and status".

Each says which class of `answers` reads the answer.
"""

from __future__ import annotations

from datetime import datetime

from bridge_posnet.commands.builder import Builder, plain
from bridge_posnet.frame import Frame


def getrealid() -> Frame:
    """Fixed identity; not on old models (see `sid`). Answer: Identity."""
    return plain("getrealid")


def sid() -> Frame:
    """Programmable identity, on every model. Answer: Identity."""
    return plain("sid")


def scomm() -> Frame:
    """Answer: GeneralStatus."""
    return plain("scomm")


def sdev(*, immediate: bool = False) -> Frame:
    """Answer: DeviceStatus. `immediate` overtakes the queue: answered even while the printer waits for paper."""
    return Frame("sdev", immediate=immediate)


def sprn(*, immediate: bool = False) -> Frame:
    """Answer: PrinterStatus. `immediate` as in `sdev`."""
    return Frame("sprn", immediate=immediate)


def strns() -> Frame:
    """Answer: TransactionState."""
    return plain("strns")


def scnt() -> Frame:
    """Answer: Counters."""
    return plain("scnt")


def stot() -> Frame:
    """Answer: DailyTotals."""
    return plain("stot")


def sfsk() -> Frame:
    """Answer: FiscalState."""
    return plain("sfsk")


def vatget() -> Frame:
    """Answer: VatTable."""
    return plain("vatget")


def rtcget() -> Frame:
    """Answer: Clock."""
    return plain("rtcget")


def rtcset(when: datetime) -> Frame:
    """Sets the clock to the minute; `when` is the printer's local time. In fiscal mode by 2 hours at most (2023)."""
    builder = Builder("rtcset")
    builder.moment("da", when)
    return builder.frame()


def sdrwr(*, immediate: bool = False) -> Frame:
    """Answer: Drawer. Not on Temo."""
    return Frame("sdrwr", immediate=immediate)


def scashstate() -> Frame:
    """Answer: CashState."""
    return plain("scashstate")


def authstateget() -> Frame:
    """Answer: Authorisation; its error 480 is a success."""
    return plain("authstateget")


def currget() -> Frame:
    """Answer: Currency."""
    return plain("currget")


def discounttypeget() -> Frame:
    """Answer: DiscountMethod."""
    return plain("discounttypeget")


def billcountercfgget() -> Frame:
    """Answer: ReceiptCounter."""
    return plain("billcountercfgget")


def dbchkplu(rate: int, name: bytes) -> Frame:
    """Would this name be sold in this rate? Answer: GoodsRecord."""
    builder = Builder("dbchkplu")
    builder.number("vt", rate)
    builder.text("na", name, empty=False)
    return builder.frame()


def rpt(token: str) -> Frame:
    """The stored answer of the command that carried this token; `ERR ?13` where it is gone."""
    return Frame("rpt", token=token)
