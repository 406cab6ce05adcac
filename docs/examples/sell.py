"""Sell through Tillbridge with nothing but the standard library.

    TILLBRIDGE_URL=http://127.0.0.1:47811 TILLBRIDGE_TOKEN=... python sell.py till-1

Exits with 0 when the receipt is out, 1 when it surely is not, 3 when that is not known yet.
"""

import json
import os
import sys
import time
import urllib.error
import urllib.request
import uuid

URL = os.environ["TILLBRIDGE_URL"]
TOKEN = os.environ["TILLBRIDGE_TOKEN"]


def call(method, path, body=None, headers=()):
    """Status and JSON of one request. Raises OSError where the connection broke: then nothing is known, ask again."""
    request = urllib.request.Request(
        f"{URL}/api/v1{path}",
        method=method,
        data=None if body is None else json.dumps(body).encode(),
        headers={"Authorization": f"Bearer {TOKEN}", "Content-Type": "application/json", "Prefer": "wait=30", **dict(headers)},
    )
    try:
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.status, json.load(answer)
    except urllib.error.HTTPError as error:
        return error.code, json.load(error)


def submit(device, operation):
    """One document, exactly once: the key is made before the first try, and every further try carries the same one."""
    key = str(uuid.uuid4())  # a real till keeps it with the sale, before it sends anything
    while True:
        try:
            status, answer = call("POST", f"/devices/{device}/jobs", operation, {"Idempotency-Key": key})
        except OSError as lost:
            print(f"no answer ({lost}); asking again under the same key")
            time.sleep(1)
            continue
        if status == 503:  # the bridge starts, stops or cannot write: nothing was stored
            time.sleep(1)
            continue
        return status, answer


def finish(job):
    """Wait until the job is final, telling why it waits; None where a person must decide."""
    while job["state"] not in ("done", "failed"):
        attention = job["attention"]
        if attention:
            print(f"waits: {attention['text']}")
            if attention["code"] == "resolve":
                return None
        _, job = call("GET", f"/jobs/{job['id']}")
    return job


def main(device):
    # A receipt that does not add up: refused before anything is stored or sent.
    status, problem = submit(
        device,
        {"op": "receipt", "currency": "PLN", "total": "9.50", "lines": [{"name": "Tea", "price": "9.00", "vat": "23%"}]},
    )
    first = problem["errors"][0]
    print(f"refused ({status}): {first['field']} {first['message']}; {first['remedy']}")

    status, job = submit(
        device,
        {
            "op": "receipt",
            "currency": "PLN",
            "lines": [{"name": "Tea", "quantity": "2", "price": "4.50", "vat": "23%"}],
            "payments": [{"kind": "cash", "amount": "10.00"}],
        },
    )
    if status not in (200, 202):
        print(f"refused ({status}): {job['detail']}")
        return 1
    job = finish(job)
    if job is None:
        print("Not known whether the receipt came out: look at the paper, then resolve the job.")
        return 3
    call("POST", f"/jobs/{job['id']}/ack", {})
    if job["state"] == "failed":
        print(f"Nothing was issued: {job['error']['message']} {job['error']['remedy']}")
        return 1
    document = job["result"]["document"]
    print(f"Receipt {document['number']} over {document['total']} is out.")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
