"""The cable harness as a test: frame edges and a seeded sample of each family; every byte is the business of .ci/run.

Also: that the harness can fail, with drivers that are wrong on purpose.
"""

from __future__ import annotations

import pytest

from tests.harness.bench import EVERYWHERE
from tests.harness.benches import bench_named
from tests.harness.cable import Cut
from tests.harness.run import Extent, cases_of, run, table


def _violations(family: str, extent: Extent, least: int = 50) -> str:
    """The report of a run of at least so many cases, empty where nothing was wrong."""
    bench = bench_named(family)
    rows, _ = run([bench], extent)
    assert sum(row.cases for row in rows) > least
    return table(rows, [bench]) if any(row.violations for row in rows) else ""


def test_no_cut_and_no_spoilt_answer_makes_the_gateway_lie() -> None:
    assert not _violations("gateway", Extent(sample=20, draw=2))


def test_no_cut_and_no_spoilt_answer_makes_the_terminal_lie() -> None:
    assert not _violations("terminal", Extent(sample=12, draw=4))


def test_no_cut_and_no_spoilt_answer_makes_the_ordinary_printer_lie() -> None:
    assert not _violations("posnet", Extent(sample=12, variants=1, draw=2), least=30)


def test_no_cut_and_no_spoilt_answer_makes_the_thermal_protocol_lie() -> None:
    assert not _violations("posnet-thermal", Extent(sample=12, variants=1, draw=2), least=30)


def test_no_cut_and_no_spoilt_answer_makes_a_register_lie() -> None:
    assert not _violations("shtrih-m", Extent(sample=8, variants=1, draw=2), least=30)


@pytest.mark.exhaustive
@pytest.mark.parametrize("bench", ["shtrih-m-v2", "shtrih-m-old"])
def test_no_cut_and_no_spoilt_answer_makes_a_register_lie_in_its_other_layers(bench: str) -> None:
    assert not _violations(bench, Extent(sample=8, variants=1, draw=3))


@pytest.mark.exhaustive
def test_no_cut_of_http_makes_the_vendors_server_lie() -> None:
    assert not _violations("atol-web", Extent(sample=12, variants=1, draw=3))


@pytest.mark.exhaustive
def test_no_open_point_of_the_vendors_server_makes_it_lie() -> None:
    assert not _violations("atol-web", Extent(sample=8, first=True, draw=2))


@pytest.mark.exhaustive
def test_no_filler_byte_and_no_open_point_of_the_register_makes_it_lie() -> None:
    assert not _violations("shtrih-m-tcp", Extent(sample=8, first=True, draw=2))


@pytest.mark.exhaustive
def test_no_cut_and_no_spoilt_answer_makes_a_register_with_a_task_buffer_lie() -> None:
    assert not _violations("atol", Extent(sample=8, variants=1, draw=3, edges=8))


def test_no_cut_and_no_spoilt_answer_makes_a_card_terminal_lie() -> None:
    assert not _violations("zvt", Extent(sample=6, variants=1, draw=1), least=10)


@pytest.mark.exhaustive
def test_no_open_point_of_the_printer_makes_it_lie() -> None:
    assert not _violations("posnet", Extent(sample=10, first=True, draw=3))


@pytest.mark.parametrize(
    ("name", "symptom"),
    [
        ("wrong-gullible", "but 0 documents came out"),
        ("wrong-hopeful", "but 1 documents came out"),
        ("wrong-stubborn", "2 documents came out"),
    ],
)
def test_the_harness_finds_a_wrong_driver_out(name: str, symptom: str) -> None:
    bench = bench_named(name)
    rows, passed = run([bench], Extent(first=True, variants=1, draw=6))
    assert passed < sum(row.cases for row in rows)
    assert any(symptom in violation for row in rows for _, violation in row.violations), table(rows, [bench])


def test_a_seed_draws_the_same_positions_again() -> None:
    extent = Extent(sample=5, first=True, draw=10, seed=7)
    assert list(cases_of(bench_named("gateway"), extent)) == list(cases_of(bench_named("gateway"), extent))


def test_a_seed_of_its_own_draws_others() -> None:
    bench = bench_named("gateway")
    one, other = (set(cases_of(bench, Extent(first=True, variants=1, draw=3, seed=seed))) for seed in (1, 2))
    assert one != other


def test_every_byte_means_every_byte() -> None:
    extent = Extent(every_byte=True, variants=1)
    cuts = [case.disturbance for case in cases_of(bench_named("terminal"), extent) if isinstance(case.disturbance, Cut)]
    for direction in ("to_device", "to_host"):
        for aftermath in EVERYWHERE:
            positions = [cut.position for cut in cuts if (cut.direction, cut.aftermath) == (direction, aftermath)]
            assert positions == list(range(len(positions)))
            assert len(positions) > 50
