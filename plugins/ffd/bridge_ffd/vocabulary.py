"""The words of the format with their numbers: taxation, payment objects and methods, agents, units, corrections.

In JSON they are words, on the wire numbers. Source: protocol-specs/ffd, "Words".
"""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from bridge_ffd.versions import FfdVersion


class Coded(StrEnum):
    """A word with the number that devices use for it."""

    code: int

    def __new__(cls, word: str, code: int) -> Self:
        member = str.__new__(cls, word)
        member._value_ = word
        member.code = code
        return member

    @classmethod
    def by_code(cls, code: int) -> Self:
        """The word of a number. Raises LookupError where there is none."""
        for member in cls:
            if member.code == code:
                return member
        raise LookupError(f"{cls.__name__} has no {code}")


class Taxation(Coded):
    """Tag 1055 (one bit) and 1062 (several)."""

    OSN = "osn", 1
    USN_INCOME = "usn_income", 2
    USN_INCOME_OUTCOME = "usn_income_outcome", 4
    ENVD = "envd", 8
    ESHN = "eshn", 16
    PATENT = "patent", 32


class PaymentMethod(Coded):
    """Tag 1214."""

    FULL_PREPAYMENT = "full_prepayment", 1
    PREPAYMENT = "prepayment", 2
    ADVANCE = "advance", 3
    FULL_PAYMENT = "full_payment", 4
    PARTIAL_PAYMENT = "partial_payment", 5
    CREDIT = "credit", 6
    CREDIT_PAYMENT = "credit_payment", 7

    @property
    def before_delivery(self) -> bool:
        return self.code <= 3


class PaymentObject(Coded):
    """Tag 1212."""

    COMMODITY = "commodity", 1
    EXCISE = "excise", 2
    JOB = "job", 3
    SERVICE = "service", 4
    GAMBLING_BET = "gambling_bet", 5
    GAMBLING_PRIZE = "gambling_prize", 6
    LOTTERY = "lottery", 7
    LOTTERY_PRIZE = "lottery_prize", 8
    INTELLECTUAL_ACTIVITY = "intellectual_activity", 9
    PAYMENT = "payment", 10
    AGENT_COMMISSION = "agent_commission", 11
    COMPOSITE = "composite", 12
    ANOTHER = "another", 13
    PROPRIETARY_LAW = "proprietary_law", 14
    NON_OPERATING_INCOME = "non_operating_income", 15
    OTHER_CONTRIBUTIONS = "other_contributions", 16
    MERCHANT_TAX = "merchant_tax", 17
    TOURIST_TAX = "tourist_tax", 18
    DEPOSIT = "deposit", 19
    CONSUMPTION = "consumption", 20
    SOLE_PROPRIETOR_PENSION = "sole_proprietor_pension", 21
    PENSION = "pension", 22
    SOLE_PROPRIETOR_MEDICAL = "sole_proprietor_medical", 23
    MEDICAL = "medical", 24
    SOCIAL = "social", 25
    CASINO_PAYMENT = "casino_payment", 26
    FUNDS_ISSUANCE = "funds_issuance", 27
    EXCISE_WITHOUT_MARKING = "excise_without_marking", 30
    EXCISE_WITH_MARKING = "excise_with_marking", 31
    COMMODITY_WITHOUT_MARKING = "commodity_without_marking", 32
    COMMODITY_WITH_MARKING = "commodity_with_marking", 33

    @property
    def since(self) -> FfdVersion:
        """The first version that has it."""
        if self.code >= 27:
            return FfdVersion.V1_2
        return FfdVersion.V1_1 if self.code >= 20 else FfdVersion.V1_05

    @property
    def excise(self) -> bool:
        return self in (PaymentObject.EXCISE, PaymentObject.EXCISE_WITH_MARKING, PaymentObject.EXCISE_WITHOUT_MARKING)

    @property
    def with_marking(self) -> PaymentObject:
        """The same goods with a marking code, in FFD 1.2."""
        return PaymentObject.EXCISE_WITH_MARKING if self.excise else PaymentObject.COMMODITY_WITH_MARKING


class Agent(Coded):
    """Tags 1057 and 1222: one bit each."""

    BANK_PAYING_AGENT = "bank_paying_agent", 1
    BANK_PAYING_SUBAGENT = "bank_paying_subagent", 2
    PAYING_AGENT = "paying_agent", 4
    PAYING_SUBAGENT = "paying_subagent", 8
    ATTORNEY = "attorney", 16
    COMMISSION_AGENT = "commission_agent", 32
    ANOTHER = "another", 64


class Measure(Coded):
    """Tag 2108, with what tills write for a unit."""

    PIECE = "piece", 0
    GRAM = "gram", 10
    KILOGRAM = "kilogram", 11
    TON = "ton", 12
    CENTIMETRE = "centimetre", 20
    DECIMETRE = "decimetre", 21
    METRE = "metre", 22
    SQUARE_CENTIMETRE = "square_centimetre", 30
    SQUARE_DECIMETRE = "square_decimetre", 31
    SQUARE_METRE = "square_metre", 32
    MILLILITRE = "millilitre", 40
    LITRE = "litre", 41
    CUBIC_METRE = "cubic_metre", 42
    KILOWATT_HOUR = "kilowatt_hour", 50
    GIGACALORIE = "gigacalorie", 51
    DAY = "day", 70
    HOUR = "hour", 71
    MINUTE = "minute", 72
    SECOND = "second", 73
    KILOBYTE = "kilobyte", 80
    MEGABYTE = "megabyte", 81
    GIGABYTE = "gigabyte", 82
    TERABYTE = "terabyte", 83
    OTHER = "other", 255

    @classmethod
    def of(cls, unit: str) -> Measure:
        """The measure that a till means by this unit; OTHER for one that has no code."""
        return _UNITS.get(unit.strip().rstrip(".").lower().replace(" ", ""), cls.OTHER)


_WORDS: dict[Measure, str] = {
    Measure.PIECE: "шт штука штук pcs pc piece szt ед",
    Measure.GRAM: "г гр грамм g",
    Measure.KILOGRAM: "кг килограмм kg",
    Measure.TON: "т тонна t",
    Measure.CENTIMETRE: "см cm",
    Measure.DECIMETRE: "дм dm",
    Measure.METRE: "м метр m",
    Measure.SQUARE_CENTIMETRE: "см2 см² кв.см cm2 cm²",
    Measure.SQUARE_DECIMETRE: "дм2 дм² кв.дм dm2 dm²",
    Measure.SQUARE_METRE: "м2 м² кв.м m2 m²",
    Measure.MILLILITRE: "мл ml",
    Measure.LITRE: "л литр l",
    Measure.CUBIC_METRE: "м3 м³ куб.м m3 m³",
    Measure.KILOWATT_HOUR: "квт·ч квтч квт*ч kwh",
    Measure.GIGACALORIE: "гкал gcal",
    Measure.DAY: "сут сутки день day",
    Measure.HOUR: "ч час h hour",
    Measure.MINUTE: "мин минута min",
    Measure.SECOND: "с сек секунда s sec",
    Measure.KILOBYTE: "кб kb",
    Measure.MEGABYTE: "мб mb",
    Measure.GIGABYTE: "гб gb",
    Measure.TERABYTE: "тб tb",
}
_UNITS = {word: measure for measure, words in _WORDS.items() for word in words.split()}


class CorrectionType(Coded):
    """Tag 1173."""

    SELF = "self", 0
    ORDER = "order", 1


class PlannedStatus(Coded):
    """Tags 2003 and 2110."""

    PIECE_SOLD = "piece_sold", 1
    MEASURED_SOLD = "measured_sold", 2
    PIECE_RETURNED = "piece_returned", 3
    MEASURED_RETURNED = "measured_returned", 4
    UNCHANGED = "unchanged", 255


class MarkingType(Coded):
    """Tag 2100."""

    UNRECOGNISED = "unrecognised", 0
    SHORT = "short", 1
    CHECK_88 = "check_88", 2
    CHECK_44_NOT_BY_FN = "check_44_not_by_fn", 3
    CHECK_44 = "check_44", 4
    CHECK_4 = "check_4", 5


def bits(words: tuple[Coded, ...]) -> int:
    """The mask of several words that are one bit each."""
    mask = 0
    for word in words:
        mask |= word.code
    return mask
