"""Writes the tables of protocol-specs/ffd that are made of the code: tags.md, layouts.md, extras.md.

    python tests/ffd/renew_ffd_tables.py

`test_ffd_specs.py` fails where a table is not what this would write.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from bridge_ffd.extras import LineExtras, ReceiptExtras
from bridge_ffd.layouts import DOCUMENTS, STRUCTURES
from bridge_ffd.tags import Kind, Tag
from bridge_ffd.vat import Vat
from bridge_ffd.versions import VERSIONS, DocumentKind
from bridge_ffd.vocabulary import (
    Agent,
    Coded,
    CorrectionType,
    MarkingType,
    Measure,
    PaymentMethod,
    PaymentObject,
    PlannedStatus,
    Taxation,
)
from pydantic.fields import FieldInfo

from bridge.model import Model

SPECS = Path(__file__).parents[2] / "protocol-specs" / "ffd"

TAGS_HEAD = """# Tags

Made of `bridge_ffd/tags.py` by `tests/ffd/renew_ffd_tables.py`. Length: exact for flags, numbers, times and padded text, else the most, in bytes.
Where a tag may stand, and in which versions, is in [layouts.md](layouts.md).

"""
LAYOUTS_HEAD = """# Where tags stand

Made of `bridge_ffd/layouts.py` by `tests/ffd/renew_ffd_tables.py`. A mark for each of FFD 1.05, 1.1 and 1.2, as the order of the tax service has them:
`1` must be there, `2` in the cases that the order names, `3` may be there, `-` not of this version; `*` may stand several times. The order is
the one in which a document is written. A strict form (4, 41) has the layout of a receipt (3, 31).
"""
EXTRAS_HEAD = """# extras.ffd

Made of `bridge_ffd/extras.py` by `tests/ffd/renew_ffd_tables.py`. Every field may be left out but those marked "must". Times are the local clock of the device.
What the uniform receipt has a field for is not here: the cashier (`operator.name`, `operator.tax_id`: tags 1021, 1203), the buyer (`customer.name`,
`customer.ids` of the type `inn`, `customer.address`: 1227, 1228, 1254), the contact (`delivery.email` or `delivery.sms`: 1008), the marking code
(`lines[].marking.code_b64`), unit, VAT and payments.
"""
WORDS: tuple[type[Coded], ...] = (
    Taxation,
    PaymentMethod,
    PaymentObject,
    Agent,
    Measure,
    CorrectionType,
    PlannedStatus,
    MarkingType,
)


def tags() -> str:
    rows = [
        f"| {tag.value} | {_kind(tag)} | {tag.length} | {tag.english} | {tag.russian} | `{tag.key}` |"
        for tag in sorted(Tag, key=int)
    ]
    return (
        TAGS_HEAD + "\n".join(("| tag | type | length | name | official name | key |", "|---|---|---|---|---|---|", *rows)) + "\n"
    )


def _kind(tag: Tag) -> str:
    return "bit mask" if tag.kind is Kind.BITS else tag.kind.value


def layouts() -> str:
    parts = [LAYOUTS_HEAD, "\n## Documents\n"]
    for kind, rows in DOCUMENTS.items():
        parts.append(f"\n### {kind.value}: {_name(kind)}\n\n" + _layout(rows))
    parts.append("\n## Structures\n")
    for tag in sorted(STRUCTURES, key=int):
        parts.append(f"\n### Tag {tag.value}: {tag.english}\n\n" + _layout(STRUCTURES[tag]))
    return "".join(parts)


def _name(kind: DocumentKind) -> str:
    return kind.name.lower().replace("_", " ")


def _layout(rows: dict[Tag, str]) -> str:
    head = f"| tag | {' | '.join(version.text for version in VERSIONS)} | |\n|---|---|---|---|---|\n"
    return head + "".join(
        f"| {tag.value} {tag.english} | {' | '.join(marks[:3])} | {marks[3:]} |\n" for tag, marks in rows.items()
    )


def extras() -> str:
    parts = [EXTRAS_HEAD]
    done: list[type[Model]] = []
    for title, model in (("Of a receipt", ReceiptExtras), ("Of a line", LineExtras)):
        parts.append(f"\n## {title}\n\n{_fields(model)}")
        for inner in _models(model):
            if inner not in done:
                done.append(inner)
                parts.append(f"\n### {inner.__name__}\n\n{_fields(inner)}")
    parts.append("\n## Words\n")
    for words in WORDS:
        rows = "".join(f"| `{word.value}` | {word.code} |\n" for word in words)
        parts.append(f"\n### {words.__name__}\n\n{_summary(words)}\n\n| word | number |\n|---|---|\n{rows}")
    rows = "".join(
        f"| {vat.text} | {vat.code} | {vat.value.since if vat.value.since.year > 1 else ''} | {vat.value.until or ''} | {vat.total_tag.value} |\n"
        for vat in Vat
    )
    head = "| rate | number | new sales since | new sales until (not included) | receipt's sum |\n|---|---|---|---|---|\n"
    parts.append(
        f"\n### VAT (tag 1199)\n\nWritten in `lines[].vat` and `lines[].taxes`; without VAT is the kind `exempt`.\n\n{head}{rows}"
    )
    return "".join(parts)


def _summary(model: type) -> str:
    return " ".join((model.__doc__ or "").split())


def _fields(model: type[Model]) -> str:
    rows = "".join(
        f"| `{name}` | {_type(field.annotation, field.metadata)}{', must' if field.is_required() else ''} | {_told(field)} |\n"
        for name, field in model.model_fields.items()
    )
    return f"{_summary(model)}\n\n| field | what | becomes |\n|---|---|---|\n{rows}"


def _told(field: FieldInfo) -> str:
    """The description, which stands in the annotation where that is a union with None."""
    inner = (part for union in get_args(field.annotation) for part in getattr(union, "__metadata__", ()))
    return field.description or next((part.description for part in inner if isinstance(part, FieldInfo)), None) or ""


def _type(annotation: Any, metadata: list[Any]) -> str:
    pattern = next((f" like `{item.pattern}`" for item in metadata if getattr(item, "pattern", None)), "")
    return _plain(annotation).replace("|", "or") + pattern.replace("|", "\\|")


def _plain(annotation: Any) -> str:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _plain(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return " | ".join(_plain(part) for part in get_args(annotation) if part is not type(None))
    if origin is tuple:
        return f"list of {_plain(get_args(annotation)[0])}"
    if origin is not None:
        return ", ".join(f"`{value}`" for value in get_args(annotation))
    if isinstance(annotation, type) and issubclass(annotation, StrEnum):
        return f"word of {annotation.__name__}"
    names = {
        "str": "text",
        "int": "whole number",
        "bool": "true or false",
        "Decimal": "decimal string",
        "date": "day",
        "datetime": "time",
    }
    return names.get(annotation.__name__, annotation.__name__)


def _models(model: type[Model]) -> Iterator[type[Model]]:
    for field in model.model_fields.values():
        for inner in _inside(field.annotation):
            yield inner
            if inner is not model:
                yield from (deeper for deeper in _models(inner) if deeper is not inner)


def _inside(annotation: Any) -> Iterator[type[Model]]:
    if isinstance(annotation, type) and issubclass(annotation, Model):
        yield annotation
    for part in get_args(annotation):
        if not isinstance(part, str):
            yield from _inside(part)


TABLES = {"tags.md": tags, "layouts.md": layouts, "extras.md": extras}


if __name__ == "__main__":
    for name, table in TABLES.items():
        (SPECS / name).write_text(table(), "utf-8")
