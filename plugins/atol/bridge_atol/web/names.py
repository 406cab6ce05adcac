"""The words of the document format as the vendor's JSON has them. Tables only; source: protocol-specs/atol/json-tasks.md, "Words"."""

from __future__ import annotations

from bridge_ffd.pricing import PaymentSum
from bridge_ffd.vat import Vat
from bridge_ffd.versions import Settlement
from bridge_ffd.vocabulary import Agent, CorrectionType, Measure, PaymentMethod, PaymentObject, PlannedStatus, Taxation

from bridge_atol.web.open_points import OTHER_CONTRIBUTIONS_NAME, TOURIST_TAX_NAME

RECEIPTS: dict[Settlement, str] = {
    Settlement.SALE: "sell",
    Settlement.SALE_RETURN: "sellReturn",
    Settlement.PURCHASE: "buy",
    Settlement.PURCHASE_RETURN: "buyReturn",
}
CORRECTION = "Correction"
"""Behind the name of a receipt: that of its correction."""

TAXATION: dict[Taxation, str] = {
    Taxation.OSN: "osn",
    Taxation.USN_INCOME: "usnIncome",
    Taxation.USN_INCOME_OUTCOME: "usnIncomeOutcome",
    Taxation.ENVD: "envd",
    Taxation.ESHN: "esn",
    Taxation.PATENT: "patent",
}

VAT: dict[Vat, str] = {
    Vat.VAT_20: "vat20",
    Vat.VAT_10: "vat10",
    Vat.VAT_20_120: "vat120",
    Vat.VAT_10_110: "vat110",
    Vat.VAT_0: "vat0",
    Vat.WITHOUT: "none",
    Vat.VAT_5: "vat5",
    Vat.VAT_7: "vat7",
    Vat.VAT_5_105: "vat105",
    Vat.VAT_7_107: "vat107",
    Vat.VAT_22: "vat22",
    Vat.VAT_22_122: "vat122",
}

PAYMENTS: dict[PaymentSum, str] = {
    PaymentSum.ELECTRONIC: "electronically",
    PaymentSum.PREPAID: "prepaid",
    PaymentSum.CREDIT: "credit",
    PaymentSum.EXCHANGE: "other",
    PaymentSum.CASH: "cash",
}

METHODS: dict[PaymentMethod, str] = {
    PaymentMethod.FULL_PREPAYMENT: "fullPrepayment",
    PaymentMethod.PREPAYMENT: "prepayment",
    PaymentMethod.ADVANCE: "advance",
    PaymentMethod.FULL_PAYMENT: "fullPayment",
    PaymentMethod.PARTIAL_PAYMENT: "partialPayment",
    PaymentMethod.CREDIT: "credit",
    PaymentMethod.CREDIT_PAYMENT: "creditPayment",
}

OBJECTS: dict[PaymentObject, str] = {
    PaymentObject.COMMODITY: "commodity",
    PaymentObject.EXCISE: "excise",
    PaymentObject.JOB: "job",
    PaymentObject.SERVICE: "service",
    PaymentObject.GAMBLING_BET: "gamblingBet",
    PaymentObject.GAMBLING_PRIZE: "gamblingPrize",
    PaymentObject.LOTTERY: "lottery",
    PaymentObject.LOTTERY_PRIZE: "lotteryPrize",
    PaymentObject.INTELLECTUAL_ACTIVITY: "intellectualActivity",
    PaymentObject.PAYMENT: "payment",
    PaymentObject.AGENT_COMMISSION: "agentCommission",
    PaymentObject.COMPOSITE: "composite",
    PaymentObject.ANOTHER: "another",
    PaymentObject.PROPRIETARY_LAW: "proprietaryLaw",
    PaymentObject.NON_OPERATING_INCOME: "nonOperatingIncome",
    PaymentObject.OTHER_CONTRIBUTIONS: OTHER_CONTRIBUTIONS_NAME,
    PaymentObject.MERCHANT_TAX: "merchantTax",
    PaymentObject.TOURIST_TAX: TOURIST_TAX_NAME,
    PaymentObject.DEPOSIT: "deposit",
    PaymentObject.CONSUMPTION: "consumption",
    PaymentObject.SOLE_PROPRIETOR_PENSION: "soleProprietorCPIContributions",
    PaymentObject.PENSION: "cpiContributions",
    PaymentObject.SOLE_PROPRIETOR_MEDICAL: "soleProprietorCMIContributions",
    PaymentObject.MEDICAL: "cmiContributions",
    PaymentObject.SOCIAL: "csiContributions",
    PaymentObject.CASINO_PAYMENT: "casinoPayment",
    PaymentObject.FUNDS_ISSUANCE: "fundsIssuance",
    PaymentObject.EXCISE_WITHOUT_MARKING: "exciseWithoutMarking",
    PaymentObject.EXCISE_WITH_MARKING: "exciseWithMarking",
    PaymentObject.COMMODITY_WITHOUT_MARKING: "commodityWithoutMarking",
    PaymentObject.COMMODITY_WITH_MARKING: "commodityWithMarking",
}

AGENTS: dict[Agent, str] = {
    Agent.BANK_PAYING_AGENT: "bankPayingAgent",
    Agent.BANK_PAYING_SUBAGENT: "bankPayingSubagent",
    Agent.PAYING_AGENT: "payingAgent",
    Agent.PAYING_SUBAGENT: "payingSubagent",
    Agent.ATTORNEY: "attorney",
    Agent.COMMISSION_AGENT: "commissionAgent",
    Agent.ANOTHER: "another",
}

MEASURES: dict[Measure, str] = {
    Measure.PIECE: "piece",
    Measure.GRAM: "gram",
    Measure.KILOGRAM: "kilogram",
    Measure.TON: "ton",
    Measure.CENTIMETRE: "centimeter",
    Measure.DECIMETRE: "decimeter",
    Measure.METRE: "meter",
    Measure.SQUARE_CENTIMETRE: "squareCentimeter",
    Measure.SQUARE_DECIMETRE: "squareDecimeter",
    Measure.SQUARE_METRE: "squareMeter",
    Measure.MILLILITRE: "milliliter",
    Measure.LITRE: "liter",
    Measure.CUBIC_METRE: "cubicMeter",
    Measure.KILOWATT_HOUR: "kilowattHour",
    Measure.GIGACALORIE: "gkal",
    Measure.DAY: "day",
    Measure.HOUR: "hour",
    Measure.MINUTE: "minute",
    Measure.SECOND: "second",
    Measure.KILOBYTE: "kilobyte",
    Measure.MEGABYTE: "megabyte",
    Measure.GIGABYTE: "gigabyte",
    Measure.TERABYTE: "terabyte",
    Measure.OTHER: "otherUnits",
}

CORRECTIONS: dict[CorrectionType, str] = {CorrectionType.SELF: "self", CorrectionType.ORDER: "instruction"}

CHECK_BITS = ("imcCheckFlag", "imcCheckResult", "imcStatusInfo", "imcEstimatedStatusCorrect", "ecrStandAloneFlag")
"""The flags of tag 2106, its lowest bit first."""

PLANNED: dict[PlannedStatus, str] = {
    PlannedStatus.PIECE_SOLD: "itemPieceSold",
    PlannedStatus.MEASURED_SOLD: "itemDryForSale",
    PlannedStatus.PIECE_RETURNED: "itemPieceReturn",
    PlannedStatus.MEASURED_RETURNED: "itemDryReturn",
    PlannedStatus.UNCHANGED: "itemStatusUnchanged",
}
