"""Everything about the register that may be chosen. Where the reference is silent or [?], a switch stands here.

Source: protocol-specs/shtrih-m (and ffd for what a document holds). Values arrive as `--set key=value` strings. Defaults: what
two sources agree on, else what is harder for a host.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bridge_sim_fn.register import USUAL_ZONE
from bridge_simulators.settings import option
from bridge_simulators.zones import read_zone

Ffd = Literal["1.05", "1.1", "1.2"]

# Taken over into the memory of a new register, or a matter of how it was started.
FIXED = frozenset(
    (
        *("name", "model", "generation", "serial", "shop", "owner", "inn", "rnm", "address", "place", "tax_systems"),
        *("fn_serial", "registered", "ffd", "ffd_table", "zone", "link", "cashier", "fn_days", "byte_timeout"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ShtrihSettings:
    """Settings of one register."""

    # who it is
    name: str = option("РИТЕЙЛ-01Ф", "name that command FC reports")
    model: int = option(22, "model number that command FC reports")
    generation: Literal["new", "classic"] = option(
        "new", "classic: an old model without FF45, FF46, FF4D, marking and F7, which sells by 80 to 85"
    )
    firmware: Literal["2024", "2025", "2026"] = option("2026", "how many VAT rates it knows: 6, 10 (5 % and 7 %) or 12 (22 %)")
    serial: int = option(380001002345, "serial number")
    shop: str = option("МАГАЗИН «ПОД ЛИПОЙ»|ул. Липовая, 7", "cliché lines, split at |; empty = none")
    owner: str = option('ООО "ЛИПА"', "name of the user")
    inn: str = option("7707083893", "INN of the user")
    rnm: str = option("0000000400054952", "registration number")
    address: str = option("123456, Москва, ул. Липовая, 7", "address of the settlements")
    place: str = option("Магазин", "place of the settlements")
    tax_systems: int = option(
        1, "taxation systems of the registration, bits: 1 general, 2, 4 simplified, 16 agricultural, 32 patent"
    )
    cashier: str = option("Администратор", "name of operator 30")
    zone: str = option(USUAL_ZONE, "time zone of the register's clock")
    full_status: Literal["48", "50", "52"] = option("52", "bytes of the answer to 11")
    last_print_byte: bool = option(True, "the answer to 10 has 17 bytes, the last one for the printing before (F7 bit 34)")
    extended_answers: bool = option(False, "answers of commands that make documents end with DATE_TIME (F7 bit 50)")

    # link layers
    link: Literal["auto", "v1", "v2"] = option("auto", "link layer: as the first byte says, or one alone")
    filler: bool = option(False, "FFh behind each ACK of the host, as on TCP 7778 (on for tcp:// unless said otherwise)")
    byte_timeout: int = option(100, "milliseconds that a new register waits for the next byte and for ACK (command 14 sets it)")
    answer_survives_disconnect: bool = option(True, "[?] a v1 answer that was not read is kept when the connection ends")
    v2_at_power_off: Literal["lost", "kept"] = option("lost", "[?] number and stored answer of v2 over a power cut")
    relock: Literal["power", "connection"] = option("power", "the layer is chosen anew at power-on, or at each connection")
    enq_while_busy: Literal["ack", "silent"] = option("ack", "ENQ while a command is being executed")
    clients: int = option(1, "[?] connections at once")
    further_client: Literal["refuse", "replace"] = option(
        "refuse", "[?] a connection too many is refused, or replaces the oldest"
    )

    # the FN and what is behind it
    fn_serial: str = option("9999078900012955", "serial number of the FN")
    registered: bool = option(True, "a new register is in fiscal mode")
    ffd: Literal["1.05", "1.1", "1.2"] = option("1.2", "format of the documents")
    ffd_table: Literal["10", "17"] = option("10", "table with the format: field 29 of 10, or field 17 of 17")
    fn_days: int = option(400, "days that the FN's key of a new register lasts")
    fn_capacity: int = option(230_000, "documents that the FN holds")
    fn_warnings: int = option(0, "bits that FF01 shows beside those that are true")
    ofd: Literal["reachable", "unreachable"] = option("reachable", "whether documents get to the OFD")
    ofd_days: int = option(30, "days without the OFD after which the FN refuses documents (15h)")
    marking: Literal["positive", "negative", "unavailable", "disabled"] = option(
        "positive", "what a check of a marking code finds: fine, not fine, no server; disabled: not registered for marking"
    )
    marking_local: Literal["checked", "no_keys", "unknown_type"] = option("checked", "whether the FN itself can check a code")
    unmarked: Literal["allowed", "refused"] = option("refused", "subjects 31 and 33 without FF67 at closing (A4)")
    measure_missing: Literal["refuse", "piece"] = option("piece", "FFD 1.2: an item without tag 2108 at closing: piece, or A4")
    ff0a_total: Literal["5", "4"] = option("5", "bytes of the total in the answer to FF0A")
    fn_type_numbers: Literal["form", "document"] = option(
        "form", "types in the answer to FF0A: form codes, or 14h for corrections and 10h for closing as javapos lists"
    )
    tlv_read: Literal["tag", "block"] = option("tag", "FF3B answers with one tag, or with a block of up to 250 bytes")
    tlv_end: Literal["08", "34"] = option("08", "FF3B behind the last tag")
    tlv_blocks: bool = option(False, "mode 1 until FF3B was read to its end")
    fiscal_sign: Literal["hash", "stuffing"] = option("hash", "stuffing: fiscal signs of bytes that v2 has to stuff")

    # states
    auto_open: bool = option(True, "[?] the first receipt opens the shift")
    open_receipt_at_power_on: Literal["keep", "cancel", "half"] = option(
        "keep", "[?] an open receipt after a power cut: still open, cancelled, or gone with the FN's document left begun"
    )
    unprinted_at_power_on: Literal["wait", "print", "lost"] = option(
        "wait", "what was not printed when the power failed: submode 3, printed, or never"
    )
    confirm_date: bool = option(False, "the date must be confirmed at power-on (mode 6)")
    busy_polls: int = option(0, "status requests and refusals (50h) during which a printing command still prints")
    print_at_close: bool = option(False, "a receipt comes on paper when it is closed, not line by line")
    cash_in_closed_shift: bool = option(True, "[?] 50 and 51 while the shift is closed; otherwise 73h")
    open_in_open_shift: Literal["73", "3C", "02"] = option("73", "error of E0 while the shift is open")
    close_in_closed_shift: Literal["73", "3D"] = option("73", "error of 41 while the shift is closed")
    sell_in_closed_shift: Literal["3D", "73"] = option("3D", "error of a receipt in a closed shift that is not opened for it")
    while_receipt_open: Literal["4A", "73", "3C"] = option("4A", "error of reports, cash and 8D while a receipt is open")
    without_receipt: Literal["73", "55", "5E"] = option("73", "error of closing and cancelling without a receipt")
    active_paper_out: Literal["6B", "72"] = option("6B", "error of printing commands in submode 2")
    operator_byte_of_e0: bool = option(True, "the answer to E0 has the operator's number (the documents disagree)")

    # taxes
    vat_row_10: Literal["88", "90"] = option("88", "VAT byte of 7/107 (the sources disagree)")
    vat_2026: Literal["CB", "nano"] = option("CB", "VAT bytes of 22 % and 22/122: CBh and CCh, or 90h and A0h")
    substitute_22: bool = option(True, "a new register's table 17 field 71 is 1: row 1 is 22 % from 2026-01-01 on")

    # another program
    foreign_port: Literal["same", "other"] = option(
        "same", "another program uses the same port, so that the stored answer becomes its own, or another one"
    )


def check(settings: ShtrihSettings) -> ShtrihSettings:
    """Raises ValueError where a value makes no sense."""
    read_zone(settings.zone, USUAL_ZONE)
    if len(settings.fn_serial) != 16 or not settings.fn_serial.isdigit():
        raise ValueError(f"Setting 'fn_serial' must have 16 digits, not {settings.fn_serial!r}.")
    if len(settings.inn) not in (10, 12) or not settings.inn.isdigit():
        raise ValueError(f"Setting 'inn' must have 10 or 12 digits, not {settings.inn!r}.")
    if not 0 < settings.serial < 1 << 48:
        raise ValueError(f"Setting 'serial' must be 1 to 281474976710655, not {settings.serial}.")
    if not 0 < settings.tax_systems < 64:
        raise ValueError(f"Setting 'tax_systems' must be 1 to 63, not {settings.tax_systems}.")
    if settings.clients < 1 or settings.byte_timeout < 1 or settings.fn_capacity < 1:
        raise ValueError("Settings 'clients', 'byte_timeout' and 'fn_capacity' must be 1 or more.")
    return settings
