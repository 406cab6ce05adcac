"""Setting the printer up: clock, rates, header, identity, ports; and the service commands, which want the service jumper.

Source: protocol-specs/posnet, "Reports, cash, drawer, display, non-fiscal" (last row), "What a first driver needs" (never
expose), "Command error codes".
"""

from __future__ import annotations

import re
from collections.abc import Generator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from bridge_sim_posnet import render
from bridge_sim_posnet.arithmetic import LETTERS, wire_rate
from bridge_sim_posnet.documents import finish_non_fiscal, head
from bridge_sim_posnet.memory import HEADER, MAX_VAT_CHANGES, RECORD_CLOCK, RECORD_FISCAL, RECORD_INSPECTION, RECORD_VAT
from bridge_sim_posnet.receipt import CommandError
from bridge_sim_posnet.sale import no_document
from bridge_sim_posnet.settings import EXEMPT, INACTIVE
from bridge_sim_posnet.status import boolean, times

if TYPE_CHECKING:
    from bridge_sim_posnet.handlers import Answer, Call, Wait
    from bridge_sim_posnet.printer import Printer

MAX_CLOCK_CHANGE = timedelta(hours=2)  # in fiscal mode
MAX_CURRENCY_RATE = 9_999_999_900  # 9999.9999 with six implied decimals
TCP, COM, USB, BLUETOOTH = 4, 1, 2, 7
SPEEDS = (1200, 2400, 4800, 9600, 19200, 38400, 57600, 115200)
DEFAULT_PORT = {"sp": "115200", "da": "8", "st": "1", "pa": "0", "fl": "3"}
# Fields of a header: tag, longest content, error where it is missing or wrong; the first three are needed.
_HEADER_FIELDS = (
    ("1", 256, 4201, True),
    ("2", 6, 4202, True),
    ("3", 70, 4203, True),
    ("4", 70, 4204, False),
    ("5", 70, 4205, False),
    ("6", 15, 4206, False),
    ("7", 15, 4207, False),
    ("8", 280, 4208, False),
)


def _note(printer: Printer, call: Call, title: str, rows: list[tuple[str, str]]) -> None:
    """What was set is printed; it counts as an event that a user brought about."""
    printer.memory.daily.le += 1
    head(printer)
    printer.print(*render.non_fiscal_title(title))
    for left, right in rows:
        printer.print(*render.row(left, right))
    finish_non_fiscal(printer, "setting", 0, origin=call.port, details={"title": title})


# --- clock


def rtcset(printer: Printer, call: Call) -> Answer:
    """463 a time that does not exist, 2023 more than two hours in fiscal mode, 2025 earlier than the last daily report."""
    memory, now = printer.memory, printer.now()
    wanted = call.args["da"].replace(tzinfo=printer.zone, fold=0 if call.args.get("st", True) else 1)
    if wanted.astimezone(printer.zone).replace(fold=0) != datetime.fromtimestamp(wanted.timestamp(), printer.zone).replace(
        fold=0
    ):
        raise CommandError(463)
    if memory.fiscal:
        if abs(wanted - now) > MAX_CLOCK_CHANGE:
            raise CommandError(2023)
        if memory.reports and wanted < memory.reports[-1].at:
            raise CommandError(2025)
    printer.clock_shift += wanted - now
    before, after = times(now), times(wanted)
    memory.record(RECORD_CLOCK, printer.now(), nt=after[0], ni=after[1], ot=before[0], oi=before[1])
    rows = [("Zegar przed zmianą:", f"{now:%Y-%m-%d %H:%M}"), ("Zegar po zmianie:", f"{wanted:%Y-%m-%d %H:%M}")]
    _note(printer, call, "PROGRAMOWANIE ZEGARA", rows)
    return []


def rtcsync(printer: Printer, call: Call) -> Answer:
    """The time of the server is that of the simulator's own clock. 462 where the line is down."""
    if printer.settings.hub == "unreachable":
        raise CommandError(462)
    printer.clock_shift = timedelta()
    return []


# --- rates


def vatset(printer: Printer, call: Call) -> Generator[Wait, None, Answer]:
    """Without `da` somebody confirms it. 2022, 2030, 2035, 2027; the same rates again are a success without effect."""
    memory, now = printer.memory, printer.now()
    wanted = [call.args.get("v" + letter.lower(), INACTIVE) for letter in LETTERS]
    if "da" in call.args and call.args["da"] != now.date():
        raise CommandError(2022)
    if all(rate == INACTIVE for rate in wanted):
        raise CommandError(2030)
    if wanted == memory.rates:
        return []
    if memory.fiscal:
        if not memory.daily.zero:
            raise CommandError(2035)
        if memory.counters.vt >= MAX_VAT_CHANGES:
            raise CommandError(2027)
    if "da" not in call.args:
        yield from printer.wait_for_key()
        no_document(printer)
    shown = {EXEMPT: "Zwolniona", INACTIVE: "----"}
    rows = [
        (f"PTU {letter} {shown.get(old, wire_rate(old))}", f"=> {shown.get(new, wire_rate(new))}")
        for letter, old, new in zip(LETTERS, memory.rates, wanted, strict=True)
    ]
    memory.rates = wanted
    memory.counters.vt += 1
    told = {"v" + letter.lower(): wire_rate(rate) for letter, rate in zip(LETTERS, wanted, strict=True)}
    memory.record(RECORD_VAT, printer.now(), **told)
    _note(printer, call, "ZMIANA STAWEK PTU", rows)
    return []


def discounttypeset(printer: Printer, call: Call) -> Answer:
    if "dt" in call.args:
        printer.memory.discount_type = "1" if call.args["dt"] else "0"
    return []


def currrateset(printer: Printer, call: Call) -> Answer:
    """The rate has six implied decimals and is rounded to four. 3053, 3055."""
    args = call.args
    if not args["on"]:
        printer.memory.currency = {}
        return []
    if not re.fullmatch("[A-Z]{3}", args.get("na", "")) or args["na"] == "PLN":
        raise CommandError(3053)
    if not 0 < args.get("ra", 0) <= MAX_CURRENCY_RATE:
        raise CommandError(3055)
    rounded = (args["ra"] + 50) // 100 * 100
    printer.memory.currency = {"ra": str(rounded), "na": args["na"], "di": boolean(args.get("di", True))}
    return []


# --- header and identity


def hdrget(printer: Printer, call: Call) -> Answer:
    return [("tx", printer.memory.header_text)]


def hdrset(printer: Printer, call: Call) -> Answer:
    """`pr` false prints a trial and keeps nothing. 4201 to 4209, 717, 2035."""
    memory, text = printer.memory, call.args["tx"]
    fields = _header_fields(text)
    rows = [("Nazwa firmy:", fields["1"]), ("Kod pocztowy:", fields["2"]), ("Miejscowość:", fields["3"])]
    if call.args["pr"]:
        if memory.fiscal and not memory.daily.zero:
            raise CommandError(2035)
        memory.header_text, memory.header = text, True
        _note(printer, call, "PROGRAMOWANIE NAGŁÓWKA", rows)
        memory.protected[HEADER] = memory.protected_last
        return []
    head(printer)
    printer.print(*render.non_fiscal_title("WYDRUK TESTOWY"), *render.formatted(text))
    for left, right in rows:
        printer.print(*render.row(left, right))
    finish_non_fiscal(printer, "non_fiscal", 0, origin=call.port)
    return []


def _header_fields(text: str) -> dict[str, str]:
    if any(len(render.plain(line)) > render.WIDTH for line in text.split("\n")):
        raise CommandError(717)
    fields = {}
    for tag, longest, code, needed in _HEADER_FIELDS:
        found = re.search(f"&{tag}(.*?)&{tag}", text, re.DOTALL)
        content = render.plain(found[1]) if found else ""
        if len(content) > longest or (needed and not content.strip()):
            raise CommandError(code)
        fields[tag] = content
    if not re.fullmatch(r"\d\d-\d\d\d", fields["2"]):
        raise CommandError(4209)
    return fields


def progid(printer: Printer, call: Call) -> Answer:
    """Empty names bring the printer's own ones back."""
    printer.memory.names = {name: value for name, value in call.args.items() if value}
    return []


def resetprogid(printer: Printer, call: Call) -> Answer:
    printer.memory.names = {}
    return []


# --- ports: kept and told, but what listens where is a matter of how the simulator was started


def pccfgget(printer: Printer, call: Call) -> Answer:
    kept = printer.memory.ports.get(f"pc{call.args.get('pi', 1)}", {})
    return [(name, kept.get(name, default)) for name, default in (("id", "4"), ("no", "6666"), ("pr", "0"), ("cp", "0"))]


def pccfgset(printer: Printer, call: Call) -> Answer:
    """728, 720, 719, 752, 745, 735."""
    args = call.args
    kind, number = args["id"], args.get("no")
    if kind not in (0, COM, USB, TCP, BLUETOOTH):
        raise CommandError(728)
    if kind == TCP and number == 2121:
        raise CommandError(735)
    if (kind == TCP and not 1024 <= (number or 0) <= 49151) or (kind == COM and not number):
        raise CommandError(720)
    if args.get("pr", 0) not in (0, 1):
        raise CommandError(719)
    if args.get("pr") == 1 and kind == TCP:
        raise CommandError(752)
    if args.get("cp", 0) not in (0, 1, 2):
        raise CommandError(745)
    printer.memory.ports[f"pc{args.get('pi', 1)}"] = {name: str(value) for name, value in args.items() if name != "pi"}
    return []


def comcfgget(printer: Printer, call: Call) -> Answer:
    kept = printer.memory.ports.get(f"com{call.args['no']}", DEFAULT_PORT)
    return [(name, kept[name]) for name in DEFAULT_PORT]


def comcfgset(printer: Printer, call: Call) -> Answer:
    """718."""
    args = call.args
    right = (
        args["sp"] in SPEEDS and args["da"] == 8 and args["st"] in (1, 2) and args["pa"] in (0, 1, 2) and args["fl"] in (0, 1, 3)
    )
    if not right or not args["no"]:
        raise CommandError(718)
    printer.memory.ports[f"com{args['no']}"] = {name: str(args[name]) for name in DEFAULT_PORT}
    return []


def tcpipcfgget(printer: Printer, call: Call) -> Answer:
    kept = printer.memory.ports.get("tcp", {"id": "4", "dh": "T"})
    return [(name, kept.get(name, "")) for name in ("id", "no", "ip", "ma", "ge", "dp", "da", "dh")]


def tcpipcfgset(printer: Printer, call: Call) -> Answer:
    """738, 700."""
    args = call.args
    if args["id"] not in (TCP, 5, 6):
        raise CommandError(738)
    for name in ("ip", "ma", "ge", "dp", "da"):
        parts = args.get(name, "0.0.0.0").split(".")
        if len(parts) != 4 or not all(part.isdigit() and int(part) <= 255 for part in parts):
            raise CommandError(700)
    if not args.get("dh") and "ip" not in args:
        raise CommandError(700)
    kept = {"dp": "8.8.8.8", "da": "8.8.4.4"} | {name: str(value) for name, value in args.items() if name != "dh"}
    printer.memory.ports["tcp"] = kept | {"dh": boolean(args.get("dh", False))}
    return []


def kept_only(printer: Printer, call: Call) -> Answer:
    """Settings of ports that nothing here depends on (`usbdrvtypeset`, the transaction monitor)."""
    printer.memory.ports[call.name] = {name: str(value) for name, value in call.args.items()}
    return []


# --- service


def _jumper(printer: Printer) -> None:
    """361."""
    if not printer.settings.service_jumper:
        raise CommandError(361)


def nextmaintenanceset(printer: Printer, call: Call) -> Answer:
    printer.memory.inspection = datetime.combine(call.args["da"], datetime.min.time(), printer.zone)
    return []


def maintenance(printer: Printer, call: Call) -> Answer:
    """The technical inspection was made. 361, 2022, 2070."""
    _jumper(printer)
    if "dc" in call.args and call.args["dc"] != printer.now().date():
        raise CommandError(2022)
    if call.args["da"] <= printer.now().date():
        raise CommandError(2070)
    nextmaintenanceset(printer, call)
    printer.memory.record(RECORD_INSPECTION, printer.now(), te=call.args["te"])
    _note(printer, call, "PRZEGLĄD TECHNICZNY", [("Następny przegląd", f"{call.args['da']:%Y-%m-%d}")])
    return []


def fiscalize(printer: Printer, call: Call) -> Answer:
    """A new printer becomes fiscal. 2033, 2096, 2031, 2002, 361."""
    memory = printer.memory
    if memory.fiscal:
        raise CommandError(2033)
    if len(call.args["ni"]) != 10:
        raise CommandError(2096)
    if call.args["ni"] != printer.settings.nip:
        raise CommandError(2031)
    if not memory.header:
        raise CommandError(2002)
    _jumper(printer)
    memory.fiscal = True
    memory.record(RECORD_FISCAL, printer.now(), rn=call.args.get("rn", ""))
    _note(printer, call, "FISKALIZACJA", [("NIP", render.nip_text(call.args["ni"]))])
    return []


def dbtrdelall(printer: Printer, call: Call) -> Answer:
    """Empties the goods base. 2022, 361."""
    if call.args["da"] != printer.now().date():
        raise CommandError(2022)
    _jumper(printer)
    printer.memory.goods = {}
    return []


def changekeys(printer: Printer, call: Call) -> Answer:
    """361, 2035."""
    _jumper(printer)
    if not printer.memory.daily.zero:
        raise CommandError(2035)
    return []


def repositoryunregister(printer: Printer, call: Call) -> Answer:
    """Only of a printer that is read-only. 2037, 3904."""
    if not printer.memory.read_only:
        raise CommandError(2037)
    if printer.settings.hub == "unreachable":
        raise CommandError(3904)
    return []


def protoswitch(printer: Printer, call: Call) -> Answer:
    """The Thermal protocol is not spoken on this port: 752, as over TCP."""
    raise CommandError(752)
