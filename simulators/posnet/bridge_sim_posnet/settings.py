"""Everything about the printer that may be chosen. The open points of the reference stand here and nowhere else.

Source: protocol-specs/posnet, "Contradictions and open points" (numbers in brackets), "Simulator". Values arrive as
`--set key=value` strings. Defaults: what two sources agree on, else what is harder for a host.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bridge_simulators.settings import option

EXEMPT = 10000  # rate 100,00 on the wire
INACTIVE = 10100  # rate 101,00 on the wire
USUAL_ZONE = "Europe/Warsaw"


Due = Literal["fine", "soon", "expired"]

# Taken over into the memory of a new printer, or a matter of how it was started.
FIXED = frozenset(
    (
        *("name", "protocol", "firmware", "unique_number", "mode", "shop", "nip", "rates", "zone", "profile", "pc2"),
        *("hub_address", "edocuments", "discount_type", "receipt_counter", "short_checksum"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PosnetSettings:
    """Settings of one printer."""

    # who it is
    name: str = option("POSNET THERMAL XL2 ONLINE", "type that getrealid and sid report")
    protocol: Literal["posnet", "thermal"] = option("posnet", "what PC1 speaks; thermal is the older ESC P protocol")
    protocol_version: str = option("30.01", "protocol version that getrealid and sid report")
    firmware: str = option("2.01.A1B2C3D4", "firmware that getrealid reports (vf)")
    unique_number: str = option("ZBF 2101002392", "unique number (nu)")
    mode: Literal["fiscal", "non_fiscal", "read_only"] = option("fiscal", "fiscal state at first power-on")
    shop: str = option("SKLEP POD LIPĄ|ul. Lipowa 7 lok. 2|00-123 Warszawa", "header lines, split at |; empty = none")
    nip: str = option("1234563218", "tax number of the owner")
    rates: str = option("23/8/5/0/-/-/-", "VAT rates A/B/C/D/E/F/G in percent; - = inactive, zw = exempt")
    zone: str = option(USUAL_ZONE, "time zone of the printer's clock")
    profile: Literal["online", "old"] = option(
        "online", "old: firmware without ISO dates (tm is ie), without td and vf, names up to 40 characters"
    )
    authorisation_days: int = option(-1, "days of authorisation left; 0 = expired (484 on sale), -1 = without limit")
    # fmt: off
    sale_blocked: Literal[
        "no",
        "383", "387", "460", "484", "488", "1001", "1039", "1041", "1045", "1073", "2010", "2098",
        "2900", "2901", "2902", "2903", "2904", "2907", "2916", "3084", "3733", "3735", "3903", "3929",
    ] = option("no", "opening a receipt, invoice or packaging is refused with this error")
    # fmt: on
    report_blocked: Literal["no", "388", "1018"] = option("no", "the daily report is refused with this error")
    maintenance: Literal["fine", "soon", "expired"] = option(
        "fine", "date of the next technical inspection: a year, a week or yesterday away"
    )
    certificate: Literal["fine", "soon", "expired"] = option(
        "fine", "validity of the device's certificates; expired: 3735 on sale"
    )
    subscription: Literal["fine", "soon", "expired"] = option("fine", "subscription of the device; expired: 488 on sale")
    service_jumper: bool = option(False, "the service jumper is put, so that service commands may work")
    login_needed: bool = option(False, "a sale is refused while no cashier is logged in")
    login_error: int = option(323, "the error for that; the reference names none")
    near_end: bool = option(False, "the paper is near its end (sdev pe)")
    mechanism: int = option(0, "error of the mechanism that sprn reports: 2, 3, 6 to 10; 0 = none")
    graphics: str = option("", "slots of the graphics that are stored, split at commas, such as 1,2")

    # the server of e-documents, which is a part of the simulator
    hub: Literal["reachable", "unreachable", "slow", "refuses"] = option("reachable", "how the e-document server behaves")
    hub_delay: int = option(60, "seconds until it answers when it is slow")
    hub_refusal: int = option(400, "HTTP code with which it refuses; 5xx is tried again")
    hub_address: str = option("https://eparag.mf.gov.pl", "the default server of a new printer; empty = none configured")
    edocuments: bool = option(True, "a new printer's e-document service is switched on")

    # the open points of the reference
    error_tab: bool = option(True, "[1] TAB behind ?nnnn in an answer that reports an error")
    rpt_missing: Literal["?13", "er13"] = option("?13", "[2] how rpt says that it has no answer for the token")
    frame_error_detail: Literal["full", "command", "none"] = option("full", "ERR frames carry cm and fd, cm alone, or neither")
    cancel_nothing: Literal["ok", "2064"] = option("ok", "[3] prncancel and trcancel with nothing open")
    line_total_error: Literal["2802", "2008"] = option("2802", "[4] error for a wrong wa in trline")
    sale_after_payment_error: int = option(2060, "[5] error for trline after trpayment or trdiscntbill")
    open_receipt_at_power_on: Literal["keep", "cancel", "drop"] = option(
        "keep", "[6] open receipt after a power cut: still open, counted as cancelled, or gone without a trace"
    )
    discount_spread: Literal["reference", "proportional"] = option(
        "reference",
        "[7] amount discount over several rates: carried remainder, or half up with the rest on the largest",
    )
    non_fiscal_totals: bool = option(True, "[8] a non-fiscal printer totalizes and counts its training receipts")
    clients: int = option(1, "[9] connections at once on one PC interface")
    further_client: Literal["refuse", "replace"] = option(
        "refuse", "[9] a connection too many is refused, or replaces the oldest"
    )
    short_checksum: bool = option(False, "[10] checksum of fewer than four digits accepted; otherwise ERR ?15")
    token_store: Literal["lost", "keep"] = option("lost", "answers kept for rpt across a power cut")
    block_cancel: Literal["silent", "counted"] = option(
        "silent", "a receipt in block mode that is cancelled leaves no trace, or counts as cancelled"
    )
    bare_break: bool = option(False, "[11] !break without a checksum, as the maker's example prints it, is accepted")
    latin_2: Literal["iso8859_2", "cp852"] = option("iso8859_2", "[12] the table of code page 1 (pccfgset cp)")
    connection_test_address: Literal["url", "number"] = option(
        "url", "[13] type of ad in eparagonconnectiontest: a URL, or a number as the maker's table has it"
    )
    # [14] is settled: the checksum starts at 0000.
    change_kinds: Literal["one", "several"] = option("one", "a second means of change is refused (2094), or taken")
    line_after_packaging: bool = option(True, "goods may be sold behind packaging lines")
    edocument_at_power_on: Literal["print", "send"] = option(
        "print", "an e-document that was being sent when the power failed: printed and sent, or sent only"
    )
    connection_test_failure: Literal["fields", "4275"] = option(
        "fields", "a failed eparagonconnectiontest answers with codes in its fields, or with an error"
    )
    fiscal_record_missing: Literal["ty0", "384"] = option("ty0", "how fmrectypeget says that there is no such record")
    strns_after_cancel: Literal["zero", "keep"] = option("zero", "strns after a cancelled receipt")
    discount_type: Literal["0", "1"] = option("0", "percent discount rounds the value after it (0) or itself (1)")
    receipt_counter: Literal["daily", "continuous"] = option("daily", "bn, bc, bt start again with the daily report")

    # protocol thermal; [T..]: protocol-specs/posnet/thermal.md, "Open points"
    thermal_version: str = option("2.02", "firmware version that #v reports")
    thermal_code_page: Literal["mazovia", "cp1250", "latin2"] = option("mazovia", "code page of the Thermal protocol")
    thermal_questions: Literal["all", "old"] = option("all", "old: firmware that knows the status 1#X only")
    thermal_decimals: Literal["comma", "point"] = option("comma", "decimal mark in answers")
    thermal_status_after_answers: bool = option(True, "[T1] in error mode 3 an answer to a question is followed by 0#Z")
    thermal_cancel_nothing: Literal["ok", "29"] = option("ok", "[T2] 0$e with nothing open")
    thermal_display: Literal["any", "rest", "total"] = option("any", "[T3] what DSP of $y must be, else error 26")
    thermal_end_total: Literal["before", "after"] = option("before", "[T4] TOTAL of $y: before its own discount or after it")
    thermal_negative_cash: Literal["refused", "printed"] = option(
        "refused", "[T7] a slip that takes more cash than there is: error 32 without the slip, or behind it"
    )
    thermal_control_byte: bool = option(False, "[T9] a control byte in front of the number in #Z, as one driver has seen")

    # ports
    pc2: str = option("", "where the second PC interface listens (tcp://127.0.0.1:PORT or pty); empty = nowhere")


def parse_rates(text: str) -> list[int]:
    """Seven rates in hundredths of a percent. Raises ValueError."""
    words = text.split("/")
    if len(words) != 7:
        raise ValueError(f"Setting 'rates' must have seven rates split by /, not {text!r}.")
    rates = []
    for word in words:
        whole, _, part = word.strip().replace(",", ".").partition(".")
        if word.strip() == "-":
            rates.append(INACTIVE)
        elif word.strip() == "zw":
            rates.append(EXEMPT)
        elif whole.isdigit() and len(part) <= 2 and (not part or part.isdigit()) and int(whole) < 100:
            rates.append(int(whole) * 100 + int(part.ljust(2, "0")))
        else:
            raise ValueError(f"Setting 'rates': {word!r} is no rate; give a percentage, zw (exempt) or - (inactive).")
    return rates
