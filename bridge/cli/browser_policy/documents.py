"""From origins to the documents that browsers read as policies. Pure functions; where they go is in places.py.

Sources: the policy lists of Chrome and Edge (`LoopbackNetworkAllowedForUrls` since 146, `LocalNetworkAccessAllowedForUrls` since
139 in Chrome and 140 in Edge), their page on URL patterns (a pattern without a port matches every port), Mozilla's administrator
reference (`LocalNetworkAccess`). Firefox's `SkipDomains` counts by itself: `Enabled` is left alone, since setting it would switch
the blocking of trackers too.

Measured with Chromium 156: a pattern without a port lets a page on another port in, one with `:443` the page on 443 only; an http
page on a public address stays blocked with the policy.
"""

from __future__ import annotations

import json
import plistlib
import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Literal, get_args

from bridge.cli.browser_policy.origins import Origin

Browser = Literal["chrome", "edge", "chromium", "firefox"]
BROWSERS: tuple[Browser, ...] = get_args(Browser)
TITLES: Mapping[Browser, str] = {"chrome": "Chrome", "edge": "Edge", "chromium": "Chromium", "firefox": "Firefox"}

# Where a list stands, from the top of the browser's policies, and what is in it.
KeyPath = tuple[str, ...]
Lists = dict[KeyPath, list[str]]

LOOPBACK = "LoopbackNetworkAllowedForUrls"
OLDER = "LocalNetworkAccessAllowedForUrls"
SKIP_DOMAINS: KeyPath = ("LocalNetworkAccess", "SkipDomains")
# In policies.json everything stands below one key; in the registry and in profiles it does not.
FIREFOX_TOP = "policies"

REGISTRY_KEYS: Mapping[Browser, str] = {
    "chrome": r"SOFTWARE\Policies\Google\Chrome",
    "edge": r"SOFTWARE\Policies\Microsoft\Edge",
    "chromium": r"SOFTWARE\Policies\Chromium",
    "firefox": r"SOFTWARE\Policies\Mozilla\Firefox",
}
MAC_DOMAINS: Mapping[Browser, str] = {
    "chrome": "com.google.Chrome",
    "edge": "com.microsoft.Edge",
    "chromium": "org.chromium.Chromium",
    "firefox": "org.mozilla.firefox",
}
_PROFILE = "io.tillbridge.browser-policy"
_NAMESPACE = uuid.uuid5(uuid.NAMESPACE_DNS, _PROFILE)


def lists(browser: Browser, origins: Sequence[Origin], *, older: bool = False) -> Lists:
    """The lists of one browser. Empty where it needs none."""
    if browser == "firefox":
        hosts = sorted({origin.host for origin in origins if not origin.is_local})
        return {SKIP_DOMAINS: hosts} if hosts else {}
    patterns = [origin.pattern for origin in origins]
    return {(name,): list(patterns) for name in ((LOOPBACK, OLDER) if older else (LOOPBACK,)) if patterns}


def json_lists(browser: Browser, origins: Sequence[Origin], *, older: bool = False) -> Lists:
    """The same as they stand in the JSON file of that browser on Linux."""
    found = lists(browser, origins, older=older)
    return {(FIREFOX_TOP, *path): values for path, values in found.items()} if browser == "firefox" else found


def notes(browsers: Sequence[Browser], origins: Sequence[Origin], *, older: bool = False) -> list[str]:
    """What these policies allow beyond the origins that were asked for, in sentences to be shown."""
    said: list[str] = []
    if older and any(browser != "firefox" for browser in browsers):
        said.append(f"{OLDER} is wider than what a till needs: it lets these pages reach the whole local network too.")
    plain = [str(origin) for origin in origins if origin.scheme == "http" and not origin.is_local]
    if plain and any(browser != "firefox" for browser in browsers):
        said.append(
            f"{', '.join(plain)}: Chrome and its kin keep pages without https off, policy or not. Serve the page by https."
        )
    if "firefox" not in browsers:
        return said
    let_in = [origin for origin in origins if not origin.is_local]
    hosts = sorted({origin.host for origin in let_in})
    if hosts:
        said.append(
            f"Firefox knows pages by host name only: every page of {', '.join(hosts)} is let through, with any port, by http "
            "or https, and to the local network as well."
        )
        said.append(
            "Firefox takes such a name as a target too: should it lead into your own network, any website may reach it unasked."
        )
    for host in hosts:
        alike = [str(origin) for origin in let_in if origin.host == host]
        if len(alike) > 1:
            said.append(f"Firefox cannot tell these apart: {', '.join(alike)}.")
    if left_out := [str(origin) for origin in origins if origin.is_local]:
        said.append(
            f"Left out for Firefox: {', '.join(left_out)}. It asks nothing of pages of this computer or the local network, and "
            "such an entry would open that host to every website."
        )
    return said


def to_json(found: Lists) -> str:
    """A file of JSON with these lists and nothing else."""
    return json.dumps(nested(found), indent=2) + "\n"


def nested(found: Lists) -> dict[str, Any]:
    """The lists as objects within objects."""
    top: dict[str, Any] = {}
    for path, values in found.items():
        inner = top
        for key in path[:-1]:
            inner = inner.setdefault(key, {})
        inner[path[-1]] = list(values)
    return top


def to_reg(browsers: Sequence[Browser], origins: Sequence[Origin], *, older: bool = False) -> str:
    """A file for regedit, as text with its CRLF. On the disk it is `reg_bytes` of it."""
    lines = ["Windows Registry Editor Version 5.00", "", "; Importing it replaces values 1, 2, 3... that stand there already."]
    for browser in browsers:
        for path, values in lists(browser, origins, older=older).items():
            lines += ["", "[HKEY_LOCAL_MACHINE\\" + "\\".join((REGISTRY_KEYS[browser], *path)) + "]"]
            lines += [f'"{number}"="{value}"' for number, value in enumerate(values, 1)]
    return "\r\n".join([*lines, "", ""])


def reg_bytes(text: str) -> bytes:
    """As regedit writes and reads its version 5: UTF-16, little-endian, with a byte order mark."""
    return b"\xff\xfe" + text.encode("utf-16-le")


def to_plist(browser: Browser, origins: Sequence[Origin], *, older: bool = False) -> str:
    """The managed preferences of one browser, for a management that takes them by its domain (`MAC_DOMAINS`)."""
    return plistlib.dumps(_preferences(browser, origins, older)).decode("utf-8")


def to_mobileconfig(browsers: Sequence[Browser], origins: Sequence[Origin], *, older: bool = False) -> str:
    """A configuration profile with a payload for each browser. The same origins give the same identifiers."""
    payloads = []
    for browser in browsers:
        preferences = _preferences(browser, origins, older)
        if not preferences:
            continue
        identifier = f"{_PROFILE}.{browser}"
        payloads.append(
            preferences
            | {
                "PayloadType": MAC_DOMAINS[browser],
                "PayloadIdentifier": identifier,
                "PayloadUUID": _uuid(identifier, preferences),
                "PayloadVersion": 1,
                "PayloadDisplayName": f"{TITLES[browser]}: the till's page may reach this computer",
            }
        )
    profile = {
        "PayloadType": "Configuration",
        "PayloadIdentifier": _PROFILE,
        "PayloadUUID": _uuid(_PROFILE, payloads),
        "PayloadVersion": 1,
        "PayloadScope": "System",
        "PayloadDisplayName": "Tillbridge: pages that may reach this computer",
        "PayloadContent": payloads,
    }
    return plistlib.dumps(profile).decode("utf-8")


def _preferences(browser: Browser, origins: Sequence[Origin], older: bool) -> dict[str, Any]:
    preferences = nested(lists(browser, origins, older=older))
    if browser == "firefox" and preferences:
        # Firefox on macOS looks at its managed preferences only where this one is set.
        preferences["EnterprisePoliciesEnabled"] = True
    return preferences


def _uuid(identifier: str, content: Any) -> str:
    return str(uuid.uuid5(_NAMESPACE, identifier + json.dumps(content, sort_keys=True))).upper()
