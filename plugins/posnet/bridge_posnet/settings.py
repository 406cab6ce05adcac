"""What a user may set about one Posnet printer, with the reason of each default. No behaviour is here."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from bridge.model import ArithmeticProfile, PercentMethod, Spread
from bridge.plugin import CancelLeftover, FamilySettings, Seconds, TimeoutSettings, Zone
from bridge_posnet.fields import OLD_MODEL, ONLINE, Limits

# What all models have in common. The wire carries eight decimals of a quantity, and the value of every line goes along as
# `wa` for the printer to verify: so a quantity of eight decimals is printed as meant, or the line is refused. Fewer would
# refuse what the printer can do.
ARITHMETIC = ArithmeticProfile(quantity_decimals=8, percent_method=PercentMethod.ADJUSTMENT, spread=Spread.CARRY)

# `discounttypeget dt`: which figure of a percentage is rounded.
PERCENT_METHODS = {0: PercentMethod.REMAINDER, 1: PercentMethod.ADJUSTMENT}

ZERO = Decimal("0.00")


class Timeouts(TimeoutSettings):
    """Seconds to wait for an answer before it is given up for lost. None of them ends a wait by itself: a printer
    that waits for paper is waited for. Source: protocol-specs/posnet, "Recommended host time-outs"."""

    read: Seconds = 5.0
    command: Seconds = 15.0
    end: Seconds = 30.0
    report: Seconds = 120.0
    period: Seconds = 300.0
    notice: Seconds = Field(default=2.0, description="After so long without an answer the printer is asked what it waits for.")
    poll: Seconds = Field(default=1.0, description="Between two questions to a printer that is late.")
    dead: Seconds = Field(default=5.0, description="Without an answer to !sdev for so long the line is dead.")
    blocked: Seconds = Field(default=30.0, description="How long a new connection waits for a printer that is blocked.")

    def called(self, seconds: float) -> str:
        """The time-outs of commands that have this value, by name."""
        names = [f"settings.timeouts.{name}" for name in ("command", "end", "report") if getattr(self, name) == seconds]
        return f"{' or '.join(names)} ({seconds:g} s)"


class ThermalSettings(BaseModel):
    """What only the Thermal protocol needs: each of its documents names till and cashier."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    till: Annotated[str, Field(min_length=1, max_length=8)] = Field(default="001", description="Number or name of the till.")
    cashier: Annotated[str, Field(min_length=1, max_length=17)] = Field(
        default="Kasjer", description="The cashier's name where the request gives none."
    )


class PosnetSettings(FamilySettings):
    """Settings of one printer."""

    protocol: Literal["posnet", "thermal"] = Field(
        default="posnet",
        description="As set in the printer for this interface. thermal: the older ESC P protocol of Thermal 1.x to 4.x.",
    )
    code_page: Literal["cp1250", "latin2", "mazovia"] = Field(
        default="cp1250",
        description="As set in the printer for this interface. Windows-1250 shows the most characters. "
        "With protocol thermal the default is mazovia.",
    )
    pc_interface: Literal["PC1", "PC2"] | None = Field(
        default=None, description="Which of the printer's PC interfaces this is. For people; nothing depends on it."
    )
    profile: Literal["online", "legacy"] = Field(
        default="online", description="legacy: Thermal FV EJ, HS FV EJ, FV; names of 40 characters, descriptions of 35."
    )
    zone: Zone = Field(default="Europe/Warsaw", description="Zone of the printer's clock, for models that do not tell it.")
    print_reference: bool = Field(default=True, description="Print the reference of the sale as system number (ftrcfg sn).")
    columns: int = Field(
        default=40,
        ge=20,
        le=64,
        description="Characters in a line of a receipt, for previews; 40 on 57 and 80 mm paper alike [?].",
    )
    block_mode: bool = Field(default=False, description="Print the receipt at its end instead of line by line (trinit bm1).")
    cancel_leftover: CancelLeftover = True
    till: Annotated[str, Field(max_length=ONLINE.till, pattern=r"^[ -~]*$")] | None = Field(
        default=None, description="Number of the till as printed below documents; at most 8 characters."
    )
    cashier: Literal["footer", "login"] = Field(
        default="footer",
        description="footer: the operator's name is printed below the document. login: he is also logged in at the printer, "
        "so that its shift reports count by cashier.",
    )
    shift_name: Annotated[str, Field(min_length=1, max_length=ONLINE.shift, pattern=r"^[ -~]*$")] = Field(
        default="1", description="Name of the shift in a report.x that names none; at most 8 characters."
    )
    timeouts: Timeouts = Timeouts()
    thermal: ThermalSettings = ThermalSettings()

    @model_validator(mode="before")
    @classmethod
    def _code_page_of_the_protocol(cls, data: Any) -> Any:
        """Printers of the Thermal protocol come with Mazovia."""
        if isinstance(data, dict) and data.get("protocol") == "thermal":
            return {"code_page": "mazovia", **data}
        return data

    @property
    def limits(self) -> Limits:
        return OLD_MODEL if self.profile == "legacy" else ONLINE
