"""Everything that moves no money: registration, status, diagnosis, initialisation, clock, display, card reading.

Source: protocol-specs/zvt, "Registration 06 00", "Status enquiry 05 01", "Diagnosis", "Display text", "Read card", "Terminal status codes".
"""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from bridge_zvt.frame import Apdu, Bmp, Code, Field, Tlv, bcd, bcd_digits, digits, tlv_field, write_fields

from bridge_sim_zvt import codes, confirming, messages, payments, receipts
from bridge_sim_zvt.cards import CARDS
from bridge_sim_zvt.dialogue import Dialogue, Ended, Refusal
from bridge_sim_zvt.memory import Registration
from bridge_sim_zvt.receipts import PrintLine, Receipt
from bridge_sim_zvt.request import Request

if TYPE_CHECKING:
    from bridge_sim_zvt.terminal import Terminal

# Service byte of 05 01
NO_VERSION, DETAILS = 0x02, 0x04

# Status byte of the answer to 06 00
_INITIALISE, _DIAGNOSE = 0x01, 0x02

# TLV
_COLUMNS, _CHARSET, _COMMANDS, _COMMAND, _CHARSETS, _PERMITTED_COMMANDS = 0x12, 0x14, 0x26, 0x0A, 0x27, 0x26
_CHARSET_NAMES = {0xFF: "cp437", 0xFE: "utf8", 0x01: "latin1", 0x0F: "latin15"}


async def register(dialogue: Dialogue, request: Request) -> None:
    """06 00: password, configuration byte, currency; who prints, and which commands the terminal may send."""
    terminal = dialogue.terminal
    if len(request.head) < 4:
        raise Refusal(codes.UNSUPPORTED)
    own = terminal.settings.currency
    currency = int(request.head[4:6].hex()) if request.head[4:6].hex().isdigit() else own
    if currency != own and terminal.settings.wrong_currency == "6F":
        raise Refusal(codes.WRONG_CURRENCY)
    old = terminal.memory.registration
    tlv = request.fields.tlv
    listed = tlv.all(_PERMITTED_COMMANDS, _COMMAND)
    charset = tlv.get(_CHARSET) or tlv.get(_CHARSETS, _CHARSET)
    known = _CHARSET_NAMES.get(charset[0]) if charset and terminal.settings.charset_choice else None
    terminal.memory.registration = Registration(
        registered=True,
        config=request.head[3],
        service=request.service,
        tlv=old.tlv or request.fields.has_tlv,
        commands=[command.hex().upper() for command in listed] or None,
        charset=known or "",
        columns=int(digits(tlv.get(_COLUMNS) or b"\0") or 0),
        currency=currency,
    )
    terminal.save()
    await dialogue.accept()
    echo: list[Tlv] = []
    if known is not None and charset is not None:
        echo.append(Tlv.of(_CHARSETS, Tlv(_CHARSET, charset[:1])))
    if listed:
        echo.append(Tlv.of(_COMMANDS, *(Tlv(_COMMAND, command) for command in listed)))
    needs = {"initialisation": _INITIALISE, "diagnosis": _DIAGNOSE}.get(terminal.settings.memory_needs, 0)
    fields = [
        Field(Bmp.STATUS, bytes((needs,))),
        Field(Bmp.TERMINAL_ID, bcd_digits(terminal.memory.tid, 4)),
        Field(Bmp.CURRENCY, bcd(own, 2)),
    ]
    if terminal.may_send_tlv:
        fields.append(tlv_field(*echo))
    await dialogue.complete(messages.completion(*fields))


async def log_off(dialogue: Dialogue, request: Request) -> None:
    """06 02: 80 00 and no completion. What the till may is forgotten, and TLV is off."""
    terminal = dialogue.terminal
    terminal.memory.registration = Registration(registered=False, config=int(terminal.settings.after_log_off, 16))
    terminal.save()
    await dialogue.accept()


async def status(dialogue: Dialogue, request: Request) -> None:
    """05 01. The completion has no BMPs: a version text (LLLVAR) unless the till wants none, then the state byte."""
    terminal = dialogue.terminal
    await dialogue.accept()
    data = b""
    if not request.service & NO_VERSION:
        version = terminal.settings.firmware.encode("ascii", "replace")
        data += bytes(0xF0 | int(digit) for digit in f"{len(version):03d}") + version
    data += bytes((terminal.state_code,))
    if request.service & DETAILS and terminal.may_send_tlv and terminal.settings.status_details:
        data += write_fields((tlv_field(*_details(terminal)),))
    await dialogue.complete(Apdu(Code.COMPLETION, data))


def _details(terminal: Terminal) -> list[Tlv]:
    settings, now = terminal.settings, terminal.now()
    serial = "".join(sign for sign in settings.serial if sign.isascii() and sign.isdigit())
    device = Tlv.of(
        0xE4,
        Tlv(0x1F40, settings.model.encode("ascii", "replace")),
        Tlv(0x1F41, settings.firmware.encode("ascii", "replace")),
        Tlv(0x1F42, bcd_digits(serial or "0", (len(serial) + 1) // 2 or 1)),
        Tlv(0x1F43, bytes((terminal.state_code,))),
    )
    clock = Tlv.of(0x34, Tlv(0x1F0E, bcd_digits(now.strftime("%Y%m%d"), 4)), Tlv(0x1F0F, bcd_digits(now.strftime("%H%M%S"), 3)))
    return [Tlv(0x1F44, bcd_digits(terminal.memory.tid, 4)), device, clock]


async def diagnose(dialogue: Dialogue, request: Request) -> None:
    """06 70."""
    terminal = dialogue.terminal
    await _work(dialogue)
    terminal.done_with(memory_needs="nothing")
    if terminal.settings.sends_clock:
        now = terminal.now()
        fields = (
            Field(Bmp.LONG_DATE, bcd_digits(now.strftime("%y%m%d"), 3)),
            Field(Bmp.TIME, bcd_digits(now.strftime("%H%M%S"), 3)),
        )
        await dialogue.say(Apdu(Code.SET_CLOCK_OF_TILL, write_fields(fields)))
    await dialogue.complete(messages.completion())


async def initialise(dialogue: Dialogue, request: Request) -> None:
    """06 93."""
    await _work(dialogue)
    dialogue.terminal.done_with(memory_needs="nothing")
    await dialogue.complete(messages.completion())


async def plain_work(dialogue: Dialogue, request: Request) -> None:
    """06 51, 06 79: some time passes, and it is done."""
    await _work(dialogue)
    await dialogue.complete(messages.completion())


async def _work(dialogue: Dialogue) -> None:
    await dialogue.accept()
    dialogue.phase = "working"
    await dialogue.show(codes.PLEASE_WAIT_LONG)
    await dialogue.pause(dialogue.terminal.seconds("work"))
    if dialogue.terminal.settings.host == "unreachable":
        raise Ended(codes.NO_CONNECTION, codes.TEXTS[codes.NO_CONNECTION])


async def reset(dialogue: Dialogue, request: Request) -> None:
    """06 18: it starts anew behind the completion."""
    await dialogue.accept()
    await dialogue.complete(messages.completion())
    dialogue.terminal.restart_after(0.0, dialogue.terminal.settings.boot_seconds)


async def print_configuration(dialogue: Dialogue, request: Request) -> None:
    """06 1A."""
    terminal = dialogue.terminal
    await dialogue.accept()
    papers = [receipts.of_configuration(terminal)]
    await confirming.hand_over(dialogue, papers, administration=True)
    if terminal.prints_itself(administration=True):
        confirming.put_on_paper(terminal, papers)
    await dialogue.complete(messages.completion())


async def set_clock(dialogue: Dialogue, request: Request) -> None:
    """06 91."""
    terminal = dialogue.terminal
    date, time = request.fields.digits(Bmp.LONG_DATE), request.fields.digits(Bmp.TIME)
    try:
        wanted = datetime.strptime(f"{date}{time}", "%y%m%d%H%M%S").replace(tzinfo=terminal.now().tzinfo)
    except ValueError:
        raise Refusal(codes.UNSUPPORTED) from None
    await dialogue.accept()
    terminal.clock_shift += wanted - terminal.now()
    terminal.save()
    await dialogue.complete(messages.completion())


async def change_password(dialogue: Dialogue, request: Request) -> None:
    """06 95: old and new."""
    terminal = dialogue.terminal
    if len(request.head) != 6:
        raise Refusal(codes.UNSUPPORTED)
    await dialogue.accept()
    terminal.memory.password = request.head[3:].hex()
    terminal.save()
    await dialogue.complete(messages.completion())


async def display(dialogue: Dialogue, request: Request) -> None:
    """06 E0: lines F1 to F8; 14 in front of one is the large font. 80 00 and no completion."""
    terminal = dialogue.terminal
    lines = [value.removeprefix(b"\x14").decode("cp437") for tag in range(0xF1, 0xF9) if (value := request.fields.get(tag))]
    await dialogue.accept()
    seconds = request.fields.byte(Bmp.DISPLAY_SECONDS) or 0
    terminal.show_text("\n".join(lines), float(seconds))


async def print_line(dialogue: Dialogue, request: Request) -> None:
    """06 D1 from the till: a line on the terminal's printer."""
    terminal = dialogue.terminal
    if not request.head:
        raise Refusal(codes.UNSUPPORTED)
    attribute, text = request.head[0], request.head[1:].decode("cp437")
    line = PrintLine(text, attribute & 0x7F)
    await dialogue.accept()
    terminal.roll.print(*Receipt("administration", (line,)).as_paper())
    terminal.save()


async def read_card(dialogue: Dialogue, request: Request) -> None:
    """06 C0: ends with 04 0F, and no completion behind it; a failure ends with 06 1E."""
    terminal = dialogue.terminal
    await dialogue.accept()
    script = terminal.script_of(0)
    terminal.customer.begin()
    read = await payments.read_card(dialogue, script, seconds=float(request.head[0]) or None if request.head else None)
    dialogue.used_card = False  # it stays for a payment behind this command, or until 06 B0
    card = CARDS[read.key]
    fields = [
        Field(Bmp.RESULT, bytes((codes.OK,))),
        Field(Bmp.PAN, messages.pan(card.pan, terminal.settings.pan)),
        Field(Bmp.CARD_TYPE, bytes((card.type,))),
    ]
    if terminal.settings.spills:
        fields.append(Field(Bmp.TRACK_2, messages.track_2(card)))
    if terminal.may_send_tlv:
        fields.append(tlv_field(Tlv.of(0x60, Tlv(0x41, bytes((card.type,))), Tlv(0x43, bytes.fromhex(card.aid)))))
    await dialogue.complete(Apdu(Code.STATUS_INFORMATION, write_fields(fields)))


async def nothing(dialogue: Dialogue, request: Request) -> None:
    """80 00 and no more: 06 C5, 08 50, and the like."""
    await dialogue.accept()
