"""The cards in the drawer beside the terminal, and what their holders and hosts do with a payment: the scripts.

Source: protocol-specs/zvt, "Simulator" (scenario control), "Card types". The numbers are the test numbers that the schemes publish;
nothing can be paid with them.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from bridge_sim_zvt import codes

How = Literal["tap", "insert", "swipe"]
Pin = Literal["right", "wrong", "stop", "nothing"]

TEST_PIN = "1234"
WRONG_PIN = "9999"
PIN_TRIES = 3


@dataclass(frozen=True, slots=True)
class Card:
    """One card. `pin_from`: a contactless payment from this many cents on asks for the PIN; 0 = always, None = never."""

    name: str  # as on the display and in BMP 8B
    type: int  # ZVT card type, BMP 8A
    pan: str
    expires: str  # YYMM
    aid: str  # hexadecimal
    chip: Literal["pin", "signature"] = "pin"
    pin_from: int | None = 5000
    refusal: int = codes.OK  # of the host, always
    foreign_currency: str = ""  # offers a conversion into it


CARDS: dict[str, Card] = {
    "girocard": Card("girocard", 0x05, "6725903210123456781", "2912", "A00000035910100280"),
    "maestro": Card("Maestro", 0x2E, "6759649826438453", "2811", "A0000000043060"),
    "debit-mastercard": Card("Debit Mastercard", 0x2E, "5104600000000001", "2810", "A0000000041010"),
    "mastercard": Card("Mastercard", 0x06, "5555555555554444", "2909", "A0000000041010", chip="signature"),
    "visa": Card("Visa Credit", 0x0A, "4111111111111111", "2908", "A0000000031010"),
    "v-pay": Card("V PAY", 0x0D, "4761340000000019", "2807", "A0000000032020"),
    "amex": Card("American Express", 0x08, "378282246310005", "3001", "A000000025010801", chip="signature"),
    "phone": Card("Visa Debit", 0x0A, "4000056655665556", "3103", "A0000000031010", pin_from=None),
    "empty": Card("Visa Electron", 0x0B, "4508750015741019", "2806", "A0000000032010", refusal=codes.DECLINED),
    "stolen": Card("Mastercard", 0x06, "5200828282828210", "2805", "A0000000041010", refusal=codes.HOST_STOLEN),
    "expired": Card("Maestro", 0x2E, "6799990100000000019", "1912", "A0000000043060"),
    "foreign": Card("Visa Credit", 0x0A, "4012888888881881", "2904", "A0000000031010", foreign_currency="PLN"),
}


@dataclass(frozen=True, slots=True)
class Script:
    """What a holder does, and what the host says.

    `act`: what becomes of the card: used, or nothing at all, or the stop key, or out of the slot while it is being read, or held so
    that it cannot be read. `result`: of the host (0: as the card has it). `part`: the share that is approved, in percent. `tip`: what
    the holder adds, in percent. `reach`: whether the terminal gets through to its host. `slow`: seconds that the host takes more.
    """

    title: str
    card: str = "debit-mastercard"
    how: How = "tap"
    act: Literal["use", "nothing", "stop", "remove", "unreadable"] = "use"
    pin: tuple[Pin, ...] = ("right",)
    result: int = codes.OK
    text: str = ""
    part: int = 100
    tip: int = 0
    reach: bool = True
    slow: float = 0.0
    signature: bool | None = None  # None: as the card has it
    needs_pin: bool | None = None  # None: as card and amount have it
    further: dict[str, str] = field(default_factory=dict)


SCRIPTS: dict[str, Script] = {
    "approve": Script("taps a card; approved"),
    "approve_pin": Script("inserts a girocard, PIN right; approved", "girocard", "insert"),
    "contactless_pin": Script("taps a card and is asked for the PIN; approved", needs_pin=True),
    "signature": Script("inserts a credit card and has to sign; approved", "mastercard", "insert"),
    "swipe": Script("draws a credit card through and has to sign; approved", "amex", "swipe"),
    "wrong_pin": Script("types a wrong PIN first; approved", "girocard", "insert", pin=("wrong", "right")),
    "pin_exceeded": Script("types a wrong PIN three times", "girocard", "insert", pin=("wrong", "wrong", "wrong")),
    "pin_stop": Script("presses STOP instead of the PIN", "girocard", "insert", pin=("stop",)),
    "pin_timeout": Script("inserts a card and never types the PIN", "girocard", "insert", pin=("nothing",)),
    "decline": Script("taps a card that the host declines with 05", result=codes.DECLINED),
    "stolen": Script("inserts a stolen card; the host declines with 2B", "stolen", "insert"),
    "expired": Script("inserts an expired card", "expired", "insert"),
    "unknown_card": Script("inserts a card that nobody knows", act="use", how="insert", result=codes.UNKNOWN_CARD),
    "unreadable": Script("inserts a card that cannot be read", act="unreadable", how="insert"),
    "removed": Script("takes the card out too early", "girocard", "insert", act="remove"),
    "stop": Script("presses STOP", act="stop"),
    "timeout": Script("presents no card", act="nothing"),
    "host_offline": Script("taps a card while the host cannot be reached", reach=False),
    "host_slow": Script("taps a card; the host takes 20 seconds more", slow=20.0),
    "partial": Script("taps a card with too little on it; half is approved", part=50),
    "tip": Script("adds a tip of a tenth; approved", tip=10),
    "conversion": Script("lets the amount be converted; approved", "foreign", "insert"),
}

MAGIC = 900
"""Amounts of this many units choose the script by their cents: 900.01 the first one of SCRIPTS, 900.02 the second."""


def script_for(amount: int) -> str | None:
    """The script that this amount (in cents) asks for by itself."""
    units, cents = divmod(amount, 100)
    names = list(SCRIPTS)
    return names[cents - 1] if units == MAGIC and 1 <= cents <= len(names) else None


def find_script(name: str) -> Script:
    """The script of this name; `decline:2B` is `decline` with that code. Raises ValueError with a sentence."""
    plain, _, code = name.partition(":")
    script = SCRIPTS.get(plain)
    if script is None:
        raise ValueError(f"There is no script {name!r}. The scripts are: {', '.join(SCRIPTS)}; decline:2B declines with 2B.")
    if not code:
        return script
    try:
        result = int(code, 16)
    except ValueError:
        result = -1
    if plain != "decline" or not 0 < result <= 0xFF:
        raise ValueError(f"Only decline takes a code, two hexadecimal digits such as decline:2B, not {name!r}.")
    return Script(f"taps a card that the host declines with {result:02X}", result=result)
