"""What a user may set about one ATOL device, with the reason of each default. No behaviour is here."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated, Literal

from bridge_ffd.pricing import ARITHMETIC as FFD_ARITHMETIC
from bridge_ffd.pricing import PaymentSum
from bridge_ffd.setting_parts import FfdChoice, OnPaper, TaxationChoice
from pydantic import AfterValidator, BaseModel, ConfigDict, Field, SecretStr

from bridge.plugin import CancelLeftover, Seconds, TimeoutSettings, TlsSettings, Zone
from bridge_atol.frame import MAX_COMMAND, HostTimer
from bridge_atol.vocabulary import Patience

# A quantity has three decimals on the wire; the amount that the till says is what is sent, and the device takes one that is a kopeck
# off. At the end kopecks are taken off the total by a discount, so that whole roubles are left.
ARITHMETIC = FFD_ARITHMETIC.model_copy(update={"quantity_decimals": 3, "cash_step": Decimal("1.00")})

TAGS = 1000  # bytes of one tag; the longest that the format has

ZERO = Decimal("0.00")

# In the order in which they are told: cash last, since only cash gives change.
PAYMENTS: dict[PaymentSum, int] = {
    PaymentSum.ELECTRONIC: 2,
    PaymentSum.PREPAID: 3,
    PaymentSum.CREDIT: 4,
    PaymentSum.EXCHANGE: 5,
    PaymentSum.CASH: 1,
}


def _digits(most: int, example: str) -> AfterValidator:
    def check(value: SecretStr) -> SecretStr:
        digits = value.get_secret_value()
        if not (digits.isascii() and digits.isdigit() and len(digits) <= most):
            raise ValueError(f"this password has at most {most} digits, e.g. {example}")
        return value

    return AfterValidator(check)


class Timeouts(TimeoutSettings):
    """Seconds to wait before something is given up for lost. Source: protocol-specs/atol, "Timeouts"."""

    control: Seconds = Field(default=2.0, description="For the reply to a question about the task buffer.")
    status: Seconds = 5.0
    command: Seconds = 30.0
    report: Seconds = Field(default=60.0, description="For closing a receipt, opening and closing a shift, and reports.")
    running: Seconds = Field(default=120.0, description="How long a task that the device has begun may take in all.")
    marking: Seconds = Field(
        default=70.0, description="For the check of a marking code behind the vendor's server, which asks the marking system."
    )
    poll: Seconds = Field(default=0.5, description="Between two questions to a device that is at work.")
    person: Seconds = Field(default=1.0, description="Between two questions to a device that waits for a person.")

    def of_timer(self, timer: HostTimer, patience: Patience) -> float:
        match timer:
            case HostTimer.CONTROL:
                return self.control
            case HostTimer.POLL:
                return self.poll
            case HostTimer.ANSWER:
                return self.of_patience(patience)

    def of_patience(self, patience: Patience) -> float:
        return float(getattr(self, patience.value))


class WebSettings(BaseModel):
    """Of a device behind the vendor's HTTP server ("Web Requests"), which has several; used with an http:// or https:// URL only."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    device: str = Field(default="", max_length=100, description="Id of the device at the server; empty: its default device.")
    user: str = Field(default="", max_length=100, description="User of the server, where it has any.")


class AtolSettings(TlsSettings):
    """Settings of one device."""

    protocol: Literal["v3", "v2"] = Field(
        default="v3", description="Transport protocol: v3, or v2 (ENQ and STX) of devices before 2018 and of devices set to it."
    )
    ffd: FfdChoice = "auto"
    access_password: Annotated[SecretStr, _digits(4, "0000")] = Field(
        default=SecretStr("0000"), description="Of access: four digits in front of each command."
    )
    mode_password: Annotated[SecretStr, _digits(8, "30")] = Field(
        default=SecretStr("30"), description="Of the operator or administrator in whose name modes are entered."
    )
    zone: Zone = Field(default="Europe/Moscow", description="Zone of the device's clock, which tells none.")
    taxation: TaxationChoice = None
    department: int = Field(default=0, ge=0, le=99, description="Department of every line; 0: none.")
    paper: OnPaper = True
    columns: int = Field(default=48, ge=20, le=64, description="Characters in a printed line.")
    display_columns: int = Field(default=20, ge=8, le=40, description="Characters in a line of the customer's display.")
    display_lines: int = Field(default=2, ge=1, le=4, description="Lines of the customer's display.")
    cancel_leftover: CancelLeftover = True
    web: WebSettings = WebSettings()
    web_password: SecretStr | None = Field(default=None, description="Of the user at the vendor's HTTP server.")
    timeouts: Timeouts = Timeouts()

    @property
    def tag_room(self) -> int:
        """Bytes of one tag: v2 has frames of a limited size, and six of each are password, command and flags."""
        return MAX_COMMAND - 6 if self.protocol == "v2" else TAGS

    @property
    def access_digits(self) -> str:
        return self.access_password.get_secret_value().zfill(4)

    @property
    def mode_digits(self) -> str:
        return self.mode_password.get_secret_value().zfill(8)
