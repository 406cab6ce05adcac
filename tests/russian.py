"""For tests of Russian registers: what is told to people, in both languages."""

from __future__ import annotations

import re

from bridge.model import Fate, JobError
from tests.one_job import Outcome

CYRILLIC = re.compile("[а-яё]")


def assert_told(outcome: Outcome, code: str, device_code: str | None = None) -> JobError:
    """Failed with this uniform code, surely not issued, and a remedy in both languages."""
    error = outcome.error
    assert error is not None, outcome
    assert (outcome.state, error.code, error.device_code, error.fate) == ("failed", code, device_code, Fate.NOT_ISSUED)
    russian = error.in_language("ru")
    assert error.remedy
    assert CYRILLIC.search(russian.message)
    assert CYRILLIC.search(russian.remedy)
    assert not CYRILLIC.search(error.message + error.remedy)
    return error
