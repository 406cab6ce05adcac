"""What a driver raises to say how an operation ended without a result."""

from __future__ import annotations

from bridge.model import JobError, RequestError


class DeviceError(Exception):
    """The device refused, or cannot.

    With fate `not_issued` the job is `failed`: the driver vouches that nothing was issued and nothing is left open. With
    fate `unknown` the job becomes unresolved and is recovered.
    """

    def __init__(self, error: JobError) -> None:
        super().__init__(error.message)
        self.error = error

    @classmethod
    def of_refusal(cls, error: RequestError) -> DeviceError:
        """A refusal of the family's own, found only when what the device says was at hand: the job fails, nothing was sent."""
        first = error.errors[0] if error.errors else None
        return cls(
            JobError.of(
                error.code,
                f"{error.detail}.",
                field=first.field if first else None,
                limit=first.limit if first else None,
                remedy=first.remedy if first else None,
            )
        )


class Aborted(Exception):
    """An abort was asked for before the point of no return. Before it lets this pass, the driver cancels what is open."""
