"""The tables of attacks and behaviours in the documents against the tests that they name."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "security.md").read_text("utf-8")

ATTACKS = [f"A{number:02}" for number in range(1, 61)]
BEHAVIOURS = [
    f"B{number:02}"
    for numbers in (range(1, 18), range(20, 26), range(30, 38), range(40, 46), range(50, 55), range(60, 64), range(70, 74))
    for number in numbers
]
ROWS = [(number, cells.split(" | ")) for number, cells in re.findall(r"^\| ([AB][0-9]{2}) \| (.*) \|$", TEXT, re.MULTILINE)]
NAMED = [(number, test) for number, cells in ROWS for test in re.findall(r"`(tests/[\w/]+\.py::\w+)`", cells[-1])]


@cache
def _functions(file: Path) -> tuple[ast.FunctionDef | ast.AsyncFunctionDef, ...]:
    return tuple(
        node
        for node in ast.parse(file.read_text("utf-8")).body
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_")
    )


@cache
def _marked() -> frozenset[tuple[str, str]]:
    """Each attack's number with each test that is marked with it."""
    found = set()
    for file in (ROOT / "tests").rglob("test_*.py"):
        for function in _functions(file) if ".attack(" in file.read_text("utf-8") else ():
            for mark in function.decorator_list:
                if isinstance(mark, ast.Call) and ast.unparse(mark.func) == "pytest.mark.attack":
                    name = f"{file.relative_to(ROOT).as_posix()}::{function.name}"
                    found |= {(ast.literal_eval(number), name) for number in mark.args}
    return frozenset(found)


def test_each_number_has_one_row_and_no_row_is_without_a_number_of_the_lists() -> None:
    assert [number for number, _ in ROWS] == ATTACKS + BEHAVIOURS


def test_each_row_says_what_it_is_about_and_an_attacks_what_happens() -> None:
    for number, cells in ROWS:
        assert len(cells) == (3 if number in ATTACKS else 2), number
        assert all(len(cell.strip()) >= 5 for cell in cells), number


@pytest.mark.parametrize("test", sorted({test for _, test in NAMED}))
def test_a_test_that_is_named_is_there(test: str) -> None:
    file, _, name = test.partition("::")
    assert name in [function.name for function in _functions(ROOT / file)]


def test_the_attacks_rows_name_the_tests_that_are_marked_with_them_and_of_that_folder_no_others() -> None:
    named = {(number, test) for number, test in NAMED if number in ATTACKS}
    assert _marked() <= named
    assert {(number, test) for number, test in named - _marked() if test.startswith("tests/attacks/")} == set()
    assert len(set(NAMED)) == len(NAMED), "a row names a test twice"


def test_every_attack_has_a_test_and_what_has_none_says_when() -> None:
    assert {number for number, _ in _marked()} == set(ATTACKS)
    for number, cells in ROWS:
        named = [test for row, test in NAMED if row == number]
        assert named or "later" in cells[-1], number
