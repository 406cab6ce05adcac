"""What a user may set about one Shtrih-M device, with the reason of each default. No behaviour is here."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from bridge_ffd.pricing import ARITHMETIC as FFD_ARITHMETIC
from bridge_ffd.setting_parts import FfdChoice, OnPaper, TaxationChoice
from pydantic import AfterValidator, Field, SecretStr

from bridge.model import PaymentKind
from bridge.plugin import CancelLeftover, FamilySettings, Seconds, TimeoutSettings, Zone
from bridge_shtrih_m.frame import HostTimer
from bridge_shtrih_m.vocabulary import Patience

# A quantity has six decimals on the wire (three in the older commands). The amount that the till says is what is sent; the device
# takes one that is a kopeck off. At the end of a receipt it takes kopecks off the total, so that whole roubles are left.
ARITHMETIC = FFD_ARITHMETIC.model_copy(update={"quantity_decimals": 6, "cash_step": Decimal("1.00")})
CLASSIC_ARITHMETIC = FFD_ARITHMETIC.model_copy(update={"quantity_decimals": 3, "tolerance": Decimal(0)})

ZERO = Decimal("0.00")

# Which of the device's sixteen payments a kind is: 1 cash, 2 to 13 are summed up as electronic, 14 prepaid, 15 credit, 16 other.
PAYMENTS: dict[PaymentKind, int] = {
    PaymentKind.CASH: 1,
    PaymentKind.CARD: 2,
    PaymentKind.TRANSFER: 3,
    PaymentKind.VOUCHER: 14,
    PaymentKind.PREPAID: 14,
    PaymentKind.CREDIT: 15,
    PaymentKind.EXCHANGE: 16,
    PaymentKind.OTHER: 16,
}


def _password(value: SecretStr) -> SecretStr:
    digits = value.get_secret_value()
    if not (digits.isascii() and digits.isdigit() and int(digits) < 1 << 32):
        raise ValueError("a password of the device is a number of at most ten digits, e.g. 30")
    return value


Password = Annotated[SecretStr, AfterValidator(_password)]


class Timeouts(TimeoutSettings):
    """Seconds to wait before something is given up for lost. Source: protocol-specs/shtrih-m, "Timeouts"."""

    control: Seconds = Field(default=1.0, description="For the answer to ENQ, or to the enquiry of link layer v2.")
    taken: Seconds = Field(default=2.0, description="For ACK or NAK to a frame.")
    byte: Seconds = Field(default=1.0, description="For the next byte of a frame.")
    quiet: Seconds = Field(default=0.3, description="Without a byte for so long the line is quiet.")
    status: Seconds = 5.0
    command: Seconds = 30.0
    report: Seconds = 65.0
    shift: Seconds = 120.0
    marking: Seconds = 40.0
    poll: Seconds = Field(default=0.2, description="Between two questions to a device that prints.")
    person: Seconds = Field(default=1.0, description="Between two questions to a device that waits for a person.")
    paper: Seconds = Field(default=20.0, description="How long a finished document waits for its paper before the job ends.")

    def of(self, patience: Patience) -> float:
        """Of a command's answer."""
        return float(getattr(self, patience.value))

    def of_timer(self, timer: HostTimer, patience: Patience) -> float:
        match timer:
            case HostTimer.CONTROL:
                return self.control
            case HostTimer.TAKEN:
                return self.taken
            case HostTimer.BYTE:
                return self.byte
            case HostTimer.QUIET:
                return self.quiet
            case HostTimer.ANSWER:
                return self.of(patience)


class ShtrihSettings(FamilySettings):
    """Settings of one device."""

    link_layer: Literal["auto", "v1", "v2"] = Field(
        default="auto",
        description="How bytes are framed. auto: v1, which every device has, and v2 where v1 is not answered. A device keeps to "
        "one of them until it is switched off.",
    )
    commands: Literal["auto", "v2", "classic"] = Field(
        default="auto",
        description="How receipts are made. v2: commands FF46h and FF45h (all devices since 2018). classic: 80h to 85h, for "
        "older ones. auto: v2 where there is a fiscal storage.",
    )
    ffd: FfdChoice = "auto"
    password: Password = Field(
        default=SecretStr("30"), description="Of the operator; receipts name the operator whose password it is."
    )
    administrator_password: Password = Field(
        default=SecretStr("30"), description="Of the system administrator: for reports, tables, the fiscal storage, the clock."
    )
    zone: Zone = Field(default="Europe/Moscow", description="Zone of the device's clock, which tells none.")
    taxation: TaxationChoice = None
    department: int = Field(default=1, ge=0, le=255, description="Department of every line.")
    paper: OnPaper = True
    print_reference: bool = Field(default=False, description="Print the reference of the sale as a line of the receipt.")
    columns: int = Field(default=40, ge=20, le=64, description="Characters in a printed line, for previews.")
    drawer: int = Field(default=0, ge=0, le=1, description="Number of the cash drawer.")
    cut_printouts: bool = Field(default=True, description="Cut the paper behind a printout, where the device has a cutter.")
    continue_printing: bool = Field(
        default=True,
        description="Go on by itself when paper was put in (B0h). false: a person lets it go on, or document.continue does.",
    )
    cancel_leftover: CancelLeftover = True
    timeouts: Timeouts = Timeouts()

    @property
    def operator_number(self) -> int:
        return int(self.password.get_secret_value())

    @property
    def administrator_number(self) -> int:
        return int(self.administrator_password.get_secret_value())
