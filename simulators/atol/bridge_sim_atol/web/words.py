"""Words of the driver's JSON and the numbers that the register wants for them. Source: protocol-specs/atol, "Words"; ffd, "Words"."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

VAT = {
    "vat20": 1,
    "vat18": 1,
    "vat10": 2,
    "vat120": 3,
    "vat118": 3,
    "vat110": 4,
    "vat0": 5,
    "none": 6,
    "vat5": 7,
    "vat7": 8,
    "vat105": 9,
    "vat107": 10,
    "vat22": 11,
    "vat122": 12,
}
TAXATION = {"osn": 1, "usnIncome": 2, "usnIncomeOutcome": 4, "envd": 8, "esn": 16, "patent": 32}
PAYMENTS = {
    **{"cash": 1, "electronically": 2, "prepaid": 3, "credit": 4, "other": 5},
    **{"0": 1, "1": 2, "2": 3, "3": 4, "4": 5},
}
METHODS = {
    "fullPrepayment": 1,
    "prepayment": 2,
    "advance": 3,
    "fullPayment": 4,
    "partialPayment": 5,
    "credit": 6,
    "creditPayment": 7,
}
_OBJECTS = (
    *("commodity", "excise", "job", "service", "gamblingBet", "gamblingPrize", "lottery", "lotteryPrize"),
    *("intellectualActivity", "payment", "agentCommission", "composite", "another", "proprietaryLaw"),
    *("nonOperatingIncome", "otherContributions", "merchantTax", "resortFee", "deposit", "consumption"),
    *("soleProprietorCPIContributions", "cpiContributions", "soleProprietorCMIContributions", "cmiContributions"),
    *("csiContributions", "casinoPayment", "fundsIssuance"),
)
OBJECTS = {
    **{name: number for number, name in enumerate(_OBJECTS, 1)},
    **{"insuranceContributions": 16, "touristTax": 18},
    **{"exciseWithoutMarking": 30, "exciseWithMarking": 31, "commodityWithoutMarking": 32, "commodityWithMarking": 33},
}
AGENTS = {
    "bankPayingAgent": 1,
    "bankPayingSubagent": 2,
    "payingAgent": 4,
    "payingSubagent": 8,
    "attorney": 16,
    "commissionAgent": 32,
    "another": 64,
}
UNITS = {
    **{"piece": 0, "gram": 10, "kilogram": 11, "ton": 12, "centimeter": 20, "decimeter": 21, "meter": 22},
    **{"squareCentimeter": 30, "squareDecimeter": 31, "squareMeter": 32, "milliliter": 40, "liter": 41, "cubicMeter": 42},
    **{"kilowattHour": 50, "gkal": 51, "day": 70, "hour": 71, "minute": 72, "second": 73},
    **{"kilobyte": 80, "megabyte": 81, "gigabyte": 82, "terabyte": 83, "otherUnits": 255},
}
CODE_TYPES = {
    **{"imcUnrecognized": 0, "imcShort": 1, "imcFmVerifyCode88": 2, "imcVerifyCode44": 3},
    **{"imcFmVerifyCode44": 4, "imcVerifyCode4": 5, "auto": 256},
}
PLANNED = {
    **{"itemPieceSold": 1, "itemDryForSale": 2, "itemPieceReturn": 3, "itemDryReturn": 4},
    **{"itemPieceForSale": 5, "itemDrySold": 6, "itemStatusUnchanged": 255},
}
RECEIPTS = {
    **{"sell": 1, "sellReturn": 2, "buy": 4, "buyReturn": 5},
    **{"sellCorrection": 7, "sellReturnCorrection": 8, "buyCorrection": 9, "buyReturnCorrection": 10},
}
CORRECTION_TYPES = {"self": 0, "instruction": 1}
FORMATS = {1: "1.0", 2: "1.05", 3: "1.1", 4: "1.2"}
PHASES = {0: "init", 1: "configured", 3: "fiscalMode", 7: "postFiscalMode", 15: "accessArchive"}
WARNINGS = {
    "needReplacement": 0x01,
    "resourceExhausted": 0x02,
    "memoryOverflow": 0x04,
    "ofdTimeout": 0x08,
    "criticalError": 0x80,
}
DOCUMENT_TYPES = {
    1: "registration",
    11: "reRegistration",
    2: "openShift",
    3: "receipt",
    4: "bso",
    5: "closeShift",
    6: "closeFn",
    21: "ofdExchangeStatus",
    31: "receiptCorrection",
    41: "bsoCorrection",
}
# Tasks that make a document of the FN: before them the server notes its last number.
FISCAL = frozenset((*RECEIPTS, "openShift", "closeShift", "reportOfdExchangeStatus", "registration", "closeArchive"))


def number_of(words: Mapping[str, int], value: Any) -> int:
    """What a word stands for. Its number does as well, as text or not [GBS, KTL]. Raises ValueError for what is neither."""
    told = str(value)
    if told in words and not isinstance(value, bool):
        return words[told]
    if told.isascii() and told.isdigit() and int(told[:9]) in words.values():
        return int(told)
    raise ValueError(f"некорректное значение: {value}")
