"""What a refusal says, by language. English is the table of errors (`command_errors.py`) with the remedies of `en.py`.

Which errors a cashier can meet: all but those of set-up, of the service and of fiscalisation, which no till causes. They are named
in ranges here, so that a number that joins the table needs its sentences or a reason.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bridge_posnet.command_errors import COMMAND_ERRORS, CommandError
from bridge_posnet.texts import en, pl

# First and last number, and why no till causes them.
NOT_FOR_CASHIERS: Mapping[tuple[int, int], str] = MappingProxyType(
    {
        (360, 365): "service jumper and passwords",
        (404, 404): "control codes of the service",
        (462, 464): "setting of clock and zone",
        (480, 483): "entering of authorisation codes",
        (485, 487): "entering of authorisation codes",
        (500, 501): "statistics of the service",
        (700, 716): "configuration",
        (718, 721): "configuration",
        (724, 724): "setting of the clock",
        (727, 738): "configuration",
        (740, 975): "configuration, self tests and the goods base",
        (1003, 1016): "manufacture and fiscalisation",
        (1025, 1038): "faults that only the service reads",
        (1040, 1040): "faults that only the service reads",
        (1044, 1044): "fiscalisation",
        (1050, 1072): "faults that only the service reads",
        (1074, 1107): "faults that only the service reads",
        (1210, 1211): "manufacture",
        (2003, 2003): "programming of the header",
        (2024, 2024): "setting of the clock",
        (2027, 2030): "programming of VAT rates",
        (2032, 2033): "fiscalisation",
        (2037, 2037): "closing of the fiscal memory",
        (2067, 2074): "configuration and maintenance",
        (2095, 2095): "programming of the header",
        (2207, 2290): "card terminals of the printer",
        (2521, 2523): "reports of the goods base",
        (2707, 2707): "configuration",
        (2712, 2712): "configuration",
        (2908, 2913): "faults that only the service reads",
        (2917, 2918): "faults that only the service reads",
        (3051, 3080): "change of the currency",
        (3085, 3110): "programming of VAT rates, fiscalisation, configuration",
        (3203, 3205): "2D codes by parameters that are not sent",
        (3207, 3208): "2D codes by parameters that are not sent",
        (3221, 3732): "bar codes of images, images, networks, updates, certificates",
        (3734, 3734): "fiscalisation",
        (3738, 3802): "keys, and printouts of card terminals",
        (3901, 3902): "faults that only the service reads",
        (3905, 3927): "fiscalisation",
        (3930, 3933): "fiscalisation",
        (4100, 4209): "events and fiscalisation",
        (4252, 4254): "faults that only the service reads",
        (4260, 4271): "configuration of e-documents",
        (4276, 4276): "images of e-documents",
        (4454, 4903): "services and duty-free sale, which are not built",
    }
)


def met_by_cashiers(code: int) -> bool:
    return not any(first <= code <= last for first, last in NOT_FOR_CASHIERS)


CASHIER = frozenset(code for code in COMMAND_ERRORS if met_by_cashiers(code))


def remedy(code: int, row: CommandError) -> str | None:
    """In English; None where the table's uniform remedy must do."""
    return row.remedy or en.REMEDIES.get(code)


def polish(code: int | None, row: CommandError, command: str) -> tuple[str, str]:
    """Sentence and remedy. `code` None: a frame error, which has numbers of its own."""
    text, what_to_do = (pl.TEXTS.get(code) if code is not None else None) or pl.GENERAL.get(row.code) or (row.text, "")
    refused = pl.REFUSED.get(command, f"polecenia {command}")
    return f"Drukarka odmówiła {refused}: {text}.", what_to_do
