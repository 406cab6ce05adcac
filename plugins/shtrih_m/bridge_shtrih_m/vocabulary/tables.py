"""All commands in one table, by their codes."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bridge_shtrih_m.frame import code_of
from bridge_shtrih_m.vocabulary.printing import PRINTING
from bridge_shtrih_m.vocabulary.receipt import RECEIPT
from bridge_shtrih_m.vocabulary.shape import Does, Shape
from bridge_shtrih_m.vocabulary.status import STATUS
from bridge_shtrih_m.vocabulary.storage import STORAGE

SHAPES: Mapping[int, Shape] = MappingProxyType(
    {shape.code: shape for table in (STATUS, RECEIPT, PRINTING, STORAGE) for shape in table}
)


def shape_of(data: bytes) -> Shape | None:
    """What is known of the command, or of the answer, in these bytes."""
    code = code_of(data)
    return SHAPES.get(code) if code is not None else None


def reads_only(data: bytes) -> bool:
    """Whether this command, or the one that this answers, surely changes nothing: its answer may be forgotten."""
    shape = shape_of(data)
    return shape is not None and shape.does is Does.READS
