"""What the API says of devices, jobs and itself, in the language of who asks; and in English to who does not say."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from bridge.model import Actor
from tests.sockets import Refused, SocketClient
from tests.station import SALE, Station

POLISH, RUSSIAN = "pl-PL, en;q=0.5", "ru"


@pytest.fixture
async def station(tmp_path: Path) -> AsyncIterator[Station]:
    station = Station(tmp_path / "data")
    await station.start()
    yield station
    async with asyncio.timeout(20):
        await station.stop()


async def asked(station: Station, path: str, language: str | None = None, method: str = "GET", body: Any = None) -> Any:
    headers = {"Authorization": f"Bearer {station.token}", "Idempotency-Key": f"key-{next(station.keys)}"}
    if language is not None:
        headers["Accept-Language"] = language
    return (await station.http(method, path, body, **headers))[1]


async def until(true: Callable[[], bool]) -> None:
    async with asyncio.timeout(20):
        while not true():
            await asyncio.sleep(0.01)


async def exchanged(station: Station) -> None:
    """Another machine stands where d1 was."""
    await until(lambda: station.bridge.devices.runtime("d1").state == "ready")
    station.devices["d1"].serial = "d9"
    station.devices["d1"].cut()
    await asked(station, "/devices/d1/status")
    await until(lambda: station.bridge.devices.runtime("d1").state == "wrong_device")


ENGLISH = "expected fake (d1), but fake (d9) answers"
IN_POLISH = "oczekiwano fake (d1), a odpowiada fake (d9)"
IN_RUSSIAN = "ожидалось fake (d1), а отвечает fake (d9)"


async def test_why_a_device_does_not_work_is_said_in_each_answer_that_tells_it(station: Station) -> None:
    await exchanged(station)
    for language, reason in ((None, ENGLISH), ("de", ENGLISH), (POLISH, IN_POLISH), (RUSSIAN, IN_RUSSIAN)):
        assert (await asked(station, "/devices", language))["devices"][0]["reason"] == reason
        assert (await asked(station, "/devices/d1", language))["reason"] == reason
        status = await asked(station, "/devices/d1/status", language)
        assert (status["reason"], status["last_error"]) == (reason, reason)
        overview = await asked(station, "/overview", language)
        assert overview["devices"][0]["reason"] == reason
        for problems in ((await asked(station, "/health", language))["problems"], overview["bridge"]["problems"]):
            assert [problem.endswith(reason) for problem in problems] == [True]
    assert (await asked(station, "/health", POLISH))["problems"] == [f"d1: inne urządzenie: {IN_POLISH}"]


async def test_what_a_device_or_person_wrote_stays_as_it_is(station: Station) -> None:
    runtime = station.bridge.devices.runtime("d1")
    await runtime.raise_alert("registration.refused", "The authority refused a document.")
    [alert] = (await asked(station, "/devices/d1", POLISH))["alerts"]
    assert alert["text"] == "The authority refused a document."
    job = await station.sell(reference="The device was removed.")
    assert (await asked(station, f"/jobs/{job.id}", POLISH))["reference"] == "The device was removed."


async def test_a_refusal_speaks_over_http_and_over_the_socket(station: Station) -> None:
    refused = await asked(station, "/devices/d7", RUSSIAN)
    assert (refused["title"], refused["detail"]) == ("Такого нет.", "устройства 'd7' нет")
    client = await signed_in(station, "pl")
    with pytest.raises(Refused) as refusal:
        await client.call("devices.get", device="d7")
    assert refusal.value.problem["title"] == "Nie ma czegoś takiego."
    status, stranger, _ = await station.http("GET", "/devices", None, **{"Accept-Language": "pl"})
    assert (status, stranger["title"]) == (401, "Potrzebny jest ważny token.")


async def signed_in(station: Station, lang: str | None) -> SocketClient:
    client = await station.socket()
    await client.sign_in(station.token, **({} if lang is None else {"lang": lang}))
    return client


async def test_notifications_speak_the_language_of_each_socket_and_english_to_the_others(station: Station) -> None:
    listeners = {lang: await signed_in(station, lang) for lang in (None, "pl", "ru", "de")}
    for client in listeners.values():
        await client.call("events.subscribe", kinds=["job.updated", "device.updated", "health.updated"])
    station.devices["d2"].refuse = "E-17"
    job = await station.sell("d2")
    assert job.error is not None
    first = {}
    for lang, client in listeners.items():
        while (told := await client.event())["method"] != "job.updated" or told["params"]["state"] != "failed":
            pass
        first[lang] = told["params"]["job"]["error"]["message"]
    assert first[None] == first["de"] == job.error.message
    assert first["pl"].startswith("Urządzenie odrzuciło dokument. ")
    assert first["ru"].endswith(" Документ не оформлен.")
    await exchanged(station)
    for lang, reason in ((None, ENGLISH), ("pl", IN_POLISH), ("ru", IN_RUSSIAN), ("de", ENGLISH)):
        found: dict[str, str] = {}
        while len(found) < 2:
            told = await listeners[lang].event()
            if told["method"] == "device.updated" and (told["params"]["status"]["reason"] or "").endswith(reason):
                found["device"] = reason
            if told["method"] == "health.updated" and any(one.endswith(reason) for one in told["params"]["health"]["problems"]):
                found["health"] = reason


async def test_why_a_job_waits_is_said_in_the_job_the_overview_and_the_notification(station: Station) -> None:
    client = await signed_in(station, "pl")
    await client.call("events.subscribe", kinds=["job.prompt"])
    await exchanged(station)
    job = await station.bridge.jobs.submit(Actor(principal="t"), "d1", "waits", SALE)
    told = await client.event()
    assert told["params"]["attention"]["text"] == IN_POLISH
    assert (await asked(station, f"/jobs/{job.id}", RUSSIAN))["attention"]["text"] == IN_RUSSIAN
    assert (await asked(station, "/overview", RUSSIAN))["devices"][0]["waiting"][0]["attention"]["text"] == IN_RUSSIAN
    assert (await asked(station, f"/jobs/{job.id}"))["attention"]["text"] == ENGLISH


async def test_the_time_line_says_its_verdict_and_what_happened_in_the_language(station: Station) -> None:
    job = await station.sell()
    line = await asked(station, f"/jobs/{job.id}/wire", POLISH)
    assert line["verdict"] == ["WYKONANE: urządzenie potwierdziło. Dokument ma numer 1."]
    assert "urządzenie dostaje polecenie" in [step["title"] for step in line["timeline"]]
    assert (await asked(station, f"/jobs/{job.id}/wire"))["verdict"] == [
        "DONE: the device confirmed it. The document has the number 1."
    ]


async def test_the_settings_that_every_device_has_are_described_in_the_language(station: Station) -> None:
    english, polish = await asked(station, "/families"), await asked(station, "/families", POLISH)
    assert english["device"]["properties"]["shared"]["title"] == "Shared"
    assert polish["device"]["properties"]["shared"]["title"] == "Współdzielone"
    assert polish["device"]["properties"]["shared"]["default"] is False
    assert polish["families"] == english["families"]
