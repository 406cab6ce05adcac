"""What a till may add under `extras.ffd`, on a receipt or a line, for every Russian fiscal printer.

Checked by these models; names that are not theirs are errors. What becomes of each is in protocol-specs/ffd/extras.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, ValidationError, model_validator

from bridge.model import FieldError, Flag, Model, Money, RequestError, Text
from bridge.model.base import Day, PositiveMoney, Whole
from bridge_ffd.checks import Country, Email, Inn, LocalTime, Phone
from bridge_ffd.tags import Kind, Tag
from bridge_ffd.vocabulary import Agent, CorrectionType, Measure, PaymentMethod, PaymentObject, PlannedStatus, Taxation

NAMESPACE = "ffd"

M = TypeVar("M", bound=Model)

_Byte = Annotated[Whole, Field(ge=0, le=255)]


def _text(tag: Tag) -> Any:
    return Field(min_length=1, description=f"tag {tag.value}, at most {tag.length} characters")


def _tag(tag: Tag, default: Any = ...) -> Any:
    """A field that becomes this tag."""
    return Field(default, description=f"tag {tag.value}")


class RawTag(Model):
    """Any tag, for what no field here is for. `type` is how `value` becomes bytes; `bytes` is hexadecimal.

    Of a tag that is known the type may be left out; a structure has `tags` instead of a value.
    """

    tag: Annotated[Whole, Field(ge=1, le=0xFFFF)]
    type: Literal["byte", "uint16", "uint32", "vln", "fvln", "string", "bytes", "unixtime"] | None = None
    value: Annotated[Whole, Field(ge=0)] | Text | None = None
    tags: tuple[RawTag, ...] = ()

    @model_validator(mode="after")
    def _value_or_tags(self) -> RawTag:
        if (self.value is None) == (not self.tags):
            raise ValueError("give exactly one of value and tags")
        return self


class AgentData(Model):
    """An agent and what tag 1223 (or, of a whole receipt before FFD 1.2, the receipt itself) says of the agents in between."""

    signs: Annotated[tuple[Agent, ...], Field(min_length=1)] = _tag(Tag.ITEM_AGENT_SIGNS)
    operation: Annotated[Text, _text(Tag.AGENT_OPERATION)] | None = None
    phones: tuple[Phone, ...] = _tag(Tag.AGENT_PHONE, ())
    receiving_operator_phones: tuple[Phone, ...] = _tag(Tag.RECEIVING_OPERATOR_PHONE, ())
    transfer_operator_phones: tuple[Phone, ...] = _tag(Tag.TRANSFER_OPERATOR_PHONE, ())
    transfer_operator_name: Annotated[Text, _text(Tag.TRANSFER_OPERATOR_NAME)] | None = None
    transfer_operator_address: Annotated[Text, _text(Tag.TRANSFER_OPERATOR_ADDRESS)] | None = None
    transfer_operator_inn: Inn | None = _tag(Tag.TRANSFER_OPERATOR_INN, None)

    @property
    def has_data(self) -> bool:
        """Whether anything but the sign is given."""
        return self != AgentData(signs=self.signs)


class Supplier(Model):
    """Whose goods the agent sells."""

    name: Annotated[Text, _text(Tag.SUPPLIER_NAME)] | None = None
    phones: tuple[Phone, ...] = _tag(Tag.SUPPLIER_PHONE, ())
    inn: Inn | None = _tag(Tag.SUPPLIER_INN, None)


class Industry(Model):
    """Industry data that a rule outside the format asks for."""

    authority: Annotated[str, Field(pattern=r"^[0-9]{3}$")] = _tag(Tag.INDUSTRY_AUTHORITY)
    date: Day = _tag(Tag.INDUSTRY_DATE)
    number: Annotated[Text, _text(Tag.INDUSTRY_NUMBER)]
    value: Annotated[Text, _text(Tag.INDUSTRY_VALUE)]


class Buyer(Model):
    """What the uniform customer has no field for. Name, INN and address are taken from `customer`."""

    birth_date: Day | None = _tag(Tag.BUYER_BIRTH_DATE, None)
    citizenship: Country | None = _tag(Tag.BUYER_CITIZENSHIP, None)
    document_code: Annotated[str, Field(pattern=r"^[0-9]{2}$")] | None = _tag(Tag.BUYER_DOCUMENT_CODE, None)
    document_data: Annotated[Text, _text(Tag.BUYER_DOCUMENT_DATA)] | None = None


class UserAttribute(Model):
    """A name and a value that the shop chooses."""

    name: Annotated[Text, _text(Tag.USER_ATTRIBUTE_NAME)]
    value: Annotated[Text, _text(Tag.USER_ATTRIBUTE_VALUE)]


class OperationRequisite(Model):
    """The operational requisite."""

    id: _Byte = _tag(Tag.OPERATION_ID)
    data: Annotated[Text, _text(Tag.OPERATION_DATA)]
    time: LocalTime = _tag(Tag.OPERATION_TIME)


class Correction(Model):
    """What a receipt of the kind `correction` corrects. `settlement` is the kind that should have been issued."""

    type: CorrectionType = _tag(Tag.CORRECTION_TYPE, CorrectionType.SELF)
    date: Day = _tag(Tag.CORRECTED_DATE)
    number: Annotated[Text, _text(Tag.ORDER_NUMBER)] | None = None
    description: Annotated[Text, _text(Tag.CORRECTION_DESCRIPTION)] | None = None
    settlement: Literal["sale", "sale_return", "purchase", "purchase_return"] = _tag(Tag.SETTLEMENT, "sale")
    wrong_sign: Annotated[str, Field(pattern=r"^[0-9]{1,10}$")] | None = _tag(Tag.RECEIPT_ATTRIBUTE, None)

    @model_validator(mode="after")
    def _an_order_has_a_number(self) -> Correction:
        if self.type is CorrectionType.ORDER and self.number is None:
            raise ValueError("a correction by order names the number of the tax office's order")
        return self


class ElectronicPayment(Model):
    """One payment without cash, as the rules of 2025 have it."""

    amount: PositiveMoney = _tag(Tag.ELECTRONIC_SUM)
    method: _Byte = _tag(Tag.ELECTRONIC_METHOD)
    identifiers: Annotated[Text, _text(Tag.ELECTRONIC_IDENTIFIERS)]
    details: Annotated[Text, _text(Tag.ELECTRONIC_DETAILS)] | None = None


class ReceiptExtras(Model):
    """Of a receipt. `internet`: paid on the internet. `strict_form`: a BSO instead of a receipt."""

    taxation: Taxation | None = _tag(Tag.TAXATION_SYSTEM, None)
    strict_form: Flag = False
    internet: Flag | None = _tag(Tag.INTERNET_SETTLEMENT, None)
    address: Annotated[Text, _text(Tag.SETTLEMENT_ADDRESS)] | None = None
    place: Annotated[Text, _text(Tag.SETTLEMENT_PLACE)] | None = None
    machine_number: Annotated[Text, _text(Tag.MACHINE_NUMBER)] | None = None
    seller_email: Email | None = _tag(Tag.SELLER_EMAIL, None)
    buyer: Buyer | None = _tag(Tag.BUYER, None)
    agent: AgentData | None = _tag(Tag.AGENT_SIGNS, None)
    supplier_phones: tuple[Phone, ...] = _tag(Tag.SUPPLIER_PHONE, ())
    attribute: Annotated[Text, _text(Tag.RECEIPT_ATTRIBUTE)] | None = None
    user_attribute: UserAttribute | None = _tag(Tag.USER_ATTRIBUTE, None)
    operation: OperationRequisite | None = _tag(Tag.OPERATION, None)
    industry: tuple[Industry, ...] = _tag(Tag.RECEIPT_INDUSTRY, ())
    correction: Correction | None = _tag(Tag.CORRECTION_BASIS, None)
    electronic_payments: tuple[ElectronicPayment, ...] = _tag(Tag.ELECTRONIC_PAYMENTS, ())
    tags: tuple[RawTag, ...] = ()


class Fraction(Model):
    """A part of a marked package: one of six bottles is 1 of 6."""

    numerator: Annotated[Whole, Field(ge=1)] = _tag(Tag.NUMERATOR)
    denominator: Annotated[Whole, Field(ge=2)] = _tag(Tag.DENOMINATOR)

    @model_validator(mode="after")
    def _less_than_whole(self) -> Fraction:
        if self.numerator >= self.denominator:
            raise ValueError("a part is less than the whole: the numerator must be below the denominator")
        return self


class Tobacco(Model):
    """The parts of a tobacco code, for a till that has only these (FFD 1.05 and 1.1)."""

    gtin: Annotated[str, Field(pattern=r"^[0-9]{1,14}$")]
    serial: Annotated[str, Field(pattern=r"^[!-~]{7}$")]


class LineMarking(Model):
    """How the line's marking code is handled. `result`: the bits of a check made beforehand."""

    planned_status: PlannedStatus | None = _tag(Tag.PLANNED_STATUS, None)
    fraction: Fraction | None = _tag(Tag.FRACTION, None)
    result: Annotated[Whole, Field(ge=0, le=31)] | None = _tag(Tag.ITEM_CHECK_RESULT, None)
    product_code: Annotated[str, Field(pattern=r"^([0-9A-Fa-f]{2}){2,32}$")] | None = _tag(Tag.PRODUCT_CODE, None)
    tobacco: Tobacco | None = _tag(Tag.PRODUCT_CODE, None)

    @model_validator(mode="after")
    def _one_code(self) -> LineMarking:
        if self.product_code is not None and self.tobacco is not None:
            raise ValueError("give one of product_code and tobacco")
        return self


class LineExtras(Model):
    """Of a line. `object`: what it is; `method`: how it is paid; `measure`: its unit, where `unit` does not say it."""

    object: PaymentObject | None = _tag(Tag.PAYMENT_OBJECT, None)
    method: PaymentMethod | None = _tag(Tag.PAYMENT_METHOD, None)
    measure: Measure | None = _tag(Tag.MEASURE, None)
    agent: AgentData | None = _tag(Tag.ITEM_AGENT_SIGNS, None)
    supplier: Supplier | None = _tag(Tag.SUPPLIER_DATA, None)
    marking: LineMarking | None = None
    excise: Money | None = _tag(Tag.EXCISE, None)
    origin_country: Country | None = _tag(Tag.ORIGIN_COUNTRY, None)
    customs_declaration: Annotated[Text, _text(Tag.CUSTOMS_DECLARATION)] | None = None
    attribute: Annotated[Text, _text(Tag.ITEM_ATTRIBUTE)] | None = None
    industry: tuple[Industry, ...] = _tag(Tag.ITEM_INDUSTRY, ())
    tags: tuple[RawTag, ...] = ()


RAW_TYPES: dict[str, tuple[Kind, int]] = {
    "byte": (Kind.BYTE, 1),
    "uint16": (Kind.UINT16, 2),
    "uint32": (Kind.UINT32, 4),
    "vln": (Kind.VLN, 8),
    "fvln": (Kind.FVLN, 8),
    "string": (Kind.TEXT, 0xFFFF),
    "bytes": (Kind.BYTES, 0xFFFF),
    "unixtime": (Kind.TIME, 4),
}
"""The types of a raw tag, and the most bytes of each."""


def read_extras(extras: Mapping[str, Any], model: type[M], field: str) -> tuple[M, list[FieldError]]:
    """Ours of these namespaces. What is wrong is told as fields of `extras.ffd`; then the model is empty."""
    try:
        return model.model_validate(extras.get(NAMESPACE) or {}), []
    except ValidationError as error:
        found = []
        for problem in error.errors(include_url=False, include_input=False):
            where = ".".join((field, NAMESPACE, *(str(part) for part in problem["loc"])))
            unknown = problem["type"] == "extra_forbidden"
            message = "there is no such field" if unknown else problem["msg"].removeprefix("Value error, ")
            found.append(FieldError(where, message, ", ".join(model.model_fields) if unknown else None))
        return model(), found


def read_one(extras: Mapping[str, Any], model: type[M], field: str) -> M:
    """As `read_extras`, for a family that reads one of them alone. Raises RequestError naming each wrong field."""
    read, found = read_extras(extras, model, field)
    if found:
        raise RequestError("request.invalid", f"{found[0].field}: {found[0].message}", tuple(found))
    return read
