"""Which tags a document or a structure may, should and must hold, in each version of the format.

Written as the order of the tax service writes it: `1` must be there, `2` in the cases that the order names, `3` may be
there, `-` is not of that version; for FFD 1.05, 1.1 and 1.2 in this order. `*`: may stand several times.
Source: protocol-specs/ffd/layouts.md, which a test holds against this file.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from types import MappingProxyType

from bridge_ffd.tags import Kind, Tag
from bridge_ffd.versions import VERSIONS, DocumentKind, FfdVersion


class Presence(IntEnum):
    MUST = 1
    CONDITIONAL = 2
    MAY = 3


@dataclass(frozen=True, slots=True)
class Place:
    """A tag's place in a document or structure of one version."""

    presence: Presence
    repeated: bool = False


Layout = Mapping[Tag, Place]

_Rows = dict[Tag, str]

_DEVICE: _Rows = {Tag.FFD_VERSION: "111", Tag.USER_INN: "111", Tag.DATE_TIME: "111", Tag.REGISTRATION_NUMBER: "111"}
_SIGNED: _Rows = {Tag.DOCUMENT_NUMBER: "111", Tag.FN_NUMBER: "111", Tag.FISCAL_SIGN: "111"}
_CASHIER: _Rows = {Tag.CASHIER: "222", Tag.CASHIER_INN: "333"}
_PRINTED_USER: _Rows = {Tag.USER_NAME: "333", Tag.SETTLEMENT_ADDRESS: "333", Tag.SETTLEMENT_PLACE: "333"}
"""On paper these must be there; the electronic form may go without."""
_FN_FLAGS: _Rows = {Tag.OFD_TIMEOUT: "322", Tag.FN_REPLACE: "322", Tag.FN_MEMORY_FULL: "322", Tag.FN_EXHAUSTED: "322"}
_AGENT: _Rows = {
    Tag.TRANSFER_OPERATOR_PHONE: "322*",
    Tag.AGENT_OPERATION: "322",
    Tag.AGENT_PHONE: "322*",
    Tag.RECEIVING_OPERATOR_PHONE: "322*",
    Tag.TRANSFER_OPERATOR_NAME: "322",
    Tag.TRANSFER_OPERATOR_ADDRESS: "322",
    Tag.TRANSFER_OPERATOR_INN: "322",
}

_REGISTRATION: _Rows = {
    **_DEVICE,
    Tag.USER_NAME: "111",
    Tag.TAXATION_SYSTEMS: "333",
    Tag.OFFLINE_MODE: "111",
    Tag.PRINTER_IN_MACHINE: "11-",
    Tag.STRICT_FORMS_ONLY: "11-",
    Tag.ENCRYPTION: "111",
    Tag.AUTOMATIC_MODE: "111",
    Tag.INTERNET_DEVICE: "11-",
    Tag.MACHINE_NUMBER: "222",
    Tag.EXCISE_GOODS: "31-",
    Tag.KEY_DAYS: "311",
    Tag.SERVICES_ONLY: "33-",
    Tag.GAMBLING: "31-",
    Tag.LOTTERY: "31-",
    Tag.AGENT_SIGNS: "33-",
    Tag.USE_CONDITIONS: "--1",
    Tag.DEVICE_SERIAL: "111",
    Tag.CASHIER: "111",
    Tag.CASHIER_INN: "333",
    Tag.SETTLEMENT_ADDRESS: "111",
    Tag.SETTLEMENT_PLACE: "111",
    Tag.FNS_SITE: "222",
    Tag.SELLER_EMAIL: "222",
    Tag.OFD_INN: "222",
    Tag.OFD_NAME: "222",
    Tag.DEVICE_VERSION: "111",
    Tag.DEVICE_FFD_VERSION: "111",
    Tag.FN_FFD_VERSION: "311",
    Tag.REGISTRATION_TEXT: "--2",
    Tag.REGISTRATION_DATA: "--2",
    **_SIGNED,
}

_RECEIPT: _Rows = {
    **_DEVICE,
    Tag.USER_NAME: "333",
    Tag.USER_INN: "333",
    Tag.BUYER_NAME: "33-",
    Tag.BUYER_INN: "32-",
    Tag.BUYER: "--3",
    Tag.RECEIPT_NUMBER: "111",
    Tag.SHIFT_NUMBER: "111",
    Tag.SETTLEMENT: "111",
    Tag.TAXATION_SYSTEM: "333",
    **_CASHIER,
    Tag.MACHINE_NUMBER: "222",
    Tag.SETTLEMENT_ADDRESS: "331",
    Tag.SETTLEMENT_PLACE: "331",
    Tag.BUYER_CONTACT: "333",
    Tag.INTERNET_SETTLEMENT: "222",
    Tag.ITEM: "111*",
    Tag.TOTAL: "111",
    Tag.CASH: "333",
    Tag.ELECTRONIC: "333",
    Tag.ELECTRONIC_PAYMENTS: "333",
    Tag.PREPAID: "333",
    Tag.CREDIT: "333",
    Tag.EXCHANGE: "333",
    Tag.VAT_20: "222",
    Tag.VAT_10: "222",
    Tag.TURNOVER_0: "222",
    Tag.TURNOVER_WITHOUT_VAT: "222",
    Tag.VAT_20_120: "222",
    Tag.VAT_10_110: "222",
    Tag.VAT_SUMS: "222",
    Tag.INTERNET_DEVICE: "322",
    Tag.SELLER_EMAIL: "222",
    Tag.AGENT_SIGNS: "23-",
    Tag.TRANSFER_OPERATOR_PHONE: "33-*",
    Tag.AGENT_OPERATION: "22-",
    Tag.AGENT_PHONE: "33-*",
    Tag.RECEIVING_OPERATOR_PHONE: "33-*",
    Tag.TRANSFER_OPERATOR_NAME: "22-",
    Tag.TRANSFER_OPERATOR_ADDRESS: "22-",
    Tag.TRANSFER_OPERATOR_INN: "22-",
    Tag.SUPPLIER_PHONE: "33-*",
    Tag.MARKING_RESULTS: "--2",
    Tag.FNS_SITE: "333",
    Tag.OPERATION: "--2",
    Tag.RECEIPT_ATTRIBUTE: "333",
    Tag.USER_ATTRIBUTE: "333",
    Tag.RECEIPT_INDUSTRY: "--2*",
    **_SIGNED,
}

_CORRECTION: _Rows = {
    **_RECEIPT,
    Tag.CORRECTION_TYPE: "333",
    Tag.CORRECTION_BASIS: "111",
    Tag.ITEM: "311*",
    Tag.SELLER_EMAIL: "322",
    Tag.AGENT_SIGNS: "33-",
    Tag.AGENT_OPERATION: "32-",
    Tag.TRANSFER_OPERATOR_NAME: "32-",
    Tag.TRANSFER_OPERATOR_ADDRESS: "32-",
    Tag.TRANSFER_OPERATOR_INN: "32-",
    Tag.MACHINE_NUMBER: "322",
    Tag.FNS_SITE: "323",
    Tag.MARKING_RESULTS: "--3",
}

DOCUMENTS: dict[DocumentKind, _Rows] = {
    DocumentKind.REGISTRATION: _REGISTRATION,
    DocumentKind.REGISTRATION_CHANGE: {
        **_REGISTRATION,
        Tag.REREGISTRATION_REASON: "2--*",
        Tag.CHANGE_REASONS: "-31",
        Tag.FN_TOTALS: "-22",
    },
    DocumentKind.SHIFT_OPEN: {
        **_DEVICE,
        **_PRINTED_USER,
        **_CASHIER,
        Tag.SHIFT_NUMBER: "111",
        **_FN_FLAGS,
        Tag.OPERATOR_MESSAGE: "-22",
        Tag.DEVICE_VERSION: "111",
        Tag.DEVICE_FFD_VERSION: "111",
        Tag.SHIFT_OPEN_TEXT: "--2",
        Tag.SHIFT_OPEN_DATA: "--2",
        **_SIGNED,
    },
    DocumentKind.SETTLEMENTS_STATE: {
        **_DEVICE,
        **_PRINTED_USER,
        Tag.SHIFT_NUMBER: "222",
        Tag.OFFLINE_MODE: "222",
        Tag.FIRST_UNSENT_NUMBER: "222",
        Tag.UNSENT_DOCUMENTS: "222",
        Tag.UNSENT_NOTIFICATIONS: "--2",
        Tag.FIRST_UNSENT_DATE: "222",
        Tag.KEY_DAYS: "--1",
        Tag.FN_TOTALS: "-11",
        Tag.UNSENT_TOTALS: "-22",
        Tag.SETTLEMENTS_TEXT: "--2",
        Tag.SETTLEMENTS_DATA: "--2",
        **_SIGNED,
    },
    DocumentKind.RECEIPT: _RECEIPT,
    DocumentKind.CORRECTION: _CORRECTION,
    DocumentKind.SHIFT_CLOSE: {
        **_DEVICE,
        **_PRINTED_USER,
        **_CASHIER,
        Tag.SHIFT_NUMBER: "111",
        Tag.SHIFT_RECEIPTS: "111",
        Tag.SHIFT_DOCUMENTS: "111",
        Tag.UNSENT_DOCUMENTS: "222",
        Tag.UNSENT_NOTIFICATIONS: "--2",
        Tag.FIRST_UNSENT_DATE: "222",
        **dict.fromkeys(_FN_FLAGS, "222"),
        Tag.OPERATOR_MESSAGE: "-22",
        Tag.WRONG_CODES: "--2",
        Tag.WRONG_REQUESTS: "--2",
        Tag.SHIFT_TOTALS: "-11",
        Tag.FN_TOTALS: "-11",
        Tag.KEY_DAYS: "311",
        Tag.SHIFT_CLOSE_TEXT: "--2",
        Tag.SHIFT_CLOSE_DATA: "--2",
        **_SIGNED,
    },
    DocumentKind.FN_CLOSE: {
        **_DEVICE,
        Tag.USER_NAME: "111",
        **_CASHIER,
        Tag.SETTLEMENT_ADDRESS: "221",
        Tag.SETTLEMENT_PLACE: "221",
        Tag.SHIFT_NUMBER: "111",
        Tag.FN_TOTALS: "-11",
        Tag.FN_CLOSE_TEXT: "--2",
        Tag.FN_CLOSE_DATA: "--2",
        **_SIGNED,
    },
    DocumentKind.OPERATOR_CONFIRMATION: {
        Tag.OFD_INN: "111",
        Tag.FN_NUMBER: "111",
        Tag.DOCUMENT_NUMBER: "111",
        Tag.DATE_TIME: "111",
        Tag.OPERATOR_MESSAGE_TO_FN: "2--",
        Tag.OPERATOR_MESSAGE: "-22",
        Tag.OPERATOR_SIGN: "111",
    },
    DocumentKind.MARKING_REQUEST: {
        Tag.REQUEST_NUMBER: "--1",
        Tag.USER_INN: "--1",
        Tag.REQUEST_TIME: "--1",
        Tag.FN_NUMBER: "--1",
        Tag.FN_CHECK_RESULT: "--1",
        Tag.PLANNED_STATUS: "--1",
        Tag.QUANTITY: "--2",
        Tag.MEASURE: "--2",
        Tag.FRACTION: "--2",
        Tag.MARKING_TYPE: "--1",
        Tag.MARKING_CODE: "--1",
        Tag.MARKING_MODE: "--1",
    },
    DocumentKind.MARKING_NOTIFICATION: {
        Tag.NOTIFICATION_NUMBER: "--1",
        Tag.DATE_TIME: "--1",
        Tag.FN_NUMBER: "--1",
        Tag.USER_INN: "--2",
        Tag.BUYER_INN: "--2",
        Tag.SETTLEMENT_ADDRESS: "--2",
        Tag.TAXATION_SYSTEM: "--1",
        Tag.SETTLEMENT: "--1",
        Tag.OPERATION_KIND: "--1",
        Tag.MARKED_ITEM: "--1*",
        Tag.RECEIPT_INDUSTRY: "--2*",
        Tag.USER_ATTRIBUTE: "--3",
    },
    DocumentKind.MARKING_RESPONSE: {
        Tag.REQUEST_NUMBER: "--1",
        Tag.REQUEST_TIME: "--1",
        Tag.MARKING_MODE: "--2",
        Tag.MARKING_TYPE: "--2",
        Tag.ISM_STATUS: "--2",
        Tag.PRODUCT_ID: "--2",
        Tag.REQUEST_CODES: "--1",
        Tag.REQUEST_RESULT: "--2",
    },
    DocumentKind.NOTIFICATION_TICKET: {
        Tag.NOTIFICATION_NUMBER: "--1",
        Tag.DATE_TIME: "--1",
        Tag.NOTIFICATION_CODES: "--1",
        Tag.NOTIFICATION_RESULT: "--2",
    },
}
"""By kind, a strict form being laid out as a receipt. The document's name and form code have no tag in the FN."""

_INDUSTRY: _Rows = {
    Tag.INDUSTRY_AUTHORITY: "--1",
    Tag.INDUSTRY_DATE: "--1",
    Tag.INDUSTRY_NUMBER: "--1",
    Tag.INDUSTRY_VALUE: "--1",
}
_COUNTERS_OF_SIGN: _Rows = {
    Tag.RECEIPTS: "-33",
    Tag.CASH_SUM: "-33",
    Tag.ELECTRONIC_TOTAL: "-33",
    Tag.PREPAID_SUM: "-33",
    Tag.CREDIT_SUM: "-33",
    Tag.EXCHANGE_SUM: "-33",
    Tag.GRAND_TOTAL: "-33",
}
_COUNTERS_OF_OPERATION: _Rows = {
    **_COUNTERS_OF_SIGN,
    Tag.VAT_20_SUM: "-33",
    Tag.VAT_10_SUM: "-33",
    Tag.VAT_20_120_SUM: "-33",
    Tag.VAT_10_110_SUM: "-33",
    Tag.TURNOVER_0_SUM: "-33",
    Tag.TURNOVER_WITHOUT_VAT_SUM: "-33",
}
_COUNTERS_OF_CORRECTIONS: _Rows = {
    Tag.CORRECTIONS: "-33",
    Tag.SALE_CORRECTIONS: "-33",
    Tag.PURCHASE_CORRECTIONS: "-33",
    Tag.SALE_RETURN_CORRECTIONS: "-33",
    Tag.PURCHASE_RETURN_CORRECTIONS: "-33",
}
_TOTALS: _Rows = {
    Tag.ALL_RECEIPTS: "-33",
    Tag.SALE_COUNTERS: "-33",
    Tag.SALE_RETURN_COUNTERS: "-33",
    Tag.PURCHASE_COUNTERS: "-33",
    Tag.PURCHASE_RETURN_COUNTERS: "-33",
    Tag.CORRECTION_COUNTERS: "-33",
}

STRUCTURES: dict[Tag, _Rows] = {
    Tag.ITEM: {
        Tag.PAYMENT_METHOD: "233",
        Tag.PAYMENT_OBJECT: "333",
        Tag.ITEM_AGENT_SIGNS: "333",
        Tag.AGENT_DATA: "333",
        Tag.SUPPLIER_DATA: "333",
        Tag.SUPPLIER_INN: "333",
        Tag.ITEM_NAME: "112",
        Tag.MEASURE: "--2",
        Tag.UNIT: "33-",
        Tag.PRODUCT_CODE: "22-",
        Tag.MARKED_PRODUCT_CODE: "--2",
        Tag.MARKING_MODE: "--3",
        Tag.ITEM_CHECK_RESULT: "--3",
        Tag.CONTROL_CODE: "--2",
        Tag.ORIGIN_COUNTRY: "333",
        Tag.CUSTOMS_DECLARATION: "333",
        Tag.PRICE: "111",
        Tag.UNIT_VAT: "333",
        Tag.QUANTITY: "211",
        Tag.FRACTION: "--2",
        Tag.EXCISE: "333",
        Tag.VAT_RATE: "222",
        Tag.ITEM_VAT: "333",
        Tag.ITEM_TOTAL: "111",
        Tag.ITEM_INDUSTRY: "--2*",
        Tag.ITEM_ATTRIBUTE: "333",
    },
    Tag.AGENT_DATA: _AGENT,
    Tag.SUPPLIER_DATA: {Tag.SUPPLIER_PHONE: "322*", Tag.SUPPLIER_NAME: "322"},
    Tag.BUYER: {
        Tag.BUYER_NAME: "--2",
        Tag.BUYER_INN: "--2",
        Tag.BUYER_BIRTH_DATE: "--2",
        Tag.BUYER_CITIZENSHIP: "--3",
        Tag.BUYER_DOCUMENT_CODE: "--2",
        Tag.BUYER_DOCUMENT_DATA: "--2",
        Tag.BUYER_ADDRESS: "--3",
    },
    Tag.USER_ATTRIBUTE: {Tag.USER_ATTRIBUTE_NAME: "111", Tag.USER_ATTRIBUTE_VALUE: "111"},
    Tag.CORRECTION_BASIS: {Tag.CORRECTION_DESCRIPTION: "3--", Tag.CORRECTED_DATE: "222", Tag.ORDER_NUMBER: "122"},
    Tag.ITEM_INDUSTRY: _INDUSTRY,
    Tag.RECEIPT_INDUSTRY: _INDUSTRY,
    Tag.OPERATION: {Tag.OPERATION_TIME: "--1", Tag.OPERATION_ID: "--1", Tag.OPERATION_DATA: "--1"},
    Tag.VAT_SUMS: {Tag.VAT_SUM_OF_RATE: "111*"},
    Tag.VAT_SUM_OF_RATE: {Tag.VAT_RATE: "111", Tag.VAT_SUM: "111"},
    Tag.ELECTRONIC_PAYMENTS: {Tag.ELECTRONIC_PAYMENT: "111*"},
    Tag.ELECTRONIC_PAYMENT: {
        Tag.ELECTRONIC_SUM: "111",
        Tag.ELECTRONIC_METHOD: "111",
        Tag.ELECTRONIC_IDENTIFIERS: "111",
        Tag.ELECTRONIC_DETAILS: "333",
    },
    Tag.MARKED_PRODUCT_CODE: {
        tag: "--2" for tag in Tag if Tag.CODE_UNKNOWN <= tag <= Tag.CODE_EGAIS3 or Tag.CODE_F1 <= tag <= Tag.CODE_F6
    },
    Tag.FRACTION: {Tag.FRACTION_TEXT: "--3", Tag.NUMERATOR: "--1", Tag.DENOMINATOR: "--1"},
    Tag.MARKED_ITEM: {
        Tag.MARKING_CODE: "--1",
        Tag.MARKING_TYPE: "--1",
        Tag.PRODUCT_ID: "--1",
        Tag.CONTROL_CODE: "--1",
        Tag.ASSIGNED_STATUS: "--1",
        Tag.ITEM_CHECK_RESULT: "--1",
        Tag.QUANTITY: "--2",
        Tag.MEASURE: "--2",
        Tag.FRACTION: "--2",
        Tag.MARKING_MODE: "--1",
        Tag.PAYMENT_METHOD: "--1",
        Tag.ITEM_NAME: "--1",
        Tag.SUPPLIER_INN: "--2",
        Tag.ITEM_AGENT_SIGNS: "--2",
        Tag.AGENT_DATA: "--2",
        Tag.SUPPLIER_DATA: "--2",
        Tag.PRICE: "--1",
        Tag.ITEM_TOTAL: "--1",
        Tag.VAT_RATE: "--1",
        Tag.ITEM_VAT: "--1",
        Tag.ITEM_INDUSTRY: "--2*",
    },
    Tag.OPERATOR_MESSAGE_TO_FN: {Tag.OFD_ANSWER: "1--"},
    Tag.SHIFT_TOTALS: _TOTALS,
    Tag.FN_TOTALS: _TOTALS,
    Tag.UNSENT_TOTALS: _COUNTERS_OF_CORRECTIONS,
    Tag.CORRECTION_COUNTERS: _COUNTERS_OF_CORRECTIONS,
    Tag.SALE_COUNTERS: _COUNTERS_OF_OPERATION,
    Tag.SALE_RETURN_COUNTERS: _COUNTERS_OF_OPERATION,
    Tag.PURCHASE_COUNTERS: _COUNTERS_OF_OPERATION,
    Tag.PURCHASE_RETURN_COUNTERS: _COUNTERS_OF_OPERATION,
    Tag.SALE_CORRECTIONS: _COUNTERS_OF_SIGN,
    Tag.PURCHASE_CORRECTIONS: _COUNTERS_OF_SIGN,
    Tag.SALE_RETURN_CORRECTIONS: _COUNTERS_OF_SIGN,
    Tag.PURCHASE_RETURN_CORRECTIONS: _COUNTERS_OF_SIGN,
}
"""What stands inside each STLV."""

REPEATED = frozenset(
    tag for rows in (*DOCUMENTS.values(), *STRUCTURES.values()) for tag, marks in rows.items() if marks.endswith("*")
)
"""Tags that may stand several times in some document or structure."""


@cache
def document_layout(kind: DocumentKind, version: FfdVersion) -> Layout:
    """The tags of a document, in the order in which it is written."""
    return _read(DOCUMENTS[kind.layout], version)


@cache
def structure_layout(tag: Tag, version: FfdVersion) -> Layout:
    """The tags inside an STLV."""
    if tag.kind is not Kind.STLV:
        raise ValueError(f"tag {tag} is no structure")
    return _read(STRUCTURES[tag], version)


def _read(rows: _Rows, version: FfdVersion) -> Layout:
    column = VERSIONS.index(max(version, FfdVersion.V1_05))  # FFD 1.0 is read as the version that followed it
    return MappingProxyType(
        {tag: Place(Presence(int(marks[column])), marks.endswith("*")) for tag, marks in rows.items() if marks[column] != "-"}
    )
