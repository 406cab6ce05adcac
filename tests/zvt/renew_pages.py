"""Writes protocol-specs/zvt/commands.md and errors.md anew from the tables in the code.

    python tests/zvt/renew_pages.py

A test holds the two pages against the same tables.
"""

from __future__ import annotations

from pathlib import Path

from bridge_zvt import names
from bridge_zvt.errors import ERRORS
from bridge_zvt.frame import HEADS, TABLE, Length

SPECS = Path(__file__).parents[2] / "protocol-specs" / "zvt"


def errors_page() -> str:
    lines = [
        "# ZVT result codes",
        "",
        "One number space: BMP 27 of a status information, the byte of 06 1E, and the second byte of a negative answer 84 xx. 01 to 63 are the host's; their meaning is that of one provider's list [1],"
        ' and the text that the host sends counts before it. "Ends": how a payment ends with the code: `declined` and `stopped` are results of a job that is done, `refused` fails it with the uniform'
        ' code. "Fate" is that of the *command*; what became of a payment is decided by the whole dialogue. A test holds this table against the code.',
        "",
        "| code | meaning | German | ends | uniform code | fate | remedy |",
        "|---|---|---|---|---|---|---|",
    ]
    for number, row in sorted(ERRORS.items()):
        lines.append(f"| {number:02X} | {row.text} | {row.german} | {row.kind} | {row.code} | {row.fate} | {row.remedy} |")
    return "\n".join(lines) + "\n"


def commands_page() -> str:
    lines = [
        "# ZVT messages and fields by name",
        "",
        "Every message, field and object that Tillbridge knows, as its codec has them: parts that stand by their place before the fields, and the length of each field. A test holds these tables"
        " against the code.",
        "",
        "## Messages",
        "",
        "| message | what | parts before the fields |",
        "|---|---|---|",
    ]
    for code, name in sorted(names.MESSAGES.items()):
        parts = ", ".join(f"`{part}`({size})" for part, size in HEADS.get(code, ()))
        lines.append(f"| `{code >> 8:02X} {code & 0xFF:02X}` | {name} | {parts or '-'} |")
    lines += ["", "## Fields (BMP)", "", "| tag | what | bytes |", "|---|---|---|"]
    kinds = {Length.LLVAR: "LLVAR", Length.LLLVAR: "LLLVAR", Length.BER: "BER"}
    for tag, size in sorted(TABLE.items()):
        length = kinds[Length(size)] if size < 0 else str(size)
        lines.append(f"| `{tag:02X}` | {names.FIELDS.get(tag, '-')} | {length} |")
    lines += ["", "## Objects (TLV) that have a name", "", "| tag | what |", "|---|---|"]
    lines += [
        f"| `{tag:04X}` | {name} |" if tag > 0xFF else f"| `{tag:02X}` | {name} |" for tag, name in sorted(names.OBJECTS.items())
    ]
    return "\n".join(lines) + "\n"


PAGES = {"errors.md": errors_page, "commands.md": commands_page}


def main() -> None:
    for name, page in PAGES.items():
        (SPECS / name).write_text(page(), "utf-8")


if __name__ == "__main__":
    main()
