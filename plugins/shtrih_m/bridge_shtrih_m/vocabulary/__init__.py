"""Every command that is built or read: its fields, answers, effect and time-out."""

from bridge_shtrih_m.vocabulary.shape import Does, Patience, Shape
from bridge_shtrih_m.vocabulary.tables import SHAPES, reads_only, shape_of

__all__ = ["SHAPES", "Does", "Patience", "Shape", "reads_only", "shape_of"]
