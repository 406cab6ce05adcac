"""Windows' tables of connections, from bytes."""

from __future__ import annotations

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bridge.server.peers.addresses import Version
from bridge.server.peers.tcp_tables import Row, TableError, rows

# state, local address, local port, remote address, remote port, process
ROW4 = bytes.fromhex("05000000 7F000001 C3500000 7F000001 BAC30000 D2040000")
# local address, its scope, local port, remote address, its scope, remote port, state, process
ROW6 = bytes.fromhex(
    "00000000000000000000000000000001 00000000 C3500000 00000000000000000000000000000001 00000000 BAC30000 05000000 D2040000"
)
V4, V6 = b"\x7f\0\0\x01", bytes(15) + b"\x01"


def count(number: int) -> bytes:
    return struct.pack("<I", number)


def test_a_row_of_ipv4_is_read_with_its_ports_in_network_order() -> None:
    assert list(rows(count(1) + ROW4, 4)) == [Row(5, V4, 50000, V4, 47811, 1234)]


def test_a_row_of_ipv6_is_read_with_its_ports_in_network_order() -> None:
    assert list(rows(count(1) + ROW6, 6)) == [Row(5, V6, 50000, V6, 47811, 1234)]


def test_what_stands_in_the_upper_half_of_a_port_is_not_looked_at() -> None:
    row = ROW4.replace(bytes.fromhex("C3500000"), bytes.fromhex("C350DEAD"))
    assert next(rows(count(1) + row, 4)).local_port == 50000


def test_several_rows_come_in_their_order() -> None:
    other = ROW4[:20] + count(4321)
    assert [row.pid for row in rows(count(3) + ROW4 + other + ROW4, 4)] == [1234, 4321, 1234]


def test_an_empty_table_has_no_rows() -> None:
    assert list(rows(count(0), 4)) == list(rows(count(0), 6)) == []


def test_what_is_left_of_the_buffer_behind_the_rows_is_not_looked_at() -> None:
    assert len(list(rows(count(1) + ROW4 + ROW4 + b"\xff" * 5, 4))) == 1


@pytest.mark.parametrize("kept", range(4 + len(ROW6)))
def test_a_table_that_was_cut_off_is_none(kept: int) -> None:
    with pytest.raises(TableError):
        list(rows((count(1) + ROW6)[:kept], 6))


@pytest.mark.parametrize("number", [2, 3, 0xFFFFFFFF])
def test_a_table_that_counts_more_rows_than_it_has_is_none(number: int) -> None:
    with pytest.raises(TableError, match=f"^{number} rows of 24 bytes do not go into 28 bytes$"):
        list(rows(count(number) + ROW4, 4))


@given(st.binary(max_size=400), st.integers(0, 8), st.sampled_from([4, 6]))
def test_random_bytes_are_rows_or_no_table(data: bytes, number: int, version: Version) -> None:
    for table in (data, count(number) + data):
        try:
            found = list(rows(table, version))
        except TableError:
            continue
        assert len(found) == int.from_bytes(table[:4], "little")
        assert all(row.local_port < 65536 and row.remote_port < 65536 for row in found)
