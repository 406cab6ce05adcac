"""The printer's memory on disk: killing the process is a power cut."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from bridge_simulators.persist import StateFileError
from posnet_host import Host, new_printer


def test_a_killed_printer_comes_back_with_its_documents_paper_and_counters(tmp_path: Path) -> None:
    path = tmp_path / "posnet.json"
    printer = new_printer(state=path)
    host = Host(printer)
    host.ask("ftrcfg|snORDER-7")
    host.sell()
    host.ask("trinit|bm0")
    host.ask("trline|naMasło|vt2|pr750")
    again = new_printer(state=path)
    assert again.documents() == printer.documents()
    assert again.paper() == printer.paper()
    assert again.memory == printer.memory
    other = Host(again)
    assert other.value("strns", "vc") == "750"
    assert other.ask("trend|to750") == "trend"
    assert other.value("scnt", "bn") == "2"


@pytest.mark.parametrize(("choice", "answer"), [("lost", "ERR @0005 ?13 cmrpt"), ("keep", "currget @0005 naPLN")])
def test_the_token_store_is_lost_or_kept_as_chosen(tmp_path: Path, choice: str, answer: str) -> None:
    path = tmp_path / "posnet.json"
    Host(new_printer(state=path, token_store=choice)).ask("currget", "0005")
    assert Host(new_printer(state=path, token_store=choice)).ask("rpt", "0005") == answer


def test_an_auto_cancelled_receipt_is_counted_once(tmp_path: Path) -> None:
    path = tmp_path / "posnet.json"
    host = Host(new_printer(state=path, open_receipt_at_power_on="cancel"))
    host.ask("trinit|bm0")
    host.ask("trline|naMasło|vt2|pr750")
    for _ in range(2):
        again = new_printer(state=path, open_receipt_at_power_on="cancel")
    assert [(document.kind, document.origin) for document in again.documents()] == [("cancelled_receipt", "device")]
    assert again.memory.counters.bc == 1


def test_status_commands_write_nothing_and_a_command_writes_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "posnet.json"
    printer = new_printer(state=path)
    host = Host(printer)
    writes: list[Path] = []
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        writes.append(target)
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    host.ask("scnt")
    host.ask("strns")
    assert writes == []
    host.ask("trinit|bm0")
    assert len(writes) == 1


def test_a_log_longer_than_the_state_says_is_cut_back(tmp_path: Path) -> None:
    path = tmp_path / "posnet.json"
    printer = new_printer(state=path)
    Host(printer).sell()
    with (tmp_path / "posnet.json.log").open("a") as log:
        log.write('{"paper": ["half wri')
    assert new_printer(state=path).paper() == printer.paper()


def test_a_foreign_state_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "posnet.json"
    path.write_text(json.dumps({"format": 1, "owner": "ekasa", "log_size": 0, "state": {}}))
    with pytest.raises(StateFileError, match="not a state file"):
        new_printer(state=path)
