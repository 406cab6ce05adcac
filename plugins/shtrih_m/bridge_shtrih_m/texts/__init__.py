"""What a refusal says, by language. English is the table of errors."""

from bridge_shtrih_m.texts.ru import russian

__all__ = ["russian"]
