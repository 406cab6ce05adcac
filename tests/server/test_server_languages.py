"""In which language an error is told."""

from datetime import UTC, datetime

import pytest

from bridge.model import Actor, Fate, Job, JobError, JobState, OperationClass
from bridge.server.languages import accepted

NOW = datetime(2026, 11, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    ("header", "languages"),
    [
        (None, ()),
        ("pl", ("pl",)),
        ("pl-PL, en;q=0.8", ("pl", "en")),
        ("en;q=0.3, pl;q=0.9, *", ("pl", "en")),
        ("de;q=0, pl", ("pl",)),
        ("pl;q=2, ???, en", ("en",)),
        ("PL , pl-PL;q=0.5", ("pl",)),
    ],
)
def test_accept_language_is_read_by_preference(header: str | None, languages: tuple[str, ...]) -> None:
    assert accepted(header) == languages


@pytest.mark.parametrize(
    ("languages", "message"),
    [
        ((), "The price is wrong. Nothing was issued."),
        (("pl",), "Zła cena. Dokument nie został wystawiony."),
        (("de", "pl", "en"), "Zła cena. Dokument nie został wystawiony."),
        (("en", "pl"), "The price is wrong. Nothing was issued."),
        (("de",), "The price is wrong. Nothing was issued."),
    ],
)
def test_an_error_is_told_in_the_first_language_that_it_has(languages: tuple[str, ...], message: str) -> None:
    error = JobError.of(
        "device.rejected", "The price is wrong.", fate=Fate.NOT_ISSUED, texts={"pl": ("Zła cena.", "Popraw cenę.")}
    )
    job = Job(
        id="1", device="till-1", op="receipt", class_=OperationClass.DOCUMENT, state=JobState.FAILED, created_at=NOW,
        deadline=NOW, actor=Actor(principal="test"), error=error,
    )  # fmt: skip
    told = job.as_json(languages)["error"]
    assert told["message"] == message
    assert told["remedy"] == ("Popraw cenę." if "Zła" in message else "Correct what it names and send it as a new job.")
    assert "texts" not in told
