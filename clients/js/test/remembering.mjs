// Reloads, tabs and storages: what a page knows of its operations after it was closed in the middle.
import assert from "node:assert/strict";
import { test } from "node:test";
import { FakeStorage, hasty, place, SALE, till, until } from "./kit.mjs";

const shop = await place();
const { relay } = shop;

/** A page that was closed in the moment in which `device` was sent an operation. `delivered`: it arrived, and its answer did not. */
async function closedInTheMiddle(device, operation, { delivered, storage = new FakeStorage(), label, options } = {}) {
  const first = await till({ url: relay.url, storage, label });
  const closed = new Promise((resolve) => {
    // The next message of the page is its submit.
    relay.expect({ from: "page", number: 1, delivered, also: () => resolve(first.bridge.close()) });
  });
  const outcome = first.bridge.submit(device, operation, options);
  outcome.catch(() => {});
  await closed;
  await assert.rejects(outcome, { kind: "aborted", fate: "unknown" });
  return { storage, token: first.token };
}

for (const delivered of [true, false]) {
  test(`after a reload resume tells what became of a request that ${delivered ? "arrived" : "did not arrive"}, printed once`, async () => {
    const before = await shop.count("d1");
    const { storage, token } = await closedInTheMiddle("d1", SALE, { delivered });
    if (delivered) await until(async () => (await shop.count("d1")) === before + 1, "the receipt");
    const { bridge } = await till({ storage, token });
    const outcomes = await bridge.resume();
    assert.deepEqual(
      outcomes.map((one) => one.status),
      ["done"],
    );
    assert.equal(await shop.count("d1"), before + 1);
    await bridge.collect(outcomes[0]);
    assert.deepEqual([storage.jobs(), await bridge.resume()], [[], []]);
    bridge.close();
  });

  test(`with the storage cleared, the same key gives the same job, whether it ${delivered ? "arrived" : "did not arrive"}`, async () => {
    const before = await shop.count("d1");
    const key = `order-${delivered}`;
    const { storage, token } = await closedInTheMiddle("d1", SALE, { delivered, options: { key } });
    if (delivered) await until(async () => (await shop.count("d1")) === before + 1, "the receipt");
    storage.items.clear();
    const { bridge } = await till({ storage, token });
    if (delivered)
      assert.deepEqual(
        (await bridge.resume()).map((one) => one.status),
        ["done"],
        "the bridge still knows it",
      );
    const again = await bridge.submit("d1", SALE, { key });
    assert.equal(again.status, "done");
    assert.equal(await shop.count("d1"), before + 1);
    await bridge.collect(again);
    bridge.close();
  });
}

for (const [name, storage] of [
  ["none", null],
  ["one that throws", Object.assign(new FakeStorage(), { broken: true })],
]) {
  test(`with a storage of ${name} a lost answer is still told once`, async () => {
    const before = await shop.count("d1");
    const { bridge } = await till({ url: relay.url, storage });
    relay.expect({ from: "page", number: 1, delivered: true });
    const outcome = await bridge.submit("d1", SALE);
    assert.equal(relay.broken, 1);
    assert.equal(outcome.status, "done");
    await bridge.collect(outcome);
    assert.equal(await shop.count("d1"), before + 1);
    bridge.close();
  });
}

test("two tabs that resume at once with one storage print once", async () => {
  const before = await shop.count("d1");
  const { storage, token } = await closedInTheMiddle("d1", SALE, { delivered: false });
  const tabs = await Promise.all([till({ storage, token }), till({ storage, token })]);
  const [one, other] = await Promise.all(tabs.map(({ bridge }) => bridge.resume()));
  assert.equal(one[0].job.id, other[0].job.id);
  assert.equal(await shop.count("d1"), before + 1);
  await Promise.all(tabs.map(({ bridge }, index) => bridge.collect([one, other][index][0])));
  assert.deepEqual(storage.jobs(), []);
  for (const { bridge } of tabs) bridge.close();
});

test("what one tab has collected does not come back by another that was just about to write it down", async () => {
  const storage = new FakeStorage();
  const { bridge, token } = await till({ storage });
  await shop.say("behave", { hold: true });
  const waiting = bridge.submit("d1", SALE, { wait: 20 });
  const [sent] = await until(() => storage.jobs().filter((one) => one.job).length && storage.jobs());
  const other = await till({ storage, token });
  await shop.say("behave");
  await until(async () => (await other.bridge.job(sent.job)).state === "done");
  await other.bridge.ack(sent.job);
  assert.equal((await waiting).status, "done");
  assert.deepEqual(storage.jobs(), []);
  bridge.close();
  other.bridge.close();
});

test("a second click on the same order is the same job, and so is one after a reload", async () => {
  const before = await shop.count("d1");
  const order = { ...SALE, reference: "click" };
  const { bridge } = await till();
  const [one, other] = await Promise.all([bridge.submit("d1", order), bridge.submit("d1", { ...order })]);
  assert.equal(one.status, "done");
  assert.equal(one.job.id, other.job.id);
  bridge.close();
  const reloaded = { ...SALE, reference: "reload" };
  const { storage, token } = await closedInTheMiddle("d1", reloaded, { delivered: true });
  const next = await till({ storage, token });
  assert.equal((await next.bridge.submit("d1", reloaded)).status, "done");
  assert.equal(await shop.count("d1"), before + 2);
  next.bridge.close();
});

test("two equal sales without a reference are two, and an order whose outcome was told may be tried again", async () => {
  const before = await shop.count("d1");
  const { bridge } = await till();
  await Promise.all([bridge.submit("d1", SALE), bridge.submit("d1", SALE)]);
  assert.equal(await shop.count("d1"), before + 2);
  await shop.say("behave", { as: "declined" });
  const pay = { op: "payment.purchase", amount: "10.00", currency: "PLN", reference: "card" };
  const first = await bridge.submit("d1", pay);
  await shop.say("behave", { as: "approved" });
  const second = await bridge.submit("d1", pay);
  await shop.say("behave", { as: "" });
  assert.deepEqual([first.status, second.status], ["declined", "done"]);
  bridge.close();
});

test("a till that was paired anew under another name is told what became of its operation, and it is not printed again", async () => {
  const before = await shop.count("d1");
  const { storage } = await closedInTheMiddle("d1", SALE, { delivered: true, label: "old" });
  await until(async () => (await shop.count("d1")) === before + 1, "the receipt");
  const { bridge } = await till({ storage, label: "new" });
  const [outcome] = await bridge.resume();
  assert.equal(outcome.status, "done");
  assert.equal(await shop.count("d1"), before + 1);
  bridge.close();
});

test("it is also followed to its end, although it is another till's", async () => {
  const { storage } = await closedInTheMiddle("d1", SALE, { delivered: true, label: "old" });
  const { bridge } = await till({ storage, label: "new" });
  await shop.say("behave", { as: "ask" });
  const asked = await closedInTheMiddle("d1", SALE, { delivered: true, label: "old", storage });
  const other = await till({ label: "old" });
  const prompted = await until(async () => (await other.bridge.jobs()).jobs.find((job) => job.attention?.prompt_id));
  const outcomes = bridge.resume({ wait: 20 });
  await other.bridge.answer(prompted.id, prompted.attention.prompt_id, "yes");
  assert.deepEqual(
    (await outcomes).map((one) => one.status),
    ["done", "done"],
  );
  assert.ok(asked.storage === storage);
  bridge.close();
  other.bridge.close();
});

test("a restart in the middle neither loses nor doubles it", async () => {
  for (const delivered of [true, false]) {
    const before = await shop.count("d1");
    const { bridge } = await till({ url: relay.url });
    let restarted;
    relay.expect({
      from: "page",
      number: 1,
      delivered,
      also: () => {
        restarted = new Promise((resolve) => setTimeout(resolve, delivered ? 30 : 0)).then(() => shop.say("restart"));
      },
    });
    const outcome = await bridge.submit("d1", SALE);
    await restarted;
    assert.equal(outcome.status, "done");
    assert.equal(await shop.count("d1"), before + 1);
    bridge.close();
  }
});

test("a sale while the bridge is away is sent when it is back", async () => {
  const before = await shop.count("d1");
  const { bridge, storage } = await till();
  const states = [];
  bridge.on("connection", (event) => states.push(event.state));
  await shop.say("stop");
  await until(() => states.includes("waiting"));
  const outcome = bridge.submit("d1", SALE);
  await until(() => storage.jobs().length === 1);
  assert.equal(storage.jobs()[0].epoch, undefined, "surely not sent");
  await shop.say("start");
  assert.equal((await outcome).status, "done");
  assert.equal(await shop.count("d1"), before + 1);
  bridge.close();
});

test("a request of yesterday that never arrived is not printed today; one that did is told", async () => {
  const before = await shop.count("d1");
  const tomorrow = { ...hasty, now: () => Date.now() + 86_400_000 };
  const lost = await closedInTheMiddle("d1", SALE, { delivered: false });
  const late = await till({ ...lost, clock: tomorrow });
  const [refused] = await late.bridge.resume();
  assert.deepEqual([refused.status, refused.problem.code], ["refused", "request.expired"]);
  assert.equal(await shop.count("d1"), before);
  assert.deepEqual(late.storage.jobs(), []);
  late.bridge.close();
  const arrived = await closedInTheMiddle("d1", SALE, { delivered: true, label: "yesterday" });
  await until(async () => (await shop.count("d1")) === before + 1, "the receipt");
  const { bridge } = await till({ storage: arrived.storage, clock: tomorrow, label: "today" });
  assert.deepEqual(
    (await bridge.resume()).map((one) => one.status),
    ["done"],
  );
  assert.equal(await shop.count("d1"), before + 1);
  bridge.close();
});

test("after the journal was lost nothing is sent again, and the till is told that it cannot be known", async () => {
  const before = await shop.count("d1");
  const { storage, token } = await closedInTheMiddle("d1", SALE, { delivered: true });
  await until(async () => (await shop.count("d1")) === before + 1, "the receipt");
  await shop.say("lose_journal");
  const { bridge } = await till({ storage, token });
  const [outcome] = await bridge.resume();
  assert.equal(outcome.status, "unknown");
  assert.match(outcome.reason, /journal/);
  assert.equal(await shop.count("d1"), before + 1);
  await bridge.collect(outcome);
  assert.deepEqual(await bridge.resume(), []);
  bridge.close();
});
