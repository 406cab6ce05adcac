// What an answer to a submit proves and what it does not, from a program that answers as a bridge seldom does.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeBridge, FakeStorage, jobOf, PlayedClock, problem, SALE, settled, till, until } from "./kit.mjs";

/** A fake, a till on it; `script` answers the submits one after the other: a function of the params, a problem, or false (it hangs up). */
async function scene(script, more = {}) {
  const fake = await FakeBridge.open();
  fake.answers["devices.submit"] = (params) => {
    const next = script.shift();
    if (next === undefined) throw new Error("one submit too many");
    if (typeof next === "function") return next(params);
    throw next;
  };
  fake.answers["jobs.get"] = () => jobOf();
  const made = await till({ url: fake.url, token: fake.token, ...more });
  /** The bridge goes away, and the page has noticed. */
  const leave = async () => {
    const noticed = new Promise((resolve) => made.bridge.on("connection", ({ state }) => state === "waiting" && resolve()));
    fake.handshake = false;
    fake.hangUp();
    await noticed;
  };
  const close = async () => {
    made.bridge.close();
    await fake.close();
    assert.deepEqual(script, []);
  };
  return { fake, ...made, leave, close };
}

const done = () => jobOf();

test("a lost answer is asked for again under the same key and body, as often as it takes", async () => {
  const { fake, bridge, close } = await scene([false, false, false, done]);
  const operation = { ...SALE, reference: "A" };
  const outcome = bridge.submit("d1", operation);
  operation.reference = "B"; // what the page does with its object meanwhile is its own affair
  assert.equal((await outcome).status, "done");
  const sent = fake.sent("devices.submit");
  assert.equal(sent.length, 4);
  assert.ok(sent.every((params) => JSON.stringify(params) === JSON.stringify(sent[0])));
  assert.equal(sent[0].reference, "A");
  await close();
});

test("later means later: it is put again when Retry-After has passed, and not before", async () => {
  const clock = new PlayedClock();
  const { fake, bridge, close } = await scene([problem("gate.rate", { retry_after: 7 }), problem("server.stopping"), done], {
    clock,
  });
  const outcome = bridge.submit("d1", SALE);
  await until(() => clock.sleeps(7_000), "the answer");
  await clock.pass(6_900);
  assert.equal(fake.sent("devices.submit").length, 1);
  await clock.pass(100);
  await until(() => clock.sleeps(1_000), "the second answer");
  assert.equal(fake.sent("devices.submit").length, 2);
  await clock.pass(2_000);
  assert.equal((await outcome).status, "done");
  await close();
});

test("later for longer than the caller waits is refused: nothing was stored", async () => {
  const { bridge, storage, close } = await scene([problem("gate.rate", { retry_after: 60 })]);
  const outcome = await bridge.submit("d1", SALE, { wait: 30 });
  assert.deepEqual([outcome.status, outcome.problem.code, storage.jobs()], ["refused", "gate.rate", []]);
  await close();
});

for (const code of ["gate.scope_missing", "request.not_found", "gate.session_unknown"]) {
  test(`${code} at the first try is refused; behind a lost answer it tells nothing, and is unknown`, async () => {
    const first = await scene([problem(code)]);
    const refused = await first.bridge.submit("d1", SALE);
    assert.deepEqual([refused.status, first.storage.jobs()], ["refused", []]);
    await first.close();
    const second = await scene([false, problem(code)]);
    const unknown = await second.bridge.submit("d1", SALE);
    assert.deepEqual([unknown.status, unknown.fate, unknown.problem.code], ["unknown", "unknown", code]);
    assert.equal(second.storage.jobs().length, 1, "resume asks again");
    await second.bridge.collect(unknown);
    assert.equal(second.storage.jobs().length, 0);
    await second.close();
  });
}

for (const code of ["request.invalid", "request.duplicate_reference", "device.offline", "device.journal", "plugin.error"]) {
  test(`${code} is given behind the look for the key, so it is refused also behind a lost answer`, async () => {
    const { bridge, storage, close } = await scene([false, problem(code)]);
    const outcome = await bridge.submit("d1", SALE);
    assert.deepEqual([outcome.status, outcome.problem.code, storage.jobs()], ["refused", code, []]);
    await close();
  });
}

test("a failure inside the bridge may have come before or behind storing: it is asked about, and unknown in the end", async () => {
  const { bridge, close } = await scene([problem("server.error"), done]);
  assert.equal((await bridge.submit("d1", SALE)).status, "done");
  await close();
  const other = await scene([problem("server.error"), problem("server.error", { retry_after: 60 })]);
  assert.equal((await other.bridge.submit("d1", SALE)).status, "unknown");
  await other.close();
});

test("a journal that was replaced behind a lost answer is not sent the operation again", async () => {
  const { fake, bridge, close } = await scene([
    () => {
      fake.epoch = "epoch-2";
      throw false;
    },
  ]);
  const outcome = await bridge.submit("d1", SALE);
  assert.equal(outcome.status, "unknown");
  assert.equal(fake.sent("devices.submit").length, 1);
  await close();
});

test("an alias that may stand for another device by now makes a reused key unknown, a device's id makes it refused", async () => {
  const { bridge, close } = await scene([false, problem("request.key_reused", { job: "job-1" })]);
  assert.equal((await bridge.submit("@fiscal", SALE)).status, "unknown");
  await close();
  const other = await scene([false, problem("request.key_reused", { job: "job-1" })]);
  assert.equal((await other.bridge.submit("d1", SALE, { key: "k" })).status, "refused");
  await other.close();
});

test("what was never sent before its time is over is not sent any more", async () => {
  const clock = new PlayedClock();
  const { fake, bridge, storage, leave, close } = await scene([], { clock });
  await leave();
  const outcome = bridge.submit("d1", { op: "payment.purchase", amount: "1.00", currency: "PLN" });
  await settled();
  assert.equal(storage.jobs().length, 1);
  for (let second = 0; second < 31; second += 1) await clock.pass(1_000);
  const told = await outcome;
  assert.deepEqual([told.status, told.problem.code, storage.jobs()], ["refused", "request.expired", []]);
  assert.match(told.problem.detail, /The terminal was not asked\.$/);
  fake.handshake = true;
  await close();
});

for (const [name, answer, status] of [
  ["arrived, it is told what became of it", [problem("request.key_reused"), done], "done"],
  ["never arrived, it is refused and not sent late", [problem("request.invalid")], "refused"],
  ["cannot be told, it is unknown", [problem("gate.scope_missing")], "unknown"],
]) {
  test(`long after a lost answer only whether it is known is asked: where it ${name}`, async () => {
    const clock = new PlayedClock();
    const { fake, bridge, close } = await scene([false, ...answer], { clock });
    fake.answers["devices.get"] = () => ({ deadlines: { document: 120, payment: 30, report: 600, effect: 60 } });
    const outcome = bridge.submit("d1", SALE, { wait: 1 });
    await until(() => fake.sent("devices.submit").length === 1);
    fake.handshake = false;
    await settled();
    for (let minute = 0; minute < 60; minute += 1) await clock.pass(10_000);
    fake.handshake = true;
    for (let tries = 0; tries < 200 && fake.sent("devices.submit").length < 1 + answer.length; tries += 1) {
      await clock.pass(1_000);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    assert.equal((await outcome).status, status);
    const [first, asked, again] = fake.sent("devices.submit");
    assert.equal(asked.deadline, "2000-01-01T00:00:00Z");
    assert.equal(asked.idempotency_key, first.idempotency_key);
    if (again) assert.deepEqual(again, first);
    await close();
  });
}

test("a device with longer deadlines is sent for as long", async () => {
  const clock = new PlayedClock();
  const { fake, bridge, close } = await scene([false, done], { clock });
  fake.answers["devices.get"] = () => ({ deadlines: { document: 86_400, payment: 30, report: 600, effect: 60 } });
  const outcome = bridge.submit("d1", SALE, { wait: 1 });
  await until(() => fake.sent("devices.submit").length === 1);
  fake.handshake = false;
  await settled();
  for (let tries = 0; tries < 20; tries += 1) await clock.pass(10_000);
  fake.handshake = true;
  for (let tries = 0; tries < 200 && fake.sent("devices.submit").length < 2; tries += 1) {
    await clock.pass(1_000);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal((await outcome).status, "done");
  assert.equal(fake.sent("devices.submit")[1].deadline, undefined);
  await close();
});

test("an operation larger than the bridge takes is refused before it closes the connection again and again", async () => {
  const { bridge, close } = await scene([]);
  const outcome = await bridge.submit("d1", { ...SALE, extras: { note: "ż".repeat(10_000) } });
  assert.deepEqual([outcome.status, outcome.problem.code], ["refused", "request.too_large"]);
  await close();
});

test("who gives up before it is sent has issued nothing, who gives up later does not know", async () => {
  const never = await scene([]);
  await never.leave();
  const gone = new AbortController();
  const first = never.bridge.submit("d1", SALE, { signal: gone.signal });
  setTimeout(() => gone.abort());
  await assert.rejects(first, { kind: "aborted", fate: "not_issued" });
  assert.deepEqual(never.storage.jobs(), [], "and resume does not send it behind the page's back");
  never.fake.handshake = true;
  await never.close();

  const silent = await scene([() => undefined]);
  const later = new AbortController();
  const second = silent.bridge.submit("d1", SALE, { signal: later.signal });
  await until(() => silent.fake.sent("devices.submit").length === 1);
  later.abort();
  await assert.rejects(
    second,
    (error) => error.kind === "aborted" && error.fate === "unknown" && error.key === silent.storage.jobs()[0].key,
  );
  await silent.close();
});

test("close() tells those who wait", async () => {
  const { fake, bridge, close } = await scene([() => undefined]);
  const outcome = bridge.submit("d1", SALE);
  await until(() => fake.sent("devices.submit").length === 1);
  bridge.close();
  await assert.rejects(outcome, { kind: "aborted", fate: "unknown" });
  await assert.rejects(bridge.devices(), { kind: "aborted" });
  await close();
});

test("a connection that is dead without a word is noticed and made anew", async () => {
  const clock = new PlayedClock();
  const { fake, bridge, close } = await scene([], { clock });
  const states = [];
  bridge.on("connection", (event) => states.push(event.state));
  fake.answers["session.ping"] = () => undefined; // asleep
  await clock.pass(50_000);
  await until(() => states.includes("waiting"));
  for (let tries = 0; tries < 100 && states.at(-1) !== "connected"; tries += 1) {
    await clock.pass(500);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  assert.equal(states.at(-1), "connected");
  await close();
});

test("the pauses between tries grow, differ, and end at fifteen seconds", async () => {
  const { bridge, fake, close } = await scene([], { clock: new PlayedClock() });
  const pauses = [0, 1, 2, 3, 10, 30].map((tries) => bridge.connection.backoff(tries));
  assert.deepEqual(pauses, [150, 300, 600, 1200, 11_250, 11_250]);
  assert.ok(fake);
  await close();
});

test("a storage that is full when the operation is remembered does not keep it from being sent once", async () => {
  const storage = new FakeStorage();
  storage.full = true;
  const { bridge, fake, close } = await scene([false, done], { storage });
  assert.equal((await bridge.submit("d1", SALE)).status, "done");
  assert.equal(new Set(fake.sent("devices.submit").map((params) => params.idempotency_key)).size, 1);
  await close();
});

for (const [of, told] of [
  ["money", "The terminal did not do it. Why is no longer kept."],
  ["document", "Nothing was issued. Why is no longer kept."],
]) {
  test(`a failed job of the class ${of} whose details are gone says what surely did not happen`, async () => {
    const failed = () => ({ ...jobOf(), class: of, state: "failed", success: false, result: null, error: null });
    const { bridge, close } = await scene([failed]);
    const outcome = await bridge.submit("d1", SALE);
    assert.deepEqual([outcome.status, outcome.error.message], ["failed", told]);
    await close();
  });
}
