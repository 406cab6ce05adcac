"""The tables of all subjects joined: mnemonic -> parameter -> what it is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from bridge_posnet.fields import Field
from bridge_posnet.vocabulary import cash, edocument, invoice, memory, printouts, receipt, reports, setup, status
from bridge_posnet.vocabulary.unbuilt import NEVER, NOT_BUILT

SUBJECTS = MappingProxyType(
    {
        "status": status,
        "receipt": receipt,
        "invoice": invoice,
        "reports": reports,
        "cash": cash,
        "printouts": printouts,
        "memory": memory,
        "edocument": edocument,
        "setup": setup,
    }
)

# mnemonic -> parameter -> what it is; parameters of a command and of its answer together (no name means two things).
FIELDS: Mapping[str, Mapping[str, Field]] = MappingProxyType(
    {mnemonic: fields for table in SUBJECTS.values() for mnemonic, fields in table.FIELDS.items()}
)

# Commands that change the device, its paper or its memory: they get a token, and are never sent twice.
MUTATING = frozenset(mnemonic for table in SUBJECTS.values() for mnemonic in table.MUTATING)

# Commands that may overtake the queue with a leading "!".
IMMEDIATE = frozenset(("sprn", "sdev", "sdrwr", "sdspexternal", "break"))

# Every mnemonic of the reference, built or not: anything else is answered with `ERR ?1`.
KNOWN_COMMANDS = frozenset(FIELDS) | frozenset(NOT_BUILT) | NEVER
