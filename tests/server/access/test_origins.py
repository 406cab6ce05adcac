"""What an Origin header of a browser can look like, and which pages may be paired."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.server.access.origins import is_confidential, is_origin

ORIGINS = [
    "https://pos.example.com",
    "https://pos.example.com:8443",
    "http://localhost:3000",
    "http://127.0.0.1:8080",
    "http://[::1]:8080",
    "https://xn--pos-example-9vb.com",
    "https://a",
    "https://shop_1.example.com",
    "https://192.168.1.20",
    "https://[2001:db8::1]",
]

NO_ORIGINS = [
    "null",
    "",
    "*",
    "https://",
    "https://pos.example.com/",
    "https://pos.example.com/till",
    "https://pos.example.com:443",
    "http://pos.example.com:80",
    "https://pos.example.com:0",
    "https://pos.example.com:65536",
    "https://pos.example.com:08443",
    "HTTPS://pos.example.com",
    "https://POS.example.com",
    "https://pos.example.com.",
    "https://pos..example.com",
    "https://-pos.example.com",
    "https://pos-.example.com",
    " https://pos.example.com",
    "https://pos.example.com ",
    "https://pos.example.com\t",
    "https://user@pos.example.com",
    "https://pos.example.com#x",
    "https://pos.example.com?x",
    "https://pós.example.com",
    "https://pos.example.com, https://evil.example",
    "https://[::1",
    "https://[0:0:0:0:0:0:0:1]",
    "https://[::FFFF:127.0.0.1]",
    "https://127.1",
    "https://2130706433",
    "https://0x7f.1",
    "https://0x7f000001",
    "https://127.0.0.1.",
    "https://127.0.0.256",
    "ftp://pos.example.com",
    "file://",
    "chrome-extension://abcdefghijklmnop",
    "https:pos.example.com",
    "https://" + "a" * 64 + ".example",
    "https://" + "a." * 150 + "example",
]


@pytest.mark.parametrize("origin", ORIGINS)
def test_what_browsers_write_is_an_origin(origin: str) -> None:
    assert is_origin(origin)


@pytest.mark.parametrize("origin", NO_ORIGINS)
def test_what_no_browser_writes_is_none(origin: str) -> None:
    assert not is_origin(origin)


@given(st.text(max_size=60))
def test_any_text_is_judged_and_an_origin_has_nothing_that_a_log_or_page_could_trip_over(text: str) -> None:
    if is_origin(text):
        assert text.isascii()
        assert text.isprintable()
        assert text == text.lower()


@pytest.mark.parametrize(
    ("origin", "confidential"),
    [
        ("https://pos.example.com", True),
        ("http://localhost:3000", True),
        ("http://till.localhost", True),
        ("http://127.0.0.1:8080", True),
        ("http://[::1]:8080", True),
        ("http://pos.example.com", False),
        ("http://192.168.1.20", False),
        ("http://localhost.evil.example", False),
        ("http://127.0.0.1.evil.example", False),
        ("nothing", False),
    ],
)
def test_a_page_that_anybody_on_the_way_can_speak_for_is_told_from_one_that_nobody_can(origin: str, confidential: bool) -> None:
    assert is_confidential(origin) is confidential
