"""What a user may set about one ZVT terminal, with the reason of each default. No behaviour is here."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, Field, SecretStr, model_validator

from bridge.model import ArithmeticProfile
from bridge.plugin import Seconds, TimeoutSettings, TlsSettings, Zone
from bridge_zvt.frame import Charset
from bridge_zvt.open_points import REVERSAL_WINDOW
from bridge_zvt.profiles import PRESETS

ARITHMETIC = ArithmeticProfile()

CURRENCIES: dict[str, tuple[int, int]] = {
    "EUR": (978, 2), "CHF": (756, 2), "USD": (840, 2), "GBP": (826, 2), "PLN": (985, 2), "CZK": (203, 2), "HUF": (348, 2),
    "DKK": (208, 2), "SEK": (752, 2), "NOK": (578, 2), "RON": (946, 2), "BGN": (975, 2), "RSD": (941, 2), "TRY": (949, 2),
}  # fmt: skip
"""ISO 4217: number and decimals, of the currencies that these terminals are sold with."""


def _password(value: SecretStr) -> SecretStr:
    digits = value.get_secret_value()
    if not (digits.isascii() and digits.isdigit() and len(digits) == 6):
        raise ValueError("the terminal's password has six digits, e.g. 000000")
    return value


def _currency(value: str) -> str:
    if value not in CURRENCIES:
        raise ValueError(f"choose one of {', '.join(CURRENCIES)}")
    return value


class Timeouts(TimeoutSettings):
    """Seconds to wait before something is given up for lost. T1 to T4: protocol-specs/zvt, "Time-outs"."""

    t1: Seconds = Field(default=0.2, description="For the next byte of a message on a serial line.")
    t2: Seconds = Field(default=5.0, description="For ACK or NAK to a message on a serial line; then it is repeated.")
    t3: Seconds = Field(default=5.0, description="For the first answer to a command.")
    message: Seconds = Field(default=5.0, description="From the first to the last byte of one message on TCP (T3').")
    t4: Seconds = Field(
        default=180.0,
        description="For the next message while a command runs; each one begins it anew, and the terminal may ask for more. "
        "During the entry of a PIN some terminals say nothing: do not set it lower.",
    )
    abort: Seconds = Field(default=10.0, description="For a command that ran out of T4 to end after it was aborted.")
    quiet: Seconds = Field(default=0.5, description="Without a message for so long nothing of an earlier command is on its way.")
    busy: Seconds = Field(default=2.0, description="Between two questions to a terminal that is busy.")
    question: Annotated[float, Field(gt=0, le=150)] = Field(
        default=120.0, description="For the cashier to answer whether the signature is right; then the payment stands."
    )
    enquiry: Seconds = Field(default=60.0, description="Between two status enquiries to an idle terminal.")


class ZvtSettings(TlsSettings):
    """Settings of one terminal."""

    preset: Literal["standard", "card-complete", "hobex", "feig", "pax", "ccv", "ingenico", "verifone"] = Field(
        default="standard",
        description="What is known of the terminals of a vendor or acquirer; what is set here counts before it.",
    )
    framing: Literal["auto", "stream", "serial"] = Field(
        default="auto", description="auto: messages are framed on a serial port, and not on TCP. serial: a converter to TCP, too."
    )
    password: Annotated[SecretStr, AfterValidator(_password)] = Field(
        default=SecretStr("000000"), description="Of the cashier at the terminal: six digits, from whoever supplied it."
    )
    currency: Annotated[str, AfterValidator(_currency)] = Field(default="EUR", description="Of the terminal's contract.")
    receipts: Literal["terminal", "blocks", "lines", "data"] = Field(
        default="terminal",
        description="Who makes receipts. terminal: it prints them. blocks, lines: it hands them over as text, for the till to "
        "print. data: the till makes them of the payment's data.",
    )
    config_byte: Annotated[str, Field(pattern=r"^[0-9A-Fa-f]{2}$")] | None = Field(
        default=None,
        description="Configuration byte of the registration in hexadecimal, where it is not to follow from `receipts`.",
    )
    lock_terminal: bool = Field(
        default=True,
        description="Payments and administration at the till only. A payment made at the terminal itself cannot be "
        "told from the till's own when an answer is lost.",
    )
    service_byte: Annotated[int, Field(ge=0, le=255)] = Field(
        default=1, description="Of the registration. 1: no service menu behind the function key. 2: texts in capitals."
    )
    tlv: bool = Field(default=True, description="Let the terminal send TLV data: card, application, PIN or signature, texts.")
    request_charset: bool = Field(default=False, description="Ask for `charset` at the registration.")
    charset: Charset = Field(default=Charset.CP437, description="Character set of the terminal's texts.")
    columns: int = Field(default=40, ge=16, le=80, description="Characters in a line of the till's receipt printer.")
    zone: Zone = Field(default="Europe/Berlin", description="Zone of the terminal's clock, which tells none.")
    payment_type: Annotated[str, Field(pattern=r"^[0-9A-Fa-f]{2}$")] | None = Field(
        default=None, description="BMP 19 of a payment, in hexadecimal. 40: the terminal decides. Left out: its own default."
    )
    send_currency: bool = Field(default=True, description="Name the currency in each command.")
    reference_tag: Annotated[str, Field(pattern=r"^[A-Z0-9]{2}$")] | None = Field(
        default=None, description="Send the till's reference to the host under this id of two characters (1F62, 1F63)."
    )
    profile: Literal["A", "B", "C"] = Field(
        default="A",
        description="What the terminal does with a payment whose result was not acknowledged. A: reverses it. B: leaves it. "
        "C: sets it to declined.",
    )
    reversal_window: Seconds | None = Field(
        default=None,
        description="Seconds until a terminal that lost the till has surely reversed the payment, or surely not. Left out: by `profile`.",
    )
    snapshot: Literal["ask", "stored"] = Field(
        default="ask",
        description="How the last payment before each one is known. ask: the terminal is asked (06 20, nothing is printed). stored: "
        "from the last result that this bridge received; only for terminals that nobody else uses.",
    )
    signature: Literal["ask", "till"] = Field(
        default="ask", description="ask: the cashier is asked whether the signature is right; a no takes the payment back."
    )
    watch_reversal: bool = Field(
        default=True, description="Look some minutes after a payment that had to be found out whether the terminal took it back."
    )
    status_password: bool = Field(default=True, description="Send the password with the status enquiry.")
    status_enquiry: bool = Field(default=True, description="The terminal knows the status enquiry (05 01).")
    abort_supported: bool = Field(default=True, description="The terminal takes an abort from the till (06 B0).")
    repeat_receipt: bool = Field(
        default=True,
        description="The terminal sends the last result again (06 20). false: an unclear payment is the cashier's to settle.",
    )
    shows_reversed: bool = Field(
        default=False,
        description="The terminal repeats a payment that it took back by itself as if it stood: an unclear approval is the cashier's to "
        "settle.",
    )
    reversal: Literal["any", "last"] = Field(
        default="any",
        description="last: whatever receipt is named, the terminal takes back the last payment; no other one is sent then.",
    )
    print_line_suffix: bool = Field(
        default=True, description="A receipt type behind the text of a printed line is none of its text."
    )
    timeouts: Timeouts = Timeouts()

    @model_validator(mode="before")
    @classmethod
    def _with_preset(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        preset = PRESETS.get(str(values.get("preset", "standard")), {})
        merged = {**preset, **values}
        if isinstance(preset.get("timeouts"), dict) and isinstance(values.get("timeouts"), dict):
            merged["timeouts"] = {**preset["timeouts"], **values["timeouts"]}
        return merged

    @property
    def digits(self) -> str:
        """The password's six digits."""
        return self.password.get_secret_value()

    @property
    def config(self) -> int:
        """The configuration byte. Source: protocol-specs/zvt, "Registration"."""
        if self.config_byte is not None:
            return int(self.config_byte, 16)
        value = 0x08
        if self.receipts != "terminal":
            value |= 0x02 | 0x04
        if self.receipts in ("blocks", "lines"):
            value |= 0x80
        if self.lock_terminal:
            value |= 0x10 | 0x20
        return value

    @property
    def till_prints(self) -> bool:
        return bool(self.config & 0x02)

    @property
    def window(self) -> float:
        """Seconds until what the terminal shows of a payment will not change any more."""
        return self.reversal_window if self.reversal_window is not None else REVERSAL_WINDOW[self.profile]

    @property
    def currency_number(self) -> int:
        return CURRENCIES[self.currency][0]
