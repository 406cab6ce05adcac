"""Marked goods (EF): a code is bound to the item that was begun, and checked then. What the server behind the FN says is the setting
`marking`.

Source: protocol-specs/atol, "Commands": `EF 08 00 code` between EA and EB; `EF 09`, which the vendor's driver asks at its opening, may
be unknown. What the answer holds no source tells; here it is tag 2106 of the check [?].
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from bridge_sim_fn.memory import CheckedCode

from bridge_sim_atol import receipts
from bridge_sim_atol.refusals import FN_PARAMETERS, FORMAT, MODE, UNKNOWN, Refusal
from bridge_sim_atol.request import Call, Command

if TYPE_CHECKING:
    from bridge_sim_atol.register import Register

_BIND = 0x08
MAX_CODE = 256

# Tag 2106: checked, positive, the server knows the status, the planned one fits.
CHECKED, POSITIVE, STATUS_KNOWN, STATUS_FITS = 1, 2, 4, 8

_RESULTS = {
    "positive": CHECKED | POSITIVE | STATUS_KNOWN | STATUS_FITS,
    "negative": CHECKED | STATUS_KNOWN,
    "unavailable": CHECKED | POSITIVE,  # by the FN's own keys alone
}


def _mark(register: Register, call: Call) -> bytes:
    settings = register.settings
    if settings.marking == "disabled" or settings.ffd != "1.2" or call.request.byte() != _BIND:
        raise Refusal(UNKNOWN)
    if register.memory.mode != 1:
        raise Refusal(MODE)
    call.request.byte()
    code = call.request.rest()
    if not 0 < len(code) <= MAX_CODE:
        raise Refusal(FORMAT)
    receipt = receipts.current(register)
    if receipt.begun is None or receipt.begun.code:
        raise Refusal(MODE)
    if any(item.code == code.hex() for item in receipt.items):
        raise Refusal(FN_PARAMETERS)
    result = _RESULTS[settings.marking]
    receipt.begun.code, receipt.begun.check = code.hex(), result
    register.memory.fn.codes.append(CheckedCode(code.hex(), result, accepted=True))
    register.memory.fn.notifications += 1
    return bytes((result,))


COMMANDS = {0xEF: Command(_mark, "fill")}
