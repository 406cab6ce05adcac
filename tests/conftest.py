"""For all tests: an answer of the API that is not as described fails the test that saw it; and how many examples are drawn."""

from __future__ import annotations

from collections.abc import Generator

import pytest
from hypothesis import HealthCheck, settings

from bridge.transport import SECRETS
from tests import bytecode
from tests.api import conformance

conformance.install()

# Of a property, where its test says nothing else. .ci/run draws more: --hypothesis-profile=thorough.
# How fast a machine is, is no property of ours.
_UNTIMED = {"deadline": None, "suppress_health_check": [HealthCheck.too_slow]}
settings.register_profile("usual", max_examples=40, **_UNTIMED)
settings.register_profile("thorough", max_examples=300, **_UNTIMED)
settings.load_profile("usual")


def pytest_configure(config: pytest.Config) -> None:
    bytecode.keep(config)


def pytest_collection(session: pytest.Session) -> None:
    bytecode.compile_by_turns(session)


def fail_if_any(item: pytest.Item) -> None:
    """Fail for what was seen since the last look, unless the test says that it makes the server answer so."""
    found, conformance.violations[:] = list(conformance.violations), []
    if found and item.get_closest_marker("undescribed") is None:
        pytest.fail(
            "answers that are not as described (bridge/server/answers.py, routes/*):\n" + "\n".join(dict.fromkeys(found)),
            pytrace=False,
        )


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    outcome = yield
    fail_if_any(item)
    return outcome


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None, object, object]:
    outcome = yield
    SECRETS.forget()  # a process of the tests knows more bridges, and their tokens, than any other ever will
    fail_if_any(item)
    return outcome
