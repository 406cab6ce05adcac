"""The doctor on who may come in."""

from __future__ import annotations

import sys
from pathlib import Path

from bridge.cli import offline_tokens
from bridge.server.doctor.access import access
from bridge.server.doctor.examining import CHECKS
from bridge.server.doctor.facts import Computer, Level, Situation

ORIGIN = "https://pos.example.com"


def look(data_dir: Path) -> list[tuple[Level, str]]:
    found = access(Situation(Computer(platform=sys.platform), data_dir, data_dir / "logs"))
    return [(finding.level, finding.text) for finding in found]


def test_it_is_one_of_the_doctors_checks() -> None:
    assert access in CHECKS


def test_where_nobody_is_paired_it_says_what_that_means(tmp_path: Path) -> None:
    ((level, text),) = look(tmp_path)
    assert level is Level.OK
    assert "no page is paired" in text


def test_paired_pages_are_named_those_of_the_provisioning_file_too(tmp_path: Path) -> None:
    offline_tokens.create(tmp_path, {"label": "till", "origin": ORIGIN})
    (tmp_path / "provisioning.toml").write_text(
        offline_tokens.entry({"label": "kiosk", "origin": "https://kiosk.example"})["entry"]
    )
    (_, file), (_, pages) = look(tmp_path)
    assert "1 tokens" in file
    assert pages == f"paired are https://kiosk.example, {ORIGIN}"


def test_a_provisioning_file_that_is_wrong_is_a_problem_with_its_place(tmp_path: Path) -> None:
    (tmp_path / "provisioning.toml").write_text("[[token]]\nid = 'x'\n")
    ((level, text),) = look(tmp_path)
    assert level is Level.PROBLEM
    assert "token 1" in text
