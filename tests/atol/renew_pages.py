"""Writes protocol-specs/atol/commands.md and errors.md of the tables in the code: `python tests/atol/renew_pages.py`."""

from __future__ import annotations

import sys
from pathlib import Path

from bridge_atol.errors import ERRORS
from bridge_atol.vocabulary import SHAPES

sys.path.insert(0, str(Path(__file__).parent / "codec"))
from test_atol_vectors import SPECS, row

_COMMANDS = """# Commands

Made of the table in the code (`bridge_atol/vocabulary`). Sizes in bytes; `rest`: to the end; `[newer]`: not every device sends it. Changes: sent once; reads: may be asked again. Mode: the one that the
device must be in; `any`: whichever it is in. 91 and A4 stand with their first parameter, the register or the FN's command.

| command | what | request | answer | does | patience | mode |
|---|---|---|---|---|---|---|
"""
_ERRORS = """# Errors

Made of the table in the code (`bridge_atol/errors.py`). The fate is that of the command; what became of the document is asked of the device. No remedy: that of the uniform code.

| number | meaning | uniform code | fate of the command | remedy |
|---|---|---|---|---|
"""


def main() -> None:
    shapes = [SHAPES[code] for code in sorted(SHAPES, key=lambda code: SHAPES[code].head)]
    table = "".join(f"| {' | '.join(row(shape))} |\n" for shape in shapes)
    (SPECS / "commands.md").write_text(_COMMANDS + table, "utf-8")
    rows = "".join(
        f"| {number:02X}h | {error.text} | {error.code} | {error.fate.value} | {error.remedy.value} |\n"
        for number, error in sorted(ERRORS.items())
    )
    (SPECS / "errors.md").write_text(_ERRORS + rows, "utf-8")


if __name__ == "__main__":
    main()
