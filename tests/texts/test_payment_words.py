"""What is said of card payments in doubt, settled by hand or never begun: in every language of the terminal, its journal and its slips,
and never of a document or of paper. Through real jobs, at a simulated ZVT terminal and at the toy one."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Coroutine, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bridge_zvt.family import ZvtFamily

from bridge.model import CLASSES, ERRORS, Fate, Job, JobError, JobState, OperationClass, RequestError
from bridge.model.errors import OF_MONEY
from bridge.model.fates import DECISIONS, NOT_DONE, SENTENCES, of_money
from bridge.model.texts import CATALOGUES, told, translated
from bridge.paper import text
from bridge.plugin import NeedsOperator
from bridge.server.diagnosis.timeline import assemble
from bridge.server.diagnosis.verdict import verdict
from bridge.transport import SECRETS, Link, LinkLost, WireLog, run_virtual
from tests.harness.bench import Variant, in_this_process
from tests.harness.zvt_bench import TerminalUnderTest, ZvtBench
from tests.toys import terminal as toy
from tests.toys.cables import TestCable, plug_in
from tests.toys.hosting import ACTOR, ToyHost
from tests.toys.terminal.driver import TerminalDriver
from tests.toys.terminal.simulator import Switches, Terminal

LANGUAGES = ("en", *CATALOGUES)
MONEY = sorted(op for op, kind in CLASSES.items() if kind is OperationClass.MONEY)
PURCHASE = {"op": "payment.purchase", "amount": "12.50", "currency": "EUR"}
FIRST = {"original": {"receipt_number": "0001"}}
AT_A_TERMINAL: Mapping[str, Mapping[str, Any]] = {
    "payment.purchase": PURCHASE,
    "payment.refund": {**PURCHASE, "op": "payment.refund"},
    "payment.reversal": {"op": "payment.reversal", **FIRST},
    "payment.preauthorise": {**PURCHASE, "op": "payment.preauthorise"},
    "payment.capture": {**PURCHASE, "op": "payment.capture", **FIRST},
    "payment.release": {"op": "payment.release", **FIRST},
    "terminal.reconcile": {"op": "terminal.reconcile"},
}

OF_PAPER = re.compile(
    r"\b(?:documents?|papers?|printed|issued|receipts? lies?)\b|\b(?:dokument|papier|wydruk|wystawi|paragon)|\b(?:документ|бумаг|чек(?:\b|а))",
    re.IGNORECASE,
)

Scene = Callable[[ToyHost, TerminalUnderTest], Coroutine[Any, Any, None]]


def at_zvt(directory: Path, scene: Scene, *, shared: bool = False, **behaviour: str) -> None:
    async def main() -> None:
        pace = {"card_ms": "3000", "host_ms": "2000", "work_ms": "2000", "boot_seconds": "4"}
        device = TerminalUnderTest({**pace, **behaviour}, lambda: host.clock.now())
        plugins = {"zvt": in_this_process(ZvtFamily)}
        async with ToyHost(directory, {"one": device.open}, plugins) as host:
            await host.add("pay-1", "zvt", "one", **ZvtBench().settings(Variant("")))
            await asyncio.sleep(5)
            await scene(host, device)

    run_virtual(main())


def at_the_toy(directory: Path, scene: Callable[[ToyHost, Terminal], Coroutine[Any, Any, None]], **switches: Any) -> None:
    async def main() -> None:
        terminal = Terminal("4711", Switches(**switches))

        async def connect(cable: TestCable, wire_log: WireLog) -> Link:
            return await plug_in(terminal.connect, cable, wire_log)

        async with ToyHost(directory, {"one": connect}, {"terminal": toy}) as host:
            await host.add("pay-1", "toy-terminal", "one")
            await scene(host, terminal)

    run_virtual(main())


async def sentences(host: ToyHost, job: Job, language: str) -> list[str]:
    """All that a person may read of this job, as far as it is the bridge's own."""
    job = await host.get(job)
    known = (language,) if language != "en" else ()
    shown = job.as_json(known)
    trace = await host.bridge.jobs.trace(job.id)
    found = []
    for source in ("server", "journal"):
        for commands in (True, False):
            line = assemble(shown, trace, source, host.bridge.data_dir, None, {}, SECRETS)  # type: ignore[arg-type]
            found += [told(sentence, known) for sentence in verdict(line, commands=commands)]
    if shown["error"]:
        found += [shown["error"]["message"], shown["error"]["remedy"]]
    if shown["attention"]:
        found += [shown["attention"]["text"], *(choice["text"] for choice in shown["attention"]["choices"])]
    found += [step["note"] for step in shown["history"] if step["note"]]
    if job.op in MONEY and (job.op.startswith("payment.") or job.result is not None):
        found += text.render(await host.bridge.jobs.paper(job.id)).splitlines()
    return found


async def speaks_of_the_terminal(host: ToyHost, job: Job) -> dict[str, list[str]]:
    by_language = {language: await sentences(host, job, language) for language in LANGUAGES}
    for language, said in by_language.items():
        own = [
            sentence
            for sentence in said
            if "A picture, and no document itself." not in sentence and "tillbridge jobs" not in sentence
        ]
        assert [sentence for sentence in own if OF_PAPER.search(sentence)] == [], language
    return by_language


async def until(host: ToyHost, job: Job, state: JobState, code: str | None = None) -> Job:
    for _ in range(600):
        job = await host.get(job)
        if job.state is state and (code is None or (job.attention is not None and job.attention.code == code)):
            return job
        await asyncio.sleep(1)
    raise AssertionError(f"{job.state}, {job.attention}")


async def first(host: ToyHost, op: str) -> None:
    """What the operation is to be of."""
    of_a_reservation = op in ("payment.capture", "payment.release")
    made = await host.run("pay-1", {**PURCHASE, "op": "payment.preauthorise" if of_a_reservation else "payment.purchase"})
    assert made.success, made.error
    await asyncio.sleep(1)


async def in_doubt(host: ToyHost, device: TerminalUnderTest, op: str) -> Job:
    """The cable is pulled in the middle, and the terminal remembers nothing of it."""
    await first(host, op)
    job = await host.submit("pay-1", AT_A_TERMINAL[op])
    await asyncio.sleep(1)
    host.cables["one"].break_now()
    return await until(host, job, JobState.UNRESOLVED, "resolve")


def test_each_operation_of_money_has_its_own_words() -> None:
    assert set(NOT_DONE) == set(MONEY) == set(AT_A_TERMINAL)
    assert all(of_money(op) is (op in MONEY) for op in CLASSES)
    for language in CATALOGUES:
        assert [one for one in (*SENTENCES, *DECISIONS) if translated(one, language) is None] == []


@pytest.mark.parametrize("op", MONEY)
def test_in_doubt_and_settled_by_hand_it_is_the_terminal_that_is_looked_at(op: str, tmp_path: Path) -> None:
    async def scene(host: ToyHost, device: TerminalUnderTest) -> None:
        job = await in_doubt(host, device, op)
        said = await speaks_of_the_terminal(host, job)
        english = " ".join(said["en"])
        assert "UNRESOLVED: it is not known what the terminal did." in english
        assert "Look at its display, its journal, the slips or the bank's totals, and settle it." in english
        assert job.attention is not None
        assert [choice.code for choice in job.attention.choices] == ["issued", "not_issued"]
        assert {choice.text for choice in job.attention.choices} <= DECISIONS
        with pytest.raises(RequestError) as caught:
            await host.bridge.jobs.resolve(ACTOR, job.id, "not_issued", " ")
        assert caught.value.errors[0].remedy == "e.g. the slip in my hand says approved"

        behind = await until(host, await host.submit("pay-1", PURCHASE), JobState.FAILED)
        assert behind.error is not None
        assert behind.error.code == "device.unresolved"
        assert "The card was not charged." in " ".join((await speaks_of_the_terminal(host, behind))["en"])
        assert "the terminal's display, its journal and its slips" in behind.error.remedy

        await host.bridge.jobs.resolve(ACTOR, job.id, "not_issued", "it is not in its journal")
        failed = await host.get(job)
        assert failed.error is not None
        assert failed.error.message == f"It was settled by hand that the terminal did not do it. {NOT_DONE[op]}"
        said = await speaks_of_the_terminal(host, job)
        assert f"FAILED, surely: {NOT_DONE[op]}" in said["en"]
        assert f"NIEUDANE, na pewno: {told(NOT_DONE[op], ('pl',))}" in said["pl"]

    at_zvt(tmp_path, scene, repeat="no_status")


@pytest.mark.parametrize("op", MONEY)
def test_what_a_person_said_was_done_is_not_told_as_the_terminals_word(op: str, tmp_path: Path) -> None:
    async def scene(host: ToyHost, device: TerminalUnderTest) -> None:
        job = await in_doubt(host, device, op)
        await host.bridge.jobs.resolve(ACTOR, job.id, "issued", "it is in its journal")
        said = await speaks_of_the_terminal(host, job)
        assert "DONE: a person looked and settled it. The device itself has not told." in said["en"]
        assert "ВЫПОЛНЕНО: проверил и решил человек. Само устройство этого не подтвердило." in said["ru"]

    at_zvt(tmp_path, scene, repeat="no_status")


def test_a_payment_that_waits_for_the_terminal_asks_for_no_paper(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        job = await host.submit("pay-1", PURCHASE)
        await asyncio.sleep(2)
        await speaks_of_the_terminal(host, job)
        terminal.power(False)
        job = await until(host, job, JobState.UNRESOLVED)
        said = await speaks_of_the_terminal(host, job)
        assert "Mostly the terminal must only come back: switched on and connected. Then it is settled by itself." in said["en"]
        terminal.power(True)
        failed = await until(host, job, JobState.FAILED)
        assert failed.error is not None
        assert failed.error.message == "The connection was lost before the terminal did it. The card was not charged."
        await speaks_of_the_terminal(host, job)

    at_the_toy(tmp_path, scene)


def test_a_payment_that_was_taken_back_is_not_called_refused(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        bought = await host.run("pay-1", PURCHASE)
        assert "DONE: the terminal did it." in (await speaks_of_the_terminal(host, bought))["en"]
        await host.run("pay-1", {"op": "payment.reversal", "original": {"job": bought.id}})
        said = await speaks_of_the_terminal(host, bought)
        assert "DONE: the terminal approved it, and it was taken back since." in said["en"]
        body = {**PURCHASE, "amount": "2000.00", "allow_partial": True}
        assert "DONE, but approved in part only." in (await speaks_of_the_terminal(host, await host.run("pay-1", body)))["en"]

    at_the_toy(tmp_path, scene, available=Decimal("1000.00"))


def test_another_terminal_in_its_place_leaves_the_payment_to_a_person(tmp_path: Path) -> None:
    async def scene(host: ToyHost, terminal: Terminal) -> None:
        job = await host.submit("pay-1", PURCHASE)
        await asyncio.sleep(2)
        host.cables["one"].break_now()
        terminal.serial = "4712"
        await asyncio.sleep(60)
        await host.bridge.devices.accept(ACTOR, "pay-1", "identity", "the old one broke")
        job = await until(host, job, JobState.UNRESOLVED, "resolve")
        said = await speaks_of_the_terminal(host, job)
        assert "at the old terminal's journal or at the bank's totals" in " ".join(said["en"])
        assert {"The card was charged", "The card was not charged"} <= set(said["en"])
        assert {"Деньги с карты списаны", "Деньги с карты не списаны"} <= set(said["ru"])

    at_the_toy(tmp_path, scene)


def test_a_driver_that_names_choices_is_not_corrected(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async def recover(*_: Any) -> NeedsOperator:
        return NeedsOperator({}, "Was it?")

    async def scene(host: ToyHost, terminal: Terminal) -> None:
        job = await host.submit("pay-1", PURCHASE)
        await asyncio.sleep(2)
        host.cables["one"].break_now()
        job = await until(host, job, JobState.UNRESOLVED, "resolve")
        assert job.attention is not None
        assert [choice.text for choice in job.attention.choices] == ["The card was charged", "The card was not charged"]
        await host.restart()
        kept = await until(host, job, JobState.UNRESOLVED, "resolve")
        assert kept.attention is not None
        assert kept.attention.choices == job.attention.choices

    monkeypatch.setattr(TerminalDriver, "recover", recover)
    at_the_toy(tmp_path, scene)


def test_what_became_of_a_payment_is_said_once_though_the_devices_reason_says_it_of_a_document(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Drivers make the reason of a device of the error with which a command was refused."""

    async def refuses(*_: Any) -> Any:
        raise LinkLost(JobError.of("device.rejected", "The terminal refused to log in.").message)

    async def scene(host: ToyHost, terminal: Terminal) -> None:
        job = await until(host, await host.submit("pay-1", PURCHASE), JobState.FAILED)
        error = job.error
        assert error is not None
        assert (error.code, error.device_text) == ("request.expired", "The terminal refused to log in.")
        assert error.message.endswith("pay-1 is offline: The terminal refused to log in. The card was not charged.")
        assert host.bridge.devices.get("pay-1")["reason"] == "The terminal refused to log in."
        said = await speaks_of_the_terminal(host, job)
        assert "Nothing was issued" not in " ".join(said["en"])
        assert [" ".join(said[language]).count(told(NOT_DONE[PURCHASE["op"]], (language,))) for language in ("pl", "ru")] == [
            5,
            5,
        ]

    monkeypatch.setattr(TerminalDriver, "identify", refuses)
    at_the_toy(tmp_path, scene)


def test_a_refused_log_in_of_a_zvt_terminal_is_no_word_of_a_document(tmp_path: Path) -> None:
    async def scene(host: ToyHost, device: TerminalUnderTest) -> None:
        job = await until(host, await host.submit("pay-1", PURCHASE), JobState.FAILED)
        assert job.error is not None
        assert "the password is wrong. The card was not charged." in job.error.message
        assert str(host.bridge.devices.get("pay-1")["reason"]).endswith("the password is wrong.")
        await speaks_of_the_terminal(host, job)

    at_zvt(tmp_path, scene, password="654321")


def test_errors_of_the_table_are_told_in_the_words_of_the_operation() -> None:
    for code in OF_MONEY:
        error = JobError.of(code, texts={"de": ("Nein.", ERRORS[code].remedy)})
        assert error.about("receipt") is error
        paid = error.about("payment.refund")
        assert (paid.message, paid.remedy) == (f"{OF_MONEY[code].text} No money was given back.", OF_MONEY[code].remedy)
        assert paid.texts["de"].message == "Nein. No money was given back."
        assert paid.texts["de"].remedy == OF_MONEY[code].remedy
        assert not OF_PAPER.search(paid.in_language("pl").message)
        problem = RequestError(code, "pay-1: x", op="payment.refund").problem(("pl",))
        assert not OF_PAPER.search(f"{problem['title']} {problem['remedy']} {problem['detail']}")
    own = JobError.of("device.rejected", "Refused: 6C.", fate=Fate.UNKNOWN).about("payment.purchase")
    assert own.in_language("ru").message == "Терминал это отклонил. Refused: 6C. Пока неизвестно, выполнил ли это терминал."
    assert own.about("payment.purchase") == own
