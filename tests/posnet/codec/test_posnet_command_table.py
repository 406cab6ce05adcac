"""protocol-specs/posnet/commands.md holds every command of the reference: where it is built, or why it is not."""

import inspect
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from bridge_posnet import commands
from bridge_posnet.answers import ANSWERS
from bridge_posnet.vocabulary import FIELDS, IMMEDIATE, KNOWN_COMMANDS, MUTATING, NEVER, NOT_BUILT, SUBJECTS

SPECS = Path(__file__).parents[3] / "protocol-specs" / "posnet"
TABLE = (SPECS / "commands.md").read_text("utf-8")

SYNONYMS = {"trcancel": "prncancel", "break": "break_"}
"""Commands whose builder has another name: `trcancel` is never sent, and `break` is a word of Python."""


def builder_of(mnemonic: str) -> str:
    return SYNONYMS.get(mnemonic, mnemonic)


def where(mnemonic: str) -> str:
    module = inspect.getmodule(getattr(commands, builder_of(mnemonic)))
    assert module is not None
    return f"`{module.__name__.removeprefix('bridge_posnet.').replace('.', '/')}.py`"


def parameters(mnemonic: str) -> str:
    """Amounts by rate and rates are told as one."""
    told: list[str] = []
    for name, field in FIELDS[mnemonic].items():
        limit = f" (at most {field.limit})" if field.limit is not None and field.type.startswith("text") else ""
        by_rate = re.fullmatch(r"(.*?)(?:in )?rate [A-G]", field.meaning)
        if by_rate is None:
            told.append(f"`{name}` {field.meaning}{limit}")
        elif name[1] == "a":
            told.append(f"`{name}`..`{name[0]}g` {by_rate[1]}by rate" if by_rate[1] else f"`{name}`..`{name[0]}g` rates")
    return ", ".join(told) or "-"


def rows() -> Iterator[str]:
    for table in SUBJECTS.values():
        for mnemonic in table.FIELDS:
            name = f"`{mnemonic}` / `!{mnemonic}`" if mnemonic in IMMEDIATE and mnemonic != "break" else f"`{mnemonic}`"
            answer = (
                ANSWERS[mnemonic].__name__ if mnemonic in ANSWERS else "the stored answer" if mnemonic == "rpt" else "standard"
            )
            changes = "yes" if mnemonic in MUTATING else ""
            yield f"| {name} | {parameters(mnemonic)} | {answer} | {changes} | {where(mnemonic)} |"
    for mnemonic, reason in sorted(NOT_BUILT.items()):
        yield f"| `{mnemonic}` | {reason} |"
    for mnemonic in sorted(NEVER):
        yield f'| `{mnemonic}` | never, see protocol.md, "Never offered" |'


@pytest.mark.parametrize("row", list(rows()), ids=lambda row: row.split("`")[1])
def test_a_command_stands_in_the_table_as_it_is_in_the_code(row: str) -> None:
    assert row in TABLE.splitlines()


def test_the_table_names_no_other_commands() -> None:
    assert set(re.findall(r"^\| `!?([a-z0-9]+)`", TABLE, re.M)) == KNOWN_COMMANDS


def test_no_command_is_built_and_not_built() -> None:
    assert not set(FIELDS) & (set(NOT_BUILT) | NEVER)
    assert not set(NOT_BUILT) & NEVER


def test_every_command_of_the_protocol_document_is_in_the_table() -> None:
    """The tables of protocol.md name a command in the first cell, a family of them by its beginning."""
    chapter = (SPECS / "protocol.md").read_text("utf-8").split("## Commands")[1].split("## Counters")[0]
    cells = re.findall(r"^\| (`[^|]+) \|", chapter, re.M)
    named = {word for cell in cells for word in re.findall(r"`!?([a-z][a-z0-9]{2,})", cell)}
    assert named <= KNOWN_COMMANDS
    assert len(named) > 90
