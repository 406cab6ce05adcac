"""`raw`: one command of the protocol, as an administrator writes it. Only what makes no document and changes nothing for good.

The form is {"mnemonic": "hdrget", "params": [["na", "text"]]}; the answer's fields come back in the evidence.
"""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, ValidationError

from bridge.model import FieldError, Model, Raw, RequestError, Text, invalid, unsupported
from bridge_posnet.fields import FieldType, malformed
from bridge_posnet.fitting import Fitting
from bridge_posnet.frame import Frame, Parameter
from bridge_posnet.vocabulary import FIELDS, IMMEDIATE, MUTATING, NEVER

# What changes the printer and makes no document: set-up, service printouts, reprints, the service of e-documents.
_ALLOWED_CHANGES = frozenset(
    (
        "cashstaterep", "commcfgrep", "currrateset", "dsptxtline", "eclastprintouts", "ecprndoc", "ecprnfv",
        "eparagonbuffercontextset", "eparagondefaultset", "eparagonrep", "eparagonscheduleset", "eparagonstatusset",
        "ftrinfoset", "hardwarecfgrep", "hdrset", "papfeed", "reponline", "rtcset", "servicerep",
    )
)  # fmt: skip
ALLOWED = (frozenset(FIELDS) - MUTATING - {"rpt", "break"}) | _ALLOWED_CHANGES


class _Command(Model):
    mnemonic: Text
    params: tuple[tuple[Annotated[str, Field(pattern=r"^[a-z0-9]{2}$")], str], ...] = ()


def plan_raw(operation: Raw, code_page: str) -> Frame:
    """The frame. Raises RequestError naming the parameter."""
    try:
        command = _Command.model_validate(operation.command)
    except ValidationError as error:
        found = tuple(
            FieldError(".".join(("command", *(str(part) for part in problem["loc"]))), problem["msg"])
            for problem in error.errors(include_url=False, include_input=False)
        )
        raise RequestError("request.invalid", f"{found[0].field}: {found[0].message}", found) from None
    mnemonic = command.mnemonic
    if mnemonic in NEVER:
        raise unsupported(
            "command.mnemonic", f"{mnemonic} changes the printer for good and is never sent", remedy="call the service"
        )
    if mnemonic not in ALLOWED:
        raise unsupported("command.mnemonic", f"{mnemonic} is not sent this way", remedy="use the operation that it belongs to")
    fields = FIELDS[mnemonic]
    fit = Fitting(code_page, lenient=False)
    parameters = []
    for index, (name, value) in enumerate(command.params):
        where = f"command.params.{index}"
        field = fields.get(name)
        if field is None:
            raise invalid(where, f"{mnemonic} has no parameter {name}", limit=", ".join(fields) or "none")
        pieces = value.split("\n") if field.type is FieldType.LINES else [value]
        data = b"\n".join(fit.characters(where, piece) for piece in pieces)
        reason = malformed(field, data)
        if reason is not None:
            raise invalid(where, f"{name} {reason}")
        parameters.append(Parameter(name, data))
    return Frame(mnemonic, tuple(parameters), immediate=mnemonic in IMMEDIATE and mnemonic not in _ALLOWED_CHANGES)
