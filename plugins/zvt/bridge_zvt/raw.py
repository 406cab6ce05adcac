"""A command of the protocol itself, for administrators: `{"command": "06 1A", "data": "", "password": true, "ends": "completion"}`.

The password is put in by the driver, so that none stands in a request.
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from bridge.model import Flag, Model, Raw, invalid
from bridge.plugin import read_raw
from bridge_zvt.commands import Command, Ends
from bridge_zvt.frame import Apdu, Code, bcd_digits
from bridge_zvt.settings import ZvtSettings

# Commands that move money or close the batch: they belong to the operations that answer for what they do. So do the registration
# and the abort, on which the driver relies.
REFUSED = frozenset(
    (
        Code.REGISTRATION,
        Code.AUTHORISATION,
        Code.LOG_OFF,
        0x0604,
        0x0605,
        0x0609,
        0x060A,
        0x060C,
        Code.TELEPHONE_AUTHORISATION,
        Code.RESERVATION,
        Code.PARTIAL_REVERSAL,
        Code.BOOK_TOTAL,
        Code.RESERVATION_REVERSAL,
        Code.EXTERNAL_RESERVATION_REVERSAL,
        Code.REVERSAL,
        Code.REFUND,
        Code.END_OF_DAY,
        Code.SEND_OFFLINE,
        Code.ABORT_COMMAND,
        0x06E6,
        Code.CHANGE_BAUD,
        Code.CHANGE_PASSWORD,
        Code.SET_TERMINAL_ID,
    )
)


class RawCommand(Model):
    """`command` and `data` in hexadecimal; `data` without the password. `ends`: whether a completion follows."""

    command: Annotated[str, Field(pattern=r"^[0-9A-Fa-f]{2} ?[0-9A-Fa-f]{2}$")]
    data: Annotated[str, Field(pattern=r"^([0-9A-Fa-f]{2}\s*)*$", max_length=2000)] = ""
    password: Flag = False
    ends: Literal["completion", "answer"] = "completion"


def plan_raw(operation: Raw, settings: ZvtSettings) -> Command:
    """Raises RequestError naming the field."""
    wanted = read_raw(operation, RawCommand, '{"command": "06 1A"}')
    code = int(wanted.command.replace(" ", ""), 16)
    if code in REFUSED:
        raise invalid("command.command", "this command moves money or changes the link", remedy="use the operation for it")
    if code >> 8 not in (0x05, 0x06, 0x08, 0x0F):
        raise invalid("command.command", f"{wanted.command} is no command of a till", remedy="e.g. 06 1A")
    data = (bcd_digits(settings.digits, 3) if wanted.password else b"") + bytes.fromhex(wanted.data)
    ends = Ends.COMPLETION if wanted.ends == "completion" else Ends.ANSWER
    return Command(Apdu(code, data), f"raw {wanted.command}", ends)
