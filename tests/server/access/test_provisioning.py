"""provisioning.toml: managed tills' tokens by their hashes, read again when the file changes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from bridge.cli import offline_tokens
from bridge.server.access.provisioning import FILE_NAME, ProvisionedTokens, ProvisioningError, read
from tests.station import SALE, Station

ORIGIN = "https://pos.example.com"


def entry(**body: Any) -> tuple[str, str]:
    """A token's text, and its entry in the file."""
    made = offline_tokens.entry({"label": "till-7", "origin": ORIGIN, **body})
    return made["token"], made["entry"]


def lay(path: Path, *entries: str) -> None:
    path.write_text("\n".join(entries), "utf-8")
    os.utime(path, ns=(1, path.stat().st_mtime_ns + 1))


async def test_a_managed_till_sells_without_any_click_and_is_shut_out_when_its_entry_goes(tmp_path: Path) -> None:
    station = Station(tmp_path / "data")
    station.data_dir.mkdir()
    text, said = entry(devices=["d1"], aliases={"@fiscal": "d1"})
    lay(station.data_dir / FILE_NAME, said)
    await station.start()
    headers = {"Authorization": f"Bearer {text}", "Origin": ORIGIN, "Idempotency-Key": "k", "Prefer": "wait=20"}
    try:
        status, job, answered = await station.http("POST", "/devices/@fiscal/jobs", SALE, **headers)
        assert (status, job["state"], job["actor"]["label"]) == (200, "done", "till-7")
        assert answered["Access-Control-Allow-Origin"] == ORIGIN
        _, tokens, _ = await station.http("GET", "/tokens", Authorization=f"Bearer {station.token}")
        assert [(one["source"], one["label"]) for one in tokens["tokens"]] == [("file", "till-7")]
        token_id = tokens["tokens"][0]["token_id"]
        status, problem, _ = await station.http("DELETE", f"/tokens/{token_id}", Authorization=f"Bearer {station.token}")
        assert (status, problem["code"]) == (409, "request.conflict")
        socket = await station.session(text, token_id, headers={"Origin": ORIGIN})
        lay(station.data_dir / FILE_NAME, "")
        station.server.access.refresh()
        assert await socket.closed() == 4401
        status, problem, answered = await station.http("GET", "/devices", **headers)
        assert (status, problem["code"]) == (403, "gate.origin_not_allowed")
        assert "Access-Control-Allow-Origin" not in answered
    finally:
        await station.stop()


def test_a_file_that_is_wrong_changes_nothing_and_a_right_one_counts_again(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / FILE_NAME
    tokens = ProvisionedTokens(tmp_path)
    assert not tokens.refresh()
    lay(path, entry()[1])
    assert tokens.refresh()
    assert not tokens.refresh()
    held = dict(tokens.rows)
    lay(path, entry()[1], "[[token]]\nid = 'x'")
    assert not tokens.refresh()
    assert tokens.rows == held
    assert "token 2: " in caplog.text
    path.unlink()
    assert tokens.refresh()
    assert tokens.rows == {}


GOOD = 'id = "3f9c0a12b4de"\nsha256 = "' + "a" * 64 + '"\nlabel = "till"\nscopes = ["fiscal"]\n'


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("x = 1", "only [[token]]"),
        ("[[token]", "cannot be read"),
        (f"[[token]]\n{GOOD}origin = 'https://POS.example.com'", "token 1: origin"),
        (f"[[token]]\n{GOOD}extra = 1", "token 1: extra"),
        (f"[[token]]\n{GOOD.replace('fiscal', 'fiscale')}", "token 1: scopes"),
        (f"[[token]]\n{GOOD.replace('fiscal', 'admin')}origin = '{ORIGIN}'", "never given to a page"),
        (f"[[token]]\n{GOOD}[[token]]\n{GOOD}", "stands twice"),
        (f"[[token]]\n{GOOD.replace('aaaa', 'zzzz')}", "token 1: sha256"),
        (f"[[token]]\n{GOOD}devices = ['../x']", "token 1: devices"),
        (f"[[token]]\n{GOOD}[token.aliases]\nfiscal = 'till-1'", "token 1: aliases"),
        (f"[[token]]\n{GOOD.replace('till', 'till‮')}", "token 1: label"),
    ],
)
def test_what_is_wrong_is_told_by_entry_and_field(tmp_path: Path, text: str, said: str) -> None:
    path = tmp_path / FILE_NAME
    path.write_text(text, "utf-8")
    with pytest.raises(ProvisioningError) as refused:
        read(path)
    assert said in str(refused.value)
