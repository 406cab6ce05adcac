"""Secrets and customers' data, planted everywhere, are found nowhere afterwards: files, stderr, refusals, tools' outputs."""

from __future__ import annotations

import asyncio
import base64
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import aiohttp
import pytest
from bridge_sim_posnet.family import PosnetSimulator
from click.testing import CliRunner

from bridge.cli.main import cli
from bridge.jobs import Bridge
from bridge.plugin import PluginRegistry
from bridge.server.logs import Logs, LogSettings
from bridge.server.run import ApiServer
from bridge.server.settings import ServerSettings
from bridge.transport import LinkOpener, Secrets, Values
from tests.system.planted import CARD, EMAIL, NIP, PASSWORD, PHONE, Evidence, LeakyPlugin, board, spellings

LINES = [{"name": "Tea", "price": "10.00", "vat": "23%"}]
SALE = {"op": "receipt", "currency": "PLN", "lines": LINES, "payments": [{"kind": "cash", "amount": "10.00"}]}
PIN = "730518264977"
CUSTOMER = {"customer": {"ids": [{"type": "nip", "value": NIP}]}}
NAMED = {"customer": {"name": "Jan Kowalski", "email": EMAIL, "phone": PHONE}, "delivery": {"email": EMAIL, "sms": PHONE}}


class Run:
    """One life of a bridge with planted secrets, and all that can be seen of it."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.evidence = Evidence()
        self.planted = {"password": PASSWORD, "card": CARD, "e-mail": EMAIL, "phone": PHONE, "tax id": NIP}
        self.jobs: dict[str, str] = {}
        self.states: dict[str, str] = {}

    async def live(self) -> None:
        stderr = io.StringIO()
        logs = Logs(LogSettings(self.data_dir / "logs", "debug"), stream=stderr)
        printer = await PosnetSimulator().start(listen="tcp://127.0.0.1:0", control=0, state=None, pace="fast", settings={})
        logs.start()
        try:
            registry = PluginRegistry.installed()
            registry.add(LeakyPlugin(), "leaky")
            bridge = await Bridge.open(self.data_dir, registry=registry, opener=LinkOpener(board()))
            await bridge.start()
            server = await ApiServer.start(bridge, ServerSettings(port=0))
            self.planted["token"] = (self.data_dir / "admin-token").read_text().strip()
            try:
                async with aiohttp.ClientSession() as session:
                    await self._work(session, server, printer)
                await asyncio.to_thread(self._tools, "up")
            finally:
                await server.stop()
                await bridge.stop(grace=1)
        finally:
            await printer.close()
            logs.stop()
        await asyncio.to_thread(self._tools, "down")
        self.evidence.add("stderr", stderr.getvalue())
        self.evidence.add_directory(self.data_dir)

    async def _work(self, session: aiohttp.ClientSession, server: ApiServer, printer: Any) -> None:
        async def call(method: str, path: str, body: Any = None, **headers: str) -> Any:
            sent = {"Authorization": f"Bearer {self.planted['token']}"} | {k.replace("_", "-"): v for k, v in headers.items()}
            sent = {name: value for name, value in sent.items() if value}
            async with session.request(method, f"{server.url}/api/v1{path}", json=body, headers=sent) as response:
                text = await response.text()
                if response.status >= 400:
                    self.evidence.add(f"answer {response.status} of {method} {path[:20]}", text)
                return json.loads(text) if text else None

        async def submit(name: str, device: str, body: dict[str, Any], wait: int = 10) -> None:
            job = await call("POST", f"/devices/{device}/jobs", body, Idempotency_Key=name, Prefer=f"wait={wait}")
            assert "id" in job, job
            self.jobs[name], self.states[name] = job["id"], job["state"]
            if job["error"] is not None:
                self.evidence.add(f"error of {name}", json.dumps(job["error"], ensure_ascii=False))

        page = {"label": "till", "origin": "https://pos.example.com", "scopes": ["devices:read", "fiscal"]}
        self.planted["page's token"] = (await call("POST", "/tokens", page))["token"]
        self.planted["program's token"] = (await call("POST", "/tokens", {"label": "erp"}))["token"]
        self.planted["console's code"] = (await call("POST", "/console/link", {}))["link"].partition("=")[2]
        await call("PUT", "/console/attendant", {"pin": PIN})
        own = {"Authorization": "", "Origin": server.url}
        assert (await call("POST", "/session/attendant", {"pin": PIN[::-1]}, **own))["code"] == "gate.pin_wrong"
        self.planted["attendant's token"] = (await call("POST", "/session/attendant", {"pin": PIN}, **own))["token"]
        await call("POST", "/session/attendant", {"pin": f"{PIN}x"}, **own)
        await call("PUT", "/console/attendant", {"pin": f"{PIN}x"})
        await call("GET", f"/overview?pin={PIN}", Authorization=f"Bearer {PIN}")
        config = {"family": "leaky", "url": "null://leaky", "settings": {"password": PASSWORD}}
        await call("PUT", "/devices/leaky/config", config)
        await call("PUT", "/devices/till-1/config", {"family": "posnet", "url": printer.url})
        await submit("posnet", "till-1", SALE | CUSTOMER)
        printer.device.faults.arm({"fault": "cut_command", "command": "trend", "step": "after"})
        await submit("recovered", "till-1", SALE | CUSTOMER)
        printer_text = {"op": "print", "lines": [{"text": f"Card {CARD} of {EMAIL}"}, {"text": f"call {PHONE}"}]}
        await submit("printout", "till-1", printer_text)
        await submit("sold", "leaky", SALE | NAMED)
        await submit("early", "leaky", SALE | NAMED | {"reference": "early"})
        await submit("refused", "leaky", SALE | NAMED | {"reference": "refused"})
        await self._bad_requests(call)
        await submit("bug", "leaky", SALE | NAMED | {"reference": "bug"}, wait=1)
        for job in self.jobs.values():
            path = f"/jobs/{job}/wire?limit=2000&logs=true"
            self.evidence.add(path, json.dumps(await call("GET", path), ensure_ascii=False))
        packed = {"Authorization": f"Bearer {self.planted['token']}"}
        async with session.post(f"{server.url}/api/v1/bundle", json={"job": self.jobs["bug"]}, headers=packed) as got:
            with zipfile.ZipFile(io.BytesIO(await got.read())) as zipped:
                for name in zipped.namelist():
                    self.evidence.add(f"bundle over the API {name}", zipped.read(name))
        for path in ("/devices/leaky/wire?limit=1000", "/devices/till-1/wire?limit=1000", "/devices/leaky/config"):
            self.evidence.add(path, json.dumps(await call("GET", path), ensure_ascii=False))
        for path in ("/devices/leaky", "/devices/leaky/status", "/health", "/families"):
            self.evidence.add(path, json.dumps(await call("GET", path), ensure_ascii=False))
        async with session.get(
            f"{server.url}/api/v1/metrics", headers={"Authorization": f"Bearer {self.planted['token']}"}
        ) as got:
            self.evidence.add("metrics", await got.read())

    async def _bad_requests(self, call: Any) -> None:
        """Secrets where none belongs."""
        token = self.planted["token"]
        others = [self.planted[name] for name in ("page's token", "program's token", "console's code", "attendant's token")]
        for other in others:
            for headers in ({}, {"Origin": "https://pos.example.com"}, {"Origin": "https://evil.example"}, {"Origin": "null"}):
                await call("GET", "/session", Authorization=f"Bearer {other}", **headers)
                await call("POST", "/tokens", {}, Authorization=f"Bearer {other}", **headers)
                await call("GET", f"/ping?token={other}", Authorization="", **headers)
                await call("POST", "/session/console", {"code": f"{other}x"}, Authorization="", **headers)
                await call("POST", f"/pairing/{other}/decision", {"decision": other, "code": other}, **headers)
        for value in (token, PASSWORD, CARD, EMAIL, *others):
            await call("GET", f"/devices/{value.replace('/', '%2F')}")
            await call("GET", f"/jobs/{value.replace('/', '%2F')}?{value.split('@')[0]}=1")
            await call("POST", f"/devices/{value.replace('/', '%2F')}/jobs", SALE, Idempotency_Key="x")
            await call("POST", "/devices/leaky/jobs", {"op": value}, Idempotency_Key="x")
            await call("POST", "/devices/leaky/jobs", SALE | {value: value}, Idempotency_Key="x")
            await call("POST", "/devices/leaky/jobs", SALE | {"currency": value, "total": value}, Idempotency_Key="x")
            await call("PUT", "/devices/other/config", {"family": value, "url": f"tcp://{value}"})
            await call(
                "PUT", "/devices/leaky/config", {"family": "leaky", "url": "null://leaky", "settings": {"password": [value]}}
            )
            await call("GET", "/devices", Authorization=f"Bearer {token}x")

    def _tools(self, when: str) -> None:
        for job in self.jobs.values():
            for arguments in (
                ("inspect", job),
                ("inspect", job, "--raw"),
                ("inspect", job, "--json", "--raw"),
                ("logs", "--job", job),
            ):
                self._tool(when, *arguments)
        for arguments in (
            ("logs",),
            ("logs", "--json"),
            ("doctor",),
            ("doctor", "--json"),
            ("devices", "list"),
            ("jobs", "list"),
        ):
            self._tool(when, *arguments)
        target = self.data_dir.parent / f"{when}.zip"
        self._tool(when, "bundle", "--job", self.jobs["bug"], "-o", str(target))
        with zipfile.ZipFile(target) as packed:
            for name in packed.namelist():
                self.evidence.add(f"bundle {when} {name}", packed.read(name))

    def _tool(self, when: str, *arguments: str) -> None:
        result = CliRunner().invoke(cli, list(arguments), env={"TILLBRIDGE_DATA_DIR": str(self.data_dir)})
        assert result.exception is None or isinstance(result.exception, SystemExit), (arguments, result.exc_info)
        self.evidence.add(f"{when}: {' '.join(arguments)}", result.output)


async def test_what_must_stay_secret_is_found_nowhere(tmp_path: Path) -> None:
    run = Run(tmp_path / "data")
    await run.live()
    assert run.states == {
        "posnet": "done",
        "recovered": "done",
        "printout": "done",
        "sold": "done",
        "early": "failed",
        "refused": "failed",
        "bug": "unresolved",
    }
    everything = b"".join(run.evidence.pieces.values())
    for expected in (b"signing in with ***", b"a bug that tells", b"trnipset", b"NO ANSWER", b"tillbridge_job_finished"):
        assert expected in everything, expected
    assert run.evidence.leaks(run.planted | {"PIN": PIN}) == []


async def test_without_the_masks_the_same_run_is_full_of_them(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The search can fail: each of the planted values is found as soon as nothing hides it."""
    monkeypatch.setattr(Secrets, "hide", lambda self, text, more=None: text)
    monkeypatch.setattr(Secrets, "hide_bytes", lambda self, data, more=None: data)
    monkeypatch.setattr(Values, "hide_bytes", lambda self, data: data)
    monkeypatch.setattr("bridge_posnet.wire.mask", lambda data, direction: data)
    monkeypatch.setattr("bridge.plugin.family.mask_private", lambda data, direction: data)
    run = Run(tmp_path / "data")
    await run.live()
    found = run.evidence.leaks(run.planted)
    for what in run.planted:
        assert any(leak.startswith(what) for leak in found), what
    assert any("wire/" in leak and "hex of utf-8" in leak for leak in found)
    assert any("stderr" in leak for leak in found)
    assert any("base64" in leak for leak in found)


@pytest.mark.parametrize("wrapped", [lambda raw: raw, lambda raw: raw.hex().encode(), base64.b64encode])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16-le"])
@pytest.mark.parametrize("before", ["", "a", "ab"])
def test_the_search_finds_a_value_in_every_spelling(wrapped: Any, encoding: str, before: str) -> None:
    evidence = Evidence()
    evidence.add("file", wrapped(f"{before}{EMAIL} and so on".encode(encoding)))
    assert evidence.leaks({"e-mail": EMAIL}) != []
    assert all(len(form) >= 8 for _, form in spellings(EMAIL))
