"""Behind all the attacks one rule: a job exists only if every single part of its request was of the good kind.

Requests are drawn at random, each part from its good or its bad values; which parts were bad decides what may happen.
"""

from __future__ import annotations

import json
import random
from typing import Any

import pytest

from tests.attacks.raw import Header, request
from tests.attacks.refusals import guarded
from tests.attacks.scene import EVIL, JOBS, OTHER, POS, SALE, Z_REPORT, Scene

pytestmark = pytest.mark.asyncio(loop_scope="module")

GOOD = json.dumps(SALE).encode()
CORS: list[Header] = [("Sec-Fetch-Site", "cross-site"), ("Sec-Fetch-Mode", "cors"), ("Sec-Fetch-Dest", "empty")]


def _values(scene: Scene) -> dict[str, tuple[list[Any], list[Any]]]:
    """Of each part of a sale the good values and the bad ones. A value of headers is a list: none, one, or two of them."""
    port, web = scene.port, scene.token("web")
    return {
        "method": (["POST"], ["GET", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "TRACE", "PROPFIND"]),
        "path": (
            [JOBS, "/api/v1/devices/till%2d1/jobs"],
            [
                "/api/v1/devices/till-1/preview",
                "/api/v1/devices/no-such/jobs",
                f"{JOBS}/",
                f"{JOBS}?confirm=1",
                f"/{JOBS}",
                f"http://127.0.0.1:{port}{JOBS}",
                "/api/v1/jobs",
                "/api/v1/ping",
                "/api/v1/pairing",
                "/api/v1/tokens",
                "/api/v1/console/link",
                "/docs",
                "/",
            ],
        ),
        "Host": (
            [[f"127.0.0.1:{port}"], [f"localhost:{port}"], [f"[::1]:{port}"], [f"LOCALHOST:{port}"]],
            [
                [],
                [""],
                ["rebind.evil"],
                [f"rebind.evil:{port}"],
                ["127.0.0.1"],
                [f"0.0.0.0:{port}"],
                [f"127.0.0.1:{port}"] * 2,
                [f"localhost.:{port}"],
            ],
        ),
        "Origin": (
            [[POS]],
            [
                [],
                ["null"],
                [EVIL],
                [OTHER],
                [POS, EVIL],
                [EVIL, POS],
                [POS, POS],
                [f"{POS}:443"],
                [POS.upper()],
                ["http://pos.example.com"],
                [f"http://127.0.0.1:{port}"],
                [""],
            ],
        ),
        "Authorization": (
            [[f"Bearer {web}"], [f"bearer {web}"], [f"BEARER  {web}"]],
            [
                [],
                [""],
                [f"Basic {web}"],
                [f"Bearer {web}x"],
                [f"Bearer {web}"] * 2,
                [web],
                *([f"Bearer {scene.token(name)}"] for name in ("other", "program", "printing", "admin")),
            ],
        ),
        "Content-Type": (
            [["application/json"], ["application/json; charset=utf-8"], ["APPLICATION/JSON"]],
            [
                [],
                [""],
                ["text/plain"],
                ["application/x-www-form-urlencoded"],
                ["application/json; charset=latin-1"],
                ["application/json", "text/plain"],
            ],
        ),
        "Idempotency-Key": ([["{key}"]], [[], ["{key}", "{key}"], ["two words"], ["x" * 300]]),
        "Sec-Fetch": (
            [[], CORS, [("Sec-Fetch-Site", "same-site"), *CORS[1:]]],
            [
                [("Sec-Fetch-Mode", "navigate")],
                [("Sec-Fetch-Dest", "image")],
                [("Sec-Fetch-Site", "none")],
                [("Sec-Fetch-Site", "same-origin")],
                [("Sec-Fetch-Mode", "no-cors")],
                [*CORS, ("Sec-Fetch-Mode", "navigate")],
            ],
        ),
        "coding": (
            [[], [("Content-Encoding", "identity")]],
            [
                [("Content-Encoding", "gzip")],
                [("Transfer-Encoding", "gzip, chunked")],
                [("Transfer-Encoding", "chunked")],
                [("Expect", "x")],
            ],
        ),
        "body": (
            [GOOD, GOOD.replace(b'"Tea"', b'"\\u0054ea"')],
            [
                b"",
                b"{}",
                b"[]",
                GOOD[:-1],
                GOOD + GOOD,
                b'{"op":"receipt",' + GOOD[1:],
                json.dumps(Z_REPORT).encode(),
                json.dumps({**SALE, "kind": "refund"}).encode(),
                GOOD.decode().encode("utf-16"),
            ],
        ),
        "noise": (
            [
                [],
                [("Cookie", f"token={web}"), ("X-Forwarded-Host", "evil.example")],
                [("X-HTTP-Method-Override", "GET"), ("Referer", EVIL)],
                [("User-Agent", "x" * 500), ("Accept", "*/*")],
                [("Forwarded", "host=evil.example"), ("X-Original-URL", "/api/v1/ping")],
            ],
            [],
        ),
    }


def _drawn(scene: Scene, chance: random.Random) -> tuple[bytes, list[str]]:
    """A request, and what is bad in it."""
    parts = _values(scene)
    spoilt = {name for name in chance.sample(sorted(parts), chance.choice((0, 0, 1, 1, 1, 2, 3))) if parts[name][1]}
    chosen = {name: chance.choice(bad if name in spoilt else good) for name, (good, bad) in parts.items()}
    key = scene.key()
    headers: list[Header] = [
        (chance.choice((name, name.lower(), name.upper())), value.replace("{key}", key))
        for name in ("Host", "Origin", "Authorization", "Content-Type", "Idempotency-Key")
        for value in chosen[name]
    ]
    headers += [*chosen["Sec-Fetch"], *chosen["coding"], *chosen["noise"], ("Content-Length", str(len(chosen["body"])))]
    chance.shuffle(headers)
    return request(chosen["method"], chosen["path"], headers, chosen["body"]), sorted(spoilt)


async def _mix(scene: Scene, seed: int, requests: int) -> tuple[int, int]:
    chance = random.Random(seed)
    sold = spoilt = 0
    for _ in range(requests):
        data, bad = _drawn(scene, chance)
        reply = await scene.raw(data, body=not data.startswith(b"HEAD"))
        if bad:
            spoilt += 1
            assert reply.status >= 400 or bad == ["path"], (bad, data, reply)  # a preview is no job
            assert scene.traces() == scene.baseline, (bad, data, reply)
        else:
            sold += 1
            assert reply.status in (200, 202), (data, reply)
            guarded(reply, readable_by=POS)
            assert scene.baseline is not None
            jobs = scene.baseline.rows["jobs"]
            await scene.settled()
            assert scene.baseline.rows["jobs"] == jobs + 1
    return sold, spoilt


SEED = 20261129


async def test_a_job_exists_only_where_every_part_of_its_request_was_good(scene: Scene) -> None:
    sold, spoilt = await _mix(scene, SEED, 150)
    assert sold > 20
    assert spoilt > 75


@pytest.mark.exhaustive
@pytest.mark.parametrize("seed", range(3))
async def test_and_so_in_any_mixture(scene: Scene, seed: int) -> None:
    sold, spoilt = await _mix(scene, seed, 1000)
    assert sold
    assert spoilt
