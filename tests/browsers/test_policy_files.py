"""The policy files of the tests are gone afterwards, whatever happens. No browser is needed here."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.browsers import policies
from tests.browsers.policies import NoPolicies


@pytest.fixture(autouse=True)
def elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(policies, "CHROMIUM", tmp_path / "chromium" / "managed" / "tests.json")
    monkeypatch.setattr(policies, "FIREFOX", tmp_path / "firefox" / "policies.json")
    monkeypatch.setattr(policies, "RECORD", tmp_path / "none")


def both() -> dict[Path, dict[str, object]]:
    return {
        policies.CHROMIUM: policies.for_chromium(["https://shop.test:1"]),
        policies.FIREFOX: policies.for_firefox(["shop.test"]),
    }


def test_they_are_there_for_as_long_as_they_are_needed(tmp_path: Path) -> None:
    with policies.installed(both()):
        assert json.loads(policies.CHROMIUM.read_text()) == {"LoopbackNetworkAllowedForUrls": ["https://shop.test:1"]}
        assert json.loads(policies.FIREFOX.read_text())["policies"] == {"LocalNetworkAccess": {"SkipDomains": ["shop.test"]}}
    assert list(tmp_path.iterdir()) == []


def test_a_failure_leaves_nothing_behind(tmp_path: Path) -> None:
    def fail() -> None:
        with policies.installed(both()):
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_run_left_is_removed() -> None:
    for file, content in both().items():
        file.parent.mkdir(parents=True)
        file.write_text(json.dumps({**content, policies.MARK: True}))
    with policies.installed({}):
        assert not policies.CHROMIUM.exists()
        assert not policies.FIREFOX.exists()


def test_the_policies_of_the_machines_owner_are_not_touched() -> None:
    policies.FIREFOX.parent.mkdir(parents=True)
    policies.FIREFOX.write_text('{"policies": {}}')
    with pytest.raises(NoPolicies, match="somebody else's"), policies.installed(both()):
        pass
    assert policies.FIREFOX.read_text() == '{"policies": {}}'
    assert not policies.CHROMIUM.exists()
