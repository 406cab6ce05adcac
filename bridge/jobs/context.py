"""The host's side of a driver's JobContext. Its methods may be called from the driver's loop, wherever that runs."""

from __future__ import annotations

import asyncio
import hashlib
import threading
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from ulid import ULID

from bridge.devices.context import HostedDeviceContext
from bridge.model import Attention, Choice, JobState, Warning_
from bridge.model.payment import PROMPTS
from bridge.plugin import ALPHANUMERIC, AbortAnswer, Aborted
from bridge.store import JobTrace, Journal
from bridge.transport import LinkLost


class HostedJobContext:
    """Implements bridge.plugin.JobContext for one attempt at one job."""

    def __init__(
        self,
        job_id: str,
        *,
        device: HostedDeviceContext,
        journal: Journal,
        host_loop: asyncio.AbstractEventLoop,
        created_at: datetime,
        deadline: datetime,
        on_attention: Callable[[Attention | None], None],
        on_state: Callable[[JobState], None],
        trace: JobTrace | None = None,
    ) -> None:
        self.job_id = job_id
        self.device = device
        self.created_at = created_at
        self.deadline = deadline
        self.warnings: list[Warning_] = []
        self.signs_of_life = 0
        self._journal = journal
        self._host_loop = host_loop
        self._on_attention = on_attention
        self._on_state = on_state
        self._trace = trace
        self._gate = threading.Lock()
        self._abort_requested = False
        self._committed = False
        self._given_up = False
        self._answer: asyncio.Future[str] | None = None
        self._prompt: Attention | None = None

    # -- for the driver ----------------------------------------------------------------------------------------------

    @property
    def abort_requested(self) -> bool:
        return self._abort_requested

    def reference(self, max_length: int, alphabet: str = ALPHANUMERIC) -> str:
        """The job's id where it fits; else a digest of it in the alphabet asked for."""
        if max_length >= len(self.job_id) and all(character in alphabet for character in self.job_id):
            return self.job_id
        number = int.from_bytes(hashlib.sha256(self.job_id.encode()).digest(), "big")
        characters = []
        for _ in range(max_length):
            number, digit = divmod(number, len(alphabet))
            characters.append(alphabet[digit])
        return "".join(characters)

    async def checkpoint(
        self, name: str, data: Mapping[str, Any] | None = None, *, store: Mapping[str, Any] | None = None
    ) -> None:
        if name.startswith("#"):
            raise ValueError("checkpoint names that begin with # are the host's")
        if any(key.startswith("#") for key in store or ()):
            raise ValueError("keys that begin with # are the host's")
        self._alive()
        if self._trace is not None:
            self._trace.flush()  # now: the loop waits for the disk anyway
        # Shielded: a write that was asked for is carried out even if the driver is cancelled while it waits, so that
        # the journal's answer to "was the intent written?" is final.
        event = await asyncio.shield(self._journal.checkpoint(self.job_id, name, data or {}, self.device.clock.now(), store))
        self._alive()
        if event is not None:
            self._host_loop.call_soon_threadsafe(self._on_state, JobState.RUNNING)

    def commit_point(self) -> None:
        self._alive()
        with self._gate:
            if self._abort_requested:
                raise Aborted
            self._committed = True
        if self._trace is not None:
            self._trace.hurry()

    def attention(self, code: str, text: str) -> None:
        self._alive()
        attention = Attention(code=code, text=text.strip() or PROMPTS.get(code, code), since=self.device.clock.now())
        self._host_loop.call_soon_threadsafe(self._on_attention, attention)

    def clear_attention(self) -> None:
        self._alive()
        self._host_loop.call_soon_threadsafe(self._on_attention, None)

    def progress(self, text: str) -> None:
        self._alive()

    def warn(self, code: str, message: str, field: str | None = None) -> None:
        self.warnings.append(Warning_(code=code, message=message, field=field))

    async def ask(self, prompt: str, choices: Sequence[Choice], *, timeout: float, default: str) -> str:
        if default not in {choice.code for choice in choices}:
            raise ValueError(f"the default {default!r} is none of the choices")
        self._alive()
        question = self._ask(prompt, tuple(choices), timeout, default)
        if asyncio.get_running_loop() is self._host_loop:
            return await question
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(question, self._host_loop))

    # -- for the host ------------------------------------------------------------------------------------------------

    def request_abort(self) -> AbortAnswer:
        with self._gate:
            if self._committed:
                return AbortAnswer.TOO_LATE
            self._abort_requested = True
            return AbortAnswer.REQUESTED

    def answer(self, prompt_id: str, choice: str) -> str | None:
        """None where the answer was taken, else why not."""
        if self._prompt is None or self._answer is None or self._answer.done():
            return "no question is open"
        if prompt_id != self._prompt.prompt_id:
            return "that question is no longer open"
        if choice not in {item.code for item in self._prompt.choices}:
            return f"choose one of {', '.join(item.code for item in self._prompt.choices)}"
        self._answer.set_result(choice)
        return None

    def give_up(self) -> None:
        """The attempt was abandoned: the driver, should it wake up, gets an error from every call."""
        self._given_up = True

    async def _ask(self, prompt: str, choices: tuple[Choice, ...], timeout: float, default: str) -> str:
        now = self.device.clock.now()
        self._prompt = Attention(
            code="question",
            text=prompt,
            since=now,
            prompt_id=str(ULID()),
            choices=choices,
            default=default,
            expires_at=now + timedelta(seconds=timeout),
        )
        self._answer = asyncio.get_running_loop().create_future()
        self._on_attention(self._prompt)
        try:
            async with asyncio.timeout(timeout):
                return await self._answer
        except TimeoutError:
            return default
        finally:
            self._prompt = self._answer = None
            self._on_attention(None)

    def _alive(self) -> None:
        if self._given_up:
            raise LinkLost("this attempt was given up")
        self.signs_of_life += 1
