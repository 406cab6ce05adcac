// The line breaks behind each message of a sale, in both directions, and each message is lost once: one receipt each time, and the
// page told so. TILLBRIDGE_EXHAUSTIVE=1 breaks it behind delivered messages as well (much as losing the next one of the other side), on
// the simulated printer too, and with the bridge restarted in each such moment.
import assert from "node:assert/strict";
import { test } from "node:test";
import { TillbridgeError } from "../dist/tillbridge.js";
import { FakeStorage, place, SALE, till } from "./kit.mjs";

const shop = await place();
const { relay } = shop;

/** From the first message to the last of a page that connects, sells and collects, with the line broken once. */
async function sale(device, plan, label) {
  const storage = new FakeStorage();
  const { token } = await shop.say("token", { origin: "https://shop.example", label });
  relay.expect(plan);
  let page;
  while (!page) {
    try {
      page = await till({ url: relay.url, storage, token });
    } catch (error) {
      assert.ok(error instanceof TillbridgeError, String(error));
      assert.ok(["lost", "not_running"].includes(error.kind), error.kind); // and a person would click again
    }
  }
  const outcome = await page.bridge.submit(device, SALE);
  await page.bridge.collect(outcome);
  assert.deepEqual(storage.jobs(), []);
  assert.deepEqual(await page.bridge.resume(), []);
  page.bridge.close();
  return outcome;
}

async function everyMessage(device, from, delivered, also) {
  let number = 0;
  for (;;) {
    number += 1;
    const before = await shop.count(device);
    let happens;
    const outcome = await sale(
      device,
      {
        from,
        number,
        delivered,
        also: () => {
          happens = also?.();
        },
      },
      `${device} ${from} ${number} ${delivered}`,
    );
    await happens;
    assert.equal(outcome.status, "done", `message ${number}`);
    assert.equal(await shop.count(device), before + 1, `message ${number}`);
    if (relay.broken === 0) return number - 1;
  }
}

const exhaustive = process.env.TILLBRIDGE_EXHAUSTIVE === "1";
for (const device of exhaustive ? ["d2", "till-1"] : ["d2"])
  for (const from of ["page", "bridge"])
    for (const delivered of exhaustive ? [true, false] : [false]) {
      const name = `the line breaks behind each message of the ${from}, which is ${delivered ? "delivered" : "lost"}: one receipt (${device})`;
      test(name, async () => {
        const messages = await everyMessage(device, from, delivered);
        assert.ok(messages >= 8, `${messages} messages`);
      });
      if (exhaustive)
        test(`${name}, with a restart`, async () => {
          assert.ok((await everyMessage(device, from, delivered, () => shop.say("restart"))) >= 8);
        });
    }
