"""Everything about the register that may be chosen. Where the reference is silent or [?], a switch stands here.

Source: protocol-specs/atol (and ffd for what a document holds). Values arrive as `--set key=value` strings. Defaults: what two sources
agree on, else what is harder for a host.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from bridge_sim_fn.register import USUAL_ZONE
from bridge_sim_fn.storage import Ffd
from bridge_simulators.settings import option
from bridge_simulators.zones import read_zone

# Taken over into the memory of a new register, or a matter of how it was started.
FIXED = frozenset(
    (
        *("name", "model", "version", "serial", "shop", "owner", "inn", "rnm", "address", "place", "tax_systems"),
        *("fn_serial", "registered", "ffd", "zone", "protocol", "cashier", "fn_days", "port"),
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class RegisterSettings:
    """Settings of one register."""

    # who it is
    name: str = option("АТОЛ 30Ф", "name that command A5 reports")
    model: int = option(61, "model number that command A5 reports")
    version: str = option("57", "two characters of the firmware's version (3F)")
    firmware: Literal["2024", "2025", "2026"] = option("2026", "how many VAT rates it knows: 6, 10 (5 % and 7 %) or 12 (22 %)")
    serial: str = option("00106123456789", "serial number, up to 14 digits")
    shop: str = option("МАГАЗИН 'У ДОРОГИ'|ш. Энтузиастов, 12", "cliché lines, split at |; empty = none")
    owner: str = option('ООО "ДОРОГА"', "name of the user")
    inn: str = option("7707083893", "INN of the user")
    rnm: str = option("0000000001020304", "registration number")
    address: str = option("111024, Москва, ш. Энтузиастов, 12", "address of the settlements")
    place: str = option("Магазин", "place of the settlements")
    tax_systems: int = option(
        1, "taxation systems of the registration, bits: 1 general, 2, 4 simplified, 16 agricultural, 32 patent"
    )
    cashier: str = option("СИСТ. АДМИНИСТРАТОР", "name of user 30")
    access_password: str = option("0000", "four digits in front of each command")
    zone: str = option(USUAL_ZONE, "time zone of the register's clock")
    port: Literal["rs232", "usb", "wireless", "ethernet"] = option("ethernet", "what 3F says of the port")

    # transport and task buffer
    protocol: Literal["v3", "v2"] = option("v3", "transport: v3 (FE frames, task buffer) or v2 (ENQ, STX)")
    execute_at: Literal["eot", "frame"] = option("eot", "[?] v2: a command is carried out behind EOT, or when its frame is right")
    results: Literal["reply", "told", "asked"] = option(
        "reply",
        "[?] where the result of a task comes: in the reply to its Add; A2 first, then told by frame F0; A2, then only asked",
    )
    buffer_at_power_off: Literal["lost", "kept"] = option("lost", "[?] v3: finished tasks of the buffer over a power cut")
    buffer_at_disconnect: Literal["kept", "lost"] = option(
        "kept", "[?] the buffer, or v2 the answer that was not taken, when the connection ends"
    )
    buffer_full: Literal["makes_room", "refuses"] = option(
        "makes_room",
        "[?] v3: a task behind sixteen results that nobody acknowledged: the oldest gives way, or it is refused (B1)",
    )
    clients: int = option(1, "[?] connections at once")
    further_client: Literal["refuse", "replace"] = option(
        "refuse", "[?] a connection too many is refused, or replaces the oldest"
    )

    # the FN and what is behind it
    fn_serial: str = option("9999078900012955", "serial number of the FN")
    registered: bool = option(True, "a new register is in fiscal mode")
    ffd: Literal["1.05", "1.1", "1.2"] = option("1.2", "format of the documents")
    format_register: bool = option(True, "register 36h exists")
    fn_days: int = option(400, "days that the FN's key of a new register lasts")
    fn_capacity: int = option(230_000, "documents that the FN holds")
    fn_warnings: int = option(0, "bits that A4 30 shows beside those that are true")
    fn_validity_long: bool = option(True, "A4 32 has registrations left and done behind the date")
    ofd: Literal["reachable", "unreachable"] = option("reachable", "whether documents get to the OFD")
    ofd_days: int = option(30, "days without the OFD after which the FN refuses documents (E9)")
    marking: Literal["positive", "negative", "unavailable", "disabled"] = option(
        "positive", "what a check of a marking code finds: fine, not fine, no server; disabled: EF is not known"
    )
    unmarked: Literal["allowed", "refused"] = option("refused", "FFD 1.2: subjects 31 and 33 without a code at EB (E7)")
    measure_missing: Literal["refuse", "piece"] = option("piece", "FFD 1.2: an item without tag 2108: piece, or E7")
    tlv_read: Literal["tag", "block"] = option("tag", "A4 46 answers with one tag, or with a block of up to 250 bytes")
    fiscal_sign: Literal["hash", "stuffing"] = option("hash", "stuffing: fiscal signs of bytes that look like control bytes")

    # states
    auto_open: bool = option(False, "[?] 92 opens the shift")
    open_receipt_at_power_on: Literal["keep", "cancel"] = option("keep", "[?] an open receipt after a power cut")
    z_report: Literal["at_once", "running"] = option(
        "at_once", "[?] the Z report is in the FN before 5A is answered, or when its submode is over"
    )
    report_polls: int = option(0, "commands 45 during which a report runs on behind its answer (submodes 2.2, 3.2, 7.1)")
    mode_after_z: Literal["3", "0"] = option("3", "mode behind a Z report")
    paper_out: Literal["refuse", "record"] = option(
        "refuse", "[?] without paper documents are refused (67), or are in the FN when 67 is answered"
    )
    paper_ran_out: Literal["error", "ok"] = option(
        "error", "[?] answer where the paper ended while a recorded document was printed"
    )
    unprinted: Literal["paper", "key", "lost"] = option(
        "paper", "[?] what is not on paper yet comes when paper is put in, at the feed key, or never"
    )
    busy_polls: int = option(0, "commands that are refused (76) because the last document is still being printed")
    printer: Literal["ok", "no_link", "fault", "cutter", "overheated"] = option("ok", "state of the printing mechanism (45)")
    cash_in_closed_shift: bool = option(True, "[?] 49 and 4F while the shift is closed; otherwise 8F")
    copy_mode: Literal["any", "1"] = option("any", "[?] modes in which 95 is possible")
    clock_confirm: Literal["error", "silent"] = option(
        "error", "[?] the first of the two 64 or 4B that change something is answered 16, or 00"
    )
    drawer_bit: Literal["closed", "open"] = option("closed", "what bit 04 of 3F means when it is set (the sources disagree)")
    item_begin: bool = option(True, "EB needs EA before it")
    cash_at_z: Literal["kept", "zeroed"] = option("kept", "[?] cash in the drawer behind a Z report")

    # another program
    foreign_port: Literal["same", "same_ids", "other"] = option(
        "same", "another program empties the buffer; uses the ids of our tasks as well; or uses another port"
    )


def check(settings: RegisterSettings) -> RegisterSettings:
    """Raises ValueError where a value makes no sense."""
    read_zone(settings.zone, USUAL_ZONE)
    for name, size in (("fn_serial", (16,)), ("inn", (10, 12)), ("access_password", (4,)), ("serial", range(1, 15))):
        value = str(getattr(settings, name))
        if len(value) not in size or not (value.isascii() and value.isdigit()):
            raise ValueError(f"Setting {name!r} must have {' or '.join(map(str, size))} digits, not {value!r}.")
    if not 0 < settings.tax_systems < 64:
        raise ValueError(f"Setting 'tax_systems' must be 1 to 63, not {settings.tax_systems}.")
    if settings.clients < 1 or settings.fn_capacity < 1:
        raise ValueError("Settings 'clients' and 'fn_capacity' must be 1 or more.")
    if len(settings.version) != 2 or not settings.version.isascii():
        raise ValueError(f"Setting 'version' must have two characters, not {settings.version!r}.")
    return settings


__all__ = ["FIXED", "Ffd", "RegisterSettings", "check"]
