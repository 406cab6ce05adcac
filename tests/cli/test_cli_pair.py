"""`tillbridge pair`, `token` and `console`: with the server on and off."""

from __future__ import annotations

import json
import re
import socket
import threading
from pathlib import Path
from typing import Any

import pytest

from bridge.cli import offline_tokens
from bridge.cli.errors import CliError
from bridge.server import admin_token, instance
from bridge.server.access.scopes import TILL, Right

ORIGIN = "https://pos.example.com"


def ask(live: Any, origin: str = ORIGIN, app_name: str = "Kasa") -> Any:
    return live.do(lambda: live.server.access.pairings.ask(origin, app_name, TILL | {Right.CASH}, None))


def state(live: Any, pairing: Any) -> str:
    return str(live.do(lambda: live.server.access.pairings.of(pairing.id, pairing.origin, None).state))


def test_a_page_that_asks_is_seen_and_let_in_by_its_code(run: Any, live: Any) -> None:
    pairing = ask(live)
    shown = run("pair", "list").stdout
    assert pairing.code in shown
    assert ORIGIN in shown
    assert "cash" in shown
    said = run("pair", "approve", pairing.code, "--device", "till-1", "--alias", "@fiscal=till-1", "--label", "till 1").stdout
    assert said.strip() == f"{ORIGIN} is paired as till 1: devices:read fiscal payment print."
    assert state(live, pairing) == "approved"
    (row,) = live.server.access.tokens.list()
    assert (row.devices, row.aliases, "cash" in row.scopes) == (("till-1",), {"@fiscal": "till-1"}, False)
    assert "No page waits" in run("pair", "list").stdout


def test_more_than_the_usual_is_given_only_when_it_is_said(run: Any, live: Any) -> None:
    given = json.loads(run("pair", "approve", ask(live).code, "--scope", "fiscal", "--scope", "cash", "--json").stdout)
    assert given["token"]["scopes"] == ["cash", "fiscal"]


def test_a_page_is_sent_away_and_may_not_come_back_at_once(run: Any, live: Any) -> None:
    pairing = ask(live)
    run("pair", "reject", pairing.code)
    assert state(live, pairing) == "rejected"
    with pytest.raises(Exception, match="refused a moment ago"):
        ask(live)
    assert [entry.action for entry in live.bridge.store.tokens.entries] == ["pairing.rejected"]


def test_three_wrong_codes_make_a_pairing_void(run: Any, live: Any) -> None:
    pairing = ask(live)
    wrong = "000000" if pairing.code != "000000" else "000001"
    for _ in range(3):
        assert f"the code {wrong}" in run("pair", "approve", wrong, code=1).output
    assert state(live, pairing) == "rejected"
    run("pair", "approve", pairing.code, code=1)
    assert live.server.access.tokens.list() == []


def test_a_page_never_gets_to_administer(run: Any, live: Any) -> None:
    pairing = ask(live)
    assert "never given to a page" in run("pair", "approve", pairing.code, "--scope", "admin", code=1).output
    assert state(live, pairing) == "pending"
    assert "never given to a page" in run("pair", "--origin", ORIGIN, "--scope", "admin", code=1).output


@pytest.fixture(params=["on", "off"])
def server(request: pytest.FixtureRequest) -> Any:
    return request.getfixturevalue("live") if request.param == "on" else None


def listed(run: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = json.loads(run("token", "list", "--json").stdout)["tokens"]
    return found


def test_a_managed_till_gets_its_token_without_a_click(run: Any, server: Any) -> None:
    options = ("--label", "till-7", "--device", "p-7", "--alias", "@fiscal=p-7", "--route", "PC-7=@card=t-7", "--user-id", "1007")
    made = json.loads(run("pair", "--origin", ORIGIN, *options, "--json").stdout)
    assert made["token"].startswith(f"tbw_{made['token_id']}_")
    (one,) = listed(run)
    assert one["devices"] == ["p-7"]
    assert one["aliases"] == {"@fiscal": "p-7"}
    assert one["routes"] == {"PC-7": {"@card": "t-7"}}
    assert one["user_id"] == "1007"
    assert made["token"] not in run("token", "list").stdout


def test_a_program_gets_a_token_of_its_own_which_is_rotated_and_revoked(run: Any, server: Any) -> None:
    first = json.loads(run("pair", "--program", "--label", "erp", "--scope", "fiscal:report", "--json").stdout)
    assert first["origin"] is None
    assert "has a token already" in run("pair", "--program", "--label", "erp", code=1).output
    second = json.loads(run("token", "rotate", first["token_id"], "--json").stdout)
    assert (second["token_id"], second["token"] == first["token"]) == (first["token_id"], False)
    assert "Revoked" in run("token", "revoke", first["token_id"]).stdout
    assert listed(run) == []
    assert "no token" in run("token", "revoke", first["token_id"], code=1).output
    assert "no token" in run("token", "rotate", first["token_id"], code=1).output


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--origin", "http://pos.example.com"), "not https"),
        (("--origin", "https://pos.example.com/till"), "must be an origin"),
        (("--origin", "https://POS.example.com"), "lower case"),
        (("--origin", ORIGIN, "--scope", "everything"), "scopes"),
        (("--origin", ORIGIN, "--alias", "fiscal=till-1"), "aliases"),
        (("--origin", ORIGIN, "--alias", "@fiscal"), "--alias @fiscal=till-1"),
        (("--origin", ORIGIN, "--route", "PC=@fiscal"), "--route PC-7=@fiscal=printer-7"),
        (("--origin", ORIGIN, "--device", "../x"), "devices"),
        (("--origin", ORIGIN, "--label", "till\u202e"), "label"),
        (("--origin", ORIGIN, "--program"), "exclude"),
        (("--program",), "--label"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_stored(run: Any, server: Any, arguments: tuple[str, ...], said: str) -> None:
    assert said in run("pair", *arguments, code=1).output
    assert listed(run) == []


def test_http_is_taken_when_it_is_said_so(run: Any, live: Any) -> None:
    run("pair", "--origin", "http://pos.example.com", "--allow-http")
    run("pair", "--origin", "http://localhost:3000")
    assert [one["origin"] for one in listed(run)] == ["http://pos.example.com", "http://localhost:3000"]


def test_an_entry_for_the_provisioning_file_fits_its_token_and_is_stored_nowhere(run: Any, live: Any, tmp_path: Path) -> None:
    printed = run("pair", "--origin", ORIGIN, "--label", "till-7", "--print-entry").stdout
    token, _, entry = printed.partition("\n")
    assert listed(run) == []
    assert token not in entry
    file = tmp_path / "tills.toml"
    file.write_text(entry, "utf-8")
    assert "1 tokens" in run("pair", "--file", str(file)).stdout
    live.do(live.server.access.refresh)
    assert live.do(lambda: live.server.access.holder(token)).label == "till-7"
    assert (tmp_path / "provisioning.toml").stat().st_mode & 0o077 == 0
    file.write_text("[[token]]", "utf-8")
    assert "nothing was changed" in run("pair", "--file", str(file), code=1).output
    assert live.do(lambda: live.server.access.holder(token)) is not None


def test_pair_alone_explains_itself(run: Any) -> None:
    assert "pair approve CODE" in run("pair").output


def test_what_needs_the_server_says_so_when_it_is_off(run: Any) -> None:
    for command in (("pair", "list"), ("pair", "approve", "123456"), ("console",)):
        assert "tillbridge serve" in run(*command, code=1).output


def test_a_link_opens_the_console_once(run: Any, live: Any) -> None:
    link = json.loads(run("console", "--json").stdout)["link"]
    address, _, code = link.partition("#code=")
    assert address == f"http://127.0.0.1:{live.server.port}/console"
    assert run("console").stdout.startswith(address)
    live.do(lambda: live.server.access.console.open(code, live.server.url, None))
    with pytest.raises(Exception, match="has been used"):
        live.do(lambda: live.server.access.console.open(code, live.server.url, None))


def test_what_is_done_while_the_server_is_off_is_in_the_audit(run: Any, tmp_path: Path) -> None:
    from bridge.store import ReadOnlyDatabase

    token_id = json.loads(run("pair", "--origin", ORIGIN, "--json").stdout)["token_id"]
    run("token", "revoke", token_id)
    database = ReadOnlyDatabase(tmp_path / "journal.db")
    actions = [row["action"] for row in database.read("SELECT action FROM audit WHERE subject=?", (f"token:{token_id}",))]
    database.close()
    assert actions == ["token.created", "token.revoked"]


def test_offline_changes_wait_for_nobody_who_has_the_directory(tmp_path: Path) -> None:
    with offline_tokens._tokens(tmp_path), pytest.raises(CliError, match="in use"):
        offline_tokens.create(tmp_path, {"label": "x"})


class Impostor:
    """Took the port of a bridge that died: knows its instance, answers everything, and keeps what it is sent."""

    def __init__(self, instance_id: str) -> None:
        self.heard = b""
        self._instance = instance_id
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        while True:
            connection, _ = self._listening.accept()
            with connection:
                connection.settimeout(0.5)
                try:
                    while chunk := connection.recv(65536):
                        self.heard += chunk
                        said = {"name": "tillbridge", "instance_id": self._instance, "nonce": "A" * 43, "proof": "B" * 43}
                        body = json.dumps(said).encode()
                        connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%s" % (len(body), body))
                except OSError:
                    continue


@pytest.mark.parametrize("command", [("devices", "list"), ("pair", "--origin", ORIGIN), ("console",), ("token", "list")])
def test_an_impostor_on_the_port_never_gets_the_token(run: Any, tmp_path: Path, command: tuple[str, ...]) -> None:
    admin_token.ensure(tmp_path)
    token = admin_token.read(tmp_path)
    assert token is not None
    impostor = Impostor("01JINSTANCE")
    instance.publish(tmp_path, impostor.port, "01JINSTANCE")
    run(*command, code=0 if command[0] in ("devices", "pair", "token") else 1)
    assert b"/session/proof" in impostor.heard
    assert token.encode() not in impostor.heard


def test_the_attendants_pin_is_asked_for_hidden_made_up_or_taken_away(run: Any, live: Any) -> None:
    set_ = run("console", "--attendant-pin", input="730518\n730518\n")
    assert "730518" not in set_.output
    assert "of all devices" in set_.stderr
    state = live.server.access.attendants.state()
    assert (state["set"], state["devices"]) == (True, None)
    made = run("console", "--attendant-pin", "--generate", "--device", "till-1")
    assert re.fullmatch(r"[0-9]{6}\n", made.stdout)
    assert live.server.access.attendants.state()["devices"] == ["till-1"]
    run("console", "--unlock-attendant")
    run("console", "--no-attendant-pin")
    assert live.server.access.attendants.state()["set"] is False
    assert "no PIN is set" in run("console", "--no-attendant-pin", code=1).output


def test_a_pin_that_is_none_is_refused_without_being_repeated(run: Any, live: Any) -> None:
    for wrong, said in (("12345", "at least 6"), ("123456", "counts up or down"), ("73o518", "pattern")):
        refusal = run("console", "--attendant-pin", code=1, input=f"{wrong}\n{wrong}\n")
        assert said in refusal.output
        assert wrong not in refusal.output
    for options in (("--generate",), ("--device", "till-1"), ("--attendant-pin", "--no-attendant-pin")):
        assert "Error:" in run("console", *options, code=1).output
