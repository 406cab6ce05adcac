"""Errors of the printer: two number spaces, two tables.

Frame errors come in an `ERR` frame: the printer refused the frame itself. Command errors come under the command's own
mnemonic. Follows protocol-specs/posnet, "Frame errors" and errors.md; the rows of the command errors are in
`command_errors.py`.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bridge.plugin import CommandFate
from bridge_posnet.command_errors import COMMAND_ERRORS, CommandError
from bridge_posnet.frame import Fault

__all__ = (
    "COMMAND_ERRORS",
    "FAULT_NUMBERS",
    "FRAME_ERRORS",
    "CommandError",
    "lookup_command_error",
    "lookup_frame_error",
)

_NO = CommandFate.NOT_EXECUTED
_DEFECT = "The bridge and the printer do not understand each other: update the bridge, and report the wire log."
_LINE = "The line disturbs the data: check cable, speed, parity and flow control. The command may be sent again."
_WAIT = "Wait until the printer has worked off what it was sent."

FRAME_ERRORS: Mapping[int, CommandError] = MappingProxyType(
    {
        1: CommandError(
            "request.unsupported",
            "PROTO_ERR_CMD_UNKNOWN",
            "the printer does not know this command",
            _NO,
            "This model or firmware cannot do it.",
        ),
        2: CommandError("request.invalid", "PROTO_ERR_CMD_MANDATORY_FIELDS", "a required parameter is missing", _NO, _DEFECT),
        3: CommandError(
            "request.invalid",
            "PROTO_ERR_DATA_CONVERSION",
            "a value has the wrong form or is out of range",
            _NO,
            "Check amounts and quantities of the document against the limits of the printer.",
        ),
        4: CommandError("device.rejected", "PROTO_ERR_TOKEN_INVALID", "bad token", _NO, _DEFECT),
        5: CommandError("device.rejected", "PROTO_ERR_CRC_INVALID", "wrong checksum", _NO, _LINE),
        6: CommandError("device.rejected", "PROTO_ERR_FLD_INVALID", "a parameter without a name", _NO, _DEFECT),
        10: CommandError(
            "request.invalid",
            "PROTO_ERR_DATA_LENGTH",
            "a value has the wrong length",
            _NO,
            "Shorten the texts of the document: older models take names of 40 characters.",
        ),
        11: CommandError("device.busy", "PROTO_ERR_INPUT_BUFFER_OVERRUN", "receive buffer full", _NO, _WAIT),
        12: CommandError(
            "request.unsupported",
            "PROTO_ERR_CMD_IMMEDIATE_FORBIDDEN",
            "this command may not overtake the queue",
            _NO,
            _DEFECT,
        ),
        13: CommandError(
            "device.rejected",
            "PROTO_ERR_TOKEN_NOT_FOUND",
            "no stored answer for this token",
            _NO,
            "This says nothing about the command that carried the token: ask the printer (strns, scnt).",
        ),
        14: CommandError("device.busy", "PROTO_ERR_INPUT_QUEUE_FULL", "input queue full", _NO, _WAIT),
        15: CommandError("device.rejected", "PROTO_ERR_SYNTAX", "checksum missing", _NO, _LINE),
    }
)

# What a printer answers to bytes that the codec takes for garbage. Noise and a new STX have no answer.
FAULT_NUMBERS: Mapping[Fault, int] = MappingProxyType(
    {Fault.TOKEN: 4, Fault.CHECKSUM: 5, Fault.FIELD: 6, Fault.LENGTH: 11, Fault.SYNTAX: 15}
)


def lookup_command_error(code: int) -> CommandError:
    """The row of a command error.

    A number that is not in the table (newer firmware) has fate UNKNOWN: asking the printer once more costs a second, a
    wrong "not executed" could cost a second receipt.
    """
    return COMMAND_ERRORS.get(code) or CommandError(
        "device.rejected",
        f"ERR_{code}",
        f"the printer refused with error {code}, which is not known here",
        CommandFate.UNKNOWN,
        "Look the number up in the printer's manual. What became of the document is asked of the printer.",
    )


def lookup_frame_error(code: int) -> CommandError:
    """The row of a frame error; the printer did not take the frame in, so nothing was executed."""
    return FRAME_ERRORS.get(code) or CommandError(
        "device.rejected",
        f"PROTO_ERR_{code}",
        f"the printer refused the frame with error {code}, which is not known here",
        CommandFate.NOT_EXECUTED,
        _DEFECT,
    )
