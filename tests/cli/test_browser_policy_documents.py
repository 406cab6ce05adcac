"""`tillbridge browser-policy print`: which origins are taken, and the documents byte for byte."""

from __future__ import annotations

import json
import plistlib
import sqlite3
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from bridge.cli import offline_tokens
from bridge.cli.browser_policy import documents
from bridge.cli.browser_policy.origins import checked, parse_origin
from bridge.cli.errors import CliError
from bridge.cli.main import cli
from bridge.server.access.paired import paired_origins

POS = "https://pos.example.com"
SHOP = "https://shop.example:8443"
ORIGINS = checked([SHOP, POS])


def show(*arguments: str, data_dir: Path, origins: Sequence[str] = (POS, SHOP)) -> Any:
    named = [word for origin in origins for word in ("--origin", origin)]
    return CliRunner().invoke(cli, ["browser-policy", "print", "--data-dir", str(data_dir), *named, *arguments])


@pytest.mark.parametrize(
    ("text", "pattern"),
    [
        ("https://pos.example.com", "https://pos.example.com:443"),
        ("https://pos.example.com:8443", "https://pos.example.com:8443"),
        ("http://till", "http://till:80"),
        ("https://xn--bcher-kva.example", "https://xn--bcher-kva.example:443"),
        ("https://192.168.1.5:1", "https://192.168.1.5:1"),
        ("https://[2001:db8::1]", "https://[2001:db8::1]:443"),
    ],
)
def test_an_origin_as_a_browser_sends_it_becomes_a_pattern_with_its_port(text: str, pattern: str) -> None:
    origin = parse_origin(text)
    assert (str(origin), origin.pattern) == (text, pattern)


@pytest.mark.parametrize(
    "text",
    [
        "*",
        "https://*",
        "https://*.example.com",
        "https://[*.]example.com",
        "https://pos.example.com:*",
        "null",
        "",
        "pos.example.com",
        "https://",
        "https://pos.example.com/",
        "https://pos.example.com/till",
        "https://pos.example.com?x",
        "https://pos.example.com#x",
        "https://pos.example.com@evil.example",
        "https://evil.example\\@pos.example.com",
        "https://pos.example.com.",
        "https://.pos.example.com",
        "https://pos..example.com",
        "https://-pos.example.com",
        "https://pos.example.com ",
        "https://pos.example.com\n",
        'https://pos.example.com"',
        "https://pos.exa%6dple.com",
        "https://POS.example.com",
        "HTTPS://pos.example.com",
        "https://pоs.example.com",  # the o is Cyrillic
        "https://bücher.example",
        "https://pos.example.com:443",
        "http://pos.example.com:80",
        "https://pos.example.com:0",
        "https://pos.example.com:08443",
        "https://pos.example.com:65536",
        "https://pos.example.com:",
        "https://127.1",
        "https://0x7f.0.0.1",
        "https://0x7f000001",
        "https://2130706433",
        "https://256.1.1.1",
        "https://[2001:DB8::1]",
        "https://[2001:db8:0:0::1]",
        "https://[::ffff:127.0.0.1]",
        "https://[fe80::1%25eth0]",
        "https://[pos.example.com]",
        "https://2001:db8::1",
        "ws://pos.example.com",
        "file:///etc",
        "chrome-extension://abcdef",
        f"https://{'a' * 64}.example",
    ],
)
def test_whatever_is_not_exactly_an_origin_is_refused(text: str) -> None:
    with pytest.raises(CliError, match="no origin for a policy") as refused:
        parse_origin(text)
    assert refused.value.remedy


def test_origins_are_sorted_and_each_stands_once() -> None:
    assert [str(origin) for origin in checked([SHOP, POS, SHOP])] == [POS, SHOP]


def test_json_for_chromium_and_its_kin(tmp_path: Path) -> None:
    shown = show("--format", "json", data_dir=tmp_path)
    assert shown.stdout == (
        '{\n  "LoopbackNetworkAllowedForUrls": [\n    "https://pos.example.com:443",\n    "https://shop.example:8443"\n  ]\n}\n'
    )
    assert shown.stderr == ""


def test_older_adds_the_wider_policy_and_says_that_it_is_wider(tmp_path: Path) -> None:
    shown = show("--format", "json", "--older", data_dir=tmp_path)
    content = json.loads(shown.stdout)
    assert list(content) == ["LoopbackNetworkAllowedForUrls", "LocalNetworkAccessAllowedForUrls"]
    assert content["LocalNetworkAccessAllowedForUrls"] == content["LoopbackNetworkAllowedForUrls"]
    assert "whole local network" in shown.stderr


def test_policies_json_for_firefox_has_hosts_and_touches_no_other_setting(tmp_path: Path) -> None:
    shown = show("--format", "firefox", data_dir=tmp_path)
    hosts = ["pos.example.com", "shop.example"]
    assert json.loads(shown.stdout) == {"policies": {"LocalNetworkAccess": {"SkipDomains": hosts}}}
    assert "host name only: every page of pos.example.com, shop.example" in shown.stderr


def test_what_firefox_cannot_tell_apart_is_told(tmp_path: Path) -> None:
    shown = show("--format", "firefox", data_dir=tmp_path, origins=[POS, f"{POS}:8443", SHOP])
    assert f"cannot tell these apart: {POS}, {POS}:8443." in shown.stderr
    assert json.loads(shown.stdout)["policies"]["LocalNetworkAccess"]["SkipDomains"] == ["pos.example.com", "shop.example"]


@pytest.mark.parametrize(
    "local",
    ["http://localhost:3000", "https://a.localhost", "https://127.0.0.1", "https://10.0.0.7", "https://[::1]", "https://x.local"],
)
def test_firefox_never_gets_a_local_host_since_that_would_open_it_to_every_website(tmp_path: Path, local: str) -> None:
    shown = show("--format", "firefox", data_dir=tmp_path, origins=[POS, local])
    assert json.loads(shown.stdout)["policies"]["LocalNetworkAccess"]["SkipDomains"] == ["pos.example.com"]
    assert f"Left out for Firefox: {local}" in shown.stderr
    alone = show("--format", "firefox", data_dir=tmp_path, origins=[local])
    assert (alone.exit_code, alone.stdout) == (1, "")
    assert "needs no policy" in alone.stderr


def test_a_public_page_without_https_is_told_that_no_policy_helps_it(tmp_path: Path) -> None:
    assert "Serve the page by https" in show("--format", "json", data_dir=tmp_path, origins=["http://pos.example.com"]).stderr
    assert show("--format", "json", data_dir=tmp_path, origins=["http://localhost:3000"]).stderr == ""


def test_the_registry_file_is_utf_16_with_its_mark_and_line_ends(tmp_path: Path) -> None:
    file = tmp_path / "policy.reg"
    assert show("--format", "reg", "--output", str(file), data_dir=tmp_path).exit_code == 0
    content = file.read_bytes()
    assert content[:2] == b"\xff\xfe"
    assert content[2:].decode("utf-16-le") == "\r\n".join(
        [
            "Windows Registry Editor Version 5.00",
            "",
            "; Importing it replaces values 1, 2, 3... that stand there already.",
            "",
            r"[HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Google\Chrome\LoopbackNetworkAllowedForUrls]",
            '"1"="https://pos.example.com:443"',
            '"2"="https://shop.example:8443"',
            "",
            r"[HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Microsoft\Edge\LoopbackNetworkAllowedForUrls]",
            '"1"="https://pos.example.com:443"',
            '"2"="https://shop.example:8443"',
            "",
            r"[HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Chromium\LoopbackNetworkAllowedForUrls]",
            '"1"="https://pos.example.com:443"',
            '"2"="https://shop.example:8443"',
            "",
            r"[HKEY_LOCAL_MACHINE\SOFTWARE\Policies\Mozilla\Firefox\LocalNetworkAccess\SkipDomains]",
            '"1"="pos.example.com"',
            '"2"="shop.example"',
            "",
            "",
        ]
    )


def test_property_lists_hold_what_the_browsers_domain_takes() -> None:
    chrome = plistlib.loads(documents.to_plist("chrome", ORIGINS).encode())
    assert chrome == {"LoopbackNetworkAllowedForUrls": ["https://pos.example.com:443", "https://shop.example:8443"]}
    firefox = plistlib.loads(documents.to_plist("firefox", ORIGINS).encode())
    hosts = ["pos.example.com", "shop.example"]
    assert firefox == {"EnterprisePoliciesEnabled": True, "LocalNetworkAccess": {"SkipDomains": hosts}}


def test_the_profile_has_a_payload_a_browser_and_the_same_identifiers_each_time() -> None:
    text = documents.to_mobileconfig(documents.BROWSERS, ORIGINS)
    profile = plistlib.loads(text.encode())
    payloads = profile["PayloadContent"]
    assert [one["PayloadType"] for one in payloads] == [
        "com.google.Chrome",
        "com.microsoft.Edge",
        "org.chromium.Chromium",
        "org.mozilla.firefox",
    ]
    assert payloads[0]["LoopbackNetworkAllowedForUrls"] == ["https://pos.example.com:443", "https://shop.example:8443"]
    assert payloads[3]["LocalNetworkAccess"] == {"SkipDomains": ["pos.example.com", "shop.example"]}
    assert (profile["PayloadType"], profile["PayloadScope"], profile["PayloadVersion"]) == ("Configuration", "System", 1)
    assert len({profile["PayloadUUID"], *(one["PayloadUUID"] for one in payloads)}) == 5
    assert documents.to_mobileconfig(documents.BROWSERS, ORIGINS) == text
    assert documents.to_mobileconfig(documents.BROWSERS, ORIGINS[:1]) != text


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--format", "plist"), "belongs to one browser"),
        (("--format", "json", "--browser", "firefox"), "form of its own"),
        (("--format", "firefox", "--browser", "edge"), "Edge does not read Firefox's file"),
    ],
)
def test_a_form_that_a_browser_does_not_read_is_refused(tmp_path: Path, arguments: tuple[str, ...], said: str) -> None:
    shown = show(*arguments, data_dir=tmp_path)
    assert (shown.exit_code, shown.stdout) == (1, "")
    assert said in shown.stderr


def test_without_a_paired_page_nothing_is_printed(tmp_path: Path) -> None:
    shown = show(data_dir=tmp_path, origins=[])
    assert (shown.exit_code, shown.stdout) == (1, "")
    assert f"No page is paired in {tmp_path}" in shown.stderr
    assert "--origin" in shown.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_paired_pages_are_those_with_a_token_of_the_web_and_those_of_the_provisioning_file(tmp_path: Path) -> None:
    assert paired_origins(tmp_path) == []
    for body in ({"origin": SHOP}, {"origin": POS}, {"origin": POS}, {}):
        offline_tokens.create(tmp_path, {"label": "till" if body else "program", **body})
    assert paired_origins(tmp_path) == [POS, SHOP]
    entry = offline_tokens.entry({"label": "kiosk", "origin": "https://kiosk.example"})["entry"]
    (tmp_path / "provisioning.toml").write_text(entry)
    assert paired_origins(tmp_path) == ["https://kiosk.example", POS, SHOP]
    assert POS in show("--format", "json", data_dir=tmp_path, origins=[]).stdout


def test_a_journal_from_before_there_were_tokens_has_none(tmp_path: Path) -> None:
    journal = sqlite3.connect(tmp_path / "journal.db")
    journal.execute("PRAGMA user_version=1")
    journal.commit()
    journal.close()
    assert paired_origins(tmp_path) == []


def test_a_damaged_journal_is_told_with_what_to_do_instead(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"no database" * 100)
    shown = show(data_dir=tmp_path, origins=[])
    assert shown.exit_code == 1
    assert "cannot be read" in shown.stderr
    assert "--origin" in shown.stderr
