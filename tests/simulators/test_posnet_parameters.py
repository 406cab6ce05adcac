"""Types, ranges and lengths of parameters, each with the frame error of the reference."""

from __future__ import annotations

from typing import Any

import pytest
from bridge_sim_posnet.commands import COMMANDS
from bridge_sim_posnet.parameters import FrameError
from posnet_host import Host, new_printer


def read(command: str, name: str, value: bytes) -> Any:
    """The value, or "?n" for frame error n."""
    (field,) = [field for field in COMMANDS[command].fields if field.name == name]
    try:
        return field.read(value, name)
    except FrameError as error:
        return f"?{error.number}" if error.field == name else f"field {error.field}"


@pytest.mark.parametrize(
    ("command", "name", "value", "expected"),
    [
        # BOOL
        *[("trinit", "bm", value, True) for value in (b"1", b"t", b"T", b"Y", b"y")],
        *[("trinit", "bm", value, False) for value in (b"0", b"n", b"N")],
        *[("trinit", "bm", value, "?3") for value in (b"", b"2", b"true", b"f", b"01")],
        # grosze
        ("trline", "wa", b"9999999999", 9_999_999_999),
        ("trline", "wa", b"10000000000", "?3"),
        ("trline", "pr", b"499999999999", 499_999_999_999),
        ("trline", "pr", b"500000000000", "?3"),
        ("cash", "kw", b"499999999999", 499_999_999_999),
        *[("trline", "pr", value, "?3") for value in (b"12,34", b"12.34", b"-1", b"+1", b" 1", b"", b"1e2", b"\xb2")],
        # quantity
        *[("trline", "il", value, "?3") for value in (b"", b".5", b"1,5.0", b"-1", b"0.123456789", b"10000000000")],
        # percent
        ("trline", "rp", b"9999", 9999),
        ("trline", "rp", b"10000", "?3"),
        # texts, counted in bytes = characters
        ("trline", "na", b"\xb9" * 80, "ą" * 80),
        ("trline", "na", b"x" * 81, "?10"),
        ("trline", "na", b"a\nb", "?3"),
        ("trline", "op", b"x" * 51, "?10"),
        ("trline", "jm", b"sztuk", "?10"),
        ("trline", "rn", b"x" * 26, "?10"),
        ("trnipset", "ni", b"1" * 31, "?10"),
        ("trpayment", "na", b"x" * 26, "?10"),
        ("ftrcfg", "cc", b"x" * 33, "?10"),
        ("ftrcfg", "sn", b"x" * 31, "?10"),
        ("ftrcfg", "ln", b"a\nb", "a\nb"),
        ("dsptxtline", "ln", b"x" * 31, "?10"),
        ("eparagonidznext", "id", b"x" * 129, "?10"),
        ("trfvbuyer", "ni", b"1" * 21, "?10"),
        ("shiftrep", "sh", b"x" * 9, "?10"),
        ("qrcode", "tx", b"x" * 4001, "?10"),
        # digits
        ("trpack", "na", b"00000000123", "00000000123"),
        ("trpack", "na", b"123456789012", "?10"),
        ("trpack", "na", b"12a", "?3"),
        # ranges
        ("papfeed", "ln", b"0", "?3"),
        ("papfeed", "ln", b"21", "?3"),
        ("eclastdocnoget", "ty", b"14", "?3"),
        ("eparagonscheduleset", "sa", b"4", "?3"),
        ("eparagonscheduleset", "op", b"599", "?3"),
        ("eparagonscheduleset", "tl", b"2592001", "?3"),
        ("eparagonbufferget", "hd", b"4294967295", 4_294_967_295),
        ("eparagonbufferget", "hd", b"4294967296", "?3"),
        ("trpaymentcurr", "ra", b"100000000000", "?3"),
        # rates
        ("vatset", "va", b"23", 2300),
        ("vatset", "va", b"5,5", 550),
        ("vatset", "va", b"100", 10000),
        ("vatset", "va", b"101", 10100),
        ("vatset", "va", b"100.5", "?3"),
        ("vatset", "va", b"102", "?3"),
        # dates
        ("dailyrep", "da", b"2026-02-30", "?3"),
        ("dailyrep", "da", b"26-02-01", "?3"),
        ("rtcset", "da", b"2026-02-01,24:00", "?3"),
        ("rtcset", "da", b"2026-02-01", "?3"),
    ],
)
def test_a_value_is_read_or_refused(command: str, name: str, value: bytes, expected: Any) -> None:
    assert read(command, name, value) == expected


@pytest.mark.parametrize(
    ("text", "value"), [(b"2.000", "2.000"), (b"1,5", "1.5"), (b"3", "3"), (b"0.00000001", "1E-8"), (b"2.", "2")]
)
def test_a_quantity_has_either_separator(text: bytes, value: str) -> None:
    assert str(read("trline", "il", text)) == value


def test_dates_and_times_come_in_each_form_of_the_reference() -> None:
    for text in (b"2026-10-09", b"2026.10.09", b"2026/10/09"):
        assert read("dailyrep", "da", text).isoformat() == "2026-10-09"
    for text in (b"2026-10-09,11:48", b"2026-10-09 11:48", b"2026/10/09;11:48"):
        assert read("rtcset", "da", text).strftime("%Y-%m-%d %H:%M") == "2026-10-09 11:48"


@pytest.mark.parametrize(
    ("sent", "received"),
    [
        # what is missing comes before what is wrong, and both before the state
        ("02747266766275796572096e617809234446433803", "ERR ?2 cmtrfvbuyer fdni"),
        # the same with the checksum of another frame, and without an end
        ("02747266766275796572096e617809233241434403", "ERR ?5"),
        ("02747266766275796572096e617809", ""),
    ],
)
def test_frames_in_bytes(sent: str, received: str) -> None:
    host = Host(new_printer())
    host.session.received(bytes.fromhex(sent))
    assert " / ".join(host.answers()) == received


def test_missing_comes_before_wrong_and_both_before_the_state() -> None:
    host = Host(new_printer())
    assert host.ask("trpaymentcurr|wcx|ra1") == "ERR ?2 cmtrpaymentcurr fdna"
    assert host.ask("trpaymentcurr|wcx|ra1|naEuro|sbEUR") == "ERR ?3 cmtrpaymentcurr fdwc"
    assert host.ask("trpaymentcurr|wc1|ra1|naEuro|sbEUR") == "trpaymentcurr ?2005"
    assert host.ask("!sdspexternal") == "ERR ?2 cmsdspexternal fdid"
    assert host.ask("!sdspexternal|id1") == "sdspexternal id1 exN"


@pytest.mark.parametrize("name", ["beep", "trlogget", "imgslotset", "repositoryeventhubtrigger", "nonsense"])
def test_a_command_that_the_reference_does_not_have_is_unknown(name: str) -> None:
    assert Host(new_printer()).ask(name) == f"ERR ?1 cm{name}"
