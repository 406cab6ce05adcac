"""The table of commands: every one that is sent or read, by its code."""

from bridge_atol.vocabulary.receipt import CODE, NAME, RECEIPT_SHAPES
from bridge_atol.vocabulary.shape import REGISTERS, STORAGE, SUCCESS, Begins, Does, Mode, Patience, Shape, code_of
from bridge_atol.vocabulary.status import STATUS_SHAPES

SHAPES: dict[int, Shape] = {shape.code: shape for shape in (*STATUS_SHAPES, *RECEIPT_SHAPES)}

__all__ = [
    "CODE",
    "NAME",
    "REGISTERS",
    "SHAPES",
    "STORAGE",
    "SUCCESS",
    "Begins",
    "Does",
    "Mode",
    "Patience",
    "Shape",
    "code_of",
]
