"""Everything about the terminal that may be chosen. Where the reference is silent or [?], a switch stands here.

Source: protocol-specs/zvt, "Simulator" and the sections that it names. Values arrive as `--set key=value` strings. Defaults: what two
sources agree on, else what is harder for a till.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bridge_simulators.settings import option
from bridge_simulators.zones import read_zone

from bridge_sim_zvt.cards import SCRIPTS, find_script

USUAL_ZONE = "Europe/Berlin"

# Taken over into the memory of a new terminal, or a matter of how it was started.
FIXED = frozenset(
    ("tid", "serial", "currency", "password", "first_receipt", "first_trace", "zone", "transport", "registered", "further_client")
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ZvtSettings:
    """Settings of one terminal."""

    # who it is
    tid: str = option("29001006", "terminal id, 8 digits")
    vu: str = option("100764992", "number of the merchant's contract (VU number)")
    shop: str = option("BÄCKEREI LINDE|Lindenstraße 7|10969 Berlin", "shop lines on receipts, split at |")
    serial: str = option("17000123", "serial number of the device")
    model: str = option("SIM 5000", "name of the device")
    firmware: str = option("2.14.15", "software version")
    currency: int = option(978, "currency of its contract, ISO 4217 number: 978 EUR, 756 CHF, 985 PLN")
    password: str = option("123456", "password, 6 digits")
    first_receipt: int = option(1, "receipt number of a new terminal's first transaction")
    first_trace: int = option(1, "trace and turnover number of a new terminal's first transaction")
    zone: str = option(USUAL_ZONE, "time zone of the terminal's clock")
    registered: bool = option(False, "a new terminal behaves as if a till were registered (config byte 8E, no TLV)")

    # who acts at it
    hands: Literal["script", "person"] = option(
        "script", "who presents cards and presses keys: a script, or somebody at the page"
    )
    customer: str = option("approve", f"script: {', '.join(SCRIPTS)}; decline:2B declines with 2B")
    magic: bool = option(True, "an amount of 900.NN chooses script number NN")
    host: Literal["reachable", "unreachable"] = option("reachable", "whether the terminal gets through to its host")

    # times, in milliseconds; -1: by the pace
    card_ms: int = option(-1, "until a card is presented (real: 2500)")
    pin_ms: int = option(-1, "until the PIN is typed (real: 3500)")
    host_ms: int = option(-1, "until the host answers (real: 1800)")
    work_ms: int = option(-1, "of other work: initialisation, diagnosis, end of day (real: 2500)")
    card_seconds: int = option(90, "how long the terminal waits for a card")
    pin_seconds: int = option(60, "how long it waits for the PIN")
    boot_seconds: int = option(0, "how long it does not answer after power-on")
    t3_ms: int = option(5000, "T3: how long it waits for the till's answer to a message")
    wait_repeat_ms: int = option(2000, "after 84 9C to 04 0F the status information is repeated so late")
    wait_repeats: int = option(3, "how often, where the till gives no BMP 02")

    # the line
    transport: Literal["tcp", "serial"] = option("tcp", "framing of the line (serial on a pseudo-terminal unless said otherwise)")
    segments: Literal["whole", "bytes"] = option("whole", "TCP: an APDU leaves in one piece, or byte by byte")
    joined: bool = option(False, "TCP: the acknowledgement of a command and the message behind it leave in one piece")
    further_client: Literal["refuse", "replace"] = option("refuse", "[?] TCP: a second client is refused, or replaces the first")
    while_busy: Literal["9C", "83", "A0", "silence"] = option("9C", "answer to a command while another one runs")
    t1_ms: int = option(200, "serial T1: gap between bytes after which a message is refused")
    t2_ms: int = option(5000, "serial T2: wait for the till's ACK or NAK")
    transmissions: int = option(3, "serial: how often a message is sent at most")

    # what the till may do
    unregistered: Literal["allowed", "6B"] = option("allowed", "payments without registration: allowed, or refused with 6B")
    wrong_password: Literal["84", "abort", "accepted"] = option(
        "84", "answer to a wrong password: 84 37; 80 00 and 06 1E 37; none, any password will do"
    )
    password_digits: Literal["6", "5"] = option("6", "how many digits of the password are compared")
    status_password: bool = option(False, "05 01 needs the password")
    wrong_currency: Literal["6F", "accepted"] = option("6F", "registration with another currency")
    after_log_off: Literal["86", "BE"] = option("86", "config byte after 06 02")
    refunds: bool = option(True, "06 31 is enabled")
    totals: bool = option(True, "06 10 is enabled")
    reservations: bool = option(True, "06 22 to 06 25 are enabled")
    reverses: Literal["any", "last"] = option(
        "any", "06 30 takes back the receipt that is named, or the last one, whatever is named"
    )
    repeat: Literal["full", "no_status", "unsupported"] = option("full", "06 20: with 04 0F, without, or refused with 83")
    repeat_ids: bool = option(
        True, "06 20 knows tag 1F01, with which a till asks for one kind of receipt: 04 the last end of day"
    )
    repeat_after_batch: Literal["batch", "payment"] = option("batch", "what 06 20 repeats after an end of day")
    abort: Literal["normal", "ignored", "unsupported", "loses"] = option(
        "normal", "06 B0: taken until the host is asked; never answered; refused with 83; accepted, but the payment goes on"
    )

    # lost acknowledgements
    unconfirmed: Literal["A", "B", "C"] = option(
        "A", "what becomes of an approval that nobody confirms: A reversed by the terminal, B kept, C marked as declined"
    )
    auto_reversal: Literal["now", "later", "next"] = option(
        "now", "A: at once, after `reversal_seconds`, or with the next command that moves money"
    )
    reversal_seconds: int = option(8, "A: how much later")
    shows_reversed: Literal["before", "reversal", "sale", "failed"] = option(
        "reversal", "[?] what 06 20 shows after it: the payment before, the reversal, the sale as if it stood, the sale with 6C"
    )
    status_repeats: int = option(1, "how often 04 0F is repeated on a standing connection when the till does not answer")
    on_disconnect: Literal["goes_on", "stops"] = option("goes_on", "the connection ends while a card is waited for")
    unconfirmed_reversal: Literal["stands", "undone"] = option("stands", "[?] what becomes of 06 30 that nobody confirms")
    unconfirmed_end: Literal["idle", "blocked"] = option(
        "idle", "the till does not answer 06 0F: idle again with its next command or after T3, or blocked for `blocked_seconds`"
    )
    blocked_seconds: int = option(60, "how long")

    # what it says
    intermediate: Literal["yes", "few", "none"] = option("yes", "04 FF: all, only the first one, or none, to who wants them")
    intermediate_text: bool = option(False, "04 FF with text and with the time-out T4")
    status_first: bool = option(True, "04 0F comes before the receipts")
    failed_end: Literal["06 1E", "06 0F", "06 1E empty"] = option("06 1E", "how a payment that failed ends")
    end_texts: Literal["aborts", "all", "none"] = option(
        "aborts", "06 1E tells more than its code (1F16, 1F17) to who takes TLV: of what the till aborted, of all, of nothing"
    )
    failed_amount: bool = option(False, "04 0F of a failed payment has an amount")
    charset: Literal["cp437", "latin1", "latin15", "utf8"] = option("cp437", "character set of texts, where none was agreed on")
    charset_choice: bool = option(True, "registration may ask for another one (tags 14 and 27)")
    line_type: bool = option(False, "06 D1 ends with the receipt's type as TLV, as card complete's do")
    copies: Literal["both", "merchant", "customer"] = option("both", "receipts of a payment")
    long_receipts: bool = option(False, "receipts of more than 254 bytes in one block")
    receipt_per_block: int = option(0, "lines of a receipt in one 06 D3; 0: all")
    pan: Literal["last4", "first6", "full"] = option("last4", "how much of the card number BMP 22 has")
    spills: bool = option(False, "the whole card number stands in texts, tracks and receipts too, where it must not")
    long_trace: bool = option(False, "trace numbers as 1F2B, with 000000 in BMP 0B")
    sends_tlv: Literal["activated", "always"] = option("activated", "TLV only after the till's, or always")
    unknown_fields: bool = option(False, "a BMP and TLV tags that nobody knows stand in 04 0F")
    status_details: bool = option(True, "05 01 tells details as TLV where the till wants them; card complete's terminals do not")
    sends_clock: bool = option(False, "06 70 ends with 04 01, set clock")

    # end of day
    end_of_day_due: bool = option(False, "payments are refused with F0 until 06 50")
    end_of_day: Literal["possible", "77"] = option("possible", "06 50 works, or ends with 77")
    after_end_of_day: Literal["nothing", "E0", "FC"] = option(
        "nothing", "06 0F of 06 50 says: an update follows (E0, silence), or a restart (FC)"
    )
    follow_up_seconds: int = option(20, "how long that takes")
    memory_needs: Literal["nothing", "initialisation", "diagnosis"] = option("nothing", "what the answer to 06 00 asks for")


def check(settings: ZvtSettings) -> ZvtSettings:
    """Raises ValueError where a value makes no sense."""
    read_zone(settings.zone, USUAL_ZONE)
    find_script(settings.customer)
    for name, size in (("tid", 8), ("password", 6)):
        value = getattr(settings, name)
        if len(value) != size or not (value.isascii() and value.isdigit()):
            raise ValueError(f"Setting {name!r} must have {size} digits, not {value!r}.")
    if not 1 <= settings.first_receipt <= 9_999 or not 1 <= settings.first_trace <= 999_999:
        raise ValueError("Setting 'first_receipt' must be 1 to 9999, 'first_trace' 1 to 999999.")
    if len(settings.vu) > 15 or not settings.vu.isascii():
        raise ValueError(f"Setting 'vu' must have 15 characters at most, not {settings.vu!r}.")
    if settings.transmissions < 1 or min(settings.t1_ms, settings.t2_ms, settings.t3_ms) < 1:
        raise ValueError("Settings 'transmissions', 't1_ms', 't2_ms' and 't3_ms' must be 1 or more.")
    return settings
