// Sell through Tillbridge from Node 18 or later, without packages.
//
//     TILLBRIDGE_URL=http://127.0.0.1:47811 TILLBRIDGE_TOKEN=... node sell.mjs till-1
//
// Exits with 0 when the receipt is out, 1 when it surely is not, 3 when that is not known yet.

import { randomUUID } from "node:crypto";

const { TILLBRIDGE_URL: url, TILLBRIDGE_TOKEN: token } = process.env;

const pause = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Status and JSON of one request. Throws where the connection broke: then nothing is known, ask again. */
async function call(method, path, body, headers = {}) {
  const answer = await fetch(`${url}/api/v1${path}`, {
    method,
    body: body === undefined ? undefined : JSON.stringify(body),
    headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json", Prefer: "wait=30", ...headers },
    signal: AbortSignal.timeout(60_000),
  });
  return [answer.status, await answer.json()];
}

/** One document, exactly once: the key is made before the first try, and every further try carries the same one. */
async function submit(device, operation) {
  const key = randomUUID(); // a real till keeps it with the sale, before it sends anything
  for (;;) {
    try {
      const [status, answer] = await call("POST", `/devices/${device}/jobs`, operation, { "Idempotency-Key": key });
      if (status !== 503) return [status, answer]; // 503: it starts, stops or cannot write; nothing was stored
    } catch (lost) {
      console.log(`no answer (${lost.message}); asking again under the same key`);
    }
    await pause(1000);
  }
}

/** Wait until the job is final, telling why it waits; null where a person must decide. */
async function finish(job) {
  while (job.state !== "done" && job.state !== "failed") {
    if (job.attention) {
      console.log(`waits: ${job.attention.text}`);
      if (job.attention.code === "resolve") return null;
    }
    [, job] = await call("GET", `/jobs/${job.id}`);
  }
  return job;
}

async function main(device) {
  // A receipt that does not add up: refused before anything is stored or sent.
  let [status, answer] = await submit(device, {
    op: "receipt", currency: "PLN", total: "9.50",
    lines: [{ name: "Tea", price: "9.00", vat: "23%" }],
  });
  const [first] = answer.errors;
  console.log(`refused (${status}): ${first.field} ${first.message}; ${first.remedy}`);

  [status, answer] = await submit(device, {
    op: "receipt", currency: "PLN",
    lines: [{ name: "Tea", quantity: "2", price: "4.50", vat: "23%" }],
    payments: [{ kind: "cash", amount: "10.00" }],
  });
  if (status !== 200 && status !== 202) {
    console.log(`refused (${status}): ${answer.detail}`);
    return 1;
  }
  const job = await finish(answer);
  if (job === null) {
    console.log("Not known whether the receipt came out: look at the paper, then resolve the job.");
    return 3;
  }
  await call("POST", `/jobs/${job.id}/ack`, {});
  if (job.state === "failed") {
    console.log(`Nothing was issued: ${job.error.message} ${job.error.remedy}`);
    return 1;
  }
  console.log(`Receipt ${job.result.document.number} over ${job.result.document.total} is out.`);
  return 0;
}

process.exitCode = await main(process.argv[2]);
