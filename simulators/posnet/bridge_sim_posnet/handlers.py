"""Which function does which command. Every command of `commands.COMMANDS` but `rpt` stands here."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from types import ModuleType
from typing import TYPE_CHECKING, Any

from bridge_sim_posnet import (
    archive,
    cashier,
    display,
    documents,
    edocument,
    fiscal_memory,
    forms,
    invoice,
    reports,
    sale,
    selling,
    service,
    setup,
    status,
)
from bridge_sim_posnet.commands import COMMANDS

if TYPE_CHECKING:
    from bridge_sim_posnet.printer import Printer

Wait = float | Callable[[], bool]  # seconds, or a condition
Answer = list[tuple[str, object]]  # fields in the order of the wire


@dataclass(frozen=True, slots=True)
class Call:
    """One command as a handler gets it: the PC interface and the values of its parameters."""

    port: str
    args: dict[str, Any]
    immediate: bool = False
    name: str = ""


Handler = Callable[["Printer", Call], Answer | Generator[Wait, None, Answer]]

# A command is done by the function of its name; these have another one.
OTHER_NAMES: dict[str, Handler] = {
    "break": archive.interrupt,
    "trcancel": service.prncancel,
    "hardprncancel": service.prncancel,
    "usbdrvtypeset": setup.kept_only,
    "trlogset": setup.kept_only,
    "trlogframecfgset": setup.kept_only,
    **dict.fromkeys(("qrcode", "azteccode", "dmcode", "pdf417code"), cashier.prepare_code),
}

_MODULES: tuple[ModuleType, ...] = (
    *(archive, cashier, display, documents, edocument, fiscal_memory, forms),
    *(invoice, reports, sale, selling, service, setup, status),
)


def _named(name: str) -> Handler:
    """The one function of that name. Raises where there is none or more than one: the table is wrong."""
    found: list[Handler] = [getattr(module, name) for module in _MODULES if hasattr(module, name)]
    (handler,) = found
    return handler


HANDLERS: dict[str, Handler] = {
    name: OTHER_NAMES[name] if name in OTHER_NAMES else _named(name) for name in COMMANDS if name != "rpt"
}
