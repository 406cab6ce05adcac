"""The commands that talk to a running server, and what they say when there is none."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from bridge.cli.client import Client, Lost, Refused
from bridge.model import JobState, RequestError
from bridge.server import admin_token, instance

SALE = ("sell", "--device", "till-1", "--line", "Chleb;2;4.50;5%", "--pay", "cash=10.00")


def test_help_names_every_command_without_importing_any(run: Any) -> None:
    output = run("--help").output
    for name in ("serve", "sell", "pay", "payments", "devices", "jobs", "simulate", "vectors", "token"):
        assert name in output


def test_version(run: Any) -> None:
    assert run("--version").output.startswith("tillbridge ")


def test_devices_are_listed(run: Any, live: Any) -> None:
    assert "till-1" in run("devices", "list").output
    data = json.loads(run("devices", "list", "--json").stdout)
    assert data["devices"][0]["state"] == "ready"


def test_a_device_is_added_through_the_api_while_the_server_runs(run: Any, live: Any) -> None:
    run("devices", "add", "fake", "--id", "till-2", "--url", "tcp://127.0.0.1:1", "--set", "a=b=c", "--shared")
    assert live.bridge.devices.calls[0][2:] == (
        "till-2",
        {"family": "fake", "url": "tcp://127.0.0.1:1", "settings": {"a": "b=c"}, "shared": True},
    )


def test_an_existing_device_is_replaced_only_when_told_so(run: Any, live: Any) -> None:
    command = ("devices", "add", "fake", "--id", "till-1", "--url", "tcp://127.0.0.1:1")
    assert "already" in run(*command, code=1).output
    run(*command, "--replace")


def test_a_setting_inside_a_group_is_written_with_a_point(run: Any, live: Any) -> None:
    command = ("devices", "add", "fake", "--id", "till-2", "--url", "tcp://127.0.0.1:1")
    run(*command, "--set", "timeouts.sale=5", "--set", "timeouts.report=60", "--set", "code_page=cp1250")
    expected = {"timeouts": {"sale": "5", "report": "60"}, "code_page": "cp1250"}
    assert live.bridge.devices.calls[0][3]["settings"] == expected
    assert "both" in run(*command, "--set", "timeouts.sale=5", "--set", "timeouts=7", code=2).output


def test_time_outs_and_deadlines_are_numbers_of_seconds_by_name(run: Any, live: Any) -> None:
    command = ("devices", "add", "fake", "--id", "till-2", "--url", "tcp://127.0.0.1:1")
    run(*command, "--timeout", "open=10", "--timeout", "http=2.5", "--deadline", "document=60")
    told = live.bridge.devices.calls[0][3]
    assert (told["timeouts"], told["deadlines"]) == ({"open": 10, "http": 2.5}, {"document": 60})
    assert "--timeout" in run(*command, "--timeout", "open=soon", code=2).output
    assert "--deadline" in run(*command, "--deadline", "document", code=2).output


@pytest.mark.parametrize("setting", ["novalue", "=x"])
def test_a_setting_is_key_and_value(run: Any, live: Any, setting: str) -> None:
    assert "KEY=VALUE" in run("devices", "add", "f", "--id", "a", "--url", "u", "--set", setting, code=2).output


def test_status_accept_remove(run: Any, live: Any) -> None:
    assert "Paper" in run("devices", "status", "till-1").output
    assert json.loads(run("devices", "status", "till-1", "--json").stdout)["status"]["paper"] == "ok"
    run("devices", "accept", "till-1", "--reason", "back from repair", "--operator", "Ola")
    assert live.bridge.devices.calls[-1] == ("accept", "till-1", "identity", "back from repair")
    run("devices", "remove", "till-1")
    assert "there is no device" in run("devices", "remove", "till-1", code=1).output


def test_a_sale_prints_job_and_number(run: Any, live: Any) -> None:
    output = run(*SALE, "--operator", "Anna", "--reference", "A/1").output
    assert "01J00000" in output
    assert "Issued: 1234." in output
    _, actor, device, key, body = live.bridge.jobs.calls[0]
    assert (device, actor.operator, len(key)) == ("till-1", {"name": "Anna"}, 32)
    assert body == {
        "op": "receipt",
        "kind": "sale",
        "currency": "PLN",
        "lines": [{"name": "Chleb", "quantity": "2", "price": "4.50", "vat": "5%"}],
        "payments": [{"kind": "cash", "amount": "10.00"}],
        "reference": "A/1",
        "operator": {"name": "Anna"},
    }


def test_a_sale_as_json_is_the_job_and_nothing_else(run: Any, live: Any) -> None:
    job = json.loads(run(*SALE, "--json", "--key", "k1").stdout)
    assert (job["state"], live.bridge.jobs.calls[0][3]) == ("done", "k1")


def test_the_same_key_sells_once(run: Any, live: Any) -> None:
    run(*SALE, "--key", "k1")
    run(*SALE, "--key", "k1")
    assert len(live.bridge.jobs.jobs) == 1


def test_a_sale_from_a_file_or_from_standard_input(run: Any, live: Any, tmp_path: Path) -> None:
    receipt = {"currency": "PLN", "lines": [], "payments": []}
    (tmp_path / "receipt.json").write_text(json.dumps(receipt))
    run("sell", "--device", "till-1", "--file", str(tmp_path / "receipt.json"))
    run("sell", "--device", "till-1", "--file", "-", input=json.dumps(receipt))
    assert [call[4] for call in live.bridge.jobs.calls if call[0] == "submit"] == [{"op": "receipt", **receipt}] * 2
    assert "no JSON" in run("sell", "--device", "till-1", "--file", "-", input="{", code=1).output


@pytest.mark.parametrize(("state", "code"), [(JobState.FAILED, 1), (JobState.UNRESOLVED, 3), (JobState.QUEUED, 3)])
def test_the_exit_code_tells_issued_from_not_issued_from_not_known(run: Any, live: Any, state: JobState, code: int) -> None:
    jobs = live.bridge.jobs
    jobs.finish_at_once = False
    original = jobs.submit

    async def submit(*arguments: Any) -> Any:
        job = await original(*arguments)
        jobs.finish(job.id, state)
        return jobs.jobs[job.id]

    jobs.submit = submit
    output = run(*SALE, "--wait", "0.01", "--key", "k7", code=code).output
    assert ("--key k7" in output) == (code == 3)
    assert ("Not issued" in output) == (code == 1)


@pytest.mark.parametrize(
    "arguments",
    [
        ("--line", "Chleb;2;4.50"),
        ("--line", "Chleb;;4.50;5%"),
        ("--line", "Chleb;2;4.50;5%", "--pay", "30.00"),
        (),
        ("--line", "Chleb;2;4.50;5%", "--file", "-"),
    ],
)
def test_what_is_written_wrongly_is_a_usage_error(run: Any, live: Any, arguments: tuple[str, ...]) -> None:
    run("sell", "--device", "till-1", *arguments, code=2)


def test_a_name_may_hold_semicolons(run: Any, live: Any) -> None:
    run("sell", "--device", "till-1", "--line", "Chleb; żytni;2;4.50;5%")
    assert live.bridge.jobs.calls[0][4]["lines"][0]["name"] == "Chleb; żytni"


def test_a_refusal_is_a_sentence_with_a_remedy(run: Any, live: Any) -> None:
    live.bridge.jobs.raises = RequestError("request.duplicate_reference", "the reference A/1 was used by job 01J")
    output = run(*SALE, code=1).output
    assert "Error: the reference A/1 was used by job 01J" in output
    assert "part: true" in output


def test_jobs_are_listed_shown_and_resolved(run: Any, live: Any) -> None:
    assert "No such jobs" in run("jobs", "list").output
    run(*SALE)
    assert "01J00000" in run("jobs", "list", "--state", "done", "--device", "till-1", "--not-collected").output
    assert live.bridge.jobs.listed["collected"] is False
    assert json.loads(run("jobs", "list", "--json").stdout)["jobs"][0]["id"] == "01J00000"
    assert "1234" in run("jobs", "show", "01J00000").output
    run("jobs", "resolve", "01J00000", "--verdict", "not_issued", "--reason", "no paper came")
    assert live.bridge.jobs.calls[-1] == ("resolve", "01J00000", "not_issued", "no paper came", None)
    assert "there is no job" in run("jobs", "show", "01J9", code=1).output
    assert "recheck" in run("jobs", "resolve", "01J00000", "--verdict", "perhaps", "--reason", "x", code=2).output


def test_a_receipt_is_shown_or_written_in_the_format_of_its_file(run: Any, live: Any, tmp_path: Path) -> None:
    run(*SALE)
    assert "PLN 27.00" in run("jobs", "receipt", "01J00000").output
    assert run("jobs", "receipt", "01J00000", "--format", "svg").stdout.startswith("<svg ")
    for name, beginning in (("a.png", b"\x89PNG"), ("a.SVG", b"<svg "), ("a.html", b"<!doctype html>"), ("a.dat", b"TOTAL")):
        assert name in run("jobs", "receipt", "01J00000", "-o", str(tmp_path / name)).output
        assert (tmp_path / name).read_bytes().startswith(beginning)
    run("jobs", "receipt", "01J00000", "-o", str(tmp_path / "b.png"), "--format", "html")
    assert (tmp_path / "b.png").read_bytes().startswith(b"<!doctype html>")
    assert "there is no job" in run("jobs", "receipt", "01J9", code=1).output
    assert "cannot be written" in run("jobs", "receipt", "01J00000", "-o", str(tmp_path / "no" / "a.png"), code=1).output


def test_texts_of_devices_are_no_markup(run: Any, live: Any) -> None:
    live.bridge.devices.configured["till-1"]["reason"] = "[bold]:smile: [/x]"
    assert "[bold]:smile: [/x]" in run("devices", "list").output


def test_without_a_server_the_commands_say_how_to_start_one(run: Any) -> None:
    for command in (("jobs", "list"), ("devices", "status", "x"), SALE):
        output = run(*command, code=1).output
        assert "No bridge is running" in output
        assert "tillbridge serve" in output


def test_the_token_is_not_shown_to_whoever_has_the_port_now(run: Any, live: Any, tmp_path: Path) -> None:
    """A server that died left its file behind, and another program answers at its port."""
    instance.publish(tmp_path, live.server.port, "01JANOTHER")
    assert "not running any more" in run("jobs", "list", code=1).output


def test_token_show_and_rotate(run: Any, tmp_path: Path) -> None:
    assert "no token" in run("token", "show", code=1).output
    first = run("token", "rotate").stdout.strip()
    assert run("token", "show").stdout.strip() == first
    assert json.loads(run("token", "rotate", "--json").stdout)["token"] != first
    assert (tmp_path / admin_token.FILE_NAME).stat().st_mode & 0o077 == 0
    (tmp_path / admin_token.FILE_NAME).write_text("x")
    assert "token rotate" in run("token", "show", code=1).output


def test_a_rotated_token_works_with_the_running_server(run: Any, live: Any) -> None:
    run("token", "rotate")
    run("devices", "list")


def test_a_fault_behind_a_sale_does_not_say_that_nothing_was_issued(run: Any, live: Any) -> None:
    """The journal may have it: the same key tells."""
    live.bridge.jobs.raises = RuntimeError("the disk went in the middle of a commit")
    output = run(*SALE, "--key", "k9", "--wait", "0.01", code=3).output
    assert "--key k9" in output


@pytest.mark.parametrize("command", [SALE, ("pay", "pay-1", "1.00", "EUR")])
def test_a_key_that_may_have_been_used_tells_nothing_while_the_bridge_is_away(run: Any, command: tuple[str, ...]) -> None:
    assert "No bridge is running" in run(*command, code=1).output
    assert "What became of the" in run(*command, "--key", "k1", code=3).output


def test_a_sale_that_cannot_be_looked_at_is_not_said_to_have_failed(run: Any, live: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    live.bridge.jobs.finish_at_once = False

    original = Client.request

    def request(self: Client, method: str, *more: Any, **options: Any) -> Any:
        if method == "GET" and "/jobs/" in more[0]:
            raise Refused({"detail": "The bridge failed.", "code": "server.error"}, 500)
        return original(self, method, *more, **(options | {"wait": 0}))

    monkeypatch.setattr(Client, "request", request)
    assert "Not finished yet" in run(*SALE, "--wait", "0.2", code=3).output


def test_a_refusal_behind_a_lost_answer_does_not_say_that_nothing_was_issued(
    run: Any, live: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    original = Client.request
    answers: list[Exception] = [Lost("The connection to the bridge broke.")]

    def request(self: Client, method: str, *more: Any, **options: Any) -> Any:
        if method == "POST":
            original(self, method, *more, **options)
            raise answers.pop() if answers else Refused({"detail": "too many requests", "code": "gate.rate"}, 429)
        return original(self, method, *more, **options)

    monkeypatch.setattr(Client, "request", request)
    output = run(*SALE, "--key", "k9", "--wait", "0.6", code=3).output
    assert "--key k9" in output
    assert len(live.bridge.jobs.jobs) == 1
