"""The core's sentences in other languages than English."""

from bridge.model.texts.catalogue import CATALOGUES, PLACES, told, translated

__all__ = ("CATALOGUES", "PLACES", "told", "translated")
