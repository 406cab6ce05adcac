"""Whatever tills, customers and cables do: what was charged, what the batch says and what 06 20 shows belong together."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from typing import Literal

from bridge_sim_zvt.batches import batch_so_far
from bridge_sim_zvt.cards import SCRIPTS
from bridge_sim_zvt.terminal import Terminal
from hypothesis import given, settings
from hypothesis import strategies as st
from zvt_till import BLOCKS, COMPOSES, OK, STATUS_ONLY, Till, field, new_terminal, raw, reversal, sale, virtually

QUICK = tuple(name for name in SCRIPTS if name not in ("timeout", "pin_timeout", "host_slow"))


@dataclass(frozen=True, slots=True)
class Step:
    """`say`: a command. `lost`: the connection ends instead of the answer to message number so many, if there are that many."""

    say: Literal["sale", "refund", "reversal", "end of day", "repeat", "foreign", "power"]
    script: str = "approve"
    amount: int = 100
    receipt: int = 1
    lost: int | None = None


steps = st.builds(
    Step,
    say=st.sampled_from(("sale", "sale", "sale", "refund", "reversal", "end of day", "repeat", "foreign", "power")),
    script=st.sampled_from(QUICK),
    amount=st.integers(1, 9_999),
    receipt=st.integers(1, 8),
    lost=st.none() | st.integers(0, 6),
)
behaviours = st.fixed_dictionaries(
    {
        "unconfirmed": st.sampled_from("ABC"),
        "auto_reversal": st.sampled_from(("now", "later", "next")),
        "shows_reversed": st.sampled_from(("before", "reversal", "failed")),
        "unconfirmed_reversal": st.sampled_from(("stands", "undone")),
        "status_first": st.sampled_from(("yes", "no")),
        "first_receipt": st.sampled_from(("1", "9998")),
    }
)


async def carry_out(terminal: Terminal, step: Step, registration: str) -> None:
    match step.say:
        case "foreign":
            terminal.foreign(None)
            return
        case "power":
            terminal.power(False)
            terminal.power(True)
            return
        case _:
            pass
    command = {
        "sale": sale(step.amount),
        "refund": f"06 31 0A 12 34 56 04 {step.amount:012d}",
        "reversal": reversal(f"{step.receipt:04d}"),
        "end of day": "06 50 03 12 34 56",
        "repeat": STATUS_ONLY,
    }[step.say]
    terminal.scripts[:] = [step.script]
    till = Till(terminal)
    await till.run(registration)
    till.say(command)
    heard = 0
    while message := await till.hear():
        if message[0] == 0x84 or (step.lost is not None and heard == step.lost):
            break
        if message[0] != 0x80:
            till.say(OK)
        if message[:2] in (b"\x06\x0f", b"\x06\x1e"):
            break
        heard += 1
    await asyncio.sleep(0.001)
    terminal.cut_connections()


@settings(max_examples=60, deadline=None)
@given(st.lists(steps, max_size=9), behaviours, st.sampled_from((BLOCKS, COMPOSES)))
def test_truth_batch_and_last_record_agree(play: list[Step], behaviour: dict[str, str], registration: str) -> None:
    async def played() -> None:
        terminal = new_terminal(magic="no", **behaviour)
        for step in play:
            await carry_out(terminal, step, registration)
            await asyncio.sleep(60)  # until the terminal has decided everything that it decides by itself
            agrees(terminal, behaviour)
        await shows_the_last(terminal, behaviour)

    virtually(played)


def agrees(terminal: Terminal, behaviour: dict[str, str]) -> None:
    memory = terminal.memory
    assert terminal.dialogue is None
    open_ = {one.state for one in memory.transactions} - {"stored", "reversed", "declined"}
    assert open_ <= ({"reversing"} if behaviour["auto_reversal"] == "next" else set())
    stored = [one for one in memory.transactions if one.state == "stored" and not one.automatic]
    issued = [one for one in terminal.documents() if one.kind != "end_of_day"]
    assert sorted(one.details["trace"] for one in issued) == sorted(one.trace for one in stored)
    record = batch_so_far(terminal)
    assert record.total == sum(memory.turnover_of(one) for one in memory.in_batch())
    assert sum(column.count for column in record.columns) == len(memory.in_batch())
    traces = [one.trace for one in memory.transactions]
    assert len(set(traces)) == len(traces)
    for one in memory.transactions:
        if one.undone_by is not None:
            assert any(other.trace == one.undone_by and other.original == one.trace for other in stored)
        if one.state == "reversed":
            assert any(other.automatic and other.original == one.trace for other in memory.transactions)


async def shows_the_last(terminal: Terminal, behaviour: dict[str, str]) -> None:
    """06 20 shows a stored payment, or a reversal, or says that it failed: never a charge that is none."""
    terminal.scripts.clear()
    till = Till(terminal)
    shown = next((message for message in await till.run(STATUS_ONLY) if message[:2] == b"\x04\x0f"), None)
    if shown is None or field(shown, 0x60) is not None or field(shown, 0x27) != raw("00") or field(shown, 0x37) is not None:
        return
    trace = int((field(shown, 0x0B) or b"").hex())
    assert any(one.trace == trace and one.state == "stored" for one in terminal.memory.transactions)
