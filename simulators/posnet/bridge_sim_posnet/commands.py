"""The commands that the printer knows: their parameters, and in which states they are legal. Behaviour is in the handlers.

Source: protocol-specs/posnet, "Commands". Parameters that a command does not have are ignored; a command that does not stand
here is unknown (ERR ?1).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from bridge_posnet.frame import Frame

from bridge_sim_posnet import states
from bridge_sim_posnet.parameters import (
    MISSING,
    Field,
    FrameError,
    day,
    digits,
    flag,
    moment,
    money,
    number,
    quantity,
    rate,
    text,
)
from bridge_sim_posnet.states import Row

OLD_NAME_LENGTH = 40  # goods names in old firmware
MAX_CASH = 499_999_999_999  # grosze, of `cash`, `stocash` and a unit price
MAX_RATE = 99_999_999_999  # of a currency, four implied decimals
MAX_EDOCUMENT = 4_294_967_295
MAX_URL = 80


@dataclass(frozen=True, slots=True)
class Command:
    """One command. `shared`: takes no notice of who owns the printer; `immediate`: may carry `!`."""

    fields: tuple[Field, ...] = ()
    legal: Row = states.ANY
    shared: bool = False
    immediate: bool = False
    read_only: bool = False  # still works when the fiscal memory is closed
    changes: bool = True  # there is something to write to the memory afterwards


def _query(*fields: Field, legal: Row = states.ANY, immediate: bool = False) -> Command:
    """Only tells."""
    return Command(fields, legal, shared=True, immediate=immediate, read_only=True, changes=False)


def _setting(*fields: Field, read_only: bool = False) -> Command:
    """Sets the printer up, with nothing open."""
    return Command(fields, states.OPENS, read_only=read_only)


_VAT = number("vt", 0, 99, needed=True)
_PAYMENT = (number("ty", 0, 99, needed=True), money("wa", needed=True), text("na", 25), flag("re"))
_CURRENCY = (
    money("wc", needed=True),
    money("wa"),
    number("ra", 0, MAX_RATE, needed=True),
    text("na", 25, needed=True),
    text("sb", 25, needed=True),
    flag("re"),
)
_REDUCTION = (flag("rd"), number("rp", 0, 9999), money("rw"), text("na", 25))
_PACK = (
    digits("na", 11),
    flag("ne"),
    flag("st"),
    money("pr", needed=True),
    quantity("il"),
    money("wa"),
    text("de", 50),
)
_FORM = number("fn", 0, 999, needed=True)
_SECTION = (number("sc", 0, 2, needed=True), number("at", 0, 127))
_RANGE = (number("fn", 0, 99999, needed=True), number("tn", 0, 99999, needed=True), flag("su"))
_RECORD = _query(number("no", 0, 99999))
_CODE = (text("tx", 4000, needed=True), number("px", 0, 99), number("el", 0, 99), flag("hx"))
_SERVER = (
    text("ad", MAX_URL),
    number("ct", 0, 2),
    text("tp", 99),
    *(flag(name) for name in ("gi", "ft", "td", "hd", "ex", "gb")),
    number("ts", 0, 120),
    number("tt", 0, 120),
)
_HASH = number("hd", 0, MAX_EDOCUMENT, needed=True)
_RATES = tuple("v" + letter for letter in "abcdefg")
_DISPLAY = number("id", 0, 0, needed=True)

STATUS: dict[str, Command] = {
    **dict.fromkeys(("getrealid", "sid", "getprogfiscid", "scomm", "strns", "scnt", "stot", "sfsk", "vatget"), _query()),
    **dict.fromkeys(("rtcget", "scashstate", "authstateget", "currget", "usetypeget", "ownershiptypeget"), _query()),
    **dict.fromkeys(("billcountercfgget", "discounttypeget", "currrateget", "subgettime", "nextmaintenanceget"), _query()),
    **dict.fromkeys(("hdrget", "ftrinfoget", "tcpipcfgget", "formisstarted", "rpt"), _query()),
    **dict.fromkeys(("sdev", "sprn", "sdrwr"), _query(immediate=True)),
    "break": Command(shared=True, immediate=True, read_only=True, changes=False),
    "sdspexternal": _query(number("id", 1, 1, needed=True), immediate=True),
    "eclastdocnoget": _query(number("ty", 0, 13)),
    "dbchkplu": _query(_VAT, text("na", 80, needed=True)),
    "certinfoget": _query(number("id", 0, 6, needed=True)),
    "pccfgget": _query(number("pi", 1, 2)),
    "comcfgget": _query(number("no", 1, 9, needed=True)),
    "fmrectypeget": _query(number("no", 0, 99999, needed=True)),
    "fmrecfindbydate": _query(moment("da", needed=True)),
    **dict.fromkeys(("fmrecrd", "fmrecvat", "fmrecclr", "fmrecfisc", "fmrecend", "fmrecpowerfail", "fmrecdatetime"), _RECORD),
}

SALE: dict[str, Command] = {
    "trinit": Command((flag("bm"),), states.OPENS),
    "trpackinit": Command((), states.OPENS),
    "trline": Command(
        (
            text("na", 80, needed=True),
            _VAT,
            money("pr", needed=True, high=MAX_CASH),
            flag("st"),
            money("wa"),
            quantity("il"),
            text("op", 50),
            text("jm", 4),
            flag("rd"),
            text("rn", 25),
            number("rp", 0, 9999),
            money("rw"),
            text("np", 49),
            text("nc", 51),
        ),
        states.GOODS,
    ),
    "trnipset": Command((text("ni", 30, needed=True), flag("dw"), text("ds", 56)), states.BUYER),
    "trdiscntline": Command(
        (_VAT, text("ds", 80, needed=True), money("rt", needed=True), flag("st"), *_REDUCTION), states.REDUCES
    ),
    "trdiscntvat": Command((_VAT, money("rt"), *_REDUCTION), states.REDUCES),
    "trdiscntpromo": Command((_VAT, money("rw", needed=True), flag("st"), text("na", 25)), states.REDUCES),
    "trdiscntsubtot": Command(_REDUCTION, states.REDUCES),
    "trdiscntbill": Command(_REDUCTION, states.REDUCES_BILL),
    "trsubtotcanc": Command((), states.PAYS),
    "showsubtotal": Command((), states.SHOWS),
    "tradvance": Command((text("na", 80), _VAT, money("pr", needed=True), flag("st"), money("wa", needed=True)), states.GOODS),
    "trpack": Command(_PACK, states.PACKS),
    "trpackprnend": Command((digits("na", 12), *_PACK[1:]), states.FOOTERS),
    "trpayment": Command(_PAYMENT, states.PAYS),
    "trpaymentdelete": Command(_PAYMENT, states.PAYS),
    "trpaymentcanc": Command((), states.PAYS),
    "trpaymentcurr": Command(_CURRENCY, states.PAYS),
    "trpaymentcurrdelete": Command((*_CURRENCY[:3], text("na", 25), *_CURRENCY[4:]), states.PAYS),
    "trend": Command((money("to"), money("op"), money("om"), money("fp"), money("re"), flag("fe")), states.ENDS),
    "trftrln": Command((number("id", 0, 999, needed=True), text("na", 56), flag("sw"), flag("sh")), states.FOOTERS),
    "trftrend": Command((), states.FOOTERS),
    "trcancel": Command(read_only=True),
    "prncancel": Command(read_only=True),
    "hardprncancel": Command(shared=True, read_only=True),
    "ftrcfg": Command(
        (
            text("cc", 32),
            text("cn", 8),
            flag("ca"),
            text("sn", 30),
            text("bc", 30),
            number("bb", 0, 99),
            text("ln", 170, lines=True),
            flag("lb"),
            number("fe", 0, 99),
        ),
        states.OPENS,
    ),
    "ftrinfoset": Command((text("tx", 170, needed=True, lines=True), flag("lb")), states.OPENS),
    "qrcode": Command(_CODE, read_only=True),
    "azteccode": Command(_CODE, read_only=True),
    "dmcode": Command((_CODE[0], _CODE[1], _CODE[3]), read_only=True),
    "pdf417code": Command((*_CODE, number("cc", 0, 99), number("yx", 0, 99), flag("rt")), read_only=True),
}

INVOICE: dict[str, Command] = {
    "trfvinit": Command(
        (text("nm", 39), number("cc", 0, 99), flag("co"), number("ln", 0, 99), number("fn", 0, 99)),
        states.OPENS,
    ),
    "trfvbuyer": Command(
        (text("na", 256, needed=True, lines=True), text("ni", 20, needed=True), text("ad", 256, lines=True), *_SECTION),
        states.INVOICES,
    ),
    "trfvnumber": Command((text("nb", 40, needed=True), *_SECTION), states.INVOICES),
    "trfvfreedata": Command((text("tx", 64, needed=True), number("sc", 0, 2)), states.INVOICES),
    "trfvsep": Command(_SECTION[:1], states.INVOICES),
    "trfvcashmet": Command((flag("cm", needed=True), *_SECTION), states.INVOICES),
    "trfvselfbill": Command((flag("sb", needed=True), *_SECTION), states.INVOICES),
    "trfvreverse": Command((flag("re", needed=True), *_SECTION), states.INVOICES),
    "trfvfree": Command((flag("fr", needed=True), text("ba", 256, lines=True), *_SECTION), states.INVOICES),
    "trfvexecution": Command(
        (flag("ex", needed=True), text("ed", 600, lines=True), text("dd", 600, lines=True), *_SECTION), states.INVOICES
    ),
    "trfvrep": Command((flag("re", needed=True), text("rd", 600, lines=True), *_SECTION), states.INVOICES),
    "trfvtransport": Command(
        (flag("tr", needed=True), text("ad", 20), text("mi", 40), text("hr", 40), *_SECTION), states.INVOICES
    ),
    "trfvthreeway": Command((flag("tw", needed=True), text("td", 256, lines=True), *_SECTION), states.INVOICES),
    "trfvtoursrv": Command((flag("ts", needed=True), *_SECTION), states.INVOICES),
    "trfvothergoods": Command((flag("og", needed=True), text("gd", 256, lines=True), *_SECTION), states.INVOICES),
}

REPORTS: dict[str, Command] = {
    "dailyrep": Command((day("da"), flag("up")), states.OPENS),
    "monthlyrep": Command((day("da", needed=True), flag("su")), states.OPENS, read_only=True),
    "periodicrepbydates": Command((day("fd", needed=True), day("td", needed=True), flag("su")), states.OPENS, read_only=True),
    "periodicrepbynumbers": Command(_RANGE, states.OPENS, read_only=True),
    "shiftrep": Command((text("sh", 8, needed=True), flag("zr")), states.OPENS),
    **dict.fromkeys(("cashstaterep", "servicerep", "hardwarecfgrep", "commcfgrep", "reponline", "eparagonrep"), _setting()),
    "endrepro": Command((day("da", needed=True), flag("su")), states.OPENS, read_only=True),
    "stocash": Command((money("kw", needed=True, high=MAX_CASH),), states.OPENS),
    "packret": Command((money("kw", needed=True),), states.OPENS),
    "cash": Command((money("kw", needed=True, high=MAX_CASH), flag("wp", needed=True)), states.OPENS),
    "login": Command((text("na", 32, needed=True), text("nk", 8), flag("dr")), states.OPENS),
    "logout": Command((text("na", 32), text("nk", 8), flag("dr")), states.OPENS),
    "ecprndoc": Command(
        (number("ty", 0, 5), number("fn", 0, 999_999_999), number("tn", 0, 999_999_999), moment("fd"), moment("td")),
        states.OPENS,
        read_only=True,
    ),
    "eclastprintouts": Command((number("no", 1, 9, needed=True),), states.OPENS, read_only=True),
    "ecprnfv": Command(
        (number("fn", 0, 999_999_999, needed=True), number("ut", 0, 1, needed=True)), states.OPENS, read_only=True
    ),
}

FORMS: dict[str, Command] = {
    "formstart": Command((_FORM, number("fh", 0, 999), text("al", 56)), states.STARTS_FORM),
    "formline": Command(
        (_FORM, number("fl", 0, 9999, needed=True), text("s1", 300, lines=True), flag("sw"), flag("sh")), states.FORMS
    ),
    "formformattedline": Command((_FORM, text("s1", 300, needed=True), text("ma", 96)), states.FORMS),
    "formtinyline": Command((_FORM, text("s1", 300, needed=True)), states.FORMS),
    "formcmd": Command((_FORM, number("cm", 0, 99, needed=True)), states.FORMS),
    "formbarcode": Command((_FORM, text("bc", 51, needed=True), number("bt", 0, 1)), states.FORMS),
    "formbarcode2d": Command((_FORM,), states.FORMS),
    "formimage": Command((_FORM, number("no", 0, 999, needed=True)), states.FORMS),
    "formend": Command((_FORM,), states.FORMS),
    "dbchkstart": Command((number("ty", 1, 2, needed=True),), states.STARTS_FORM),
    "dbchkline": Command((_VAT, text("na", 80, needed=True)), states.FORMS),
    "dbchkend": Command((), states.FORMS),
}

EDOCUMENT: dict[str, Command] = {
    **dict.fromkeys(("eparagonstatusget", "eparagondefaultget", "eparagonscheduleget", "eparagonbufferfreecntget"), _query()),
    **dict.fromkeys(("eparagonbuffersummaryget", "eparagonbufferoverrideget"), _query()),
    "eparagonstatusset": Command((flag("st", needed=True),), read_only=True),
    "eparagondefaultset": Command(_SERVER, read_only=True),
    "eparagonidznext": Command((text("id", 128, needed=True), text("ad", MAX_URL)), states.BINDS),
    "eparagonidzcancel": Command(),
    "eparagonidzprev": Command((text("id", 128, needed=True), text("ad", MAX_URL)), states.OPENS),
    "eparagonbufferget": _query(_HASH),
    "eparagonbuffercontextset": Command((number("ty", 0, 0, needed=True),), shared=True, read_only=True),
    "eparagonbuffercontextget": Command(shared=True, read_only=True),
    "eparagonbufferdelrec": Command((_HASH,), read_only=True),
    "eparagonbufferdelall": Command(read_only=True),
    "eparagonbufferoverrideset": Command((flag("ov", needed=True),), read_only=True),
    "eparagonscheduleset": Command(
        (
            number("sa", 5, 300, needed=True),
            *(number(name, 0, 300) for name in ("sb", "sc", "sd", "se")),
            number("op", 600, 86400, needed=True),
            number("tl", 5, 2_592_000, needed=True),
        ),
        read_only=True,
    ),
    "eparagonconnectiontest": Command((text("ad", MAX_URL),), shared=True, read_only=True, changes=False),
}

SETUP: dict[str, Command] = {
    "rtcset": _setting(moment("da", needed=True), flag("st"), read_only=True),
    "rtcsync": _setting(read_only=True),
    "vatset": _setting(*(rate(name) for name in _RATES), day("da")),
    "hdrset": _setting(text("tx", 600, needed=True, lines=True), flag("pr", needed=True)),
    "discounttypeset": _setting(flag("dt")),
    "currrateset": _setting(flag("on", needed=True), number("ra", 0, 9_999_999_999), text("na", 25), flag("di"), read_only=True),
    "progid": _setting(text("nm", 40, needed=True), text("vr", 20, needed=True), text("nu", 20, needed=True), read_only=True),
    "resetprogid": _setting(read_only=True),
    "pccfgset": _setting(
        number("id", 0, 9, needed=True),
        number("no", 0, 99999),
        number("pr", 0, 9),
        number("cp", 0, 9),
        number("pi", 1, 2),
        read_only=True,
    ),
    "comcfgset": _setting(
        *(number(name, 0, 999_999, needed=True) for name in ("no", "sp", "da", "st", "pa", "fl")), read_only=True
    ),
    "tcpipcfgset": _setting(
        number("id", 0, 9, needed=True),
        number("no", 0, 99),
        *(text(name, 15) for name in ("ip", "ma", "ge", "dp", "da")),
        flag("dh"),
        read_only=True,
    ),
    "usbdrvtypeset": _setting(number("ty", 0, 2, needed=True)),
    "trlogset": _setting(number("id", 0, 9, needed=True), number("no", 0, 99999)),
    "trlogframecfgset": _setting(number("id", 0, 999, needed=True), text("na", 40)),
    "nextmaintenanceset": _setting(day("da", needed=True)),
    "maintenance": _setting(text("te", 20, needed=True), day("da", needed=True), day("dc"), flag("ek")),
    "fiscalize": _setting(
        digits("ni", 10, needed=True),
        flag("dl"),
        text("rn", 14),
        moment("da"),
        flag("pr"),
        number("ut", 1, 5),
        number("ot", 1, 5),
    ),
    "dbtrdelall": _setting(day("da", needed=True)),
    "changekeys": _setting(),
    "repositoryunregister": _setting(read_only=True),
    "protoswitch": _setting(number("pi", 1, 2), read_only=True),
    "opendrwr": Command(shared=True, read_only=True),
    "papfeed": Command((number("ln", 1, 20, needed=True),)),
    "dsptxtline": Command(
        (_DISPLAY, number("no", 0, 99, needed=True), text("ln", 30, needed=True), number("th", 0, 2)), shared=True
    ),
    "dsptxt": Command((_DISPLAY, text("st", 200, needed=True, lines=True), number("th", 0, 2)), shared=True),
    "dspcmd": Command((_DISPLAY, number("st", 0, 99, needed=True)), shared=True),
}

COMMANDS: dict[str, Command] = {**STATUS, **SALE, **INVOICE, **REPORTS, **FORMS, **EDOCUMENT, **SETUP}


def read_arguments(command: Command, frame: Frame) -> dict[str, Any]:
    """The parameters of `frame` as values: first what is missing, then what cannot be read. Raises FrameError."""
    for field in command.fields:
        if field.needed and frame.get(field.name) is None:
            raise FrameError(MISSING, field.name)
    arguments = {}
    for field in command.fields:
        value = frame.get(field.name)
        if value is not None:
            arguments[field.name] = field.read(value, field.name)
    return arguments
