"""The doctor on the API's own certificates."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bridge.server.doctor.examining import CHECKS
from bridge.server.doctor.facts import Computer, Finding, Level, Situation
from bridge.server.doctor.own_certificates import own_certificates
from bridge.server.tls import files
from bridge.server.tls.authority import make
from bridge.server.tls.installation import Installation
from bridge.server.tls.names import Names

NOW = datetime(2026, 11, 20, 21, 0, tzinfo=UTC)
LABEL = "Tillbridge 1a2b3c4d on till-3"

Look = Callable[..., Sequence[Finding]]


@pytest.fixture
def installation(tmp_path: Path) -> Installation:
    _, made = files.stage(tmp_path, "1a2b3c4d", LABEL, Names(), make(LABEL, Names(), NOW))
    files.adopt(tmp_path)
    return made


@pytest.fixture
def look(tmp_path: Path) -> Look:
    def at(now: datetime = NOW) -> Sequence[Finding]:
        computer = Computer(platform=sys.platform, now=lambda: now)
        return list(own_certificates(Situation(computer, tmp_path, tmp_path / "logs")))

    return at


def worst(findings: Sequence[Finding]) -> Finding:
    (found,) = [finding for finding in findings if finding.level is not Level.OK]
    assert found.remedy
    return found


def test_it_is_one_of_the_doctors_checks() -> None:
    assert own_certificates in CHECKS


def test_no_certificates_are_in_order(look: Look) -> None:
    assert [finding.level for finding in look()] == [Level.OK]
    assert "no certificates are set up" in look()[0].text


def test_all_is_well_from_set_up_until_a_season_before_the_end(installation: Installation, look: Look) -> None:
    end = installation.leaves[-1].not_after
    for moment in (NOW, installation.switches[4], end - timedelta(days=91)):
        assert {finding.level for finding in look(moment)} == {Level.OK}
    assert any("certificate 6 of 11 is valid until" in finding.text for finding in look(installation.switches[4]))
    assert any(f"there are certificates until {end:%Y-%m-%d}" in finding.text for finding in look())


def test_the_end_of_the_last_one_is_a_warning_first_and_a_problem_then(installation: Installation, look: Look) -> None:
    end = installation.leaves[-1].not_after
    ahead, after = worst(look(end - timedelta(days=89))), worst(look(end + timedelta(seconds=1)))
    assert (ahead.level, after.level) == (Level.WARNING, Level.PROBLEM)
    assert f"the last certificate ended on {end:%Y-%m-%d}" in after.text
    assert "tillbridge tls setup --replace" in str(after.remedy)


def test_a_clock_before_the_first_one_is_a_problem(installation: Installation, look: Look) -> None:
    assert "clock" in str(worst(look(NOW - timedelta(days=900))).remedy)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such modes")
def test_keys_that_others_may_read_are_a_problem(installation: Installation, look: Look, tmp_path: Path) -> None:
    key = tmp_path / "tls/leaf-03.pem"
    key.chmod(0o640)
    found = worst(look())
    assert found.level is Level.PROBLEM
    assert str(found.remedy).startswith(f"chmod go-rwx {key}; ")


def test_a_broken_file_is_a_problem_with_its_name(installation: Installation, look: Look, tmp_path: Path) -> None:
    (tmp_path / "tls/leaf-03.pem").write_text("")
    assert "leaf-03.pem holds no certificate" in worst(look()).text


def test_a_removal_that_is_not_finished_is_a_warning(installation: Installation, look: Look, tmp_path: Path) -> None:
    files.remove_keys(tmp_path)
    files.save(tmp_path, replace(installation, leaves=()))
    assert (worst(look()).level, worst(look()).remedy) == (Level.WARNING, "tillbridge tls remove")
