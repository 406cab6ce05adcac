"""Transport v2: no command has an id, and an answer does not say to which command it belongs.

So nothing that the device still holds from an earlier connection is believed: it is read and dropped, and what became of a document is
asked of the FN and of counters.
"""

from __future__ import annotations

import logging

from bridge.transport import ByteLink, LinkError, LinkLost
from bridge_atol.answers import error_of
from bridge_atol.commands import Command
from bridge_atol.exchange import Exchange, Keeper, Reply
from bridge_atol.frame import SECONDS2, T5, T5_OF, Answer, Failed, Failure, Host2, HostTimer2
from bridge_atol.settings import AtolSettings
from bridge_atol.vocabulary import Does, Shape


class TurnExchange(Exchange):
    """Where the device is only probed, an answer that it holds for somebody is left with it, and nothing is asked then."""

    transport = "v2"

    def __init__(
        self, link: ByteLink, settings: AtolSettings, logger: logging.Logger, keeper: Keeper | None, *, shared: bool = False
    ) -> None:
        super().__init__(link, settings, logger, keeper, shared=shared)
        self._host = Host2(gentle=keeper is None)

    async def held(self, task: int, fn: str) -> tuple[bytes, bool] | None:
        return None

    async def _answered(self, command: Command, task: int | None, *, keep: bool) -> Reply:
        shape = command.shape
        self._log.debug("-> %s", shape)
        data = command.to_bytes(self._settings.access_digits)
        self._line.forget()  # what came before we spoke is no reply to us; an answer that the device holds it offers again
        outputs = self._host.ask(data, changes=shape.does is Does.CHANGES)
        outcome = await self._run(self._host, outputs, lambda timer: self._seconds(timer, shape))
        if self._host.dropped:
            self._log.info("%d answers of before, which the device still held, were dropped", len(self._host.dropped))
            self._host.dropped.clear()
        if isinstance(outcome, Failed):
            raise self._failed(f"{shape}: {outcome.failure}", outcome)
        assert isinstance(outcome, Answer)
        if not keep:
            await self._release()
        error = error_of(shape, outcome.data)
        self._log.debug("<- %s", f"error {error:02X}h" if error else "ok")
        return Reply(command, outcome.data, error)

    async def _release(self) -> None:
        await self._run(self._host, self._host.release(), lambda timer: SECONDS2[timer])

    def _seconds(self, timer: HostTimer2, shape: Shape) -> float:
        match timer:
            case HostTimer2.ANSWER:
                patience = self.timeouts.of_patience(shape.patience)
                return (
                    patience if self._keeper is None else max(T5_OF.get(shape.head[0], T5), patience)
                )  # a stranger is not waited for
            case HostTimer2.POLL:
                return self.timeouts.poll
            case _:
                return SECONDS2[timer]

    def _failed(self, what: str, outcome: Failed) -> LinkError:
        match outcome.failure:
            case Failure.SILENT if not outcome.taken:
                return self.timeouts.ran_out("control", f"{what} in transport v2; newer devices speak v3 (the setting protocol)")
            case Failure.BUSY:
                return self.timeouts.ran_out("running", what)
            case _:
                return LinkLost(what)
