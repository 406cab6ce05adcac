"""Which command has which parameters: one table for each subject."""

from bridge_posnet.vocabulary.tables import FIELDS, IMMEDIATE, KNOWN_COMMANDS, MUTATING, SUBJECTS
from bridge_posnet.vocabulary.unbuilt import NEVER, NOT_BUILT

__all__ = ("FIELDS", "IMMEDIATE", "KNOWN_COMMANDS", "MUTATING", "NEVER", "NOT_BUILT", "SUBJECTS")
