"""What a till may add for Posnet printers under `extras.posnet`, on a receipt, an invoice or a line.

Checked by these models; names that are not theirs are errors. What becomes of each is in docs/families/posnet.md.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import Field, ValidationError

from bridge.model import FieldError, Model, RequestError, Text
from bridge_posnet.fields import ONLINE
from bridge_posnet.fitting import Fitting

NAMESPACE = "posnet"

M = TypeVar("M", bound=Model)


class Code2D(Model):
    """A code above or below the place of the bar code. `data` is coded as UTF-8."""

    kind: Literal["qr", "aztec", "datamatrix", "pdf417"] = "qr"
    data: Annotated[str, Field(min_length=1)]
    place: Literal["above", "below"] = "below"
    dots: Annotated[int, Field(ge=1, le=16)] | None = None
    correction: Annotated[int, Field(ge=0, le=8)] | None = None


class FooterLine(Model):
    """A line below the receipt; half as many characters where it is wide."""

    text: Text
    wide: bool = False
    high: bool = False


class FooterExtras(Model):
    """What stands below a receipt or invoice: `information` is at most three lines with the printer's marks for styles."""

    bar_code: Annotated[Text, Field(min_length=1)] | None = None
    code_2d: Code2D | None = None
    information: Annotated[tuple[Text, ...], Field(max_length=ONLINE.info_lines)] = ()


class ReceiptExtras(FooterExtras):
    """Of a receipt. `footer`: further lines, printed when the receipt is fiscal already."""

    footer: Annotated[tuple[FooterLine, ...], Field(max_length=ONLINE.footer_lines)] = ()


class Execution(Model):
    """Goods that an enforcing authority sells in the debtor's name."""

    authority: Annotated[tuple[Text, ...], Field(min_length=1)]
    debtor: Annotated[tuple[Text, ...], Field(min_length=1)]


class InvoiceExtras(FooterExtras):
    """Of an invoice. `mark_original`: ORIGINAL and COPY are printed on it."""

    mark_original: bool | None = None
    representative: tuple[Text, ...] = ()
    execution: Execution | None = None


class LineExtras(Model):
    """Of a line. `voids`: index of the earlier line that a line of the kind `return` takes off again (storno).

    `classification`: PKWiU, invoices only.
    """

    voids: Annotated[int, Field(ge=0)] | None = None
    classification: Text | None = None


def read_extras(extras: Mapping[str, Any], model: type[M], field: str, fit: Fitting) -> M:
    """Ours of these namespaces, checked; the others are told as ignored. Raises RequestError naming each wrong field."""
    for name in extras:
        if name != NAMESPACE:
            fit.warn("extras_ignored", f"This printer knows no extras {name!r}.", f"{field}.{name}")
    try:
        return model.model_validate(extras.get(NAMESPACE) or {})
    except ValidationError as error:
        found = []
        for problem in error.errors(include_url=False, include_input=False):
            where = ".".join((field, NAMESPACE, *(str(part) for part in problem["loc"])))
            unknown = problem["type"] == "extra_forbidden"
            message = "there is no such field" if unknown else problem["msg"].removeprefix("Value error, ")
            found.append(FieldError(where, message, ", ".join(model.model_fields) if unknown else None))
        raise RequestError("request.invalid", f"{found[0].field}: {found[0].message}", tuple(found)) from None
