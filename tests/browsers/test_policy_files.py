"""The policy files of the tests are gone afterwards, whatever happens. No browser is needed here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.browsers import policies
from tests.browsers.policies import NoPolicies


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "FIREFOX", tmp_path / "firefox" / "policies" / "policies.json")
    monkeypatch.setattr(policies, "PLACE", tmp_path / "none")


def test_they_are_there_for_as_long_as_they_are_needed(tmp_path: Path) -> None:
    with policies.by_hand("firefox", ["shop.test"]):
        assert json.loads(policies.FIREFOX.read_text())["policies"] == {"LocalNetworkAccess": {"SkipDomains": ["shop.test"]}}
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail() -> None:
        with policies.by_hand("firefox", ["shop.test"]):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_removed() -> None:
    policies.FIREFOX.parent.mkdir(parents=True)
    policies.FIREFOX.write_text(json.dumps({"policies": {}, policies.MARK: True}))
    with policies.by_hand("firefox", []):
        assert not policies.FIREFOX.exists()


def test_what_firefox_is_allowed_meanwhile_stays_when_chromium_begins_and_ends() -> None:
    with policies.by_hand("firefox", ["shop.test"]):
        with policies.by_hand("chromium", []):
            assert policies.FIREFOX.exists()
        assert policies.FIREFOX.exists()


def test_the_policies_of_the_machines_owner_are_not_touched() -> None:
    policies.FIREFOX.parent.mkdir(parents=True)
    policies.FIREFOX.write_text('{"policies": {}}')
    with pytest.raises(NoPolicies, match="somebody else's"), policies.by_hand("firefox", ["shop.test"]):
        pass
    assert policies.FIREFOX.read_text() == '{"policies": {}}'
