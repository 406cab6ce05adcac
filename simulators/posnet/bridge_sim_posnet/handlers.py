"""Which function does which command. Every command of `commands.COMMANDS` but `rpt` stands here."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bridge_sim_posnet import documents, forms, sale, service, status

if TYPE_CHECKING:
    from bridge_sim_posnet.printer import Printer

Wait = float | Callable[[], bool]  # seconds, or a condition
Answer = list[tuple[str, object]]  # fields in the order of the wire


@dataclass(frozen=True, slots=True)
class Call:
    """One command as a handler gets it: the PC interface and the values of its parameters."""

    port: str
    args: dict[str, Any]
    immediate: bool = False


Handler = Callable[["Printer", Call], Answer | Generator[Wait, None, Answer]]

HANDLERS: dict[str, Handler] = {
    "getrealid": status.getrealid,
    "sid": status.sid,
    "scomm": status.scomm,
    "sdev": status.sdev,
    "sprn": status.sprn,
    "sdrwr": status.sdrwr,
    "break": status.nothing,
    "strns": status.strns,
    "scnt": status.scnt,
    "stot": status.stot,
    "sfsk": status.sfsk,
    "vatget": status.vatget,
    "rtcget": status.rtcget,
    "scashstate": status.scashstate,
    "eclastdocnoget": status.eclastdocnoget,
    "authstateget": status.authstateget,
    "currget": status.currget,
    "billcountercfgget": status.billcountercfgget,
    "discounttypeget": status.discounttypeget,
    "dbchkplu": status.dbchkplu,
    "fmrecrd": status.fmrecrd,
    "formisstarted": forms.formisstarted,
    "trinit": sale.trinit,
    "trline": sale.trline,
    "trnipset": sale.trnipset,
    "trdiscntline": sale.trdiscntline,
    "trdiscntvat": sale.trdiscntvat,
    "trdiscntpromo": sale.trdiscntpromo,
    "trdiscntsubtot": sale.trdiscntsubtot,
    "trdiscntbill": sale.trdiscntbill,
    "trsubtotcanc": sale.trsubtotcanc,
    "showsubtotal": sale.showsubtotal,
    "trpayment": sale.trpayment,
    "trpaymentdelete": sale.trpaymentdelete,
    "trpaymentcanc": sale.trpaymentcanc,
    "trend": sale.trend,
    "trftrln": sale.trftrln,
    "trftrend": sale.trftrend,
    "trcancel": service.prncancel,
    "prncancel": service.prncancel,
    "hardprncancel": service.prncancel,
    "ftrcfg": service.ftrcfg,
    "stocash": documents.stocash,
    "cash": documents.cash,
    "dailyrep": documents.dailyrep,
    "login": service.login,
    "logout": service.logout,
    "formstart": forms.formstart,
    "formline": forms.formline,
    "formformattedline": forms.formformattedline,
    "formcmd": forms.formcmd,
    "formend": forms.formend,
    "rtcset": service.rtcset,
    "opendrwr": service.opendrwr,
    "papfeed": service.papfeed,
    "dsptxtline": service.dsptxtline,
}
