"""The benches by name."""

from __future__ import annotations

from collections.abc import Callable

from tests.harness.bench import FamilyBench


def _gateway() -> FamilyBench:
    from tests.harness.gateway_bench import GatewayBench

    return GatewayBench()


def _terminal() -> FamilyBench:
    from tests.harness.terminal_bench import TerminalBench

    return TerminalBench()


def _posnet() -> FamilyBench:
    from tests.harness.posnet_bench import PosnetBench

    return PosnetBench()


def _thermal() -> FamilyBench:
    from tests.harness.thermal_bench import ThermalBench

    return ThermalBench()


def _shtrih() -> FamilyBench:
    from tests.harness.shtrih_bench import ShtrihBench

    return ShtrihBench()


def _shtrih_tcp() -> FamilyBench:
    from tests.harness.shtrih_bench import ShtrihTcpBench

    return ShtrihTcpBench()


def _shtrih_layer_2() -> FamilyBench:
    from tests.harness.shtrih_bench import ShtrihLayer2Bench

    return ShtrihLayer2Bench()


def _shtrih_old() -> FamilyBench:
    from tests.harness.shtrih_bench import ShtrihOldBench

    return ShtrihOldBench()


def _atol() -> FamilyBench:
    from tests.harness.atol_bench import AtolBench

    return AtolBench()


def _atol_turns() -> FamilyBench:
    from tests.harness.atol_bench import AtolTurnsBench

    return AtolTurnsBench()


def _atol_web() -> FamilyBench:
    from tests.harness.atol_web_bench import AtolWebBench

    return AtolWebBench()


def _zvt() -> FamilyBench:
    from tests.harness.zvt_bench import ZvtBench

    return ZvtBench()


def _zvt_serial() -> FamilyBench:
    from tests.harness.zvt_bench import ZvtSerialBench

    return ZvtSerialBench()


BENCHES: dict[str, Callable[[], FamilyBench]] = {
    "gateway": _gateway,
    "terminal": _terminal,
    "posnet": _posnet,
    "posnet-thermal": _thermal,
    "shtrih-m": _shtrih,
    "shtrih-m-tcp": _shtrih_tcp,
    "shtrih-m-v2": _shtrih_layer_2,
    "shtrih-m-old": _shtrih_old,
    "atol": _atol,
    "atol-v2": _atol_turns,
    "atol-web": _atol_web,
    "zvt": _zvt,
    "zvt-serial": _zvt_serial,
}


def bench_named(name: str) -> FamilyBench:
    """Those of BENCHES, and those that are wrong on purpose. Raises KeyError."""
    if name in BENCHES:
        return BENCHES[name]()
    from tests.harness.wrong_benches import wrong_bench

    return wrong_bench(name)
